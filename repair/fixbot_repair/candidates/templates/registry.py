"""The templates there are: ours, and those of the entry-point group ``fixbot.templates``."""

import logging
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from fixbot_repair.candidates.templates import (
    absence,
    asked,
    bounds,
    calls,
    checks,
    conditions,
    cycles,
    defaults,
    errors,
    fallbacks,
    guards,
    library,
    missing,
    names,
    once,
    operators,
    orders,
    pitfalls,
    scoping,
    shapes,
    signatures,
    statements,
    symmetry,
    texts,
    transplants,
    values,
)
from fixbot_repair.candidates.templates.base import Template

GROUP = "fixbot.templates"
_log = logging.getLogger(__name__)


@cache
def builtin() -> tuple[Template, ...]:
    """Our own templates."""
    modules = (
        operators,
        bounds,
        names,
        calls,
        conditions,
        statements,
        values,
        errors,
        guards,
        absence,
        checks,
        signatures,
        shapes,
        fallbacks,
        library,
        texts,
        orders,
        symmetry,
        scoping,
        transplants,
        asked,
        defaults,
        once,
        missing,
        cycles,
        pitfalls,
    )
    return tuple(template for module in modules for template in module.TEMPLATES)


@cache
def _installed() -> tuple[Template, ...]:
    return tuple(_loaded(entry_points(group=GROUP)))


def load(entries: Iterable[EntryPoint] | None = None) -> tuple[Template, ...]:
    """Effect: import the plug-ins. Ours, and each plug-in's (a :class:`Template` or a sequence of them).

    A plug-in that cannot be loaded, or offers something else, is left out with a line in the log.
    """
    return (*builtin(), *(_installed() if entries is None else _loaded(entries)))


def _loaded(entries: Iterable[EntryPoint]) -> list[Template]:
    found: list[Template] = []
    for entry in entries:
        try:
            found += _templates(entry.load())
        except Exception as error:  # noqa: BLE001 a plug-in may do anything; ours go on without it
            _log.warning("template plug-in %s left out: %s", entry.name, error)
    return found


def _templates(offered: object) -> list[Template]:
    many = [offered] if isinstance(offered, Template) else list(offered) if isinstance(offered, Iterable) else [offered]
    result = [t for t in many if isinstance(t, Template)]
    if len(result) != len(many):
        raise TypeError(f"expected Template objects, got {type(offered).__name__}")
    return result
