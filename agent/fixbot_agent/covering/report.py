"""What came of covering a module, for people and programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fixbot_agent.covering.source import NOBODY, Disagreement, Proposed
from fixbot_agent.models import Spent
from fixbot_agent.schemas import Json
from fixbot_agent.tools.hits import cut

_LONGEST = 400  # characters of what a model says, on one line
_SHOWN = 10  # disagreements that a person reads at once
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
    """One test: its name, how many goals it reaches that nothing before it did, the slips that it is the first to notice, the model that wrote it."""

    name: str
    adds: int
    notices: tuple[str, ...]
    by: str = ""


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
    outside: tuple[int, ...] = ()  # lines of goals that run only where the file is the program
    left_alone: tuple[str, ...] = ()  # functions that reach for files, processes or the network
    refused: tuple[tuple[str, int], ...] = ()  # why cases were not kept, and how many
    notes: tuple[str, ...] = ()
    patch: str = ""
    attempts: int = 0
    seed: int = 0
    seconds: float = 0.0
    wrote: str = ""  # "tree", or the branch
    proposed: Proposed = NOBODY  # what came of asking models
    why_alone: str = ""  # why no model was asked
    looked: int = 0  # test files all tests of which were run before, of `test_files`
    test_files: int = 0
    is_late: bool = False  # time ended the search, its proofs or the questions
    called: tuple[int, int, int] = (0, 0, 0)  # functions before, now, of those that can be
    run: str = ""  # the id of the run, "" where it is not kept

    @property
    def exit_code(self) -> int:
        """As in :mod:`fixbot_agent.cli.envelope`."""
        return _EXIT[self.status]

    def to_json(self) -> dict[str, Json]:
        """The document that ``--json`` prints."""
        return {
            "status": str(self.status), "exit_code": self.exit_code, "module": self.module, "file": self.file,
            "target": self.target, "seed": self.seed,
            "coverage": {"before": round(self.before, 4), "after": round(self.after, 4), "goals": self.goals,
                         "functions": dict(zip(("before", "after", "of"), self.called, strict=True)),
                         "test_files": {"looked_at": self.looked, "of": self.test_files}},
            "slips": {"made": self.slips, "noticed": self.noticed},
            "tests": [{"name": t.name, "adds": t.adds, "notices": list(t.notices), "by": t.by or None} for t in self.tests],
            "open": list(self.open), "out_of_reach": list(self.outside), "left_alone": list(self.left_alone),
            "refused": [{"why": why, "count": count} for why, count in self.refused],
            "disagreements": [_disagreement(each) for each in self.proposed.disagreements],
            "asked": self._asked(), "models": [_spent(each) for each in self.proposed.models],
            "notes": [*self.notes, *self.proposed.notes], "patch": self.patch, "attempts": self.attempts,
            "seconds": round(self.seconds, 2), "wrote": self.wrote, "run": self.run or None,
        }  # fmt: skip

    @property
    def is_reached(self) -> bool:
        """Whether there is nothing left to do."""
        return self.status is Status.REACHED

    @property
    def by(self) -> tuple[str, ...]:
        """The models that tests are by."""
        return tuple(dict.fromkeys(test.by for test in self.tests if test.by))

    def _asked(self) -> dict[str, Json]:
        asked = self.proposed
        return {
            "functions": asked.asked, "answers": asked.answers, "why_not": self.why_alone or asked.stopped,
            "refused": [{"why": why, "count": count} for why, count in asked.refused],
            "unasked": [{"function": name, "why": why} for name, why in asked.unasked],
        }  # fmt: skip

    def lines(self) -> Sequence[str]:
        """What a person reads beside the diff."""
        said = {
            Status.REACHED: "The target is reached.",
            Status.SHORT: "The target is not reached, and nothing more was found.",
            Status.NOTHING: f"No test could be added{' before time was over' if self.is_late else ''}.",
            Status.TIME: "Time was over before the target was reached.",
        }
        what = (
            f"{self.goals} branches, as coverage.py counts them,"
            if self.goals
            else "its functions (it has no branches)"
        )
        before, after = f"{self.before:.0%} of {what}", f"{self.after:.0%} now"
        found = [f"{self.module}: {before} {self._before()}, {after}; target {self.target:.0%}. {said[self.status]}"]
        first, now, most = self.called
        if self.tests and self.before >= self.target:
            found.append(f"The target is for functions, too: {first} of {most} were called before, {now} are now.")
        if self.tests:
            found.append(
                f"{len(self.tests)} {'test' if len(self.tests) == 1 else 'tests'} in {self.file} {'notices' if len(self.tests) == 1 else 'notice'} {self.noticed} of {self.slips} slips made in the code."
            )
            found += [HONEST, *self._by_models()]
        found += _disagreed(self.proposed.disagreements)
        if self.open:
            shown = ", ".join(map(str, self.open[:15])) + (", …" if len(self.open) > 15 else "")
            found.append(f"Not covered: lines {shown}.")
        if self.outside:
            found.append(
                f"Out of reach of tests, as it runs only where the file is the program: lines {', '.join(map(str, self.outside))}."
            )
        if self.left_alone:
            found.append(
                f"Left alone, as they reach for what is outside or leave something changed: {', '.join(self.left_alone)}."
            )
        return [*found, *self.notes, *self._of_models()]

    def _before(self) -> str:
        """By what `before` is reached: by all tests, or by those that there was time for."""
        if self.looked >= self.test_files:
            return "covered before"
        return f"reached by the {self.looked} of {self.test_files} test files that were looked at"

    def _by_models(self) -> Sequence[str]:
        """What is to be known of tests that models wrote."""
        count = sum(bool(test.by) for test in self.tests)
        if not count:
            return []
        whose, what = (
            " and ".join(f"the model {name}" for name in self.by),
            "1 of them was" if count == 1 else f"{count} of them were",
        )
        return [f"{what} written by {whose}: what they assert was chosen by a model, and holds today."]

    def _of_models(self) -> Sequence[str]:
        """Who was asked, what came of it, and why nobody was where that was so."""
        asked = self.proposed
        if self.why_alone:
            return [f"No model was asked: {self.why_alone}."]
        left = _unasked(asked)
        if not asked.asked and not asked.stopped:
            return [*left, *asked.notes]
        dropped = sum(count for _, count in asked.refused)
        why = "; ".join(f"{count} {what}" for what, count in asked.refused)
        told = f"Models were asked about {asked.asked} {'function' if asked.asked == 1 else 'functions'}: {len(asked.kept)} tests kept, {dropped} not{f' ({why})' if why else ''}."
        return [
            told,
            *map(_paid, asked.models),
            *([f"No more was asked: {asked.stopped}."] if asked.stopped else []),
            *left,
            *asked.notes,
        ]


def _unasked(asked: Proposed) -> Sequence[str]:
    """The functions with open branches that no model was asked about, by why."""
    reasons = dict.fromkeys(why for _, why in asked.unasked)
    rows = {why: ", ".join(name for name, other in asked.unasked if other == why) for why in reasons}
    return [f"Not asked about, though branches are open: {names} ({why})." for why, names in rows.items()]


def _disagreed(found: Sequence[Disagreement]) -> Sequence[str]:
    """What models expected and did not come: it may be a bug. What they took back is only counted."""
    left = [each for each in found if not each.is_withdrawn]
    back = len(found) - len(left)
    rows = ["Here a model and the code disagree; one of the two is wrong:"] if left else []
    for each in left[:_SHOWN]:
        where = f" (`{_cut(each.assertion)}`)" if each.assertion not in ("", each.expected) else ""
        given = f"the model expected `{_cut(each.expected)}`{where}; the code gives: {_cut(each.given)}"
        rows.append(f"  {each.function}: {given}")
        rows += [f"    it holds the code to be wrong: {_cut(each.opinion)}"] if each.opinion else []
    rows += [f"  … and {len(left) - _SHOWN} more"] if len(left) > _SHOWN else []
    told = f"{back} {'thing' if back == 1 else 'things'} that a model expected and the code does not give it took back (--json has them)."
    return [*rows, told[0].upper() + told[1:]] if back else rows


def _cut(text: str) -> str:
    """A text of a model's on a line, as long as a person reads it; --json has the whole."""
    return cut(" ".join(text.split()), _LONGEST)


def _disagreement(each: Disagreement) -> dict[str, Json]:
    return {
        "function": each.function, "name": each.name, "expected": each.expected, "assertion": each.assertion, "given": each.given,
        "test": each.test, "by": each.by, "opinion": each.opinion, "withdrawn": each.is_withdrawn,
    }  # fmt: skip


def _paid(spent: Spent) -> str:
    cost = "cost not known" if spent.unpriced else f"cost {spent.cost:.4f}"
    return f"{spent.name}: {spent.calls} {'call' if spent.calls == 1 else 'calls'}, {spent.tokens_in} + {spent.tokens_out} tokens, {cost}."


def _spent(spent: Spent) -> dict[str, Json]:
    return {
        "name": spent.name, "calls": spent.calls, "tokens_in": spent.tokens_in, "tokens_out": spent.tokens_out,
        "cost": None if spent.unpriced else round(spent.cost, 6),
    }  # fmt: skip
