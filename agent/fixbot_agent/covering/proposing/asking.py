"""The conversation with models, function after function: asked for tests, told which did not hold and why, once or twice."""

import contextlib
import json
import math
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.keys import Keys
from fixbot_agent.covering.proposing.reading import ANSWER, Said, said
from fixbot_agent.covering.proposing.seats import Seats
from fixbot_agent.covering.proposing.telling import Open, again, opening, tried
from fixbot_agent.covering.proposing.trying import NO_SLIP, Refused, Trials
from fixbot_agent.covering.proposing.withholding import holds
from fixbot_agent.covering.search import Search
from fixbot_agent.covering.source import Proposed, Standing
from fixbot_agent.errors import BudgetSpent, ModelError
from fixbot_agent.models import Message
from fixbot_agent.recording import Recorded
from fixbot_analysis.index import Index
from fixbot_repair.errors import EnvironmentFailure

_ANSWERS = 3  # to one function: the first, and two more with what did not hold
_NEAR = 0.5  # seconds before the end, in which nobody is asked
_LATE = "time was over before all functions were asked about"
_ENOUGH = "the target is reached without"
_AFTER = 60.0  # seconds that processes may live longer than questions are asked

Indexed = Callable[[], AbstractContextManager[Index | None]]


@dataclass(slots=True)
class ModelSource:
    """Asks `seats` until `until` (:func:`time.monotonic`). Fills :class:`fixbot_agent.covering.source.ProposalSource`."""

    seats: Seats
    indexed: Indexed
    until: float = math.inf
    answers: int = 0
    asked: int = 0
    stopped: str = ""
    unasked: tuple[tuple[str, str], ...] = ()

    def propose(self, here: Ground, search: Search, standing: Standing) -> Proposed:
        """Effect: ask for tests of what is open, function after function, until the target is reached or something runs out."""
        if self.seats.is_empty:
            return Proposed(stopped="offline is set, and no model of the role 'test' is on this machine")
        if here.goals.suffices(standing.reached, here.job.target):
            return Proposed(unasked=_open_ones(functions(here, standing), _ENOUGH))
        seconds = min(self.until - time.monotonic(), here.job.seconds * 4) + _AFTER
        trials = Trials(here, standing, seconds)
        try:
            with trials, self.indexed() as index:
                self._all(here, search, trials, index)
        except EnvironmentFailure as error:
            self.stopped = error.message
        notes = [*dict.fromkeys(self.seats.notes)]
        if self.seats.recalled and not self.seats.replays:
            count = self.seats.recalled
            what = "1 answer of a model was" if count == 1 else f"{count} answers of models were"
            notes.append(f"{what} on disk and not asked for again.")
        return Proposed(
            tuple(trials.kept), tuple(trials.refused.items()), trials.disagreements, self.asked, self.answers,
            self.seats.account.tally.spent, frozenset(trials.made), tuple(notes), self.stopped, self.unasked,
            self.stopped == _LATE,
        )  # fmt: skip

    def _all(self, here: Ground, search: Search, trials: Trials, index: Index | None) -> None:
        """Effect: ask about one function after the other, and keep which ones were not asked about, and why."""
        waiting = list(functions(here, trials.standing))
        while waiting and not (why := self._why_no_more(here, trials)):
            each = _left(waiting.pop(0), trials)
            model = self.seats.of(each.span.name) if each.goals or each.slips else None
            if model is None:
                continue
            self.asked += 1
            self.seats.say(f"asking {self.seats.name} for tests of {each.span.name}: {_counted(each)}")
            talk = opening(here, each, tried(here, search, each, trials.crew), index)
            before = self.answers
            self._one(here, trials, model, each, talk)
            if self.answers == before:  # nothing came
                self.asked -= 1
                waiting.insert(0, each)
        if waiting:
            self.unasked = _open_ones([_left(each, trials) for each in waiting], why)
        loose = (here.goals.line_of(goal) for goal in here.goals.left(trials.reached))
        lines = sorted({line for line in loose if here.goals.span_of(line) is None})
        if lines:
            self.unasked += ((f"lines {', '.join(map(str, lines))}", "they run while the module is imported"),)

    def _why_no_more(self, here: Ground, trials: Trials) -> str:
        """Why nobody is asked any more, "" where somebody is."""
        if here.goals.suffices(trials.reached, here.job.target):
            return _ENOUGH
        if not self.stopped and time.monotonic() >= self.until - _NEAR:
            self.stopped = _LATE
        return self.stopped

    def _one(self, here: Ground, trials: Trials, model: Recorded, each: Open, talk: list[Message]) -> None:
        """Effect: one conversation."""
        for turn in range(_ANSWERS):
            answer = self._answer(model, talk, here.keys)
            if answer is None:
                return
            trials.heard(each.span.name, [p.name for p in answer.proposals], dict(answer.faults or {}))
            before = len(trials.kept)
            faults = self._tried(trials, answer, each, model.name)
            kept, refused = len(trials.kept) - before, [f"- {name}: {fault.why}" for name, fault in faults]
            self.seats.run.event(
                "proposed", function=each.span.name, tests=len(answer.proposals), kept=kept, refused=refused
            )
            self.seats.say(f"    {len(answer.proposals)} written, {kept} kept")
            each = _left(each, trials)
            is_open = bool(each.goals or each.slips) and not here.goals.suffices(trials.reached, here.job.target)
            if not is_open or self.stopped or turn == _ANSWERS - 1 or all(f.kind == NO_SLIP for _, f in faults):
                return
            talk.append(again(refused, each, here))

    def _tried(self, trials: Trials, answer: Said, each: Open, by: str) -> list[tuple[str, Refused]]:
        """Effect: try the tests of an answer, as far as time goes; those that are refused, by name."""
        faults = []
        for proposal in answer.proposals:
            if time.monotonic() >= self.until:
                self.stopped = _LATE
                break
            fault = trials.tried(proposal, each, by)
            if fault is not None:
                faults.append((proposal.name, fault))
        return faults

    def _answer(self, model: Recorded, talk: list[Message], keys: Keys) -> Said | None:
        """Effect: asks. None where nothing came: then nobody is asked any more."""
        budget = self.seats.account.budget
        try:
            budget.step()
            left = min(budget.remaining, max(self.until - time.monotonic(), 1.0))
            reply = model.complete(talk, (), left, schema=ANSWER)
        except (BudgetSpent, ModelError) as error:
            is_late = time.monotonic() >= self.until - _NEAR
            self.stopped = _LATE if is_late else " ".join(error.message.split())[:300]
            self.seats.say(f"no more is asked: {self.stopped}")
            return None
        self.answers += 1
        talk.append(replace(reply.said, text=_tidy(reply.text, keys)))
        return said(reply.text)


