"""The files: ``[section]``, ``key = value``, lists over several lines, ``include other.conf``.

    [server]
    port = 8080        ; comments follow a # or ; after a space
    hosts =
        a.example
        b.example
    motd = "quoted; keeps # everything "
"""

import re
from pathlib import Path
from typing import Dict, Iterator, List, Tuple, Union

from settle.errors import ParseError

Value = Union[str, List[str]]
_SECTION = re.compile(r"\[([A-Za-z0-9_.-]+)\]")
_KEY = re.compile(r"([A-Za-z0-9_.-]+)\s*=\s*(.*)")
_COMMENT = re.compile(r"(^|\s)[#;].*")


def strip_comment(line: str) -> str:
    """The line without a comment; what stands in double quotes is no comment."""
    parts = line.split('"')
    for at in range(0, len(parts), 2):
        cut = _COMMENT.sub("", parts[at])
        if cut != parts[at]:
            return '"'.join(parts[:at] + [cut]).rstrip()
    return line.rstrip()


def unquote(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


def parse(source: str, name: str = "<text>") -> Dict[str, Value]:
    """Values by section.key; keys before the first section have no section."""
    return {key: value for key, value, _ in entries(source.splitlines(), name)}


def entries(lines: List[str], name: str) -> Iterator[Tuple[str, Value, int]]:
    """(key, value, number of the line) in order."""
    section, at = "", 0
    while at < len(lines):
        line, number = strip_comment(lines[at]), at + 1
        at += 1
        if not line.strip():
            continue
        if line[0].isspace():
            raise ParseError(name, number, "a line that is indented belongs to nothing")
        found = _SECTION.fullmatch(line)
        if found:
            section = found.group(1) + "."
            continue
        found = _KEY.fullmatch(line)
        if found is None:
            raise ParseError(name, number, f"key = value is wanted, not {line!r}")
        key, rest = section + found.group(1), found.group(2)
        if rest:
            yield key, unquote(rest), number
            continue
        items: List[str] = []
        while at < len(lines) and (lines[at][:1].isspace() or not strip_comment(lines[at])):
            item = strip_comment(lines[at]).strip()
            if item:
                items.append(unquote(item))
            at += 1
        yield key, items, number


def load(path: Path, _above: Tuple[Path, ...] = ()) -> Dict[str, Value]:
    """A file with what it includes; what comes later counts. Paths of includes are relative to their file."""
    path = path.resolve()
    if path in _above:
        raise ParseError(str(path), 0, "includes itself")
    values: Dict[str, Value] = {}
    pending: List[str] = []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("include "):
            other = path.parent / unquote(strip_comment(line)[len("include "):])
            values.update(load(other, _above + (path,)))
            pending.append("")
        else:
            pending.append(line)
    values.update(parse("\n".join(pending), path.name))
    return values


def dump(values: Dict[str, Value]) -> str:
    """Text that is read as the same values: first what has no section, then the sections in order of name."""
    sections: Dict[str, List[str]] = {}
    for key, value in sorted(values.items()):
        section, _, name = key.rpartition(".")
        lines = sections.setdefault(section, [])
        if isinstance(value, list):
            lines.append(f"{name} =")
            lines.extend(f"    {_quoted(item)}" for item in value)
        else:
            lines.append(f"{name} = {_quoted(value)}")
    blocks = []
    for section, lines in sorted(sections.items()):
        blocks.append("\n".join(([f"[{section}]"] if section else []) + lines))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _quoted(value: str) -> str:
    plain = value and value == value.strip() and strip_comment(value) == value
    plain = plain and not (len(value) >= 2 and value[0] == value[-1] == '"')
    return value if plain else f'"{value}"'
