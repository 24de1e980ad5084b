"""Files and formats: encodings, CSV, JSON, addresses, paths."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
