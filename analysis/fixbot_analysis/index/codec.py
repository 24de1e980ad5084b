"""Facts as bytes: compact, checked before they are read back, never code; each section of them is read when it is asked for."""

import marshal
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

from fixbot_analysis import languages
from fixbot_analysis.source import Span
from fixbot_analysis.symbols import Binding, Call, FileFacts, Import, Symbol, SymbolKind, extract

_FORMAT = 4  # marshal's own version: read by every Python since 3.4
_Shelves = dict[str, bytes]  # scope -> its bindings, each behind its place among all
_Header = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str]
_FlatSymbol = tuple[str, str, str, int, int, _Header]
# Symbols without their spans, then where these begin and end: three of each symbol.
_FlatSymbols = tuple[tuple[_FlatSymbol, ...], tuple[int, ...], tuple[int, ...]]
# Text in UTF-8, and the language to read it as.
Source = tuple[bytes, str]
# Bytes for :func:`decode`, and the number of symbols in them.
Encoded = tuple[bytes, int]

_KINDS = {kind.value: kind for kind in SymbolKind}


class DamagedFactsError(ValueError):
    """Stored bytes are not what was written. Never leaves this package."""


def key(digest: str, language: str) -> str:
    """Name under which facts are stored: the content's digest, and the language that it was read as in its version."""
    if language == "python":
        return digest
    known = languages.registry().languages.get(language)
    return f"{digest}-{language}-{known.version if known else 0}"


def encode(facts: FileFacts) -> bytes:
    """`facts` as bytes for :func:`decode`; a checksum first, as marshal must not see damaged data."""
    sections: Mapping[str, Any] = {
        "symbols": _flat(facts.symbols),
        "imports": tuple(map(tuple, facts.imports)),
        "calls": tuple(map(tuple, facts.calls)),
        "references": facts.references,
        "bindings": (facts.narrows, _shelved(facts.bindings)),
    }
    packed = {name: marshal.dumps(rows, _FORMAT) for name, rows in sections.items()}
    body = marshal.dumps((facts.digest, facts.language, facts.exports, facts.syntax_errors, packed), _FORMAT)
    return zlib.crc32(body).to_bytes(4, "big") + body


def decode(blob: bytes) -> FileFacts:
    """The facts that :func:`encode` wrote. Raises DamagedFactsError."""
    body = memoryview(blob)[4:]
    if not body or zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
        raise DamagedFactsError("checksum")
    # The checksum says that we wrote it.
    digest, language, exports, errors, packed = marshal.loads(body)  # noqa: S302
    facts = StoredFacts.__new__(StoredFacts)
    known = {"digest": digest, "language": language, "exports": exports, "syntax_errors": errors, "_packed": packed}
    for name, value in known.items():
        object.__setattr__(facts, name, value)
    return facts


class StoredFacts(FileFacts):
    """Facts as they lie in the store: who asks for the symbols of a file does not wait for its calls and bindings.

    A section is a slot that holds nothing before it is first asked for; from then on it costs what any slot does.
    """

    __slots__ = ("_packed",)
    _packed: dict[str, bytes]

    def __getattr__(self, name: str) -> object:
        unpack = _UNPACK.get(name)
        if unpack is None:
            raise AttributeError(name)
        rows = unpack(marshal.loads(self._packed[name]))  # noqa: S302  checked as a whole
        object.__setattr__(self, name, rows)
        del self._packed[name]
        return rows

    @property
    def narrows(self) -> bool:
        """Whether isinstance says more of some dotted name."""
        shelves = self._shelves()
        return super().narrows if shelves is None else shelves[0]

    def bindings_by_scope(self) -> Mapping[str, Sequence[Binding]]:
        """Scope -> its bindings in order, each scope's read when it is asked for."""
        shelves = self._shelves()
        return super().bindings_by_scope() if shelves is None else _Shelved(shelves[1])

    def _shelves(self) -> tuple[bool, _Shelves] | None:
        """What the store holds of the bindings; None once all of them were asked for, or where the facts are a copy."""
        packed = getattr(self, "_packed", {}).get("bindings")
        return None if packed is None else marshal.loads(packed)  # noqa: S302  checked as a whole

    def __eq__(self, other: object) -> bool:
        """Facts are equal where they say the same, wherever they were read from."""
        return isinstance(other, FileFacts) and all(getattr(self, f) == getattr(other, f) for f in _FIELDS)

    __hash__ = FileFacts.__hash__


