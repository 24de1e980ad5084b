"""One module a command; each binds ``command`` and imports what is heavy only when it runs."""
