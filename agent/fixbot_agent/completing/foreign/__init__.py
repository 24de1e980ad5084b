"""Completion in languages other than Python."""
