"""Names that may be written at a place in Python: the candidates of each kind, and their order."""
