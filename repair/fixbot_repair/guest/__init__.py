"""What runs inside the project's own interpreter (3.6 to 3.14): standard library only, Python 3.6 syntax.

These files are started by path, never imported by fixbot, and never import it.
"""
