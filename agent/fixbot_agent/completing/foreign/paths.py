"""Files and folders of the project that the path of an import or include, as far as it is written, can go on with."""

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.foreign.place import Spotted
from fixbot_analysis.languages import get, language_of, registry
from fixbot_analysis.source import Document

_SCRIPT = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](\.{1,2}/[^"']*)$""")
_INCLUDE = re.compile(r"""^\s*#\s*include\s*"([^"]*)$""")
_INDEX = "index"  # the file that stands for its folder


def path_items(paths: Iterable[str], document: Document, spot: Spotted, most: int) -> list[Item]:
    """Names of files (of scripts without suffix) and folders below what is written of a path, where the cursor stands in one; by name."""
    group = get(spot.language).group if spot.language else ""
    pattern = {"ecmascript": _SCRIPT, "c": _INCLUDE}.get(group)
    line = document.line_span(document.line_of(spot.word.end)).start
    written = document.data[line : spot.word.end].decode("utf-8", "replace")
    found = pattern.search(written) if pattern else None
    if found is None:
        return []
    folder, prefix = normpath(join(dirname(spot.path), dirname(found[1]) or ".")), found[1].rpartition("/")[2]
    if folder.startswith(".."):
        return []
    names = _below(paths, "" if folder == "." else f"{folder}/", spot.path, group)
    fitting = sorted(name for name in names if name.startswith(prefix) and name != prefix)
    typed = len(prefix) - len(spot.prefix)
    return [Item(name, ItemKind.MODULE, 1 / len(fitting), "string", "", name[typed:]) for name in fitting[:most]]


def _below(paths: Iterable[str], folder: str, path: str, group: str) -> set[str]:
    """What stands right in a folder and may be named: files of the family and folders that hold some."""
    found = set[str]()
    groups = {name: each.group for name, each in registry().languages.items()}
    for each in paths:
        if each == path or not each.startswith(folder) or groups.get(language_of(each) or "") != group:
            continue
        name, slash, _ = each[len(folder) :].partition("/")
        if not slash and group == "ecmascript":
            name = re.sub(r"(?:\.d)?\.\w+$", "", name)
        if name and not (name == _INDEX and not slash):
            found.add(name)
    return found
