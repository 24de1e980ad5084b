"""``fixbot bench name-weights``: learns what each signal of name ranking weighs, and measures that on projects left out."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.completing.cursor.place import read_place
from fixbot_agent.completing.names.ranking import candidates
from fixbot_agent.completing.service import name_setting
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel.naming import name_signals
from fixbot_analysis.source import SourceTree
from fixbot_bench.eyes.asking import Asker, visited
from fixbot_bench.eyes.complete_kinds import choose_all
from fixbot_bench.eyes.complete_weights import Sample, fit, ranks
from fixbot_bench.eyes.sites import Hole, Ranks

_LEAST = 0.02  # a smaller weight is left out

_FAMILIES = {  # signals whose names begin so
    "the n-gram": ("next token", "unseen"),
    "where a name was found": ("local", "enclosing", "module", "import", "builtin", "keyword ", "argument", "seen", "library", "package"),
    "what it is": ("a ",),
    "how it was bound": ("by ",),
    "nearness": ("near", "lately", "in the function"),
    "waiting for its use": ("waits", "parameter waits", "variable waits", "bound ", "local not", "next parameter"),
    "what the statement says": ("said ", "the statement's", "first word"),
    "words in common": ("same as", "words of"),
    "how common it is": ("a common",),
}  # fmt: skip


@click.command("name-weights", epilog="Example: fixbot bench name-weights ~/src/flask ~/src/sphinx --out weights.py")
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(10), default=400, show_default=True, help="Places in each project.")
@click.option("--seed", type=int, default=11, show_default=True)
@click.option("--ablate", is_flag=True, help="Also what is lost without each family of signals, weights learnt anew.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, as Python.")
@json_option
def command(
    *, projects: tuple[Path, ...], positions: int, seed: int, ablate: bool, out: Path | None, as_json: bool
) -> int:
    """Learn weights by the likelihood of real names; each project's figures are with weights learnt on the others."""
    numbers: dict[str, int] = {}
    with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-names-") as scratch:
        groups = [gather(each.resolve(), Path(scratch), positions, seed, numbers, bar) for each in projects]
    weights = fit([s for group in groups for s in group], len(numbers))
    rows: list[Mapping[str, object]] = [
        {"project": project.name, **Ranks(found).figures()}
        for project, found in zip(projects, held_out(groups, len(numbers)), strict=True)
        if found
    ]
    for family, beginnings in _FAMILIES.items() if ablate and len(groups) > 1 else ():
        left = {number for name, number in numbers.items() if not name.startswith(beginnings)}
        found = [rank for group in held_out([_without(g, left) for g in groups], len(numbers)) for rank in group]
        rows.append({"project": f"all, without {family}", **Ranks(found).figures()})
    learnt = {name: round(float(weights[number]), 3) for name, number in numbers.items()}
    if out:
        out.write_text(as_module(learnt, [project.name for project in projects]), "utf-8")
    if as_json:
        emit(cast("Mapping[str, Json]", {"rows": rows, "weights": learnt}))
    else:
        for row in rows:
            text = f"{row['project']!s:<44} hit {row['hit']:.3f}  top1 {row['top1']:.3f}  MRR {row['mrr']:.3f}"
            click.echo(printable(text))
    return ExitCode.OK


def held_out(groups: Sequence[Sequence[Sample]], count: int) -> list[list[int]]:
    """Ranks of the true names in each group, by weights that were learnt on the other groups; none where there is but one."""
    if len(groups) < 2:
        return [[] for _ in groups]
    return [
        ranks(group, fit([s for n, other in enumerate(groups) if n != at for s in other], count))
        for at, group in enumerate(groups)
    ]


def gather(project: Path, scratch: Path, positions: int, seed: int, numbers: dict[str, int], bar: Bar) -> list[Sample]:
    """Effect: samples of a project, read in a copy of it in `scratch`; new signals get the next of `numbers`."""

    def choose(tree: SourceTree) -> list[Hole]:
        return [hole for hole in choose_all(tree, positions, seed) if hole.kind != "attribute"]

    return [found for asker, hole in visited(project, scratch, choose, bar) for found in _sample(asker, hole, numbers)]


def _sample(asker: Asker, hole: Hole, numbers: dict[str, int]) -> list[Sample]:
    document = asker.index.tree.read(hole.path)
    place = read_place(document, hole.position)
    setting = None if place.in_literal else name_setting(asker.index, asker.model, document, place)
    if setting is None:
        return []
    naming = candidates(setting, place.prefix)
    order = {name: number for number, name in enumerate(sorted(naming.known))}
    rows = [
        (order[name], numbers.setdefault(signal, len(numbers)), value)
        for signal, values in name_signals(naming)
        for name, value in values.items()
        if value and name in order
    ]
    at, of, value = zip(*rows, strict=True) if rows else ((), (), ())
    gold = order.get(f"{hole.member}=", -1) if hole.kind == "argument's name" else -1
    return [Sample(len(order), gold if gold >= 0 else order.get(hole.member, -1), at, of, value)]


def _without(samples: Sequence[Sample], left: set[int]) -> list[Sample]:
    """The samples with no signals but those of the numbers in `left`."""
    found = []
    for each in samples:
        kept = [n for n, signal in enumerate(each.signals) if signal in left]
        candidates_left, signals_left = [each.candidates[n] for n in kept], [each.signals[n] for n in kept]
        found.append(Sample(each.size, each.gold, candidates_left, signals_left, [each.values[n] for n in kept]))
    return found


def as_module(weights: Mapping[str, float], projects: Sequence[str]) -> str:
    """The weights as the Python module that name ranking reads."""
    lines = [
        '"""What each signal weighs when names are ranked: data, learnt by ``fixbot bench name-weights``."""',
        "",
        f"# Learnt on {', '.join(projects)}.",
        "NAME_WEIGHTS: dict[str, float] = {",
        *(f'    "{name}": {weight:g},' for name, weight in sorted(weights.items()) if abs(weight) >= _LEAST),
        "}",
    ]
    return "\n".join(lines) + "\n"
