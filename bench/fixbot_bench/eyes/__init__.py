"""Measuring what fixbot understands of a project, each figure beside a named reference."""
