"""What can be gone through once, changes while it is gone through, ends early, or comes in no order; keys of sorting."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
