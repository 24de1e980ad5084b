"""Facts as bytes: compact, checked before they are read back, never code; each section of them is read when it is asked for."""

import marshal
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any, NamedTuple

from fixbot_analysis import languages
from fixbot_analysis.source import Span
from fixbot_analysis.symbols import Binding, Call, FileFacts, Import, Symbol, SymbolKind, extract

_FORMAT = 4  # marshal's own version: read by every Python since 3.4
_Spans = tuple[int, int, int, int, int, int]
_Header = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str]
_FlatSymbol = tuple[str, str, str, _Spans, int, int, _Header]
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
        "symbols": tuple(map(_flat, facts.symbols)),
        "imports": tuple(map(tuple, facts.imports)),
        "calls": tuple(map(tuple, facts.calls)),
        "references": facts.references,
        "bindings": tuple(map(tuple, facts.bindings)),
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

    def __eq__(self, other: object) -> bool:
        """Facts are equal where they say the same, wherever they were read from."""
        return isinstance(other, FileFacts) and all(getattr(self, f) == getattr(other, f) for f in _FIELDS)

    __hash__ = FileFacts.__hash__


def extract_encoded(source: Source) -> Encoded:
    """Facts of a source, encoded: work for an :class:`Executor`."""
    return encoded(extract(*source))


def encoded(facts: FileFacts) -> Encoded:
    """`facts` encoded, and how many symbols they hold."""
    return encode(facts), len(facts.symbols)


def _flat(s: Symbol) -> _FlatSymbol:
    spans = (s.span.start, s.span.end, s.name_span.start, s.name_span.end, s.body.start, s.body.end)
    rest = (s.signature, s.doc, s.parameters, s.bases, s.decorators, s.returns)
    return (s.name, s.qualname, s.kind.value, spans, s.line, s.end_line, rest)


def _symbols(rows: tuple[_FlatSymbol, ...]) -> tuple[Symbol, ...]:
    make: Callable[[tuple[object, ...]], Symbol] = partial(tuple.__new__, Symbol)
    return tuple([
        make((name, qualname, _KINDS[kind], Span(a, b), Span(c, d), Span(e, f), line, end_line, *rest))
        for name, qualname, kind, (a, b, c, d, e, f), line, end_line, rest in rows
    ])  # fmt: skip


def _made(kind: type[NamedTuple]) -> Callable[[Any], object]:
    """Rows to named tuples of a `kind`, without a call in Python for each."""
    make = partial(tuple.__new__, kind)
    return lambda rows: tuple(map(make, rows))


_FIELDS = tuple(field.name for field in fields(FileFacts))
_UNPACK: Mapping[str, Callable[[Any], object]] = {
    "symbols": _symbols,
    "imports": _made(Import),
    "calls": _made(Call),
    "references": tuple,
    "bindings": _made(Binding),
}
