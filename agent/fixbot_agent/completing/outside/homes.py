"""Where functions and classes from outside the project are written: found by their dotted names, through imports, stars and bases."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fixbot_agent.completing.outside.reading import file_of, imports_of, text_of
from fixbot_analysis.installed import Folders

_DEPTH = 8  # imports and bases that are followed

_HEADER = re.compile(r"(?:^|\n)[ \t]*(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a function or class from outside is written: its module, its file, the character at which it begins; of a method its class."""

    module: str
    path: Path
    start: int
    is_class: bool = False
    cls: str = ""
    bases: tuple[str, ...] = ()


def home_of(name: str, packages: Folders) -> Home | None:
    """Effect: reads modules. Where the function, class or method of that dotted name is defined, wherever imports, stars and bases lead."""
    return _home(name, packages, _DEPTH)


def source_of(home: Home) -> str:
    """Effect: reads the module. The definition as written, up to the next line that is indented no deeper."""
    text = text_of(home.path)
    begin = text.rfind("\n", 0, home.start) + 1
    end = re.compile(rf"\n[ \t]{{0,{home.start - begin}}}[^\s)#]").search(text, _behind_header(text, home.start))
    return text[begin : end.start() + 1 if end else len(text)]


def _behind_header(text: str, start: int) -> int:
    """Where the brackets of the definition at `start` are closed: lines in them are indented as one likes."""
    opening, colon = text.find("(", start), text.find(":", start)
    if opening < 0 or 0 <= colon < opening:
        return start
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at
    return start


@lru_cache(256)
def _home(name: str, packages: Folders, depth: int) -> Home | None:
    where, _, last = name.rpartition(".")
    path = file_of(where, packages) if where else None
    if not depth or not where:
        return None
    if path is None:
        return _method(where, last, packages, depth)
    text = text_of(path)
    if found := re.search(
        rf"^(?:async[ \t]+)?(def|class)[ \t]+{last}\b[ \t]*(?:\(([^)]*)\)[ \t]*:)?", text, re.MULTILINE
    ):
        bases = (
            tuple(re.sub(r"\[.*", "", each).strip() for each in (found[2] or "").split(","))
            if found[1] == "class"
            else ()
        )
        return Home(
            where,
            path,
            found.start(),
            found[1] == "class",
            "",
            tuple(each for each in bases if each and "=" not in each),
        )
    for home, names in imports_of(text, where, is_package=path.name == "__init__.py"):
        leads = last in names or names == {"*": "*"}
        if leads and (inner := _home(f"{home}.{names.get(last, last)}", packages, depth - 1)):
            return inner
    return None


def _method(where: str, method: str, packages: Folders, depth: int) -> Home | None:
    """Where a method of the class `where` is defined, in itself or in a base."""
    cls = _home(where, packages, depth - 1)
    if cls is None or not cls.is_class:
        return None
    text = text_of(cls.path)
    ends = re.compile(r"\n[^\s)#\"']").search(text, text.find("\n", cls.start))
    found = re.compile(rf"^[ \t]+(?:async[ \t]+)?(?=def)(def)[ \t]+{method}\b", re.MULTILINE).search(
        text, cls.start, ends.start() if ends else len(text)
    )
    if found:
        return Home(cls.module, cls.path, text.index("def", found.start()), False, where.rpartition(".")[2])
    return next((h for base in cls.bases if (h := _home(f"{cls.module}.{base}.{method}", packages, depth - 1))), None)


def header_of(source: str) -> str:
    """The header of a function, from its bracket to the one that closes it."""
    found = _HEADER.search(source)
    if found is None:
        return ""
    end = _behind_header(source, found.start())
    return " ".join(source[found.end() - 1 : end + 1].split()) if end > found.end() - 1 else ""
