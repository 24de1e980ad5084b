"""The strategy that asks for a patch several times at once, without tools: tests sort out, votes and behaviour decide."""

import threading
import time
from collections.abc import Callable, Sequence

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import Message, Reply
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording import Recorded
from fixbot_agent.solving.conversing.attempt import one_line
from fixbot_agent.solving.conversing.briefing import Assignment, failing, stated, suspects
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.assigning import assigned
from fixbot_agent.solving.strategies.blocks import Unfit, blocks, patch
from fixbot_agent.solving.strategies.choices import confirmed, ordered
from fixbot_agent.solving.strategies.voting import Votes
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import SymbolKind
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.verification import Trial, Verdict

_SAMPLES = 4  # where the settings say nothing
_MOST_CODE = 28_000  # characters of code that the prompt shows
_LONGEST_UNIT = 9_000  # of one definition
_SMALL = 4_000  # of a file that is shown as a whole
_MOST_UNITS = 12
_MOST_TESTS = 4
_LONGEST_TEST = 80  # lines
_ASKING_SHARE = 0.6  # of the seconds, for the answers


def sample(scene: Scene, seconds: float) -> None:
    """Effect: ask for patches in one prompt each, and try them, for at most `seconds`."""
    until = time.monotonic() + seconds
    assignment = assigned(scene)
    asked = _messages(scene, assignment)
    models = scene.team.samples(scene.settings.samples or _SAMPLES)
    replies = _replies(scene, models, asked, _ASKING_SHARE * seconds)
    if not replies:
        return
    patches = _patches(scene, replies)
    counted = Votes(lambda path: scene.verifier.document(path).data).counted([p for p, _ in patches])
    notes = dict(reversed(patches))
    said = f"{len(replies)} {'answer' if len(replies) == 1 else 'answers'}, {len(counted)} different {'patch' if len(counted) == 1 else 'patches'}"
    scene.say(f"    {said}; trying them")
    source = f"model:{replies[0].model}"
    candidates = [Candidate(p, source, votes / len(replies), notes[p]) for p, votes in counted]
    scene.tried.candidates += len(candidates)
    held = _tried(scene, candidates, until)
    choices = confirmed(scene, ordered(scene, held, until))
    scene.tried.stopped = None
    if choices:
        scene.tried.best, scene.tried.choices = choices[0].trial, tuple(choices)
    models[0].judged(verified=bool(choices))
    scene.say(f"    {f'{len(choices)} held' if choices else 'none held'}")


def _messages(scene: Scene, assignment: Assignment) -> list[Message]:
    lines = Lines(scene.ground.workspace, scene.ground.index)
    text = render(
        "sample_task",
        issue=stated(assignment.issue),
        failing=failing(assignment, lines),
        suspects=fenced("places", "\n".join(suspects(assignment.suspects, lines)) or "(none)"),
        code=fenced("code", code(assignment, lines) or "(none)"),
        tests=fenced("code", _tests(assignment, lines) or "(none)"),
        tried=fenced("tried", "\n".join(assignment.tried) or "(nothing)"),
        beside="".join(f"\n{part}\n" for part in assignment.beside),
    )
    return [
        Message(Role.SYSTEM, render("sample_system"), prompt=version("sample_system")),
        Message(Role.USER, scene.job.run.redact(text), images=scene.job.pictures, prompt=version("sample_task")),
    ]


def code(assignment: Assignment, lines: Lines) -> str:
    """Effect: reads files. The suspicious definitions in full, the most suspicious first, as many as there is room for; small files as a whole."""
    parts: dict[tuple[str, str], str] = {}
    left = _MOST_CODE
    for suspect in assignment.suspects.suspects:
        name, first, last = _unit(lines, suspect.path, suspect.line)
        text = "\n".join(lines.of(suspect.path)[first - 1 : last])
        key = (suspect.path, name)
        if key in parts or (suspect.path, "") in parts or not text.strip() or len(text) > min(left, _LONGEST_UNIT):
            continue
        left -= len(text)
        label = f"{suspect.path}::{name}" if name else suspect.path
        parts[key] = f"{label} (lines {first} to {last})\n{text}"
        if len(parts) == _MOST_UNITS:
            break
    return "\n\n".join(parts.values())


