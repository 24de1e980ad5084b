"""``fixbot bench suspects``: how early the function and the statement at fault are ranked from what the tests did.

DIR holds ``cases/NAME`` (a project with failing tests) and ``fixed/NAME`` (its files without the fault), as ``fixbot bench
bugs`` and ``fixbot bench faults`` lay them out. The tests of each case run once, traced; what they did is kept, and all
figures are counted from it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.ranking.learning import can_learn, check
from fixbot_bench.repairing import find_cases
from fixbot_bench.runner import Job, Runner
from fixbot_bench.suspecting.cases import Suspected, load, measure
from fixbot_bench.suspecting.learning import SHIPPED, Learned, Rows, learn, left_out, rows_of
from fixbot_bench.suspecting.ranks import Place, figures, gains
from fixbot_bench.suspecting.scoring import PLAIN, by_formula, by_weights
from fixbot_repair.localisation.weights import SIGNALS

Document = Mapping[str, object]
Measured = tuple[Suspected, Rows]
Places = tuple[Place, Place]  # of a function, of a statement
_VERSION = "1"  # of what is measured
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def collect(
    folder: Path, runner: Runner, repositories: Path | None = None
) -> tuple[list[Measured], list[tuple[str, str]]]:
    """Effect: run the tests of every case that was not measured before. The cases, and (name, why) of those left out."""
    cases = find_cases(folder)
    right = folder / "fixed"
    jobs = [
        Job(c.name, (_VERSION, _digest(c), _digest(right / c.name)), partial(measure, c, right / c.name)) for c in cases
    ]
    found, left = list[Measured](), list[tuple[str, str]]()
    for case, done in zip(cases, runner.run(jobs, "tracing"), strict=True):
        if done.error or not done.result["asked"]:
            left.append((done.name, done.error or "no test fails that passes without the fault"))
            continue
        one = load(case.name, case, right / case.name, runner.out / "instances" / case.name, done.result, repositories)
        found.append((one, rows_of(one)))
    return found, left


def report(found: Sequence[Measured], others: Sequence[Rows], ablate: bool) -> Document:
    """Every figure: by the shipped weights, by weights of other projects, without each signal, and by the plain formulas."""
    rows = [row for _, row in found]
    document: dict[str, object] = {
        "cases": len(rows),
        "with an edited function": sum(bool(r.functions) for r in rows),
        "shipped": _both(rows, [by_weights(r, SHIPPED) for r in rows]),
    }
    for name, formula in PLAIN.items():
        document[name] = _both(rows, [by_formula(c, r, formula) for c, r in found])
    if can_learn():
        ours = _left_out(rows, others)
        document["left out"] = _both(rows, ours)
        document["gain over ochiai"] = _gains(rows, ours, [by_formula(c, r, PLAIN["ochiai"]) for c, r in found])
    if ablate:
        for group in SIGNALS:
            document[f"without {group}"] = _both(rows, _left_out(rows, others, (group,)))
    return document


def _left_out(rows: Sequence[Rows], others: Sequence[Rows], without: Iterable[str] = ()) -> list[Places]:
    weights: Mapping[str, Learned] = left_out(rows, others, tuple(without))
    return [by_weights(r, weights[r.project]) for r in rows]


def _gains(rows: Sequence[Rows], ours: Sequence[Places], theirs: Sequence[Places]) -> Document:
    known = [n for n, row in enumerate(rows) if row.functions]
    return {
        "function": gains([ours[n][0] for n in known], [theirs[n][0] for n in known]),
        "statement": gains([s for _, s in ours], [s for _, s in theirs]),
    }


def _both(rows: Sequence[Rows], places: Sequence[Places]) -> Document:
    functions = [function for row, (function, _) in zip(rows, places, strict=True) if row.functions]
    return {"function": figures(functions), "statement": figures([statement for _, statement in places])}


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()


@click.command("suspects", epilog="Example: fixbot bench bugs bench/bugs/open --out out/bugs; fixbot bench suspects out/bugs --out out/suspects")  # fmt: skip
@click.argument("folder", type=_FOLDER)
@click.option("--also", type=_FOLDER, multiple=True, help="Further cases that weights are learned from.")
@click.option(
    "--past", type=_FOLDER, help="Holds the projects' git repositories: undone fixes are ranked with their past."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--ablate", is_flag=True, help="Also without each signal, weights learned anew.")
@click.option("--learn", "is_learning", is_flag=True, help="Print the tables of localisation/weights.py, of all cases.")
@json_option
def command(
    *,
    folder: Path,
    also: tuple[Path, ...],
    past: Path | None,
    out: Path,
    workers: int,
    ablate: bool,
    is_learning: bool,
    as_json: bool,
) -> int:
    """How early the edited function and statement are ranked, beside plain Ochiai and DStar."""
    if ablate or is_learning:
        check()
    with Bar() as bar:
        found, left = collect(folder, Runner(out / "cases", workers, bar), past)
        others = [
            row
            for n, each in enumerate(also)
            for _, row in collect(each, Runner(out / f"also-{n}", workers, bar), past)[0]
        ]
    rows = [row for _, row in found]
    document: dict[str, object] = {**report(found, others, ablate), "left": dict(left)}
    if is_learning:
        weights = learn([*rows, *others])
        document |= {"DEFINITION_WEIGHTS": weights.definitions, "STATEMENT_WEIGHTS": weights.statements}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


def _show(document: Document) -> None:
    for name, value in document.items():
        if not isinstance(value, dict):
            click.echo(f"{name:<28} {value}")
        elif "function" in value and "statement" in value:
            for level in ("function", "statement"):
                cells = [f"{k} {v[0]:.3f} ({v[1]:.3f}-{v[2]:.3f})" for k, v in value[level].items()]
                click.echo(f"{name:<28} {level:<10} {'  '.join(cells)}")
        else:
            for key, each in value.items():
                click.echo(printable(f"  {name}: {key}: {each}"))
