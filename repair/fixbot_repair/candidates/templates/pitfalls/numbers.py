"""Numbers taken for what they are not: binary fractions, truth values, rounding, signs, whole divisions."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
