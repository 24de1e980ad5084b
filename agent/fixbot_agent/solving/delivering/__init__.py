"""What becomes of a patch: kept with its run, written to a tree or a branch, taken back."""
