"""The same tasks with either version, one solve after the other: each is kept as it ends, and the versions take turns in going first."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path

from fixbot_agent.prompts import PROMPTS
from fixbot_bench.errors import BenchError
from fixbot_bench.prompting.measuring import MODELS, SolveFailed, answered, failure, fared, kept, out_of_time, spent
from fixbot_bench.prompting.spending import Allowance
from fixbot_bench.prompting.tasks import Task
from fixbot_bench.prompting.versions import Version, digest
from fixbot_bench.runner import Done, Job, Result, Runner

NOT_TRIED = "not tried: "
_FORM = "2"  # of a stored result; goes up when it holds more


class NotTried(BenchError):
    """Raised for a solve that was not begun, since no model answers."""

    kind = "solve"


@dataclass(slots=True)
class Standing:
    """Whether models still answer: where none ever did, the first failure ends everything, else the second one in a row. `why` says that they do not."""

    why: str = ""
    _failed: int = 0
    _heard: bool = False

    def went(self, why: str, *, heard: bool) -> None:
        """Take in how a solve went: `why` is empty where models did not fail, `heard` is whether one answered."""
        self._heard |= heard
        self._failed = self._failed + 1 if why else 0
        if why and (self._failed > 1 or not self._heard):
            self.why = why

    def check(self) -> None:
        """Raise NotTried where nobody answers any more."""
        if self.why:
            raise NotTried(f"{NOT_TRIED}{self.why}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for both versions: `options` of ``fixbot solve``, seconds each; `inputs` are what the models are. `runs` is where runs are kept."""

    versions: tuple[Version, Version]
    options: tuple[str, ...]
    inputs: tuple[str, ...]
    seconds: float
    repeats: int
    seed: int
    runs: Path
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True, slots=True)
class Tried:
    """One solve: which task, with which version, the how-manieth time; `result` is empty where `error` says why."""

    task: str
    version: str
    repeat: int
    result: Mapping[str, object]
    error: str = ""
    resumed: bool = False


def tried(tasks: Sequence[Task], plan: Plan, runner: Runner, allowance: Allowance) -> tuple[Tried, ...]:
    """Effect: solve what has no kept result yet."""
    turns = tuple(order(tasks, plan))
    jobs = [_job(task, version, repeat, plan, allowance) for task, version, repeat in turns]
    done = runner.run(jobs, f"comparing versions of {plan.versions[0].name}")
    return tuple(_told(turn, one) for turn, one in zip(turns, done, strict=True))


def otherwise(tasks: Sequence[Task], plan: Plan, out: Path, allowance: Allowance) -> str:
    """Effect: reads the results in `out`. What kept results were made by that is not so now, in words; "" where all can be taken."""
    limits: list[float] = []
    for task, version, repeat in order(tasks, plan):
        job = _job(task, version, repeat, plan, allowance)
        try:
            held = json.loads((out / "instances" / job.name / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if held.get("key") != job.key:
            limits.append(float(held.get("result", {}).get("allowed") or 0.0))
    if not limits:
        return ""
    others = sorted({limit for limit in limits if limit and limit != plan.seconds})
    by = (
        f"with --timeout {' and '.join(f'{x:g}' for x in others)}, not {plan.seconds:g}"
        if others
        else "otherwise: another fixbot, model, task or option"
    )
    return f"{len(limits)} kept {'result was' if len(limits) == 1 else 'results were'} made {by}; solved anew"


def order(tasks: Sequence[Task], plan: Plan) -> Iterator[tuple[Task, Version, int]]:
    """Task, version and repeat of each solve: a task's two stand together; who goes first changes from one pair to the next, by the seed."""
    chance = random.Random(plan.seed)
    first = chance.randrange(2)
    for repeat in range(plan.repeats):
        for number, task in enumerate(chance.sample(tasks, len(tasks))):
            turn = (first + repeat + number) % 2
            yield task, plan.versions[turn], repeat
            yield task, plan.versions[1 - turn], repeat


def _told(turn: tuple[Task, Version, int], done: Done) -> Tried:
    task, version, repeat = turn
    return Tried(task.name, version.label, repeat, done.result, done.error, done.resumed)


def _job(task: Task, version: Version, repeat: int, plan: Plan, allowance: Allowance) -> Job:
    others = sorted(f"{name}.v{number}" for name, number in PROMPTS.items() if name != version.name)
    inputs = (
        _FORM, installed("fixbot"), version.prompt, digest(version), *others, *plan.options, *plan.inputs, str(plan.seconds), str(repeat), *task.inputs,
    )  # fmt: skip
    name = f"{task.name}.{version.prompt}.{repeat + 1}"
    return Job(name, inputs, partial(_work, task, version, plan, allowance))


def _work(task: Task, version: Version, plan: Plan, allowance: Allowance, out: Path) -> Result:
    """Effect: one solve. Raises SolveFailed and MoneyGone for one that says nothing of the prompt: it is not kept, and tried again next time."""
    plan.standing.check()
    grant = allowance.grant()
    own = version.options(out.parents[1] / "prompts")
    report = task.solve((*plan.options, *own, *grant.options), plan.seconds, out)
    costs = spent(report)
    allowance.pay(costs["cost"], costs["calls"], str(report.get("run") or ""))
    allowance.check(report, grant)
    run = kept(plan.runs, report)
    events = tuple(run.events())
    why = failure(report, events)
    plan.standing.went(why if why.startswith(MODELS) else "", heard=answered(events))
    if why:
        raise SolveFailed(f"{why} (run {run.id})")
    verified = report.get("status") == "plausible" and bool(report.get("patch"))
    right, how = task.judge(report) if task.judge and verified else (None if verified or not task.judge else False, "")
    return {
        "status": report.get("status"), "verified": verified, "right": right, "judged": how, "run": run.id, "replays": task.stays,
        "allowed": plan.seconds, "out_of_time": out_of_time(report), "patch": report.get("patch") or "",
        "models": sorted({str(e.get("name")) for e in events if e.get("kind") == "model" and not e.get("error")}),
        **costs, **asdict(fared(run, events, version.name)),
    }  # fmt: skip


def predictions(tried: Sequence[Tried], tasks: Sequence[Task], version: Version) -> list[dict[str, object]]:
    """First patches with `version` of what only ``fixbot bench grade`` can judge, in the official format."""
    open_ones = {task.name for task in tasks if task.judge is None}
    mine = [t for t in tried if t.version == version.label and not t.repeat and not t.error and t.task in open_ones]
    return [
        {"instance_id": t.task, "model_name_or_path": version.prompt, "model_patch": t.result.get("patch", "")}
        for t in mine
    ]
