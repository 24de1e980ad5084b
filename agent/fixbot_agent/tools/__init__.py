"""The typed tools that a model works with."""
