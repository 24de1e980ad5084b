"""What a change makes newly wrong, and how it is shown."""
