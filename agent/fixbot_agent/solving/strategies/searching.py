"""The strategies that ask no model: to take back what was just changed, and to search for a repair."""

import time

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.solving.heartbeat import Heartbeat
from fixbot_agent.solving.proving.pointing import proneness
from fixbot_agent.solving.proving.taking_back import suspected, taken_back
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.judging import judged
from fixbot_agent.solving.strategies.naturalness import naturalness
from fixbot_repair.issue import Task
from fixbot_repair.search import Hints, Repair, repair
from fixbot_repair.verification import Trial


def take_back(scene: Scene, seconds: float) -> None:
    """Effect: try what leads back to files with which the tests passed, for at most `seconds`."""
    scene.tried.best, trials = taken_back(scene.ground, scene.case, scene.job.since, seconds, scene.note)
    scene.tried.trials += trials


def search(scene: Scene, seconds: float) -> None:
    """Effect: repair by search, for at most `seconds`."""
    job, case, ground = scene.job, scene.case, scene.ground
    scene.say(f"searching for a repair, for at most {seconds:.0f} s")
    task = Task(ground.root, case.issue, job.base, case.failing, scene.settings.test_cmd)
    marked = {**case.mentioned, **suspected(scene.verifier, job.since)}
    with Heartbeat(scene, seconds) as heartbeat:

        def note(trial: Trial) -> None:
            scene.note(trial)
            heartbeat.pulse(trial)

        found = repair(
            task,
            ground.workspace,
            ground.tests,
            feedback=case.feedback,
            hints=Hints(marked, naturalness(ground), scene.record, proneness(ground)),
            deadline=time.monotonic() + seconds,
            on_event=note,
            allow_tests=scene.settings.allow_test_edits,
        )
    ended = "found a patch" if found.plausible else "found nothing"
    scene.say(f"    it {ended}: {found.trials} patches tried in {found.seconds:.0f} s")
    _take(scene, found)


def _take(scene: Scene, found: Repair) -> None:
    tried = scene.tried
    tried.localisation = found.localisation
    tried.candidates += found.candidates
    tried.trials += found.trials
    tried.interrupted = found.stopped_by == "interrupted"
    if found.plausible:
        tried.choices, tried.confidence = tuple(judged(scene, found.choices)), found.confidence
        tried.best = tried.choices[0].trial
    elif found.unconfirmed:
        tried.unverified = found.unconfirmed[0].candidate
    if found.stopped_by == "deadline" and tried.stopped is None:
        tried.stopped = BudgetSpent("the time for the search is over", "give more with --timeout")
    scene.warnings += found.notes
