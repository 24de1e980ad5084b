"""The stored index of a project: facts by content, graph, search, kept true as files change."""
