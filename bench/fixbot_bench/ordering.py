"""``fixbot bench orders``: how early the files and functions of the gold patch come with the models of the roles embed and rerank, and without.

Both orders are made of the same tree in the same job, by what ``fixbot locate`` calls; a hit needs all gold locations within the first k,
as in ``fixbot bench locate``. Unlike there the shipped weights are used as they are.
"""

import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.ordering import is_asked, ordering
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places, Settings, load
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Located, locate
from fixbot_bench.dataset import load_instances
from fixbot_bench.grading.tree import export_tree
from fixbot_bench.instance import Instance
from fixbot_bench.locating import gold_locations, past_of
from fixbot_bench.ranking.figures import figures
from fixbot_bench.ranking.learning import MISS
from fixbot_bench.repositories import find_repository
from fixbot_bench.runner import Job, Result, Runner

_KS = (1, 3, 5, 10)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(
    "orders", epilog="Example: fixbot bench orders dev.jsonl --repos repos --out out/orders --config embed.toml"
)
@click.argument("dataset")
@click.option("--repos", type=_FOLDER, required=True, help="Folder of git repositories: owner__name, …")
@click.option("--instances", default="", metavar="ID,…", help="Only these.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML file with settings."
)
@json_option
def command(*, dataset: str, repos: Path, instances: str, out: Path, config: Path | None, as_json: bool) -> int:
    """What the models of the roles embed and rerank add to the order of what an issue is about."""
    settings = load(Path.cwd(), config=config).settings
    if not is_asked(settings):
        raise UsageFailure("no model has the role embed or rerank", "docs/models.md says how one is configured")
    names = tuple(name.strip() for name in instances.split(",") if name.strip())
    chosen = load_instances(dataset, names)
    with Bar() as bar:
        document = run(chosen, Ground(repos.resolve(), settings, Places.current()), Runner(out, 1, bar))
    if as_json:
        emit(cast("Mapping[str, Json]", document))
        return ExitCode.OK
    for name in ("without", "with"):
        found = cast("Mapping[str, Mapping[str, float]]", document[name])
        for kind in ("file", "function"):
            shares = "/".join(f"{100 * found[kind][str(k)]:.1f}" for k in _KS)
            click.echo(f"{name:<8} {kind:<9} @{'/'.join(map(str, _KS))}  {shares}")
    click.echo(
        f"{document['instances']} instances, {document['better']} better and {document['worse']} worse by their last gold function"
    )
    for name, why in cast("Mapping[str, str]", document["errors"]).items():
        click.echo(printable(f"  {name}: {why}"), err=True)
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class Ground:
    """Where repositories are, who is asked, and where what is kept lies."""

    repositories: Path
    settings: Settings
    places: Places


def run(instances: Sequence[Instance], ground: Ground, runner: Runner) -> Mapping[str, object]:
    """Effect: rank every instance in both ways; a finished one is not done again for the same models."""
    who = [
        f"{n} {ground.settings.models[n].model}"
        for role in ("embed", "rerank")
        for n in getattr(ground.settings.roles, role)
    ]
    lock = threading.Lock()
    jobs = [
        Job(i.instance_id, ("orders.v2", *who, i.repo, i.base_commit, i.problem_statement, i.patch), partial(_work, i, ground, lock))
        for i in instances
    ]  # fmt: skip
    done = runner.run(jobs, "ordering")
    rows = {each.name: each.result for each in done if not each.error}
    found = {
        way: {name: cast("tuple[int, int]", tuple(cast("Sequence[int]", row[way]))) for name, row in rows.items()}
        for way in ("without", "with")
    }
    functions = [(found["without"][name][1], found["with"][name][1]) for name in rows if found["without"][name][1]]
    return {
        "instances": len(rows),
        "without": figures(found["without"], _KS),
        "with": figures(found["with"], _KS),
        "better": sum(after < before for before, after in functions),
        "worse": sum(after > before for before, after in functions),
        "errors": {each.name: each.error for each in done if each.error},
    }


def _work(instance: Instance, ground: Ground, lock: threading.Lock, _folder: Path) -> Result:
    repository = find_repository(ground.repositories, instance.repo)
    cache, said = ground.places.index, list[str]()
    with tempfile.TemporaryDirectory(prefix="fixbot-orders-") as scratch, lock:
        tree = Path(scratch) / instance.repo.partition("/")[2]
        export_tree(repository, instance.base_commit, tree)
        history = past_of(repository, instance.base_commit, cache)
        with Index.open(tree, cache) as index:
            gold = gold_locations(instance.patch, index)
            plain = locate(index, instance.problem_statement, history)
            opinions = ordering(index, ground.settings, ground.places, tree, said.append)
            asked = locate(index, instance.problem_statement, history, opinions=opinions)
    if failures := [line for line in said if "without the role" in line]:
        raise UsageFailure(failures[0], "'fixbot models --try' says whether the model can do it")
    return {"without": list(_ranks(plain, *gold)), "with": list(_ranks(asked, *gold)), "said": said}


def _ranks(located: Located, files: Sequence[str], functions: Sequence[str]) -> tuple[int, int]:
    """How far down the last gold file and function are, from 1; 0 for functions where the fix edits none."""
    by_file = {each.path: place for place, each in enumerate(located.files, 1)}
    by_name = {f"{each.path}::{each.name}": place for place, each in reversed(list(enumerate(located.symbols, 1)))}
    last = max((by_file.get(path, MISS) for path in files), default=MISS)
    return last, max((by_name.get(name, MISS) for name in functions), default=0)
