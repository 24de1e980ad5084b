"""Faults for measuring localisation: made by small changes, and brought back by undoing fixes of a project's past."""
