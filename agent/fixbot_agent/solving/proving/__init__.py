"""What is wrong, proven on the files as they are: the failing tests that a patch is held against, and why others are not."""
