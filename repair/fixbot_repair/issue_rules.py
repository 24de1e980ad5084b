"""Rules that an issue states in general: what its example shows is checked, and these go beyond it."""

import re
from collections.abc import Iterator

from fixbot_repair.issue import Issue
from fixbot_repair.issue_blocks import pieces
from fixbot_repair.issue_wording import sentences

_MOST = 3
_LONGEST = 200  # characters of a sentence that is told
_ASKED = re.compile(r"\b(?:should|must|shall|ought to|(?:is|are) (?:supposed|meant) to)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:all|any|every|each|always|never|also|too|both|other|others|neither|none|even|whether|regardless|no matter"
    r"|in general|unless|except|whenever|among themselves|only|anyway|still)\b",
    re.IGNORECASE,
)


def rules(issue: Issue) -> tuple[str, ...]:
    """The sentences of the prose, at most three, that say what should come in general: of all, never, also, whether or not."""
    return tuple(dict.fromkeys(s[:_LONGEST] for s in _stated(issue)))[:_MOST]


def _stated(issue: Issue) -> Iterator[str]:
    for piece in pieces(issue.text.splitlines()):
        for sentence in () if piece.is_block else sentences(piece.text):
            if _ASKED.search(sentence) and _GENERAL.search(sentence) and not sentence.endswith("?"):
                yield sentence.lstrip("#").strip()  # of a heading
