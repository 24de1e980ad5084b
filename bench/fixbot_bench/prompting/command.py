"""The command ``fixbot bench prompts``."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.models.prices import priced
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places, Settings, load
from fixbot_bench.prompting import telling
from fixbot_bench.prompting.spending import Allowance
from fixbot_bench.prompting.tasks import BUILT_IN, Solver, read_tasks
from fixbot_bench.prompting.trying import Plan, otherwise, predictions, tried
from fixbot_bench.prompting.versions import read_versions
from fixbot_bench.runner import Runner, write_json

_SOLVER = (sys.executable, "-m", "fixbot_agent.cli", "solve", "--trust", "--python", sys.executable)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Wish:
    """The command line."""

    name: str
    versions: str
    source: str
    repos: Path | None
    model: str
    count: int
    repeats: int
    seed: int
    timeout: float
    max_cost: float
    max_calls: int
    max_steps: int | None
    out: Path
    as_json: bool


@click.command(
    "prompts",
    epilog="Example: fixbot bench prompts solve_system --versions v6,mine.md --model local --out out/prompts --max-calls 400",
)
@click.argument("name")
@click.option("--versions", required=True, metavar="A,B", help="Two of: vN that fixbot holds, or a file.")
@click.option(
    "--tasks",
    "source",
    default=BUILT_IN,
    show_default=True,
    metavar="DIR|FILE",
    help="Written bugs, cases as for 'bench repair', or a dataset.",
)
@click.option("--repos", type=_FOLDER, help="With a dataset: folder of git repositories.")
@click.option(
    "--model", default="", metavar="NAME", help="The configured model to ask; else the first of the role 'solve'."
)
@click.option(
    "--count", type=click.IntRange(0), default=20, show_default=True, help="Tasks, drawn by the seed; 0: all."
)
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Times that each task is solved with each version.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the tasks, and of who goes first.")
@click.option(
    "--timeout", type=click.FloatRange(1), default=300.0, show_default=True, help="Seconds a solve; results hang on it."
)
@click.option("--max-cost", type=click.FloatRange(0), default=0.0, help="Most money for all solves together.")
@click.option("--max-calls", type=click.IntRange(0), default=0, help="Most requests to models for all solves together.")
@click.option("--max-steps", type=click.IntRange(1), help="Most answers of a model in one solve.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where results go; the same again goes on.",
)
@json_option
def command(**given: Any) -> int:
    """Solve the same tasks with two versions of the prompt NAME, everything else equal, and say which did better.

    Each solve is kept as a run and can be opened and gone through again: 'fixbot runs show RUN', 'fixbot runs replay RUN' (projects of a
    dataset's instances are not kept, so theirs can be shown only). Where no model answers it ends at once, with exit code 5.
    """
    wish = Wish(**given)
    both = read_versions(wish.name, wish.versions)
    settings, places = load(Path.cwd()).settings, Places.current()
    asked = asked_model(wish.name, wish.model, settings, wish.max_cost)
    out = wish.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    options = ["--model", asked, "--strategy", strategy(wish.name), "--no-memory"]
    options += ["--max-steps", str(wish.max_steps)] if wish.max_steps else []
    tasks = read_tasks(wish.source, wish.repos, Solver(_SOLVER, places.runs), wish.count, wish.seed, out / "tasks")
    plan = Plan(both, tuple(options), _models(settings, asked), wish.timeout, wish.repeats, wish.seed, places.runs)
    allowance = Allowance(out / "spent.jsonl", wish.max_cost, wish.max_calls, settings)
    with Bar() as bar:
        if anew := otherwise(tasks, plan, out, allowance):
            bar.say(anew)
        done = tried(tasks, plan, Runner(out, 1, bar), allowance)
    document = telling.document(done, plan, len(tasks))
    document |= {"anew": anew, "model": asked, "strategy": strategy(wish.name), "out": str(out)}
    write_json(out / "comparison.json", document)
    for version in both:
        if rows := predictions(done, tasks, version):
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (out / f"predictions.{version.prompt}.jsonl").write_text("".join(lines), encoding="utf-8")
    if wish.as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        for line in telling.table(document):
            click.echo(printable(line))
    if plan.standing.why:
        return ExitCode.MODELS
    return ExitCode.OK if document["pairs"] else ExitCode.NO_PATCH


def strategy(name: str) -> str:
    """The strategy that asks with the prompt `name`."""
    return "sample" if name.startswith(("sample_", "judge_")) else "agent"


def asked_model(name: str, model: str, settings: Settings, max_cost: float) -> str:
    """Who is asked for patches. Raises UsageFailure where the prompt `name` could not come up, or its cost not be told."""
    asked = model or next(iter(settings.roles.solve), "")
    if not asked or asked not in settings.models:
        known = ", ".join(settings.models) or "none is configured; docs/models.md shows how"
        raise UsageFailure(f"no model '{asked}' is configured" if asked else "no model is named", f"--model: {known}")
    if name.startswith("judge_") and not settings.roles.judge:
        raise UsageFailure(
            f"the prompt '{name}' is for models of the role 'judge', and there is none", 'add [roles] judge = ["NAME"]'
        )
    if name.startswith(("accept_", "disagrees")) and settings.roles.test[:1] in ((), (asked,)):
        raise UsageFailure(
            f"the prompt '{name}' is for models of the role 'test' that write no patches, and there is none",
            f'add [roles] test = ["NAME"], another than {asked}',
        )
    others = {*settings.roles.judge, *settings.roles.test}
    if max_cost and not all(priced(settings.models[each]) for each in {asked, *others}):
        raise UsageFailure(
            "what the models cost is not known, so --max-cost could not be kept", "set price_in and price_out"
        )
    return asked


def _models(settings: Settings, asked: str) -> tuple[str, ...]:
    """What results hang on beside the options: the models as they are configured, and what a solve is allowed."""
    names = dict.fromkeys((asked, *settings.roles.judge, *settings.roles.test))
    models = (f"{name}: {sorted((k, str(v)) for k, v in asdict(settings.models[name]).items())}" for name in names)
    limits = (
        settings.max_steps,
        settings.max_tokens,
        settings.max_calls,
        settings.max_cost,
        settings.samples,
        settings.prompts,
    )
    return *models, repr(settings.roles), repr(limits), settings.sandbox
