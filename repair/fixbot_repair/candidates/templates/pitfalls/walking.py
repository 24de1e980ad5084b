"""Walks over what is linked: results of recursion, what was visited, all that depends and not the next ones only."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
