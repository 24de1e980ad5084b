"""What is told to whoever is asked for a patch, by all that is known by now."""

from dataclasses import replace

from fixbot_agent.solving import evidence
from fixbot_agent.solving.conversing.briefing import Assignment
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.conversing.ranking import brief, ranked
from fixbot_agent.solving.conversing.surroundings import surroundings
from fixbot_agent.solving.remembering import Remembering, told
from fixbot_agent.solving.reporting.telling import in_words
from fixbot_agent.solving.scene import Scene
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates import Candidate


def assigned(scene: Scene) -> Assignment:
    """Effect: reads the index. What a model is told to begin with, by all that is known by now."""
    case, places = scene.case, ranked(scene.ground, scene.case)
    scene.tried.localisation = brief(places)

    def words(candidate: Candidate) -> str:
        try:
            return in_words(evidence.shown(scene.ground, scene.verifier, candidate).patch)
        except FixbotError:
            return candidate.note

    tried = list(scene.refusals.told(words))
    if scene.doubted is not None:
        tried.insert(0, f"This passes all tests, and is likely to suit the tests only: {words(scene.doubted)}")
    assignment = Assignment(
        case.issue, case.outcomes, places, case.feedback.failing, scene.settings.allow_test_edits,
        case.feedback.outcomes, tuple(tried), case.labels,
    )  # fmt: skip
    known = Remembering(scene.job, scene.ground).recalled(assignment)
    for line in known:
        scene.say(line)
    own = next((p for p in sorted(scene.ground.added) if p.endswith(".py")), "")
    beside = surroundings(case, places, Lines(scene.ground.workspace, scene.ground.index), own)
    return replace(assignment, beside=(*beside, *([told(known)] if known else [])))