def _tests(assignment: Assignment, lines: Lines) -> str:
    """The functions of the first failing tests in full."""
    parts: dict[str, str] = {}
    own = [
        o for o in assignment.failing if o.test not in assignment.labels
    ]  # others are made from the issue, which says it all
    for outcome in own[:_MOST_TESTS]:
        path, _, name = outcome.test.partition("::")
        qualname = name.partition("[")[0].replace("::", ".")
        found = next((s for s in lines.symbols(path) if s.qualname == qualname), None)
        if found is not None and found.end_line - found.line < _LONGEST_TEST:
            text = "\n".join(lines.of(path)[found.line - 1 : found.end_line])
            parts[f"{path}::{qualname}"] = f"{path}::{qualname} (lines {found.line} to {found.end_line})\n{text}"
    return "\n\n".join(parts.values())


def _unit(lines: Lines, path: str, line: int) -> tuple[str, int, int]:
    """A small file, else the outermost function or method around a line, else a few lines of the module: name, first and last line."""
    whole = lines.of(path)
    if sum(map(len, whole)) <= _SMALL:
        return "", 1, len(whole)
    around = [s for s in lines.symbols(path) if s.line <= line <= s.end_line and s.kind is not SymbolKind.CLASS]
    if around:
        outer = min(around, key=lambda s: s.line)
        return outer.qualname, outer.line, outer.end_line
    return "", max(1, line - 8), min(line + 8, len(whole))


def _replies(scene: Scene, models: Sequence[Recorded], asked: Sequence[Message], seconds: float) -> list[Reply]:
    """Effect: ask all at once; each answer costs a step. Keeps why there are none."""
    tried = scene.tried
    tried.stopped, paid = None, list[Recorded]()
    try:
        for model in models:
            scene.budget.step()
            paid.append(model)
    except BudgetSpent as error:
        tried.stopped = error
    models = paid
    if models:
        count = "a patch" if len(models) == 1 else f"{len(models)} patches at once"
        scene.say(f"asking {models[0].name} for {count}")
    came = _at_once([lambda m=model: m.complete(asked, (), seconds) for model in models])  # type: ignore[misc]
    for failure in (c for c in came if isinstance(c, (BudgetSpent, AllModelsFailed))):
        tried.stopped = failure
    scene.warnings += [note for model in models for note in model.notes]
    return [c for c in came if isinstance(c, Reply)]


def _at_once(asks: Sequence[Callable[[], Reply]]) -> list[Reply | FixbotError]:
    """Effect: all answers, each in a thread that nobody waits for where the whole is interrupted."""
    came: dict[int, Reply | FixbotError] = {}

    def ask(number: int) -> None:
        try:
            came[number] = asks[number]()
        except FixbotError as error:
            came[number] = error

    threads = [threading.Thread(target=ask, args=(n,), daemon=True) for n in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # so that an interrupt comes through
    return [came[n] for n in sorted(came)]


def _patches(scene: Scene, replies: Sequence[Reply]) -> list[tuple[Patch, str]]:
    """The patches of the answers with what was said before each; what is no patch is told of."""

    def read(path: str) -> bytes | None:
        try:
            return scene.verifier.document(path).data
        except FixbotError:
            return None

    found = []
    for number, reply in enumerate(replies, 1):
        try:
            found.append((patch(blocks(reply.text), read, scene.job.run.redact), one_line(_words(reply.text))))
        except (Unfit, UnicodeError) as error:
            scene.say(f"    answer {number} is no patch: {one_line(str(error))}")
            scene.job.run.event("sample", number=number, why=str(error))
    return found


def _words(text: str) -> str:
    """What an answer says before its first change."""
    return text.partition("<<<<<")[0].rpartition("\n\n")[0] or text.partition("\n")[0]


def _tried(scene: Scene, candidates: Sequence[Candidate], until: float) -> list[Trial]:
    """Effect: those that the failing tests let through, and those that see the edit."""
    held = []
    for trial in scene.verifier.search_many(candidates, patient=True, until=until):
        if trial.verdict is Verdict.PLAUSIBLE:
            held.append(trial)
        else:
            scene.tried.trials += 1  # what held is counted with its last word
        scene.note(trial)
    return held
