"""The hands: workspaces, environments, sandbox, git, checks, localisation, candidate patches, verification.

The only floor that runs commands. Knows no model: it repairs by search on its own.
"""
