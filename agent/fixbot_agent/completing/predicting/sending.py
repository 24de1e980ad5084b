"""What may leave: no file that is ignored or usually holds keys, and no key in any text."""

import os
import re
from itertools import pairwise

from fixbot_agent.models.filling import Extra, Hole
from fixbot_agent.runs import Redactor
from fixbot_analysis.source import SourceTree

_LEAST = 12  # characters of a value that may be a secret
# A value given to a name that says it is a secret: password = "…", "api_key": "…", secret: '…'.
_ASSIGNED = re.compile(
    r"(?P<name>\b[\w.-]{0,60}(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credential)[\w-]{0,30}"
    r"[\"']?\]?\s{0,4}(?::\s{0,4}[\w\[\], .|]{1,40})?\s{0,4}[:=]=?\s{0,4}[rbuf]{0,2}(?P<quote>[\"']))(?P<value>[^\"'\n]{8,400})(?P=quote)",
    re.IGNORECASE,
)
HIDDEN = "[redacted: "  # how what stands for a secret begins
_SECRET = f"{HIDDEN}secret]"


class Clearance:
    """Takes keys out of holes; `redact` knows the shapes of keys and the values of the keys that are configured."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact

    def __call__(self, text: str) -> str:
        """`text` without keys. Idempotent."""
        return self._without(text, _values(text))

    def cleared(self, hole: Hole) -> Hole:
        """The hole with nothing in it that must not leave: what is a secret at one place is hidden wherever it stands."""
        secret = _values("\n".join((hole.prefix, hole.suffix, *(extra.text for extra in hole.extras))))
        extras = tuple(Extra(e.path, self._without(e.text, secret)) for e in hole.extras)
        prefix, suffix = self._without(hole.prefix, secret), self._without(hole.suffix, secret)
        return Hole(hole.path, prefix, suffix, extras, hole.comment, hole.one_line)

    def _without(self, text: str, secret: list[str]) -> str:
        for value in secret:
            text = text.replace(value, _SECRET)
        return self._redact(text)


def why_kept(tree: SourceTree, path: str) -> str:
    """Effect: why the text of a project's file must not be sent, "" where it may: looks at its name and at what the project ignores now.

    An index does not tell: it holds open documents, whatever the project ignores.
    """
    from fixbot_agent.tools.desk import is_secret

    if is_secret(path) or is_secret(os.path.realpath(tree.root / path)):
        return "the file may hold secrets"
    return "the file is ignored, or no source of this project" if tree.is_left_out(path) else ""


def _values(text: str) -> list[str]:
    """What is given to names that say it is a secret, and looks like one; the longest first, as one may hold another."""
    found = {match["value"] for match in _ASSIGNED.finditer(text) if _looks_random(match["value"])}
    return sorted(found, key=len, reverse=True)


def _looks_random(value: str) -> bool:
    """Whether a value is more than a word, a path, a name of a variable: letters and digits mixed, or many signs, no blanks."""
    if (
        len(value) < _LEAST
        or any(c.isspace() for c in value)
        or value == _SECRET
        or value.startswith((HIDDEN, "${", "{{", "<", "http"))
    ):
        return False
    changes = sum(_sort(a) != _sort(b) for a, b in pairwise(value))
    return changes >= max(4, len(value) // 6) and any(c.isdigit() for c in value)


def _sort(character: str) -> int:
    return 0 if character.islower() else 1 if character.isupper() else 2 if character.isdigit() else 3
