"""From an issue's text to a test file that fails for the reason that the issue tells."""
