"""The parts of a text in natural language: title, running text, blocks of code, tracebacks."""

import re
from dataclasses import dataclass

from fixbot_analysis.retrieval.frames import frames

FRAME = re.compile(r'File "([^"\n]+)", line (\d{1,9})(?:, in ([^\s<]\S*|<\w+>))?')
# IPython: `File ~/shop/cart.py:12, in Cart.total(self)`, and before its version 8 `~/shop/cart.py in total(self)`,
# where the line is the one that an arrow points from.
NOTEBOOK_FRAME = re.compile(
    r"^(?:File )?((?:[A-Za-z]:|~)?[\w./\\+@-]{1,300}\.pyx?)(?::(\d{1,9}))?,? in ([\w.<>]{1,200})\(", re.MULTILINE
)

_TITLE = 300  # characters
_FENCE = re.compile(
    r"^(?P<fence>`{3,9}|~{3,9})[^\n]*\n(?P<body>.*?)(?:^(?P=fence)[^\n]*$|\Z)", re.MULTILINE | re.DOTALL
)
_INDENTED = re.compile(r"(?:^(?: {4}|\t)[^\n]*\n?)+", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:) ?[^\n]*", re.MULTILINE)
_TRACE_HEAD = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Passages:
    """What a text is made of; `prose` has a line break where a block stood."""

    title: str
    prose: str
    blocks: tuple[str, ...]
    traces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Passages":
        """Take `text` apart; time goes with its length."""
        title = title_of(text)
        body = text.partition(title)[2] if title else text
        blocks = [m["body"] for m in _FENCE.finditer(body)]
        prose = _FENCE.sub("\n", body)
        for pattern in (_PROMPT, _INDENTED):
            blocks += [m[0] for m in pattern.finditer(prose)]
            prose = pattern.sub("\n", prose)
        traces = [
            block
            for block in blocks
            if _TRACE_HEAD in block or FRAME.search(block) or NOTEBOOK_FRAME.search(block) or any(frames(block))
        ]
        kept = set(traces)
        return cls(title, prose, tuple(b for b in blocks if b not in kept), tuple(traces))


def title_of(text: str) -> str:
    """The first line that says something, without marks of a heading, cut where it is no title any more."""
    return next((line.strip("# \t") for line in text.splitlines() if line.strip("# \t=-")), "")[:_TITLE]
