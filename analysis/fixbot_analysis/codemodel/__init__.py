"""The statistical model of the project's own code."""
