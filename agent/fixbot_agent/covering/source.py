"""Whoever else proposes tests, once the search is done: what they are told to stand on, and what comes of it."""

from dataclasses import dataclass
from typing import Protocol

from fixbot_agent.covering.goals import Goal
from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.search import Search
from fixbot_agent.covering.writing import Test
from fixbot_agent.models import Spent
from fixbot_repair.slips import Slip


@dataclass(frozen=True, slots=True)
class Standing:
    """What is proven so far: goals that tests reach and lines that they run, slips that count as noticed, slips that nobody notices though tests run them.

    `names` are those of tests that are kept already.
    """

    reached: frozenset[Goal]
    lines: frozenset[int]
    noticed: frozenset[Slip]
    missed: tuple[Slip, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """A test that held: the goals that it reaches, the slips that it is the first to notice, and who wrote it."""

    test: Test
    goals: frozenset[Goal]
    notices: tuple[Slip, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What somebody who wrote a test expected of `function`, and what the code gives instead; one of the two is wrong.

    `expected` is the value, `assertion` the statement that asks for it; `test` is as it was written. `opinion` is why the author holds the code to be wrong, "" where nothing was said of it; `is_withdrawn`:
    the author wrote the test otherwise once this was known.
    """

    function: str
    name: str
    expected: str
    given: str
    test: str
    by: str
    opinion: str = ""
    is_withdrawn: bool = False
    assertion: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of asking: tests that held, what was refused and why (what -> how many), what authors and code disagree on, who was asked.

    `asked` and `answers` count functions and answers, `made` are the slips that were made meanwhile, `notes` are for the report; `stopped` says why not all was asked.
    `unasked` are functions with open branches that nobody was asked about, and why; `is_late`: time stopped it.
    """

    kept: tuple[Kept, ...] = ()
    refused: tuple[tuple[str, int], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    asked: int = 0
    answers: int = 0
    models: tuple[Spent, ...] = ()
    made: frozenset[Slip] = frozenset()
    notes: tuple[str, ...] = ()
    stopped: str = ""
    unasked: tuple[tuple[str, str], ...] = ()
    is_late: bool = False


NOBODY = Proposed()
"""What comes of asking nobody."""


class ProposalSource(Protocol):
    """Proposes tests for goals that the search does not reach; they pass the proofs that its own pass."""

    def propose(self, here: Ground, search: Search, standing: Standing) -> Proposed:
        """Effect: may ask somebody. Tests for some of what is open."""
        ...
