"""Sizes and characters: what is too long, what cannot be seen, and what nobody wants at the end of a line."""

import re

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.work import Work

RAW_LIMIT = 32_000  # characters of a raw suggestion that are looked at at all
SHOWN_LIMIT = 4_000  # characters that are shown
LINE_LIMIT = 400  # characters of one line
LINES_LIMIT = 60

# Control characters but tab and line feed; marks of direction (https://trojansource.codes); what has no width; tags; the replacement character.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffd\U000e0000-\U000e01ef]"
)


def of_a_size(work: Work) -> Work | Refused:
    """Nothing that runs away; and something at all."""
    if len(work.text) > RAW_LIMIT:
        return Refused(Reason.TOO_LONG)
    text = work.text.replace("\r\n", "\n")
    return work.told(text) if text.strip() else Refused(Reason.EMPTY)


def printable(work: Work) -> Work | Refused:
    """Only characters that a reader sees."""
    found = _UNSEEN.search(work.text)
    return Refused(Reason.CHARACTERS, f"U+{ord(found[0]):04X}") if found else work


def trimmed(work: Work) -> Work | Refused:
    """No blanks at the ends of lines, and none at the end of the text."""
    lines = work.text.split("\n")
    text = "\n".join([*(line.rstrip() for line in lines[:-1]), lines[-1]])
    text = text if work.rest.strip() else text.rstrip()
    return work.told(text) if text.strip() else Refused(Reason.EMPTY)


def short(work: Work) -> Work | Refused:
    """What a reader can take in: the first lines of a longer text are a unit too seldom to be shown."""
    lines = work.text.split("\n")
    if len(work.text) > SHOWN_LIMIT or len(lines) > LINES_LIMIT or max(map(len, lines)) > LINE_LIMIT:
        return Refused(Reason.TOO_LONG)
    return work


def ended(work: Work) -> Work:
    """The file's own line ends."""
    return work.told(work.text.replace("\n", work.site.line_end))
