"""Taking keys out of everything that is written, shown or sent."""

import re
from collections.abc import Iterable, Mapping

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
            text = text.replace(value, "[redacted: key]")
        return _ANY.sub(_label, text)


def _label(match: re.Match[str]) -> str:
    return f"[redacted: {_PATTERNS[int((match.lastgroup or 'p0')[1:])][0]}]"
