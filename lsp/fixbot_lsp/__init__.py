"""The editor's door: a language server over the eyes, the hands and the mind."""
