"""What stands at the cursor in Python: the word under way, its scopes, what its code bound before."""
