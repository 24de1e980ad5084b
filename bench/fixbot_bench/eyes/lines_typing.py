"""What typing a file comes to when suggested rests of lines are accepted, whole or word by word."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

_PART = re.compile(r"\w+|\s+|[^\w\s]")  # what one keystroke of "accept the next word" takes, with the blanks before it

# Path, and a text up to the cursor -> what is suggested as the rest of its line and how sure that is; None where nothing is.
Suggest = Callable[[str, str], tuple[str, float] | None]


def same(suggested: str, rest: str) -> bool:
    """Whether a suggestion is the rest of a line, blanks at its end aside."""
    return suggested.rstrip() == rest.rstrip()


@dataclass(slots=True)
class Typed:
    """What typing came to: characters of the text, keystrokes with whole lines accepted and with words accepted, and what was shown in vain."""

    characters: int = 0
    by_lines: int = 0
    by_words: int = 0
    shown: int = 0
    wrong: int = 0

    def add(self, other: "Typed") -> None:
        """Count what came of another text too."""
        self.characters += other.characters
        self.by_lines += other.by_lines
        self.by_words += other.by_words
        self.shown += other.shown
        self.wrong += other.wrong

    def figures(self) -> Mapping[str, object]:
        """Characters saved per 100, either way; suggestions shown, and those of them that were wrong, per 100 characters typed."""
        per = 100 / max(self.characters, 1)
        return {
            "characters": self.characters,
            "saved_by_lines": round((self.characters - self.by_lines) * per, 2),
            "saved_by_words": round((self.characters - self.by_words) * per, 2),
            "shown": round(self.shown * per, 2),
            "wrong": round(self.wrong * per, 2),
        }


def typing(suggest: Suggest, path: str, text: str, most: int) -> Typed:
    """Effect: asks after each keystroke while the first `most` characters of a file are typed, indentation aside.

    A suggestion is accepted with one key when it is right to the end of the line; else, in the other count, its first words are, a key for
    each, when that saves something. What differs from the suggestion before it, typed letters aside, counts as shown.
    """
    typed, at, total = Typed(), 0, 0
    for line in text.splitlines(keepends=True):
        if total >= most:
            break
        told = _told(suggest, path, text[:at], line.rstrip("\r\n"), typed)
        body = line.rstrip("\r\n")
        indent = len(body) - len(body.lstrip())
        typed.characters += len(body) - indent + 1
        typed.by_lines += _keys(body, indent, told, whole=True) + 1
        typed.by_words += _keys(body, indent, told, whole=False) + 1
        at += len(line)
        total += len(body) - indent + 1
    return typed


def _told(suggest: Suggest, path: str, above: str, body: str, typed: Typed) -> Mapping[int, str]:
    """What is suggested at each character of a line, as it is typed without accepting anything."""
    told, last = dict[int, str](), ""
    for column in range(len(body) - len(body.lstrip()), len(body)):
        found = suggest(path, above + body[:column])
        if found is None or not found[0].strip():
            continue
        told[column] = found[0]
        if body[:column] + found[0] != last:
            typed.shown += 1
            typed.wrong += not same(found[0], body[column:])
        last = body[:column] + found[0]
    return told


def _keys(body: str, column: int, told: Mapping[int, str], *, whole: bool) -> int:
    """Keystrokes for the rest of a line from `column`."""
    keys = 0
    while column < len(body):
        suggested, rest = told.get(column, ""), body[column:]
        if suggested and same(suggested, rest):
            return keys + 1
        taken, cost = (0, 0) if whole else _words(suggested, rest)
        column += taken if taken > cost else 1
        keys += cost if taken > cost else 1
    return keys


def _words(suggested: str, rest: str) -> tuple[int, int]:
    """How many characters of a suggestion are right to the end of a word, and keys to accept them word by word."""
    parts = _PART.findall(suggested)
    ends = list(accumulate(len(part) for part in parts))
    right = [number for number, end in enumerate(ends) if rest.startswith(suggested[:end]) and not _splits(rest, end)]
    if not right:
        return 0, 0
    return ends[right[-1]], sum(not part.isspace() for part in parts[: right[-1] + 1])


def _splits(rest: str, end: int) -> bool:
    """Whether a word goes on over a place."""
    return bool(re.fullmatch(r"\w\w", rest[end - 1 : end + 1]))
