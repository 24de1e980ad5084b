"""How well each model did when it was last compared, and whether it has got worse since."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.models.keeping import Figures
from fixbot_agent.models.keeping.file import Document, SharedFile, number, table
from fixbot_agent.models.trials import VERSION, Answer, Tally, tallied

_SLOWER, _MUCH = 2.0, 1.0  # times, and seconds more at least
_FEWEST = 10  # patches of a version of a prompt that were judged
_RATE = 0.2  # of the verified ones, that may be chance


@dataclass(frozen=True, slots=True)
class Compared:
    """A result beside the one before it. `worse` says in words what has got worse; `since` (seconds since 1970) is 0 where there was none."""

    tally: Tally
    since: float = 0.0
    worse: tuple[str, ...] = ()


class Baselines:
    """The results in `folder`, by model. One that is worse does not take the place of a better one unless it is told to."""

    def __init__(self, folder: Path) -> None:
        self._file = SharedFile(folder / "baseline.json")

    def compare(self, key: str, answers: tuple[Answer, ...], *, anew: bool = False) -> Compared:
        """Effect: hold `answers` of the model `key` against its baseline, which they become where they are no worse, or `anew` is set."""
        tally, now = tallied(answers), time.time()

        def compared(kept: Document) -> Compared:
            was = table(kept.get(key))
            known = was.get("version") == VERSION
            worse = tuple(_worse(was, tally, answers)) if known else ()
            if anew or not worse:
                kept[key] = _written(tally, answers, now)
            return Compared(tally, number(was.get("at")) if known else 0.0, worse)

        return self._file.change(compared)


def _written(tally: Tally, answers: tuple[Answer, ...], now: float) -> Document:
    passed = [a.task for a in answers if a.passed]
    return {"version": VERSION, "at": now, "passed": passed, "judged": tally.judged, "seconds": tally.seconds}


def _worse(was: Document, tally: Tally, answers: tuple[Answer, ...]) -> Iterable[str]:
    passed = was.get("passed")
    before = {str(p) for p in passed} if isinstance(passed, list) else set()
    judged = [a for a in answers if a.passed is not None]
    lost = [a.task for a in judged if not a.passed and a.task in before]
    gained = [a for a in judged if a.passed and a.task not in before]
    if len(lost) > len(gained):
        yield f"it solved {len(before)} tasks, and now {tally.passed}: no more {', '.join(lost)}"
    seconds = number(was.get("seconds"))
    if seconds and tally.seconds and tally.seconds > seconds * _SLOWER and tally.seconds > seconds + _MUCH:
        yield f"it took {seconds:.1f} s an answer, and now {tally.seconds:.1f} s"


def rate_drop(before: Figures, now: Figures) -> list[str]:
    """Versions of prompts of whose patches the verifier lately let fewer pass, in words; few judged ones say nothing."""
    said = []
    for prompt, (judged, verified) in sorted(now.by_prompt.items()):
        old_judged, old_verified = before.by_prompt.get(prompt, (0, 0))
        if min(judged, old_judged) < _FEWEST:
            continue
        if verified / judged < old_verified / old_judged - _RATE:
            said.append(
                f"with {prompt} {old_verified} of {old_judged} patches were verified before, {verified} of {judged} lately"
            )
    return said
