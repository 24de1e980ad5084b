"""Keys of the dictionary that is subscripted at a place: of its type, of what it was made as, of its inner ones, and those that the file reads."""

import re
from collections.abc import Iterator, Sequence

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place, chain_before
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.world import World
from fixbot_analysis.codemodel.slots import Slot
from fixbot_analysis.codemodel.tokens import CLOSING, OPENING
from fixbot_analysis.graph.values import External, Instance
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import SymbolKind

SOURCE = "expected"

_LONGEST = 8000  # characters of a literal that are read
_MOST = 50  # keys
_PART = re.compile(r"""(["'])((?:(?!\1)[^\\\n])*)\1(\s*:)?|\b([^\W\d]\w*)\s*=(?!=)|[\[\](){}]""")


def subscripted(before: Sequence[str]) -> list[str]:
    """What stands before the ``[`` at the end of `before`: the chain, then the keys that it was subscripted with already; nothing where it is no such."""
    end, keys = len(before) - 1, list[str]()
    while end > 3 and before[end - 1] == "]" and before[end - 3] == "[" and before[end - 2][:1] in "\"'":
        keys.append(before[end - 2][1:-1])
        end -= 3
    chain = chain_before(before, end)
    return [chain, *reversed(keys)] if chain and "?" not in chain and before[end - 1] != "]" else []


def keys_of(world: World, document: Document, place: Place, way: Sequence[str]) -> Iterator[str]:
    """Effect: reads facts. Keys of what `way` names: a chain, and keys that lead to an inner dictionary."""
    if not way or not way[0]:
        return
    written, *inner = way
    if not inner:
        yield from _of_type(world, place, written)
    last = written.rpartition(".")[2]
    if not last.isidentifier():
        return
    text = document.text
    for literal in re.finditer(rf"(?<!\w){last}(?:\s*:[^=\n]*)?\s*=\s*(?:dict\(\s*\{{|dict\(|\{{)", text):
        yield from _inside(text[literal.end() : literal.end() + _LONGEST], inner)
    read = "".join(rf"\s*\[\s*[\"']{re.escape(key)}[\"']\s*\]" for key in inner)
    for found in re.finditer(rf"(?<!\w){last}{read}\s*(?:\[|\.(?:get|pop|setdefault)\()\s*([\"'])([^\"'\n]+)\1", text):
        yield found[2]


def quoted_keys(world: World, document: Document, place: Place, slot: Slot) -> Iterator[Name]:
    """Effect: reads facts. Keys with their quotes, for a place right behind ``[``; such quotes as the file has most."""
    if slot.kind != "subscript" or slot.lead != "[" or place.prefix:
        return
    text = document.text
    quote = "'" if text.count("'") > text.count('"') else '"'
    for key in list(dict.fromkeys(keys_of(world, document, place, subscripted(place.before))))[:_MOST]:
        yield Name(f"{quote}{key}{quote}", ItemKind.TEXT, SOURCE)


def _of_type(world: World, place: Place, written: str) -> Iterator[str]:
    for value in world.resolver.values(place.path, place.qualname, written, place.line + 1):
        if isinstance(value, Instance):
            symbols = world.index.facts(value.cls.path).symbols
            own = value.cls.symbol.qualname
            if any(isinstance(b, External) and b.last == "TypedDict" for b in world.resolver.outside(value.cls)):
                yield from (s.name for s in symbols if s.parent == own and s.kind is SymbolKind.VARIABLE)


def _inside(text: str, way: Sequence[str]) -> Iterator[str]:
    """Keys of the dictionary whose opening bracket stands right before `text`, or of the one in it that `way` leads to."""
    depth = 0
    for part in _PART.finditer(text):
        if part[0] in OPENING:
            depth += 1
        elif part[0] in CLOSING:
            depth -= 1
            if depth < 0:
                return
        elif depth == 0 and (part[3] or part[4]):
            key = part[2] if part[3] else part[4]
            if not way:
                yield key
            elif key == way[0] and (inner := re.match(r"\s*(?:dict\(|\{)", text[part.end() :])):
                yield from _inside(text[part.end() + inner.end() :], way[1:])
