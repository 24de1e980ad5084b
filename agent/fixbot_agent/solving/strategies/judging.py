"""A judge: a model that orders patches that held. It is told that the tests may be wrong; its word is an order, never a verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from fixbot_agent.errors import BudgetSpent, ModelError
from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role
from fixbot_agent.models.structured import read
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.solving import evidence
from fixbot_agent.solving.conversing.attempt import one_line
from fixbot_agent.solving.conversing.briefing import stated
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.team import JUDGE
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_repair.choosing import Choice
from fixbot_repair.choosing.comparing import Difference

_MOST = 6  # patches that it sees
_LONGEST_PATCH = 6000  # characters
_MOST_TESTS = 10
SCHEMA = {
    "type": "object",
    "properties": {
        "order": {
            "type": "array",
            "items": {"type": "integer"},
            "description": "Numbers of the patches, the best first.",
        },
        "why": {"type": "string", "description": "One sentence: what the best does that the others do not."},
        "doubts": {"type": "string", "description": "What a test asks that the issue does not, or empty."},
    },
    "required": ["order", "why", "doubts"],
    "additionalProperties": False,
}


def judged(scene: Scene, choices: Sequence[Choice]) -> list[Choice]:
    """Effect: asks the models of the role, where there are some and there is something to order. The choices in the judge's order."""
    model = scene.team.of(JUDGE) if len(choices) > 1 else None
    if model is None:
        return list(choices)
    shown = choices[:_MOST]
    scene.say(f"asking {model.name} which of {len(shown)} patches that hold comes first")
    try:
        scene.budget.check()
        reply = model.complete(_messages(scene, shown), (), scene.budget.remaining, schema=SCHEMA)
        said = cast("dict[str, object]", read(reply.text, SCHEMA))
    except (BudgetSpent, ModelError) as error:
        scene.warnings.append(f"the judge gave no order: {error.message}")
        return list(choices)
    order = [n - 1 for n in dict.fromkeys(cast("list[int]", said["order"])) if 1 <= n <= len(shown)]
    order += [n for n in range(len(choices)) if n not in order]
    why, doubts = one_line(str(said["why"])), one_line(str(said["doubts"]))
    scene.job.run.event("judged", by=reply.model, order=[n + 1 for n in order], why=why, doubts=doubts)
    if doubts:
        scene.warnings.append(f"the judge '{reply.model}' doubts a test: {doubts}")
    return rearranged(choices, order, f"the judge '{reply.model}': {why}" if why else "")


def rearranged(choices: Sequence[Choice], order: Sequence[int], why: str) -> list[Choice]:
    """`choices` in `order`; `why` counted for the first. How each differs from the first is told anew, where that is known."""
    was, first = choices[0], choices[order[0]]
    result = [replace(first, why=(*first.why, *([why] if why else [])), parts=None)]
    for number in order[1:]:
        choice, parts = choices[number], choices[number].parts
        if first is not was:  # what is known is how each differs from the one that was first
            known = first.parts
            if choice is was:
                parts = Difference(known.call, known.other, known.one) if known else None
            else:
                parts = (
                    Difference(parts.call, parts.one, known.one)
                    if parts and known and parts.call == known.call
                    else None
                )
        result.append(replace(choice, parts=parts))
    return result


def _messages(scene: Scene, choices: Sequence[Choice]) -> list[Message]:
    case = scene.case
    tests = [f"- {name}" for name in case.named(case.failing)][:_MOST_TESTS]
    text = render(
        "judge_task",
        issue=stated(case.issue),
        tests=fenced("tests", "\n".join([f"(held against: {case.oracle})", *tests])),
        patches=fenced("patches", "\n\n".join(_patches(scene, choices))),
    )
    return [
        Message(Role.SYSTEM, render("judge_system"), prompt=version("judge_system")),
        Message(Role.USER, scene.job.run.redact(text), prompt=version("judge_task")),
    ]


def _patches(scene: Scene, choices: Sequence[Choice]) -> Iterator[str]:
    for number, choice in enumerate(choices, 1):
        try:
            patch = evidence.shown(scene.ground, scene.verifier, choice.trial.candidate).patch
        except FixbotError:
            patch = choice.trial.candidate.note
        rows = [f"Patch {number}:", clip(patch, _LONGEST_PATCH), *(f"- {reason}" for reason in choice.why)]
        if choice.parts:
            parts = choice.parts
            rows.append(f"- {parts.call}: with this patch {parts.one}; with patch 1 {parts.other}")
        yield "\n".join(rows)
