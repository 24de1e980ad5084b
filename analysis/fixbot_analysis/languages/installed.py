"""Which entry points the installed packages offer, asked of the packages' files before the slow library that reads them."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_NAMES = (".dist-info", ".egg-info")  # of the folders of what pip installs
_FILE = "entry_points.txt"


def entries_of(group: str) -> "Iterable[EntryPoint]":
    """Effect: the entry points of `group` that installed packages offer.

    Loading and asking :mod:`importlib.metadata` costs a quarter of a command's start, and most often there is none:
    so it is asked only where a package's own list names the group, or packages may lie where only it can look.
    """
    if not any(_names(place, f"[{group}]".encode()) for place in sys.path):
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=group)


def _names(place: str, heading: bytes) -> bool:
    """Effect: whether a package in the folder `place` lists entry points below `heading`; True where that cannot be told."""
    try:
        return any(heading in listed for listed in _lists(place or "."))
    except NotADirectoryError:  # an archive
        return True
    except OSError:
        return False


def _lists(folder: str) -> Iterator[bytes]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(".egg"):
                raise NotADirectoryError(entry.path)
            if entry.name.endswith(_NAMES):
                try:
                    with open(f"{entry.path}/{_FILE}", "rb") as file:  # noqa: PTH123  one of hundreds
                        yield file.read()
                except OSError:  # it offers none
                    continue
