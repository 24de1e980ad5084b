"""What was offered in the editor and what became of it: counted on this machine, for its user, never sent."""
