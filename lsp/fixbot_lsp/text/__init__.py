"""The open documents: their text, places in it as editors count them, the folders that they lie in."""
