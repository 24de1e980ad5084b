"""``fixbot bench prompts``: the same tasks solved with either of two versions of one prompt, and what that differed."""
