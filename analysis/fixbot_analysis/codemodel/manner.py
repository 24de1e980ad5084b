"""How a text is laid out: between which tokens it ends lines and puts blanks; for languages whose tokens say nothing of lines."""

from collections.abc import Iterator

from fixbot_analysis.codemodel.tokens import gaps

_SEEN = 3  # pairs of tokens from which they are believed
_ENDING = frozenset({";", "{", "}"})  # where nothing was seen, lines end after these
_TIGHT_BEFORE, _TIGHT_AFTER = (
    frozenset({",", ";", ".", ")", "]", "(", "[", "::", "->", "?."}),
    frozenset({"(", "[", ".", "::", "->", "!", "&", "?."}),
)


class Manner:
    """The layout of `text`, counted per pair of neighbouring tokens and per pair of their sorts."""

    def __init__(self, text: str) -> None:
        self._counts: dict[tuple[str, str], list[int]] = {}  # pair -> times, with a line end, with a blank
        last = ""
        for token, gap in gaps(text):
            if last:
                ends = "\n" in gap
                for pair in _pairs(last, token):
                    counts = self._counts.setdefault(pair, [0, 0, 0])
                    counts[0] += 1
                    counts[1] += ends
                    counts[2] += bool(gap) and not ends
            last = token

    def breaks(self, last: str, following: str) -> float:
        """The probability that a line ends between two tokens."""
        for pair in _pairs(last, following):
            counts = self._counts.get(pair)
            if counts and counts[0] >= _SEEN:
                return counts[1] / counts[0]
        return float(last in _ENDING or following == "}")

    def spaced(self, last: str, following: str) -> bool:
        """Whether a blank stands between two tokens of one line."""
        for pair in _pairs(last, following):
            counts = self._counts.get(pair)
            if counts and counts[0] - counts[1] >= _SEEN:
                return 2 * counts[2] > counts[0] - counts[1]
        return last not in _TIGHT_AFTER and following not in _TIGHT_BEFORE

    def write_out(self, last: str, tokens: tuple[str, ...]) -> str:
        """The text of `tokens` of one line after the token `last` of the same, "" where they begin it."""
        text = ""
        for token in tokens:
            text += (" " if last and self.spaced(last, token) else "") + token
            last = token
        return text


def _pairs(last: str, following: str) -> Iterator[tuple[str, str]]:
    """From particular to general."""
    sorts = _sort(last), _sort(following)
    yield last, following
    yield sorts[0], following
    yield last, sorts[1]
    yield sorts


def _sort(token: str) -> str:
    first = token[0]
    if first.isalpha() or first in "_$":
        return "<name>"
    return "<number>" if first.isdigit() else "<text>" if first in "'\"`<" and len(token) > 1 else token
