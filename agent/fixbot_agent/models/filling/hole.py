"""What a model is asked to fill in."""

from dataclasses import dataclass, replace

CHARACTERS_PER_TOKEN = 3  # of code, on the safe side: a budget must hold for tokenizers that nobody asked


@dataclass(frozen=True, slots=True)
class Extra:
    """A piece of another file that helps: `path` POSIX and relative, `text` as it stands there."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A cursor in a file: the text before and after it, and what else the model may read, the most useful last.

    `comment` begins a comment line in the file's language; `one_line` where nothing after the next line end is wanted.
    """

    path: str
    prefix: str
    suffix: str
    extras: tuple[Extra, ...] = ()
    comment: str = "#"
    one_line: bool = False

    @property
    def tokens(self) -> int:
        """Estimated tokens of everything that is sent."""
        said = len(self.prefix) + len(self.suffix) + sum(len(e.text) + len(e.path) for e in self.extras)
        return -(-said // CHARACTERS_PER_TOKEN)

    def within(self, tokens: int) -> "Hole":
        """The same hole in at most about `tokens`: the extras go first, then what is furthest from the cursor."""
        room = tokens * CHARACTERS_PER_TOKEN
        before, after = room * 3 // 4, room // 4
        after += max(before - len(self.prefix), 0)
        before += max(after - len(self.suffix), 0) if len(self.suffix) < after else 0
        cut = replace(self, prefix=_last_lines(self.prefix, before), suffix=_first_lines(self.suffix, after), extras=())
        left, kept = tokens - cut.tokens, []
        for extra in reversed(self.extras):
            cost = -(-(len(extra.text) + len(extra.path)) // CHARACTERS_PER_TOKEN)
            if cost <= left:
                kept.append(extra)
                left -= cost
        return replace(cut, extras=tuple(reversed(kept)))


def _last_lines(text: str, room: int) -> str:
    """The end of `text` in at most `room` characters, from the beginning of a line where there is one."""
    if len(text) <= room:
        return text
    end = text[len(text) - room :] if room else ""
    return end[end.find("\n") + 1 :]


def _first_lines(text: str, room: int) -> str:
    """The beginning of `text` in at most `room` characters, to the end of a line where there is one."""
    if len(text) <= room:
        return text
    beginning = text[:room]
    return beginning[: beginning.rfind("\n") + 1] or beginning
