"""Several patches that held: put in an order by what they do and by a judge, and given the last word one by one."""

import time
from collections.abc import Sequence
from dataclasses import replace

from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.judging import judged
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing import Choice, Field, choose
from fixbot_repair.verification import Trial, Verdict

_MOST = 4  # the best and its alternatives
_SHARE = 0.5  # of the time that is left, for comparing what patches do
_SECONDS = 20.0  # at most


def ordered(scene: Scene, held: Sequence[Trial], until: float) -> list[Choice]:
    """Effect: runs the patches on further inputs, and asks the judge where there is one. The best first."""
    return judged(scene, compared(scene, held, until))


def compared(scene: Scene, held: Sequence[Trial], until: float) -> list[Choice]:
    """Effect: runs the patches on further inputs, in a part of the time that is left. The best first."""
    ground, case = scene.ground, scene.case

    def facts(path: str) -> FileFacts | None:
        try:
            return ground.index.facts(path)
        except FixbotError:
            return None

    runner = ground.tests if isinstance(ground.tests, TestRunner) else None
    known = Field(scene.verifier, runner, case.feedback, case.failing, facts)
    left = max(0.0, until - time.monotonic())
    return choose(held, known, min(_SHARE * left, _SECONDS))


def confirmed(scene: Scene, choices: Sequence[Choice]) -> list[Choice]:
    """Effect: those that hold by the last word, a fresh process and all tests each; the first is asked even when time is over."""
    good: list[Choice] = []
    for choice in choices[: 2 * _MOST]:
        if len(good) == _MOST or (good and scene.budget.remaining <= 0):
            break
        trial = scene.last_word(choice.trial.candidate)
        if trial.verdict is Verdict.PLAUSIBLE:
            good.append(replace(choice, trial=trial))
    if good and choices and good[0].conduct.cluster != choices[0].conduct.cluster:
        return [replace(choice, parts=None) for choice in good]  # what they differ from is not shown
    return good
