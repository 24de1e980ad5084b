"""The strategy that lets a model work with tools on the private copy."""

from dataclasses import replace
from functools import partial

from fixbot_agent.solving.conversing.attempt import Attempting, one_line
from fixbot_agent.solving.conversing.own_test import folded
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.acceptance import objections, settle, written
from fixbot_agent.solving.strategies.assigning import assigned


def agent(scene: Scene, seconds: float) -> None:
    """Effect: let the models attempt it, for at most `seconds`."""
    models, budget, tried = scene.team.solver, scene.budget, scene.tried
    assert models is not None
    whole, budget.seconds = budget.seconds, budget.elapsed + seconds
    assignment = assigned(scene)
    tests = written(scene, assignment)
    if tests:
        assignment = replace(assignment, beside=(*assignment.beside, tests.told()))
    scene.say(f"asking {models.name}, which works with tools in the private copy")
    attempting = Attempting(scene.ground, assignment, models, budget, scene.job.run, scene.say, scene.job.pictures)
    against = partial(objections, scene, tests) if tests else None
    attempt = attempting.run(scene.last_word, *([against] if against else []))
    budget.seconds = whole
    scene.warnings += models.notes
    tried.stopped = attempt.stopped
    tried.unverified = attempt.unfinished or tried.unverified
    tried.candidates += bool(attempt.trial or attempt.unfinished)
    tried.plan, tried.learned, tried.assumed = attempt.plan, attempt.learned, attempt.assumed
    if attempt.gave_up:
        scene.warnings.append(f"the model gave up: {one_line(attempt.said)}")
    tried.said = attempt.said
    if attempt.own_test is not None:
        tried.own_tests = attempt.own_test.shows
        if contrary := attempt.own_test.against:
            scene.warnings.append(
                f"the model's own test fails with its patch, so one of the two is wrong: {one_line(folded(contrary))}"
            )
        scene.job.run.keep("own_test.py", attempt.own_test.text.decode("utf-8", "replace"))
    if attempt.trial is not None:
        scene.heed(attempt.trial, attempt.disputed)
    if tests and tried.best:
        settle(scene, tests, tried.best.candidate)
