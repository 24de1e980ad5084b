"""The completion service that the terminal and the language server share."""
