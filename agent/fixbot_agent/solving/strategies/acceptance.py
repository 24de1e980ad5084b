"""Acceptance tests that another model than the one who writes patches makes from the issue: kept where they fail at base as it said.

They are no oracle: a patch is verified without them. Where one disagrees with a patch both models hear of it, and then people do.
"""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from fixbot_agent.errors import BudgetSpent, ModelError
from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role
from fixbot_agent.models.structured import read
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording import Recorded
from fixbot_agent.solving import evidence
from fixbot_agent.solving.conversing.attempt import one_line
from fixbot_agent.solving.conversing.briefing import Assignment, stated
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.reproducing.reproduction import error_name
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.sampling import code
from fixbot_agent.solving.team import TEST
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph.reach import is_test
from fixbot_repair.candidates import Candidate
from fixbot_repair.checks import TestOutcome

FILE = "fixbot_acceptance_test.py"
_MOST = 6  # tests
_TRIES = 2  # answers, the second with what went wrong
_SHOWN = 60  # lines of a test file of the project
_LONGEST = 3000  # characters of how tests ended
WRITTEN = {
    "type": "object",
    "properties": {
        "imports": {"type": "string", "description": "All import lines."},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "description": "One whole function: def test_…():"},
                    "fails_with": {"type": "string", "description": "The name of the error that it ends with now."},
                    "why": {"type": "string", "description": "What in the issue asks for it."},
                },
                "required": ["code", "fails_with", "why"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["imports", "tests"],
    "additionalProperties": False,
}
LOOKED = {
    "type": "object",
    "properties": {
        "withdrawn": {"type": "array", "items": {"type": "string"}, "description": "Names of tests that ask too much."},
        "why": {"type": "string", "description": "One sentence."},
    },
    "required": ["withdrawn", "why"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One test: its name, its code, the error it ends with at base, and what of the issue asks for it."""

    name: str
    code: str
    error: str
    why: str


@dataclass(slots=True)
class Acceptance:
    """The tests that were kept, by whom, and the talk that they came of."""

    model: Recorded
    imports: str = ""
    tests: tuple[Wanted, ...] = ()
    talk: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The test file."""
        return _file(self.imports, self.tests)

    def told(self) -> str:
        """What whoever writes the patch is told of them."""
        rows = [self.text.rstrip(), "", "Why:", *(f"- {t.name}: {t.error}: {t.why}" for t in self.tests)]
        said = "Tests that another model wrote from the issue; they fail now as it said, and they may be wrong:"
        listed = "\n".join(rows)
        return f"{said}\n{fenced('acceptance tests', listed)}\n"


def written(scene: Scene, assignment: Assignment) -> Acceptance | None:
    """Effect: asks the models of the role "test", where they are others than those who write patches, and runs what they wrote.

    None where nobody is asked, or nothing was kept.
    """
    model = scene.team.of(TEST) if scene.case.issue and scene.team.differ(TEST) else None
    if model is None:
        return None
    scene.say(f"asking {model.name} for acceptance tests from the issue")
    made = Acceptance(model, talk=_asked(scene, assignment))
    for _ in range(_TRIES):
        said = _answer(scene, made, WRITTEN)
        if said is None:
            return None
        imports, wanted = str(said["imports"]), tuple(_wanted(cast("list[Mapping[str, str]]", said["tests"])))
        outcomes = run(scene, _file(imports, wanted), {})
        kept = tuple(w for w in wanted if _fails_so(outcomes.get(w.name), w))
        scene.job.run.event("acceptance", written=len(wanted), kept=[w.name for w in kept])
        scene.say(f"    {len(wanted)} written, {len(kept)} fail now as was said")
        if kept:
            made.imports, made.tests = imports, kept
            scene.job.run.keep("acceptance.py", made.text)
            return made
        told = render("accept_again", ended=fenced("tests", clip("\n".join(_ends(outcomes)) or "(none ran)", _LONGEST)))
        made.talk.append(Message(Role.USER, told, prompt=version("accept_again")))
    return None


def objections(scene: Scene, made: Acceptance, candidate: Candidate) -> str:
    """Effect: runs the tests with `candidate`. How those end that fail; "" where all pass."""
    outcomes = run(scene, made.text, scene.verifier.contents(candidate.patch))
    return clip("\n".join(_ends({n: o for n, o in outcomes.items() if not o.ok})), _LONGEST)


def settle(scene: Scene, made: Acceptance, candidate: Candidate) -> None:
    """Effect: asks who wrote the tests that fail with `candidate` to look again; all that they say of it goes into the report."""
    ended = objections(scene, made, candidate)
    who = made.model.name
    if not ended:
        scene.tried.accepted = tuple(f"{test.name} (by '{who}')" for test in made.tests)
        return
    patch = evidence.shown(scene.ground, scene.verifier, candidate).patch
    told = render("accept_look", patch=fenced("patch", clip(patch, 2 * _LONGEST)), ended=fenced("tests", ended))
    made.talk.append(Message(Role.USER, told, prompt=version("accept_look")))
    said = _answer(scene, made, LOOKED) or {"withdrawn": [], "why": ""}
    withdrawn, why = set(map(str, cast("list[object]", said["withdrawn"]))), one_line(str(said["why"]))
    for test in made.tests:
        if f"{test.name}:" not in ended:
            continue
        if test.name in withdrawn:
            scene.warnings.append(f"the model '{who}' withdrew its acceptance test {test.name}: {why}")
        else:
            scene.warnings.append(
                f"the acceptance test {test.name} of the model '{who}' fails with the patch: {one_line(test.why)}"
            )


def run(scene: Scene, text: str, contents: Mapping[str, bytes | None]) -> dict[str, TestOutcome]:
    """Effect: runs the test file `text` in the private copy with `contents` laid over it; the copy is as it was afterwards."""
    workspace = scene.ground.workspace
    before: dict[str, bytes | None] = {p: _now(scene, p) for p in (*contents, FILE)}
    workspace.write({**contents, FILE: text.encode("utf-8", "replace")})
    try:
        outcomes = scene.ground.tests.run([FILE]).outcomes
    except FixbotError as error:
        scene.warnings.append(f"the acceptance tests could not be run: {error.message}")
        return {}
    finally:
        workspace.write(before)
    return {o.test.rpartition("::")[2]: o for o in outcomes}


def _now(scene: Scene, path: str) -> bytes | None:
    try:
        return scene.ground.workspace.read(path)
    except FixbotError:
        return None


def _asked(scene: Scene, assignment: Assignment) -> list[Message]:
    lines = Lines(scene.ground.workspace, scene.ground.index)
    tests = [p for p in scene.ground.workspace.paths if is_test(p) and p.endswith(".py")]
    near = next(
        (o.test.partition("::")[0] for o in scene.case.feedback.outcomes if o.test.partition("::")[0] in tests), ""
    )
    style = "\n".join(lines.of(near)[:_SHOWN]) if near else ""
    text = render(
        "accept_task",
        issue=stated(assignment.issue),
        code=fenced("code", code(assignment, lines) or "(none)"),
        tests=fenced("tests", f"{near}\n{style}" if near else "(none)"),
        most=str(_MOST),
    )
    return [
        Message(Role.SYSTEM, render("accept_system"), prompt=version("accept_system")),
        Message(Role.USER, scene.job.run.redact(text), prompt=version("accept_task")),
    ]


def _answer(scene: Scene, made: Acceptance, schema: Mapping[str, object]) -> Mapping[str, object] | None:
    """Effect: asks; None where there is no answer of use."""
    try:
        scene.budget.check()
        reply = made.model.complete(made.talk, (), scene.budget.remaining, schema=schema)
        said = cast("Mapping[str, object]", read(reply.text, schema))
    except (BudgetSpent, ModelError) as error:
        scene.warnings.append(f"no acceptance tests: {error.message}")
        return None
    made.talk.append(replace(reply.said, text=json.dumps(said, ensure_ascii=False)))
    return said


def _wanted(rows: Sequence[Mapping[str, str]]) -> Iterator[Wanted]:
    """The tests that are functions by themselves, each name once."""
    names: set[str] = set()
    for row in rows:
        try:
            body = ast.parse(row["code"]).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        functions = [n for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("test")]
        if len(functions) == 1 and functions[0].name not in names and len(names) < _MOST:
            names.add(functions[0].name)
            yield Wanted(functions[0].name, row["code"].strip(), error_name(row["fails_with"]), row["why"])


def _file(imports: str, tests: Sequence[Wanted]) -> str:
    return "\n\n\n".join([imports.strip(), *(t.code for t in tests)]) + "\n"


def _fails_so(outcome: TestOutcome | None, wanted: Wanted) -> bool:
    """Whether a test failed at base, and for the reason that was stated."""
    return outcome is not None and not outcome.ok and outcome.collected and error_name(outcome.message) == wanted.error


def _ends(outcomes: Mapping[str, TestOutcome]) -> Iterator[str]:
    for name, outcome in outcomes.items():
        yield f"{name}: {outcome.status}: {clip(' '.join(outcome.message.split()), 400)}"
