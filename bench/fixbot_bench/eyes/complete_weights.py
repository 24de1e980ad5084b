"""``fixbot bench complete-weights``: learns what each signal of member ranking weighs, and measures that on projects left out."""

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel.members import candidates
from fixbot_analysis.codemodel.signals import signals
from fixbot_analysis.codemodel.weights import MEMBER_WEIGHTS
from fixbot_analysis.source import SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.asking import Asker, visited
from fixbot_bench.eyes.sites import Hole, Ranks, choose

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

_HARDEST, _OTHERS = 50, 30  # candidates of each place that are learnt from

_RIDGE = 0.3  # weight of the squared weights against the log-likelihood of all places
_STEPS, _AGAIN, _RATE = 300, 100, 0.05  # `again`: from weights that are right for almost the same places


@dataclass(frozen=True, slots=True)
class Sample:
    """One place: how many candidates, which is the true one (-1: none), and values as (candidate, signal, value) side by side."""

    size: int
    gold: int
    candidates: Sequence[int]
    signals: Sequence[int]
    values: Sequence[float]


@click.command(
    "complete-weights", epilog="Example: fixbot bench complete-weights ~/src/flask ~/src/sphinx --out weights.py"
)
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(10), default=400, show_default=True, help="Places in each project.")
@click.option("--seed", type=int, default=11, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, as Python.")
@json_option
def command(*, projects: tuple[Path, ...], positions: int, seed: int, out: Path | None, as_json: bool) -> int:
    """Learn weights by the likelihood of real members; each project's figures are with weights learnt on the others."""
    names: dict[str, int] = {}
    with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-weights-") as scratch:
        samples = [gather(each.resolve(), Path(scratch), positions, seed, names, bar) for each in projects]
    weights = fit([s for group in samples for s in group], len(names), counted(names))
    rows = []
    for at, project in enumerate(projects):
        others = [s for other, group in enumerate(samples) if other != at for s in group]
        if others:
            without = fit(others, len(names), counted(names), weights)
            rows.append({"project": project.name, **Ranks(ranks(samples[at], without)).figures()})
    learnt = {name: round(float(weights[number]), 3) for name, number in names.items()}
    if out:
        out.write_text(as_module(learnt, [project.name for project in projects]), "utf-8")
    if as_json:
        emit(cast("Mapping[str, Json]", {"rows": rows, "weights": learnt}))
    else:
        for row in rows:
            click.echo(
                printable(f"{row['project']!s:<28} hit {row['hit']:.3f}  top1 {row['top1']:.3f}  MRR {row['mrr']:.3f}")
            )
    return ExitCode.OK


def gather(project: Path, scratch: Path, positions: int, seed: int, names: dict[str, int], bar: Bar) -> list[Sample]:
    """Effect: samples of a project, read in a copy of it in `scratch`; new signals get the next numbers in `names`."""

    def chosen(tree: SourceTree) -> list[Hole]:
        return choose(tree, positions, seed)

    return [found for asker, hole in visited(project, scratch, chosen, bar) for found in _sample(asker, hole, names)]


def _sample(asker: Asker, hole: Hole, names: dict[str, int]) -> list[Sample]:
    setting = asker.setting(hole)
    if setting is None:
        return []
    chosen = candidates(setting)
    told = [(name, {m: v for m, v in values.items() if v and m in chosen}) for name, values in signals(setting, chosen)]
    order = {member: number for number, member in enumerate(_worth_telling_apart(chosen, told, hole))}
    rows = [
        (order[member], names.setdefault(name, len(names)), value)
        for name, values in told
        for member, value in values.items()
        if member in order
    ]
    at, of, value = zip(*rows, strict=True) if rows else ((), (), ())
    return [Sample(len(order), order.get(hole.member, -1), at, of, value)]


def _worth_telling_apart(chosen: set[str], told: Sequence[tuple[str, Mapping[str, float]]], hole: Hole) -> list[str]:
    """The true member, those that the present weights rank highest, and some of the others by chance: of hundreds most are easy."""
    scores = dict.fromkeys(sorted(chosen), 0.0)
    for name, values in told:
        for member, value in values.items():
            scores[member] += MEMBER_WEIGHTS.get(name, 0.0) * value
    ordered = sorted(scores, key=lambda member: -scores[member])
    chance = random.Random(len(hole.text))
    others = chance.sample(ordered[_HARDEST:], min(_OTHERS, len(ordered[_HARDEST:])))
    return sorted({*ordered[:_HARDEST], *others, *({hole.member} & chosen)})


def counted(names: Mapping[str, int]) -> list[int]:
    """Numbers of the signals that are counts of what was seen: more of them is never to speak against a member."""
    return [number for name, number in names.items() if name.startswith("mixed") or name.endswith((" share", " log"))]


def fit(samples: Sequence[Sample], count: int, positive: Sequence[int] = (), start: "Vector | None" = None) -> "Vector":
    """Weights of `count` signals that make the true members likeliest, by Adam (Kingma and Ba 2015), with a ridge.

    Those numbered in `positive` are kept from going below 0; `start` saves two thirds of the steps. Raises DatasetError where numpy, which is no part of fixbot, is not installed.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise DatasetError("learning weights needs numpy", "install it beside fixbot: pip install numpy") from error
    known = [s for s in samples if s.gold >= 0]
    starts = np.cumsum([0, *(s.size for s in known)])
    rows = np.concatenate([np.asarray(s.candidates, int) + at for s, at in zip(known, starts, strict=False)])
    columns = np.concatenate([np.asarray(s.signals, int) for s in known])
    values = np.concatenate([np.asarray(s.values, float) for s in known])
    place = np.repeat(np.arange(len(known)), [s.size for s in known])
    gold = np.zeros(starts[-1])
    gold[[at + s.gold for s, at in zip(known, starts, strict=False)]] = 1.0
    weights = np.zeros(count) if start is None else start.copy()
    mean, spread, steps = np.zeros(count), np.zeros(count), _STEPS if start is None else _AGAIN
    for step in range(1, steps + 1):
        scores = np.bincount(rows, values * weights[columns], len(gold))
        chances = np.exp(scores - np.maximum.reduceat(scores, starts[:-1])[place])
        chances /= np.bincount(place, chances)[place]
        slope = (np.bincount(columns, values * (chances - gold)[rows], count) + _RIDGE * weights) / len(known)
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        rate = _RATE * min(1.0, 2 * (1 - step / steps) + 0.02)
        weights -= rate * mean / (1 - 0.9**step) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
        weights[list(positive)] = np.maximum(weights[list(positive)], 0.0)
    return weights


def ranks(samples: Sequence[Sample], weights: "Vector") -> list[int]:
    """Rank of the true member of each sample; among equals it comes last."""
    found = []
    for sample in samples:
        scores = [0.0] * sample.size
        for candidate, signal, value in zip(sample.candidates, sample.signals, sample.values, strict=True):
            scores[candidate] += weights[signal] * value
        found.append(sum(score >= scores[sample.gold] for score in scores) if sample.gold >= 0 else 0)
    return found


def as_module(weights: Mapping[str, float], projects: Sequence[str]) -> str:
    """The weights as the Python module that member ranking reads."""
    lines = [
        '"""What each signal weighs when members are ranked: data, learnt by ``fixbot bench complete-weights``."""',
        "",
        f"# Learnt on {', '.join(projects)}.",
        "MEMBER_WEIGHTS: dict[str, float] = {",
        *(f'    "{name}": {weight:g},' for name, weight in sorted(weights.items()) if weight),
        "}",
    ]
    return "\n".join(lines) + "\n"
