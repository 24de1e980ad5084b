"""What came of a solve, in words, in JSON, and read back."""
