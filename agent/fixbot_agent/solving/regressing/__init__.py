"""The reproduction of an issue as a test of the project's own."""
