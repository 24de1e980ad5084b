"""What is equal, what may be a key, what each instance has for itself; what is kept though it depends on what changes."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
