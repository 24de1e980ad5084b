"""Weighing what speaks for a location: learned weights, and figures with their intervals."""
