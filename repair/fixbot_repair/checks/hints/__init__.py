"""Fixes that a type checker's words determine though it offers none: a table of messages, and the edit each one means."""

from fixbot_repair.checks.hints.suggest import suggested

__all__ = ["suggested"]