def _tidy(text: str, keys: Keys) -> str:
    """An answer in one spelling, without keys."""
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    text = keys.clean(text)
    return "(an answer that held a key)" if holds(text, keys, whole=True) else text


def functions(here: Ground, standing: Standing) -> Sequence[Open]:
    """Functions with something open, those with most open ways first, then those in which only slips go unnoticed."""
    goals: dict[str, Open] = {span.name: Open(span, frozenset()) for span in here.goals.spans}
    for goal in here.goals.left(standing.reached):
        span = here.goals.span_of(here.goals.line_of(goal))
        if span is not None:
            goals[span.name] = replace(goals[span.name], goals=goals[span.name].goals | {goal})
    for slip in standing.missed:
        span = here.goals.span_of(slip.line)
        if span is not None:
            goals[span.name] = replace(goals[span.name], slips=(*goals[span.name].slips, slip))
    found = [each for each in goals.values() if each.goals or each.slips]
    return sorted(found, key=lambda o: (-len(o.goals), -len(o.slips), o.span.first))


def _open_ones(found: Sequence[Open], why: str) -> tuple[tuple[str, str], ...]:
    """Those that have open branches, with why they were not asked about."""
    return tuple((each.span.name, why) for each in found if each.goals)


def _left(each: Open, trials: Trials) -> Open:
    """What is still open of a function."""
    slips = tuple(s for s in each.slips if s not in trials.noticed)
    return replace(each, goals=each.goals - trials.reached, slips=slips)


def _counted(each: Open) -> str:
    ways, slips = len(each.goals), len(each.slips)
    parts = [f"{ways} open" if ways else "", f"{slips} unnoticed {'slip' if slips == 1 else 'slips'}" if slips else ""]
    return ", ".join(filter(None, parts))
