"""What the client may ask for and what it tells: one module a method of the protocol, or a few that belong together."""