class _Shelved(Mapping[str, Sequence[Binding]]):
    """Bindings by scope."""

    def __init__(self, shelves: _Shelves) -> None:
        self._shelves = shelves

    def __getitem__(self, scope: str) -> Sequence[Binding]:
        rows = marshal.loads(self._shelves[scope])  # noqa: S302  checked as a whole
        return [_BINDING(row[1:]) for row in rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelves)

    def __len__(self) -> int:
        return len(self._shelves)


def extract_encoded(source: Source) -> Encoded:
    """Facts of a source, encoded: work for an :class:`Executor`."""
    return encoded(extract(*source))


def encoded(facts: FileFacts) -> Encoded:
    """`facts` encoded, and how many symbols they hold."""
    return encode(facts), len(facts.symbols)


def _flat(symbols: Sequence[Symbol]) -> _FlatSymbols:
    rows = tuple([
        (s.name, s.qualname, s.kind.value, s.line, s.end_line,
         (s.signature, s.doc, s.parameters, s.bases, s.decorators, s.returns))
        for s in symbols
    ])  # fmt: skip
    spans = [span for s in symbols for span in (s.span, s.name_span, s.body)]
    return rows, tuple([span.start for span in spans]), tuple([span.end for span in spans])


def _shelved(bindings: Sequence[Binding]) -> _Shelves:
    found: dict[str, list[tuple[object, ...]]] = {}
    for place, binding in enumerate(bindings):
        found.setdefault(binding.scope, []).append((place, *binding))
    return {scope: marshal.dumps(rows, _FORMAT) for scope, rows in found.items()}


def _bindings(section: tuple[bool, _Shelves]) -> tuple[Binding, ...]:
    # Our own, checked as a whole.
    rows = sorted((row for packed in section[1].values() for row in marshal.loads(packed)), key=itemgetter(0))  # noqa: S302
    return tuple([_BINDING(row[1:]) for row in rows])


def _symbols(section: _FlatSymbols) -> tuple[Symbol, ...]:
    make: Callable[[tuple[object, ...]], Symbol] = partial(tuple.__new__, Symbol)
    spans = iter(_spans(section[1], section[2]))
    return tuple([
        make((name, qualname, _KINDS[kind], *three, line, end_line, *rest))
        for (name, qualname, kind, line, end_line, rest), three in zip(section[0], zip(spans, spans, spans, strict=True), strict=True)
    ])  # fmt: skip


def _spans(starts: Sequence[int], ends: Sequence[int]) -> list[Span]:
    """Spans by column: their own constructor would take as long as all else of a file's symbols."""
    made: list[Span] = list(map(object.__new__, repeat(Span, len(starts))))
    deque(map(_START, made, starts), 0)
    deque(map(_END, made, ends), 0)
    return made


def _made(kind: type[NamedTuple]) -> Callable[[Any], object]:
    """Rows to named tuples of a `kind`, without a call in Python for each."""
    make = partial(tuple.__new__, kind)
    return lambda rows: tuple(map(make, rows))


_BINDING: Callable[[tuple[object, ...]], Binding] = partial(tuple.__new__, Binding)
_START, _END = Span.__dict__["start"].__set__, Span.__dict__["end"].__set__  # slots, which frozen ones have as well
_FIELDS = tuple(field.name for field in fields(FileFacts))
_UNPACK: Mapping[str, Callable[[Any], object]] = {
    "symbols": _symbols,
    "imports": _made(Import),
    "calls": _made(Call),
    "references": tuple,
    "bindings": _bindings,
}
