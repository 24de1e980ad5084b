"""Grading predictions without Docker: environments, trees, the patch ladder, logs, the rule."""
