"""Facts as bytes: compact, checked before they are read back, never code."""

import marshal
import zlib
from itertools import starmap

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
    body = marshal.dumps(
        (
            facts.digest,
            facts.language,
            tuple(map(_flat, facts.symbols)),
            tuple((i.module, i.level, i.name, i.alias, i.line, i.scope) for i in facts.imports),
            tuple((c.callee, c.scope, c.line) for c in facts.calls),
            facts.exports,
            facts.syntax_errors,
            tuple((b.name, b.scope, b.value, b.first, b.last, b.leaks, b.at) for b in facts.bindings),
            facts.references,
        ),
        _FORMAT,
    )
    return zlib.crc32(body).to_bytes(4, "big") + body


def decode(blob: bytes) -> FileFacts:
    """The facts that :func:`encode` wrote. Raises DamagedFactsError."""
    body = memoryview(blob)[4:]
    if not body or zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
        raise DamagedFactsError("checksum")
    # The checksum says that we wrote it.
    digest, language, symbols, imports, calls, exports, errors, bindings, references = marshal.loads(body)  # noqa: S302
    return FileFacts(
        digest,
        language,
        tuple(starmap(_symbol, symbols)),
        tuple(starmap(Import, imports)),
        tuple(starmap(Call, calls)),
        references,
        exports,
        errors,
        tuple(starmap(Binding, bindings)),
    )


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


def _symbol(name: str, qualname: str, kind: str, spans: _Spans, line: int, end_line: int, rest: _Header) -> Symbol:
    a, b, c, d, e, f = spans
    return Symbol(name, qualname, _KINDS[kind], Span(a, b), Span(c, d), Span(e, f), line, end_line, *rest)
