"""Orders: mixed directions, equal keys, texts for numbers; heaps, sorted lists, sets, and groups that need an order."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
