"""How many issues become tests that fail for the issue's reason and pass once it is mended."""
