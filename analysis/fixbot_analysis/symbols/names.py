"""Names in use: what is called and what is referred to, and in which scope."""

import keyword
import re
from collections.abc import Callable, Iterable
from sys import intern
from typing import TypeVar

from fixbot_analysis.symbols.chains import chain, dotted, expression
from fixbot_analysis.symbols.facts import Call
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

# Takes all of a text, word by word: a name that begins a dotted name or is one, unless it is a string's prefix.
# What follows a dot or the ! of a format is none. Then everything up to the next word.
_PATTERN = r"(?:([^\W\d]\w*+(?:(?:\.\w++)++|(?![\"'])))|\w++|\.\s*+[\w.]*+|!\w*+)[^\w.!]*+"
_USE, _USE_ASCII = re.compile(_PATTERN), re.compile(_PATTERN.encode())
_NO_NAMES = frozenset({"", *keyword.kwlist})
_NO_BYTES = frozenset(name.encode() for name in _NO_NAMES)
_DIGIT = ord("0")  # nothing that begins with it is a name
T = TypeVar("T")

_TELLING = frozenset({"isinstance", "setattr", "__all__.extend", "__all__.append"})


def calls(nodes: Iterable[Node], data: bytes, scopes: Segments[str]) -> tuple[tuple[Call, ...], dict[str, list[Node]]]:
    """Calls by place, and the callees that say more than that; `nodes` are what is called.

    What is neither short nor a chain of names is left out.
    """
    found = []
    telling: dict[str, list[Node]] = {}
    for node in nodes:
        start = node.start_byte
        callee = dotted(data, start, node.end_byte)
        if callee in _TELLING:
            telling.setdefault(callee, []).append(node)
        elif callee.endswith(".add_to_class"):
            telling.setdefault("add_to_class", []).append(node)
        if callee := callee or _callee(node, data):
            found.append(Call(intern(callee), scopes.owner(start), node.start_point[0] + 1))
    return tuple(found), telling


def _callee(node: Node, data: bytes) -> str:
    """What is called, on one line: as written where it is an attribute, else its chain."""
    written = expression(node, data) if node.type == "attribute" else ""
    return written if written and "\n" not in written else chain(node, data)


def references(
    hidden: Iterable[Node], others: set[int], data: bytes, scopes: Segments[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Scopes in order, and the longest dotted name of each use of a name there, each once.

    `hidden` are strings, comments and imports, `others` the offsets where a name begins that is no use: it is bound there.
    The names are found in the text, not in the tree: there are many, and an object for each costs more than a pattern's run.
    """
    text = bytearray(data)
    for node in hidden:
        start, end = node.start_byte, node.end_byte
        text[start:end] = bytes(end - start)
    for offset in others:
        text[offset] = _DIGIT
        rest = offset + 1
        while rest < len(text) and text[rest] & 0xC0 == 0x80:  # of a character outside of ASCII
            text[rest] = _DIGIT
            rest += 1
    if data.isascii():
        uses = _by_owner(scopes, lambda start, end: _USE_ASCII.findall(text, start, end))
        return tuple(
            [
                (owner, tuple([intern(name.decode()) for name in names if name not in _NO_BYTES]))
                for owner, names in uses.items()
            ]
        )
    written = _by_owner(scopes, lambda start, end: _USE.findall(text[start:end].decode("utf-8", "replace")))
    return tuple(
        [(owner, tuple([intern(name) for name in names if name not in _NO_NAMES])) for owner, names in written.items()]
    )


def _by_owner(scopes: Segments[str], found: Callable[[int, int], list[T]]) -> dict[str, dict[T, None]]:
    """Owner -> what is found in its pieces, each once, in order."""
    uses: dict[str, dict[T, None]] = {}
    for start, end, owner in scopes.pieces():
        if owner in uses:
            uses[owner].update(dict.fromkeys(found(start, end)))
        else:
            uses[owner] = dict.fromkeys(found(start, end))
    return uses
