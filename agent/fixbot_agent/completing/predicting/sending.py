"""What may leave: no file that is ignored or usually holds keys, and no key in any text."""

import re
from itertools import pairwise

from fixbot_agent.models.filling import Extra, Hole
from fixbot_agent.runs import Redactor

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
        return _ASSIGNED.sub(_hidden, self._redact(text))

    def cleared(self, hole: Hole) -> Hole:
        """The hole with nothing in it that must not leave."""
        extras = tuple(Extra(e.path, self(e.text)) for e in hole.extras)
        return Hole(hole.path, self(hole.prefix), self(hole.suffix), extras, hole.comment, hole.one_line)


def may_send(path: str) -> bool:
    """Whether the text of a project's file may be sent by its name. Files that the project ignores are in no index."""
    from fixbot_agent.tools.desk import is_secret

    return not is_secret(path)


def _hidden(match: re.Match[str]) -> str:
    if not _looks_random(match["value"]):
        return match[0]
    return f"{match['name']}{_SECRET}{match['quote']}"


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
