"""``fixbot bench history``: what it costs to read a project's past, and what that past foretells.

Split by time: for each of the last fixes, only the ancestors of the fix are known, so that nothing of it or of what came
later is. Its message is the question; the source files and functions that it changed are the answer, and a hit
needs all of them within the first k.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.history import Fix, ProjectHistory, is_code
from fixbot_analysis.history.enclosing import PythonText
from fixbot_analysis.symbols import extract
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.edits import edited_together, figures
from fixbot_repair.errors import GitError
from fixbot_repair.git import GitHistory

KS = (1, 3, 5, 10)
_MOST_FILES = 3  # of a fix that is asked for; what changes more is hardly one fix


@dataclass(frozen=True, slots=True)
class Case:
    """One fix, foretold: ranks of the files and functions it changed, ours and the reference's; and of what changed with it."""

    files: tuple[int, ...]
    often: tuple[int, ...]
    functions: tuple[int, ...]
    together: tuple[int, ...]
    folder: tuple[int, ...]


def hits(ranks: Sequence[tuple[int, ...]], ks: Iterable[int] = KS) -> Mapping[str, float]:
    """Share of cases whose ranks (from 1; 0 is nowhere) all lie within the first k, per k; cases without ranks are left out."""
    asked = [each for each in ranks if each]
    return {
        str(k): round(sum(all(0 < rank <= k for rank in each) for each in asked) / max(len(asked), 1), 3) for k in ks
    }


def ranks(wanted: Iterable[object], ranked: Iterable[object]) -> tuple[int, ...]:
    """Rank (from 1) of each of `wanted`; 0 where it is not among `ranked`."""
    places = {key: at for at, key in enumerate(ranked, 1)}
    return tuple(places.get(key, 0) for key in wanted)


