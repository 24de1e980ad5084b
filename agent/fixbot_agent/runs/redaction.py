"""Taking keys out of everything that is written, shown or sent."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

# What is replaced is said, so that a reader knows that something stood there.
_PATTERNS = (
    (
        "private key",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:.{0,8192}?-----END [A-Z ]{0,40}PRIVATE KEY-----|.{0,8192})",
    ),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    ("api key", r"\bsk-[A-Za-z0-9_-]{16,}"),
    ("github token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("gitlab token", r"\bglpat-[A-Za-z0-9_-]{16,}"),
    ("aws key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    # Between "//" and "@" of an address (RFC 3986, userinfo); not where a variable is put in, nor what only says that a password goes there.
    (
        "user and password",
        r"(?<=://)[^\s/@:'\"`<>{}$%]{0,100}:(?!(?:pass(?:word|wd)?|pwd?|secret|changeme|x+|\*+)@)[^\s/@'\"`<>{}$]{3,200}(?=@[\w.\[-])",
    ),
    ("bearer token", r"(?<=\b[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*"),
)
_ANY = re.compile("|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(_PATTERNS)), re.DOTALL)
LABELS = ("key", *(label for label, _ in _PATTERNS))  # what may stand behind "[redacted: "
_KEY = "[redacted: key]"
_SHORTEST = 6  # characters; a shorter value is a word that happens to be in a variable


class Redactor:
    """Replaces what looks like a key, the values of named variables, and `values`, by ``[redacted: what]``."""

    def __init__(
        self, names: Iterable[str] = (), environ: Mapping[str, str] | None = None, *, values: Iterable[str] = ()
    ) -> None:
        held = {*((environ or {}).get(name, "") for name in names), *values}
        self._values = sorted((v for v in held if len(v) >= _SHORTEST), key=lambda v: (-len(v), v))

    def __call__(self, text: str) -> str:
        """Return `text` without keys. Idempotent."""
        for value in self._values:
            text = text.replace(value, _KEY)
        return _ANY.sub(_label, text)

    def is_broken_in(self, text: str) -> bool:
        """Whether a value stands in `text` with blanks or line breaks within, as where a program wraps what it prints."""
        joined = "".join(self(text).split())
        return any(value in joined for value in self._values)

    def parts(self, text: str) -> list[tuple[str, str]]:
        """`text` in pieces: what is shown of each, and what stands there, which is the same but for keys."""
        parts = [(text, text)]
        for value in self._values:
            if value in text:
                parts = [piece for part in parts for piece in _split(part, value)]
        shown = "".join(s for s, _ in parts)
        result, at = list[tuple[str, str]](), 0
        for match in _ANY.finditer(shown):
            result += self.cut(parts, at, match.start())
            result.append((_label(match), "".join(source for _, source in self.cut(parts, *match.span()))))
            at = match.end()
        return [*result, *self.cut(parts, at, len(shown))]

    @staticmethod
    def cut(parts: Sequence[tuple[str, str]], first: int, last: int) -> Iterator[tuple[str, str]]:
        """The pieces of what is shown from `first` to `last`; a key is not cut in two."""
        at = 0
        for shown, source in parts:
            start, end = max(first - at, 0), min(last - at, len(shown))
            if start < end:
                yield (shown[start:end], source[start:end]) if shown == source else (shown, source)
            at += len(shown)


def _split(part: tuple[str, str], value: str) -> Iterator[tuple[str, str]]:
    shown, source = part
    if shown != source:
        yield part
        return
    for number, piece in enumerate(shown.split(value)):
        if number:
            yield _KEY, value
        if piece:
            yield piece, piece


def _label(match: re.Match[str]) -> str:
    return f"[redacted: {_PATTERNS[int((match.lastgroup or 'p0')[1:])][0]}]"
