"""Trying candidates until enough is found: when to stop looking, which of what held is put first, what gets the last word."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.candidates.minimise import minimised
from fixbot_repair.choosing import Choice, Field, choose
from fixbot_repair.choosing.alike import is_everywhere
from fixbot_repair.choosing.rivals import Rivals
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.verification.ranking import only_loses

_MORE_TRIALS = 300  # after the first plausible candidate that does not only take something away
_MORE_SHARE = 0.25  # of the time that is left then
_MORE_SECONDS = 10.0  # at most
_DOUBTED = 4  # times as much of all three after one that only does
_MOST_LATE = 200  # candidates that ended for their time, which are asked again where nothing else is found
_MOST_CONFIRMED = 4  # the best and its alternatives
_CHOOSING_SHARE = 0.5  # of the time that is left, for comparing what the plausible patches do
_CHOOSING_SECONDS = 20.0  # at most


class Search:
    """The loop over candidates, and when it ends."""

    def __init__(self, verifier: Verifier, deadline: float, on_event: Callable[[Trial], None]) -> None:
        self.plausible: list[Trial] = []
        self.candidates = 0
        self._tried = 0
        self.stopped_by = ""
        self._verifier = verifier
        self._deadline = deadline
        self._on_event = on_event
        self._last_trial = float("inf")
        self._until = deadline
        self._is_leaving = False  # something was found that does not only take away
        self._late: list[Candidate] = []
        self._rivals: Rivals | None = None
        self.refused: list[Trial] = []  # what held in forks, and not by the last word
        self._found: dict[Patch, int] = {}  # what held -> trials until then

    def best(self, candidates: Iterator[Candidate], field: Field) -> tuple[Choice, ...]:
        """Effect: try candidates until one gets the last word, or the time or they run out; see :meth:`confirmed`."""
        self._rivals = Rivals(candidates, self._before, field.facts)
        while True:
            self.run(iter(self._rivals))
            choices = self.confirmed(field)
            if choices or not self._goes_on():
                return choices

    @property
    def held(self) -> tuple[Trial, ...]:
        """All that held in forks, whatever the last word was."""
        return (*self.refused, *self.plausible)

    def found_after(self, patch: Patch) -> int:
        """Trials until `patch` was found; until the first that held, where it was made smaller since."""
        return self._found.get(patch, min(self._found.values(), default=self._tried))

    def run(self, candidates: Iterator[Candidate]) -> None:
        """Effect: try candidates until they, the time or what is wanted of them run out."""
        try:
            self._try(self._verifier.search_many(self._counted(candidates), until=self._deadline))
            late = () if self.plausible or self.stopped_by else tuple(self._late)
            if late:
                self._try(self._verifier.search_many(late, patient=True, until=self._deadline))
            if not self.stopped_by:
                self.stopped_by = "found" if self.plausible else "exhausted"
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"

    def _try(self, trials: Generator[Trial, None, None]) -> None:
        with closing(trials):
            for trial in trials:
                self._take(trial)
                if self._is_over():
                    return
        self._is_over()

    def confirmed(self, field: Field) -> tuple[Choice, ...]:
        """Effect: the best of what held and its alternatives, as small as they go, each confirmed by a fresh process."""
        if self.stopped_by == "interrupted":
            return ()
        good: list[Choice] = []
        try:
            left = max(0.0, self._deadline - time.monotonic())
            chosen = choose(self.plausible, field, min(_CHOOSING_SHARE * left, _CHOOSING_SECONDS))
            for asked, choice in enumerate(_various(chosen)[: 3 * _MOST_CONFIRMED]):
                late = time.monotonic() > self._deadline  # the first is asked even then: there is a reserve for one
                if len(good) == _MOST_CONFIRMED or (asked and late):
                    break
                good += self._held(choice, good)
            if good and good[0].conduct.cluster != chosen[0].conduct.cluster:  # what they differ from is not shown
                return tuple(replace(choice, parts=None) for choice in good)
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"
        return tuple(good)

    def _goes_on(self) -> bool:
        """Whether there is time for more where the last word refused all that was found; what was found is forgotten then."""
        if self.stopped_by != "found" or time.monotonic() >= self._deadline:
            return False
        self.refused += self.plausible
        self.plausible, self.stopped_by, self._is_leaving = [], "", False
        self._last_trial, self._until = float("inf"), self._deadline
        return True

    def _held(self, choice: Choice, others: Sequence[Choice]) -> list[Choice]:
        """Effect: the last word on a choice. What became smaller was not compared in that form, and may be one that is there already."""
        found = self._confirmed(choice.trial.candidate)
        if not found or any(other.trial.candidate.patch == found[0].candidate.patch for other in others):
            return []
        same = found[0].candidate.patch == choice.trial.candidate.patch
        return [replace(choice, trial=found[0]) if same else replace(choice, trial=found[0], parts=None)]

    def _confirmed(self, candidate: Candidate) -> list[Trial]:
        if not is_everywhere(candidate.patch, self._before):
            candidate = minimised(candidate, lambda c: self._verifier.search(c).verdict is Verdict.PLAUSIBLE)
        trial = self._verifier.confirm(candidate)
        self._on_event(trial)
        return [trial] if trial.verdict is Verdict.PLAUSIBLE else []

    def _before(self, path: str) -> bytes:
        return self._verifier.document(path).data

    def _is_over(self) -> bool:
        if time.monotonic() > self._until:
            self.stopped_by = "found" if self.plausible else "deadline"
            return True
        if self._tried > self._last_trial:
            self.stopped_by = "found"
            return True
        return False

    def _counted(self, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
        for candidate in candidates:
            if self._is_over():
                return
            self.candidates += 1
            yield candidate

    def _take(self, trial: Trial) -> None:
        self._tried += 1
        self._on_event(trial)
        if trial.late and len(self._late) < _MOST_LATE:
            self._late.append(trial.candidate)
        # An equal one that was tried before comes back as that trial.
        if trial.verdict is Verdict.PLAUSIBLE and all(trial is not held for held in self.held):
            self._take_leave(only_loses(trial.candidate.patch, self._before))
            self.plausible.append(trial)
            self._found[trial.candidate.patch] = self._tried
            if self._rivals is not None:
                self._rivals.held(trial.candidate)

    def _take_leave(self, doubted: bool) -> None:
        """Set how much longer to look for something better than what was found, which may be `doubted`."""
        if self._is_leaving or (doubted and self.plausible):
            return
        self._is_leaving = not doubted
        now, more = time.monotonic(), _DOUBTED if doubted else 1
        left = max(0.0, self._deadline - now)
        self._until = min(self._until, now + more * min(_MORE_SHARE * left, _MORE_SECONDS))
        self._last_trial = min(self._last_trial, self._tried + more * _MORE_TRIALS)


def _various(choices: Sequence[Choice]) -> list[Choice]:
    """The first, then the best of each further behaviour: alternatives that do the same are none."""
    best: dict[int, Choice] = {}
    for choice in choices:
        if choice.conduct.calls:
            best.setdefault(choice.conduct.cluster, choice)
    return [*best.values(), *(c for c in choices if c not in best.values())]
