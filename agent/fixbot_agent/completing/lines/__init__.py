"""The rest of a line and lines after it: what may go on, and how sure it is that it is right."""
