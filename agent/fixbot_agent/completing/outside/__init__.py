"""What is not of the project: Python's own library and installed packages, read but never run."""
