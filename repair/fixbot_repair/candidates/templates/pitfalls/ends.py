"""Where a sequence ends: windows, chunks and the last rest, slices that count from the end, loops that stop too early."""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

TEMPLATES: tuple[Template, ...] = ()
SEEN: Mapping[str, tuple[str, ...]] = {}
