"""What came of covering a module, for people and programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fixbot_agent.schemas import Json

HONEST = "The tests record what the code does today, right or wrong: read them before you keep them."


class Status(StrEnum):
    """How it ended."""

    REACHED = "reached"  # the target, or there was nothing to do
    SHORT = "short"  # tests were added, the target is not reached, and nothing more was found
    NOTHING = "nothing"  # no test could be added
    TIME = "time"  # time was over before the target was reached


_EXIT = {Status.REACHED: 0, Status.SHORT: 4, Status.NOTHING: 1, Status.TIME: 4}


@dataclass(frozen=True, slots=True)
class Written:
    """One test: its name, how many goals it reaches that nothing before it did, the slips that it is the first to notice."""

    name: str
    adds: int
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Shares are from 0 to 1, of the goals of the module; `open` are lines of goals that no test reaches."""

    module: str
    file: str
    status: Status
    target: float
    before: float
    after: float
    goals: int
    slips: int  # that were made
    noticed: int  # of these, by the new tests
    tests: tuple[Written, ...] = ()
    open: tuple[int, ...] = ()
    left_alone: tuple[str, ...] = ()  # functions that reach for files, processes or the network
    refused: tuple[tuple[str, int], ...] = ()  # why cases were not kept, and how many
    notes: tuple[str, ...] = ()
    patch: str = ""
    attempts: int = 0
    seed: int = 0
    seconds: float = 0.0
    wrote: str = ""  # "tree", or the branch

    @property
    def exit_code(self) -> int:
        """As in :mod:`fixbot_agent.cli.envelope`."""
        return _EXIT[self.status]

    def to_json(self) -> dict[str, Json]:
        """The document that ``--json`` prints."""
        return {
            "status": str(self.status), "exit_code": self.exit_code, "module": self.module, "file": self.file,
            "target": self.target, "seed": self.seed,
            "coverage": {"before": round(self.before, 4), "after": round(self.after, 4), "goals": self.goals},
            "slips": {"made": self.slips, "noticed": self.noticed},
            "tests": [{"name": t.name, "adds": t.adds, "notices": list(t.notices)} for t in self.tests],
            "open": list(self.open), "left_alone": list(self.left_alone),
            "refused": [{"why": why, "count": count} for why, count in self.refused],
            "notes": list(self.notes), "patch": self.patch, "attempts": self.attempts,
            "seconds": round(self.seconds, 2), "wrote": self.wrote,
        }  # fmt: skip

    def lines(self) -> Sequence[str]:
        """What a person reads beside the diff."""
        said = {
            Status.REACHED: "The target is reached.",
            Status.SHORT: "The target is not reached, and nothing more was found.",
            Status.NOTHING: "No test could be added.",
            Status.TIME: "Time was over before the target was reached.",
        }
        counted = f"{self.goals} branches, as coverage.py counts them," if self.goals else "its functions"
        before, after = f"{self.before:.0%} of {counted}", f"{self.after:.0%} now"
        found = [f"{self.module}: {before} covered before, {after}; target {self.target:.0%}. {said[self.status]}"]
        if self.tests:
            found.append(
                f"{len(self.tests)} {'test' if len(self.tests) == 1 else 'tests'} in {self.file} {'notices' if len(self.tests) == 1 else 'notice'} {self.noticed} of {self.slips} slips made in the code."
            )
            found.append(HONEST)
        if self.open:
            shown = ", ".join(map(str, self.open[:15])) + (", …" if len(self.open) > 15 else "")
            found.append(f"Not covered: lines {shown}.")
        if self.left_alone:
            found.append(
                f"Left alone, as they reach for what is outside or leave something changed: {', '.join(self.left_alone)}."
            )
        return [*found, *self.notes]
