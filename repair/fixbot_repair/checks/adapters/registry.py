"""The foreign tools there are: ours, and those of the entry-point group ``fixbot.checks``."""

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from fixbot_repair.checks.adapters.adapter import GROUP, Adapter
from fixbot_repair.checks.adapters.builtin import BUILTIN
from fixbot_repair.checks.adapters.usage import uses

_log = logging.getLogger(__name__)


def load(entries: Iterable[EntryPoint] | None = None) -> Mapping[str, Adapter]:
    """Effect: import the plug-ins. Adapters by name: ours, then each plug-in's (an :class:`Adapter` or several).

    A plug-in that cannot be loaded, or offers something else, is left out with a line in the log; so is a second adapter
    of a name.
    """
    found = {adapter.name: adapter for adapter in BUILTIN}
    for entry in entry_points(group=GROUP) if entries is None else entries:
        try:
            offered = _offered(entry.load())
        except Exception as error:  # noqa: BLE001 a plug-in may do anything; ours go on without it
            _log.warning("check plug-in %s left out: %s", entry.name, error)
            continue
        for adapter in offered:
            if found.setdefault(adapter.name, adapter) is not adapter:
                _log.warning("check plug-in %s left out: there is a tool called %s", entry.name, adapter.name)
    return found


def _offered(offered: object) -> list[Adapter]:
    many = list(offered) if isinstance(offered, list | tuple) else [offered]
    result = [each for each in many if isinstance(each, Adapter)]
    if len(result) != len(many) or not many:
        raise TypeError(f"expected Adapter objects, got {type(offered).__name__}")
    return result


@cache
def adapters() -> Mapping[str, Adapter]:
    """Effect: import the plug-ins, once a process."""
    return load()


def in_project(root: Path, languages: frozenset[str]) -> tuple[Adapter, ...]:
    """Effect: the tools for any of `languages` that the project at `root` uses, as its files say."""
    return tuple(a for a in adapters().values() if a.languages & languages and uses(root, a.usage))
