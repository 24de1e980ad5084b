"""The eyes: source -> syntax -> symbols -> dependency graph -> retrieval -> context, and the statistical model of code.

Lowest floor of the house. No network, no model, no subprocess, no git: what it needs from outside
that law it declares in :mod:`fixbot_analysis.ports` and is handed.
"""
