"""Prompts as versioned, tested artefacts."""
