"""Packing what matters about a place or an issue into a budget of tokens."""
