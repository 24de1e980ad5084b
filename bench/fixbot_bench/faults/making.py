"""``fixbot bench faults``: single changes and undone fixes of a real project, laid out as cases, each shown by a test that fails.

A change is drawn by chance in a function that a test runs; one that no test notices is thrown away. A fix is a commit of
the whole history whose message says so and that touches tests and at most three sources: its tree with the sources as they
were before is the case. Both are drawn by `--seed` and nothing else. ``OUT/cases/PROJECT-NAME`` is the case,
``OUT/fixed/PROJECT-NAME`` the right files; ``OUT/drawn/PROJECT.json`` says which fixes were tried, and why not others.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_bench.faults.grounds import importable, is_source, opened
from fixbot_bench.faults.layer import Files, Layer
from fixbot_bench.faults.mutating import Module, draw
from fixbot_bench.faults.undoing import Drawn, document, undone
from fixbot_repair.checks import Feedback
from fixbot_repair.git.snapshot import export

if TYPE_CHECKING:
    from fixbot_agent.schemas import Json

_TRIED = 6  # as many draws for each case that is wanted, at most
_SECONDS = 20.0  # a test may take


def mutants(tree: Path, wanted: int, chance: Random, layer: Layer) -> None:
    """Effect: break the project in `tree` in `wanted` ways, one at a time, each noticed by a test."""
    with opened(tree) as (workspace, tests):
        before = tests.run(trace=True, per_test_seconds=_SECONDS)
        modules = list(_modules({p: workspace.read(p) for p in workspace.paths if is_source(p)}))
        ran = _who_ran(before)
        tried = 0
        for path, change in draw(modules, lambda p, a, b: any(ran.get((p, n)) for n in range(a, b + 1)), chance):
            tests_of = sorted(set().union(*(ran.get((path, n), ()) for n in range(change.line, change.end_line + 1))))
            tried += 1
            if len(layer.names) >= wanted or tried > _TRIED * wanted:
                return
            if not tests_of:
                continue
            source = workspace.read(path)
            broken = change.of(source.decode()).encode()
            workspace.write({path: broken})
            after = tests.run(tests_of, per_test_seconds=_SECONDS, fail_fast=True)
            workspace.reset()
            if set(after.failing) & set(before.passing) and not after.uncollected:
                layer.lay(f"{change.kind}-{tried}", tree, {path: broken}, {path: source})


def _who_ran(before: Feedback) -> Mapping[tuple[str, int], set[str]]:
    """Line -> tests that passed and ran it."""
    ran: dict[tuple[str, int], set[str]] = {}
    for outcome in before.outcomes:
        if outcome.ok:
            for path, lines in outcome.lines:
                for line in lines:
                    ran.setdefault((path, line), set()).add(outcome.test)
    return ran


def _modules(files: Files) -> Iterator[tuple[str, Module]]:
    for path, data in sorted(files.items()):
        try:
            yield path, Module(data.decode().replace("\r\n", "\n"))
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue


@click.command("faults", epilog="Example: fixbot bench faults ~/src/toolz --mutants 8 --fixes 8 --out out/faults")
@click.argument("repository", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mutants", "changes", type=click.IntRange(0), default=8, show_default=True, help="Single changes.")
@click.option("--fixes", type=click.IntRange(0), default=8, show_default=True, help="Fixes of its past, undone.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the cases go.")
@json_option
def command(*, repository: Path, changes: int, fixes: int, seed: int, out: Path, as_json: bool) -> int:
    """Make cases out of a git repository whose tests run with the interpreter that runs this; they are trusted."""
    project = repository.resolve().name.replace("-", "_")
    made, brought = Layer(out, project), Layer(out, project)
    with tempfile.TemporaryDirectory(prefix="fixbot-faults-") as scratch:
        tree = Path(scratch) / "tree"
        export(repository, "HEAD", tree)
        importable(tree)
        if changes:
            mutants(tree, changes, Random(f"{seed} {project} changes"), made)
    drawn = undone(repository, fixes, Random(f"{seed} {project} fixes"), brought) if fixes else Drawn()
    if fixes:
        (out / "drawn").mkdir(parents=True, exist_ok=True)
        (out / "drawn" / f"{project}.json").write_text(json.dumps({"seed": seed, **document(drawn)}, indent=1) + "\n")
    if as_json:
        emit(
            {"project": project, "mutants": made.names, "fixes": brought.names, "drawn": cast("Json", document(drawn))}
        )
    else:
        click.echo(f"{project}: {len(made.names)} changes; {drawn.said()}")
    return ExitCode.OK
