"""Syntax trees, parsed once and edited incrementally, and the languages that can be parsed."""
