"""A patch of the search that holds and is not believed: set aside while models are asked, then put beside what they found."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.solving.reporting.report import DOUBTED
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.choices import compared
from fixbot_agent.solving.strategies.judging import judged, rearranged
from fixbot_agent.solving.strategies.silencing import only_silences
from fixbot_repair.candidates import Candidate
from fixbot_repair.choosing import Choice, Confidence
from fixbot_repair.verification import Trial

SILENCES = "it only catches the error that the issue reports, and that this does not come is all that is demanded"
_SECONDS = 15.0  # for comparing what the patches do
_MOST = 3  # that are set beside


@dataclass(frozen=True, slots=True)
class Doubted:
    """What a search found."""

    best: Trial
    choices: Sequence[Choice]
    confidence: Confidence


def set_aside(scene: Scene) -> Doubted | None:
    """Effect: take what the search found off the scene, where it is doubted; None where it is not."""
    tried = scene.tried
    if tried.best is None or tried.confidence is None:
        return None
    if why := _doubt(scene, tried.best.candidate, tried.confidence):
        found = Doubted(tried.best, tried.choices, tried.confidence)
        tried.best, tried.choices, tried.confidence = None, (), None
        scene.doubted = found.best.candidate
        scene.say(f"    {why}, so it is doubted")
        return found
    return None


def _doubt(scene: Scene, candidate: Candidate, confidence: Confidence) -> str:
    """Why a patch that holds is doubted; "" where it is not."""
    if confidence.value < DOUBTED:
        return f"of patches like it about {max(1, round(10 * confidence.value))} in 10 are right"
    return SILENCES if only_silences(scene, candidate) else ""


def put_back(scene: Scene, found: Doubted) -> None:
    """Effect: what was set aside is the best again where nothing else was found, else it stands beside that, in a judge's order."""
    tried = scene.tried
    if tried.best is None:
        tried.best, tried.choices, tried.confidence = found.best, tuple(found.choices), found.confidence
        tried.unverified = None
        return
    new = [c.trial for c in tried.choices] or [tried.best]
    old = [c.trial for c in found.choices[:_MOST] if all(c.trial.candidate.patch != t.candidate.patch for t in new)]
    if not old:  # they found the same by another way
        return
    choices = compared(scene, [*new, *old], time.monotonic() + _SECONDS)
    order = sorted(range(len(choices)), key=lambda n: choices[n].trial not in new)
    choices = judged(scene, rearranged(choices, order, ""))
    tried.choices, tried.best = tuple(choices), choices[0].trial
    tried.confidence = found.confidence if tried.best is found.best else None
