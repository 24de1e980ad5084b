"""``fixbot bench faults``: single changes and undone fixes of a real project, laid out as cases, each shown by a test that fails.

A change is drawn by chance in a function that a test runs; one that no test notices is thrown away. A fix is a commit whose
message says so and that touches sources and tests: its tree with the sources as they were before is the case. Both are
drawn by `--seed` and nothing else. ``OUT/cases/PROJECT-NAME`` is the case, ``OUT/fixed/PROJECT-NAME`` the right files.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_analysis.errors import FixbotError
from fixbot_bench.faults.grounds import NO_CACHES, importable, is_source, opened
from fixbot_bench.faults.mutating import Module, draw
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback
from fixbot_repair.git import GitHistory, Repository
from fixbot_repair.git.snapshot import export

_FIX = re.compile(
    r"\b(fix(es|ed)?|bug|crash\w*|wrong\w*|incorrect\w*|regression|broken?|fail(s|ed|ure)?)\b", re.IGNORECASE
)
_NEWEST = 1200  # commits that are looked at for fixes
_MOST_FILES = 3  # sources that a fix may touch
_TRIED = 6  # as many draws for each case that is wanted, at most
_SECONDS = 20.0  # a test may take

Files = dict[str, bytes]


class Layer:
    """Lays out what was found to be a case: the broken tree, and the right versions of what is broken."""

    def __init__(self, out: Path, project: str) -> None:
        self.out, self.project = out, project
        self.names: list[str] = []

    def lay(self, name: str, tree: Path, broken: Files, right: Files) -> None:
        """Effect: write one case: `tree` with the files `broken`; `right` are the same files without the fault."""
        name = f"{self.project}-{name}"
        case, fixed = self.out / "cases" / name, self.out / "fixed" / name
        for folder in (case, fixed):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tree, case, ignore=NO_CACHES, symlinks=True)
        for folder, files in ((case, broken), (fixed, right)):
            for path, data in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        self.names.append(name)


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


def undone(git_dir: Path, wanted: int, chance: Random, layer: Layer) -> None:
    """Effect: bring back faults that a commit of the repository mended, one at a time, each noticed by its tests."""
    history = GitHistory.bare(git_dir)
    changes = list(history.changes(history.ids()[:_NEWEST]))
    fixes = [c.commit for c in changes if _FIX.search(c.message.partition("\n")[0]) and _is_small(c.paths)]
    chance.shuffle(fixes)
    done = 0
    for commit in fixes[: _TRIED * wanted]:
        if done >= wanted:
            return
        try:
            done += _undo(git_dir, commit, layer)
        except FixbotError:
            continue


def _is_small(paths: tuple[str, ...]) -> bool:
    sources = [p for p in paths if is_source(p)]
    return 0 < len(sources) <= _MOST_FILES and any(is_test(p) or "/test" in p for p in paths)


def _undo(git_dir: Path, commit: str, layer: Layer) -> bool:
    repository = Repository.bare(git_dir)
    sources = [p for p in repository.diff_names(f"{commit}^", commit) if is_source(p)]
    with tempfile.TemporaryDirectory(prefix="fixbot-fixes-") as scratch:
        tree = Path(scratch) / "tree"
        export(git_dir, commit, tree)
        importable(tree)
        right = {p: repository.show(commit, p) for p in sources}
        broken = {p: repository.show(f"{commit}^", p) for p in sources}  # raises where the commit made a file
        if all(_meaning(right[p]) == _meaning(broken[p]) for p in sources):
            return False
        with opened(tree) as (workspace, tests):
            workspace.write(broken)
            failing = tests.run(per_test_seconds=_SECONDS)
            if not failing.failing or failing.uncollected or not failing.passing:
                return False
            workspace.reset()
            fine = tests.run(failing.failing, per_test_seconds=_SECONDS)
            if not set(fine.passing) & set(failing.failing):
                return False
        layer.lay(f"fix-{commit[:10]}", tree, broken, right)
        return True


def _meaning(data: bytes) -> str:
    import ast

    try:
        return ast.dump(ast.parse(data))
    except SyntaxError:
        return data.hex()


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
    if fixes:
        undone(repository, fixes, Random(f"{seed} {project} fixes"), brought)
    if as_json:
        emit({"project": project, "mutants": made.names, "fixes": brought.names})
    else:
        click.echo(f"{project}: {len(made.names)} changes, {len(brought.names)} fixes undone")
    return ExitCode.OK
