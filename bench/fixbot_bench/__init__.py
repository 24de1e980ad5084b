"""The measuring door: the only floor that sees hidden tests, and so the only one that may say "resolved"."""
