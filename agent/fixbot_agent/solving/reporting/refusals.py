"""What was tried and refused, boiled down to what somebody who tries next can use."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from fixbot_repair.candidates import Candidate
from fixbot_repair.verification import Trial, Verdict

_NEAREST = 6  # that are told one by one
_PLACES = 6
_LONGEST_WHY = 200
_LEAST = 20  # candidates at one place that make it worth naming


@dataclass(slots=True)
class Refusals:
    """Candidates that were refused: how many, where, and those that came nearest. `words` of :meth:`told` says what one changes."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    _places: Counter[str] = field(default_factory=Counter)
    _near: list[tuple[tuple[int, int, int], Trial]] = field(default_factory=list)

    def add(self, trial: Trial, failing: Collection[str]) -> None:
        """Count `trial`; the nearest are those that mend what fails and break something else, then those that mend a part."""
        if trial.verdict is Verdict.PLAUSIBLE:
            return
        self.verdicts[trial.verdict] += 1
        self._places.update(set(trial.candidate.patch.paths))
        mended = sum(test in failing for test in trial.passed)
        if trial.verdict is Verdict.REGRESSING:
            rank = (0, len(trial.failed))
        elif trial.verdict is Verdict.UNFIXED and mended:
            rank = (1, -mended)
        else:
            return
        if all(trial.candidate.patch != other.candidate.patch for _, other in self._near):
            self._near.append(((*rank, sum(self.verdicts.values())), trial))
            self._near = sorted(self._near, key=lambda pair: pair[0])[:_NEAREST]

    @property
    def nearest(self) -> tuple[Trial, ...]:
        """Those that came nearest, the nearest first."""
        return tuple(trial for _, trial in self._near)

    def told(self, words: Callable[[Candidate], str]) -> Iterator[str]:
        """Lines on all that was refused; none where nothing was tried."""
        count = sum(self.verdicts.values())
        if not count:
            return
        by = ", ".join(f"{number} {verdict}" for verdict, number in self.verdicts.most_common())
        yield f"{count} small edits were tried by a program and refused ({by})."
        many = [(path, number) for path, number in self._places.most_common(_PLACES) if number >= _LEAST]
        if many:
            yield f"Most of them in {', '.join(f'{path} ({number})' for path, number in many)}."
        for trial in self.nearest:
            why = " ".join(trial.why.split())[:_LONGEST_WHY]
            yield f"- {', '.join(trial.candidate.patch.paths)}: {words(trial.candidate)}: {trial.verdict}: {why}"
