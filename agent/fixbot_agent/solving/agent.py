"""The strategy that lets a model work with tools on the private copy."""

from fixbot_agent.solving import evidence
from fixbot_agent.solving.attempt import Attempting
from fixbot_agent.solving.briefing import Assignment
from fixbot_agent.solving.case import lines
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.telling import in_words
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates import Candidate


def assigned(scene: Scene) -> Assignment:
    """Effect: reads the index. What a model is told to begin with, by all that is known by now."""
    case, places = scene.case, lines(scene.ground, scene.case)
    if case.failing:
        scene.tried.localisation = places

    def words(candidate: Candidate) -> str:
        try:
            return in_words(evidence.shown(scene.ground, scene.verifier, candidate).patch)
        except FixbotError:
            return candidate.note

    return Assignment(
        case.issue, case.outcomes, places, case.feedback.failing, scene.settings.allow_test_edits,
        case.feedback.outcomes, tuple(scene.refusals.told(words)),
    )  # fmt: skip


def agent(scene: Scene, seconds: float) -> None:
    """Effect: let the models attempt it, for at most `seconds`."""
    models, budget, tried = scene.team.solver, scene.budget, scene.tried
    assert models is not None
    whole, budget.seconds = budget.seconds, budget.elapsed + seconds
    scene.say(f"asking {models.name}, which works with tools in the private copy")
    attempting = Attempting(scene.ground, assigned(scene), models, budget, scene.job.run, scene.say)
    attempt = attempting.run(scene.last_word)
    budget.seconds = whole
    scene.warnings += models.notes
    tried.stopped = attempt.stopped
    tried.unverified = attempt.unfinished or tried.unverified
    tried.candidates += bool(attempt.trial or attempt.unfinished)
    tried.plan = attempt.plan
    if attempt.gave_up:
        scene.warnings.append(f"the model gave up: {attempt.said}")
    if attempt.trial is not None:
        scene.heed(attempt.trial)
