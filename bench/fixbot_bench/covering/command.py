"""``fixbot bench cover``: tests written for modules in so many seconds, beside those of Pynguin."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.covering import Job, cover
from fixbot_agent.covering.goals import goals
from fixbot_agent.covering.layout import Layout, layout
from fixbot_agent.schemas import Json
from fixbot_bench.covering.judging import Judged, judge, mutants
from fixbot_bench.errors import DatasetError
from fixbot_bench.trying.mutation import Mutant
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.git import Repository
from fixbot_repair.verification.pool import cores

_PEER_GRACE = 3.0  # times the seconds, after which the peer is ended: its assertions come after its search
_LEAST_GOALS = 10  # of a module that is chosen by chance
_MOST_GOALS = 200
_MOST_MUTANTS = 40  # that the judge makes of a module


@click.command(
    epilog="Example: fixbot bench cover ~/src/toolz --modules toolz/recipes.py --seconds 60 --peer ~/pynguin/bin/pynguin"
)
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--modules", default="", metavar="A,B", help="Files, relative to the project.")
@click.option("--choose", "count", type=click.IntRange(0), default=0, metavar="N", help="So many more, by chance.")
@click.option(
    "--seconds", type=click.FloatRange(10.0), default=60.0, show_default=True, help="For each module and tool."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The project's interpreter, with pytest and coverage.",
)
@click.option(
    "--peer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The command 'pynguin', beside that interpreter.",
)
@json_option
def command(
    *, project: Path, modules: str, count: int, seconds: float, seed: int, python: Path | None, peer: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Branch coverage and mutants noticed, of tests written from nothing: the project's own tests are taken away first."""
    if python is None:
        raise DatasetError(
            "whose interpreter is to run the tests?", "name one that has pytest and coverage with --python"
        )
    python = python.absolute()
    with tempfile.TemporaryDirectory(prefix="fixbot-cover-") as scratch:
        root = _bare(project.resolve(), Path(scratch) / project.resolve().name)
        named = [name for name in modules.split(",") if name]
        chosen = [*named, *_chosen(root, python, count, seed, named)]
        rows = [_row(root, module, seconds, seed, python, peer) for module in chosen]
    if as_json:
        emit(cast("Mapping[str, Json]", {"project": project.name, "seconds": seconds, "modules": rows}))
        return ExitCode.OK
    for row in rows:
        for name, value in row.items():
            click.echo(printable(f"{name:<10} {value}"))
    return ExitCode.OK


def _bare(project: Path, folder: Path) -> Path:
    """Effect: a repository of the project's files without its tests, at `folder`."""
    repository = Repository.open(project)
    for path in repository.tracked():
        source = project / path
        if not is_test(path) and source.is_file() and not source.is_symlink():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / path)
    who = {"GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@localhost"}
    who |= {"GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@localhost"}
    for argv in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "without tests"]):
        subprocess.run(["git", *argv], cwd=folder, env={**os.environ, **who}, check=True, capture_output=True)
    return folder


def _chosen(root: Path, python: Path, count: int, seed: int, named: list[str]) -> Iterator[str]:
    """Effect: imports modules. `count` of them by chance that can be imported by themselves and are neither tiny nor huge."""
    paths = sorted(p for p in Repository.open(root).tracked() if p.endswith(".py") and p not in named)
    random.Random(seed).shuffle(paths)
    left = count
    for path in paths:
        if not left:
            return
        try:
            size = len(goals((root / path).read_bytes()).all)
        except (SyntaxError, ValueError):
            continue
        if _LEAST_GOALS <= size <= _MOST_GOALS and _imports(root, path, python):
            left -= 1
            yield path


def _layout(root: Path, path: str) -> Layout:
    return layout(Repository.open(root).tracked(), path)


def _imports(root: Path, path: str, python: Path) -> bool:
    place = _layout(root, path)
    argv = [str(python), "-c", f"import {place.name}"]
    variables = {**os.environ, "PYTHONPATH": str(root / place.top)}
    try:
        return not subprocess.run(
            argv, cwd=root, env=variables, capture_output=True, timeout=20, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return False


def _row(root: Path, module: str, seconds: float, seed: int, python: Path, peer: Path | None) -> dict[str, object]:
    """Effect: let both write tests, and judge them."""
    made = mutants((root / module).read_bytes(), _MOST_MUTANTS, seed)
    began = time.monotonic()
    found = cover(Job(root, module, 1.0, seconds, seed, trusted=True, python=python))
    ours = time.monotonic() - began
    row: dict[str, object] = {
        "module": module,
        "ours": {
            "seconds": round(ours, 1), "said": round(found.report.after, 3),
            **_judged(root, module, (found.after or b"").decode(), made, python).row(),
        },
    }  # fmt: skip
    if peer is not None:
        began = time.monotonic()
        text = _of_peer(peer, root, module, seconds, seed)
        theirs = time.monotonic() - began
        row["pynguin"] = {"seconds": round(theirs, 1), **_judged(root, module, text, made, python).row()}
    return row


def _judged(root: Path, module: str, text: str, made: list[Mutant], python: Path) -> Judged:
    return judge(root, module, text, made, python, cores())


def _of_peer(peer: Path, root: Path, module: str, seconds: float, seed: int) -> str:
    """Effect: run Pynguin on a copy; the text of its tests, "" where it wrote none in time."""
    with tempfile.TemporaryDirectory(prefix="fixbot-pynguin-") as scratch:
        copy, output = Path(scratch) / "project", Path(scratch) / "tests"
        shutil.copytree(root, copy)
        place = _layout(root, module)
        argv = [
            str(peer.absolute()), "--project-path", str(copy / place.top), "--module-name", place.name,
            "--output-path", str(output), "--maximum-search-time", str(int(seconds)), "--seed", str(seed),
            "--maximum-mutation-time", str(int(seconds)),
        ]  # fmt: skip
        process = subprocess.Popen(
            argv, cwd=copy, env={**os.environ, "PYNGUIN_DANGER_AWARE": "1"}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(_PEER_GRACE * seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
        return "\n".join(place.read_text() for place in sorted(output.glob("test_*.py")))
