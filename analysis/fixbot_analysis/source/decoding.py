"""From a file's bytes to a Document: byte order marks, PEP 263 cookies, and what is not source at all."""

import codecs
import hashlib
import re
from functools import lru_cache

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source.document import MARKS, Document

SIZE_LIMIT = 2 * 1024 * 1024  # bytes; a larger file is data, whatever its suffix says
LINE_LIMIT = 20_000  # bytes; no line of code is that long, but one of data within code may be

_LONG_SHARE = 0.75  # of a file's bytes in longer lines, and
_LONG_MOST = 200_000  # bytes in them: above either, it is minified or data

_NARROW = ("", "utf-8")  # byte order marks behind which bytes can be looked at as they are
# What text holds of ASCII, and escapes that some codecs read.
_ASCII = b"\t\n\r" + bytes(range(32, 92)) + bytes(range(93, 127)) + rb" \u0041.xn--mnchen-3ya"
_HEAD = 2048  # bytes in which a file says that it was generated
# Lines of comment in the languages that there are, and empty ones.
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:(?:#|//|/?\*|--|;|<!--)[^\n]*)?\r?(?:\n|\Z))*")
_GENERATED = re.compile(
    rb"@generated\b|DO NOT (?:EDIT|MODIFY)|(?i:generated\b[^.]{0,100}\b(?:do not|don't|never) (?:edit|modify|change))"
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


def digest(data: bytes) -> str:
    """Name of the content `data`: the first 16 bytes of its BLAKE2b hash, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def decode(path: str, raw: bytes) -> Document:
    """A file's `raw` bytes as a document. Raises SourceError for what cannot be text: too large, binary, minified, undecodable."""
    marked = next((encoding for encoding, mark in MARKS.items() if raw.startswith(mark)), "")
    body = raw.removeprefix(MARKS.get(marked, b""))
    encoding = marked or _declared(body)
    if marked in _NARROW:
        _refuse_unfit(path, raw)
    if not (marked or _extends_ascii(encoding)):
        raise _undecodable(path, encoding)
    try:
        text = body.decode(encoding)
        data = body if encoding == "utf-8" else text.encode("utf-8")
    except UnicodeError as error:
        raise _undecodable(path, encoding) from error
    if marked not in _NARROW:
        _refuse_unfit(path, data)
    return Document(path, data, encoding, bool(marked))


def from_buffer(path: str, data: bytes) -> Document:
    """An editor's buffer (UTF-8 whatever the text says of itself) as a document. Raises SourceError as :func:`decode` does."""
    _refuse_unfit(path, data)
    try:
        data.decode("utf-8")
    except UnicodeError as error:
        raise SourceError(f"{path}: not utf-8 text", "hand buffers over as UTF-8") from error
    bom, body = data.startswith(codecs.BOM_UTF8), data.removeprefix(codecs.BOM_UTF8)
    declared = "utf-8" if bom else _declared(body)
    # A cookie that is being typed names none.
    return Document(path, body, declared if _extends_ascii(declared) else "utf-8", bom)


def _undecodable(path: str, encoding: str) -> SourceError:
    return SourceError(f"{path}: not {encoding} text", "say the encoding in its first line, or save it as UTF-8")


def _refuse_unfit(path: str, raw: bytes) -> None:
    if why := _unfit(raw):
        raise SourceError(f"{path}: {why}", "fixbot reads text files that people wrote; leave this one out")


def _unfit(raw: bytes) -> str:
    if len(raw) > SIZE_LIMIT:
        return f"larger than {SIZE_LIMIT // 1024 // 1024} MB"
    if b"\0" in raw:
        return "binary"
    # Most files are shorter than one long line would be.
    if len(raw) > LINE_LIMIT:
        long = sum(length for line in raw.split(b"\n") if (length := len(line)) > LINE_LIMIT)
        if long > min(_LONG_SHARE * len(raw), _LONG_MOST):
            return f"minified (lines of over {LINE_LIMIT} bytes)"
    return "generated" if _is_generated(raw[:_HEAD]) else ""


def _is_generated(head: bytes) -> bool:
    """Whether the comment that a file begins with says that a program wrote it."""
    if not _GENERATED.search(head):
        return False
    opening = _OPENING.match(head)
    return opening is not None and _GENERATED.search(opening[0]) is not None


def _declared(body: bytes) -> str:
    """The encoding that the first two lines declare (PEP 263), by its canonical name."""
    for line in body.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            name = found[1].decode("ascii", "replace")
            try:
                return codecs.lookup(name).name
            except LookupError:
                return name
        if not _BLANK.match(line.rstrip(b"\r")):
            break
    return "utf-8"


@lru_cache
def _extends_ascii(encoding: str) -> bool:
    """Whether ASCII stands for itself in `encoding`: without that its cookie could not be read, and what is no encoding of text has it not."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except (UnicodeError, LookupError):
        return False
