"""Shapes of methods and interfaces in languages whose types implement an interface by having its methods (Go), read from signatures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_analysis.languages import get, registry
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

_INTERFACE = re.compile(r"\w+ ?(?:\[.*?\] ?)?interface\b")
_ALIAS = re.compile(r"\w+ ?(?:\[[^\]]*\] ?)?= ")
_GENERIC = re.compile(r"\w+ ?\[\w+[ ,][^\]]*\w\]")
_COMMENT = re.compile(r"/\*.*?\*/")
_NAMED = re.compile(r"(?!(?:chan|func|map|struct|interface)\b)\w+ +(\S.*)")
_QUALIFIER = re.compile(r"\b\w+\.(?=\w)")
_SAME = (("interface{}", "any"), ("byte", "uint8"), ("rune", "int32"))
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a method takes and gives: types in one spelling, without packages; `loose` where they may be type variables."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    loose: bool = False

    def fits(self, other: "Shape") -> bool:
        """Whether a method of this shape is one of the `other`; types are not compared where either is loose."""
        if self.loose or other.loose:
            return (len(self.takes), len(self.gives)) == (len(other.takes), len(other.gives))
        return (self.takes, self.gives) == (other.takes, other.gives)


def is_structural(facts: FileFacts) -> bool:
    """Whether types of the file's language implement interfaces without saying so."""
    return facts.language != "python" and facts.language in registry().languages and get(facts.language).structural


def is_interface(symbol: Symbol) -> bool:
    """Whether a type is an interface that types can implement: no list of types, a mark of the symbol, that only constrains type variables."""
    return symbol.kind is SymbolKind.CLASS and not symbol.decorators and bool(_INTERFACE.match(symbol.signature))


def is_type(symbol: Symbol) -> bool:
    """Whether methods can be declared on what `symbol` names: neither an interface nor another name for a type."""
    is_other = _INTERFACE.match(symbol.signature) or _ALIAS.match(symbol.signature)
    return symbol.kind is SymbolKind.CLASS and not is_other


def is_generic(symbol: Symbol) -> bool:
    """Whether a type has type variables."""
    return bool(_GENERIC.match(symbol.signature))


def interfaces(facts: FileFacts) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(qualified name, bases, signatures of the methods) of each interface in a file of a structural language."""
    if not is_structural(facts):
        return
    for symbol in facts.symbols:
        if symbol.kind is SymbolKind.CLASS and _INTERFACE.match(symbol.signature):
            held = (s for s in facts.symbols if s.kind is SymbolKind.METHOD and s.parent == symbol.qualname)
            yield symbol.qualname, (*symbol.bases, str(is_interface(symbol))), tuple(s.signature for s in held)


def shape(signature: str, name: str, *, loose: bool = False) -> Shape | None:
    """The shape of the method `name` by its header (``func (t *T) Name(a, b int) error``, or without receiver); None where that cannot be read."""
    text = _COMMENT.sub("", signature)
    if text.startswith("func"):
        text = text[_closing(text, text.find("(")) + 1 :]
    text = text.strip()
    start = len(name)
    if not text.startswith(name) or text[start : start + 1] != "(":
        return None
    end = _closing(text, start)
    given = text[end + 1 :].strip()
    gives = (
        _types(given[1:-1]) if given.startswith("(") and given.endswith(")") else ((_spelled(given),) if given else ())
    )
    return Shape(_types(text[start + 1 : end]), gives, loose)


def _types(text: str) -> tuple[str, ...]:
    """The types of a list of parameters or results, with names or without."""
    parts = _listed(text)
    named = [_NAMED.fullmatch(part) for part in parts]
    if not any(named):
        return tuple(map(_spelled, parts))
    found, kind = [], ""
    for match in reversed(named):  # what has no type of its own is of the next one's
        kind = match[1] if match else kind
        found.append(_spelled(kind))
    return tuple(reversed(found))


def _spelled(kind: str) -> str:
    """A type in one spelling; of functions no more than that they are some."""
    text = _QUALIFIER.sub("", kind.partition("func(")[0] + "func" * ("func(" in kind)).replace(" ", "")
    for written, meant in _SAME:
        text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", meant, text)
    return text


def _listed(text: str) -> list[str]:
    """What stands between the commas that are in no brackets."""
    found, depth = [""], 0
    for sign in text:
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found if part.strip()]


def _closing(text: str, start: int) -> int:
    """Where the bracket at `start` is closed; the end of `text` where it is not."""
    depth = 0
    for at in range(max(start, 0), len(text)):
        depth += (text[at] in _OPEN) - (text[at] in _CLOSE)
        if not depth:
            return at
    return len(text)
