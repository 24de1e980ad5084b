"""Finding: queries, hits, BM25 over symbols, and what a text in natural language mentions."""
