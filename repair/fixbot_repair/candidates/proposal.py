"""A rewrite that a template proposes, with what it is worth before it is weighed against others."""

from dataclasses import dataclass
from itertools import pairwise

from fixbot_analysis.source import Span
from fixbot_repair.candidates.templates.base import Rewrite, Template


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rewrite with what it is worth: the template's prior x its own weight x the statement's suspicion."""

    rewrite: Rewrite
    template: Template
    score: float
    line: int  # from 1
    was: str = ""  # what a single edit replaces and what stands on both sides of it
    place: int = 0  # how many of its template for the same node weigh more
    unit: Span | None = None  # the own lines of the statement that it is made for
    suspicion: float = 0.0  # of that statement
    aside: bool = False  # nothing suspects the statement: it counts as the twin of another only


def overlap(one: Proposal, other: Proposal) -> bool:
    """Whether two proposals change the same bytes, or put something in at the same place."""
    spans = sorted(span for span, _ in (*one.rewrite.edits, *other.rewrite.edits))
    return not all(a.end <= b.start and a != b for a, b in pairwise(spans))
