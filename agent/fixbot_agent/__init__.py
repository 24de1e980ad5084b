"""The mind: models, prompts, budgets, solving, reviewing; the ``fixbot`` command line.

The only floor that talks to a model. Sub-packages are layered:
cli > solving, reviewing, completing, forges, serving > prompts, tools, memory > models, runs, settings.
"""