def cost(repository: Path, cache: Path, bar: Bar) -> Mapping[str, Json]:
    """Effect: read the whole history into the empty folder `cache`, then again from there; beside git's log read and thrown away."""
    source = GitHistory.bare(repository)
    log_wall, log_cpu, _ = _timed(lambda: sum(1 for _ in source.changes(source.ids())))
    cold_wall, cold_cpu, history = _timed(lambda: ProjectHistory.open(source, cache, bar))
    warm_wall, warm_cpu, _ = _timed(lambda: ProjectHistory.open(GitHistory.bare(repository), cache))
    fixes = list(history.fixes())
    return {
        "commits": len(history),
        "fixes": len(fixes),
        "mined": sum(bool(fix.edits) for fix in fixes),
        "cold_seconds": round(cold_wall, 1),
        "cold_cpu": round(cold_cpu, 1),
        "git_log_cpu": round(log_cpu, 1),
        "git_log_seconds": round(log_wall, 1),
        "warm_seconds": round(warm_wall, 3),
        "warm_cpu": round(warm_cpu, 3),
        "stored_bytes": sum(path.stat().st_size for path in cache.iterdir()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "git_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def _timed(work: Callable[[], object]) -> tuple[float, float, ProjectHistory]:
    """Wall and CPU seconds (git's included) of `work`, and what it gave."""
    began, before = time.monotonic(), _cpu()
    result = work()
    return time.monotonic() - began, _cpu() - before, cast("ProjectHistory", result)


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def foretell(repository: Path, cache: Path, last: int, bar: Bar) -> list[Case]:
    """Effect: foretell each of the `last` fixes that change one to three source files from what was known before it."""
    now = ProjectHistory.open(GitHistory.bare(repository), cache, bar)
    head = GitHistory.bare(repository).head
    small = (fix for fix in now.fixes() if 0 < len(_code(fix.paths)) <= _MOST_FILES)
    chosen = list(islice(small, last))
    cases: list[Case] = []
    for done, fix in enumerate(chosen):
        bar.step("fixes foretold", done, len(chosen))
        later = GitHistory.bare(repository, at=fix.commit).gone(head) or ()
        then = now.without(later)
        as_then = next((each for each in then.fixes() if each.commit == fix.commit), None)
        if as_then:  # with the names that its files had then
            cases.append(_case(then.without([fix.commit]), as_then))
    return cases


def _case(past: ProjectHistory, fix: Fix) -> Case:
    known = past.suspects(fix.message)
    files = _code(fix.paths)
    functions = {(edit.path, edit.symbol) for edit in fix.edits if edit.symbol}
    first, others = files[0], files[1:]
    together = [each.path for each in past.cochanged(first, 200) if is_code(each.path)] if others else []
    folder = _often(path for path in _changed(past) if Path(path).parent == Path(first).parent and path != first)
    return Case(
        ranks(files, known.files),
        ranks(files, _often(_changed(past))),
        ranks(functions, known.symbols),
        ranks(others, together),
        ranks(others, folder),
    )


def _changed(past: ProjectHistory) -> Iterable[str]:
    """Source files of the last thousand fixes: a project's usual suspects."""
    return (path for fix in islice(past.fixes(), 1000) for path in _code(fix.paths))


def _often(paths: Iterable[str]) -> list[str]:
    counts: dict[str, int] = {}
    for path in paths:
        counts[path] = counts.get(path, 0) + 1
    return sorted(counts, key=lambda path: (-counts[path], path))


def _code(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if is_code(path)]


def enclosing(repository: Path, sample: int) -> Mapping[str, Json]:
    """Effect: for the hunks of the newest `sample` commits, the definition told from the text beside that of a whole parse."""
    source = GitHistory.bare(repository)
    same = total = 0
    for _, patches in source.patches(source.ids()[:sample], lambda path: path.endswith(".py")):
        for patch in patches:
            facts, text = extract(patch.content), PythonText(patch.content)
            if facts.syntax_errors:
                continue
            for hunk in (hunk for hunk in patch.hunks if hunk.after.strip()):
                line = hunk.line + next(n for n, each in enumerate(hunk.after.split("\n")) if each.strip())
                symbol = facts.enclosing(line)
                total += 1
                same += text.around(line, line) == (symbol.qualname if symbol else "")
    return {"hunks": total, "same_as_parsed": round(same / max(total, 1), 4)}


@click.command("history", epilog="Example: fixbot bench history ~/repositories/django__django --last 200")
@click.argument("repositories", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--last", type=click.IntRange(0), default=200, show_default=True, help="Fixes to foretell.")
@click.option(
    "--sample", type=click.IntRange(0), default=200, show_default=True, help="Commits whose hunks are parsed."
)
@click.option(
    "--edits", type=click.IntRange(0), default=0, help="Only this: fixes of several files, each seen from one function."
)
@json_option
def command(*, repositories: tuple[Path, ...], last: int, sample: int, edits: int, as_json: bool) -> int:
    """What reading the history of REPOSITORIES (bare or not) costs, and what it foretells."""
    documents: list[Json] = []
    for repository in repositories:
        with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-history-") as folder:
            if edits:
                documents.append(_edited(repository, Path(folder), edits, bar))
            else:
                documents.append(_measured(repository, Path(folder), last, sample, bar))
    if as_json:
        emit({"repositories": documents})
    elif edits:
        click.echo(
            "\n".join(
                printable("  ".join(f"{k} {v}" for k, v in each.items()))
                for each in cast("Iterable[Mapping[str, Json]]", documents)
            )
        )
    else:
        click.echo("\n\n".join(_text(cast("Mapping[str, Json]", document)) for document in documents))
    return ExitCode.OK


def _edited(repository: Path, cache: Path, last: int, bar: Bar) -> Mapping[str, Json]:
    try:
        return {"repository": repository.name, **figures(edited_together(repository, cache, last, bar))}
    except GitError as error:
        raise DatasetError(f"{repository}: {error.message}", error.hint) from error


def _measured(repository: Path, cache: Path, last: int, sample: int, bar: Bar) -> Mapping[str, Json]:
    try:
        costs = cost(repository, cache, bar)
        cases = foretell(repository, cache, last, bar)
        told = enclosing(repository, sample)
    except GitError as error:
        raise DatasetError(f"{repository}: {error.message}", error.hint) from error
    return {
        "repository": repository.name,
        "cost": costs,
        "cases": len(cases),
        "files": hits([case.files for case in cases]),
        "files_most_often_fixed": hits([case.often for case in cases]),
        "functions": hits([case.functions for case in cases]),
        "changed_together": hits([case.together for case in cases]),
        "changed_most_in_folder": hits([case.folder for case in cases]),
        "enclosing": told,
    }


_ROWS = {
    "files": "files, from messages and code of the past",
    "files_most_often_fixed": "  reference: files fixed most often before",
    "functions": "functions, from fixes of the past",
    "changed_together": "other files of the fix, from one of them",
    "changed_most_in_folder": "  reference: its folder's most fixed files",
}


def _text(document: Mapping[str, Json]) -> str:
    costs = cast("Mapping[str, Json]", document["cost"])
    told = cast("Mapping[str, Json]", document["enclosing"])
    rows = [
        printable(f"{document['repository']}: {document['cases']} fixes foretold"),
        f"  {'all within the first k':<46}" + "".join(f"{k:>8}" for k in KS),
    ]
    for key, label in _ROWS.items():
        shares = cast("Mapping[str, float]", document[key])
        rows.append(f"  {label:<46}" + "".join(f"{100 * shares[str(k)]:>7.1f}%" for k in KS))
    rows += [f"  {name.replace('_', ' '):<46}{value!s:>8}" for name, value in {**costs, **told}.items()]
    return "\n".join(rows)
