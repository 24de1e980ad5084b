"""``fixbot bench context-weights``: learns what each kind of evidence weighs when what is needed next is foretold, on holes of real projects.

Each project's figures are with weights learnt on the other ones: the share of holes whose needed definition is among the likeliest
ones that come to so many tokens of name lines. Then what each kind adds: left out, the others unchanged.
"""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.context.build import candidates
from fixbot_analysis.context.place import read_place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.units import Units
from fixbot_analysis.context.weighing import WEIGHTS, Evidence
from fixbot_analysis.index import Index
from fixbot_bench.eyes.complete_weights import Sample, fit
from fixbot_bench.eyes.holes import Hole, find_holes, prefix

if TYPE_CHECKING:
    from fixbot_bench.eyes.complete_weights import Vector

_BUDGETS = (300, 600)  # tokens of name lines
_EVIDENCE = tuple(Evidence)
_SHARE = 0.5  # of what is learnt in what is shipped; the other half is what was there
_HARDEST, _OTHERS = 60, 40  # candidates of a hole that are learnt from

Weights = Mapping[Evidence, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One hole: the evidence of each candidate, the tokens of its name line, and which one is needed (-1: none of them)."""

    evidence: Sequence[Mapping[Evidence, float]]
    tokens: Sequence[int]
    gold: int

    def is_found(self, weights: Weights, budget: int) -> bool:
        """Whether the needed one is among the likeliest that come to `budget` tokens."""
        if self.gold < 0:
            return False
        scores = [sum([weights[kind] * value for kind, value in each.items()]) for each in self.evidence]
        ahead = [n for n, score in enumerate(scores) if score >= scores[self.gold] and n != self.gold]
        return sum(self.tokens[n] for n in ahead) + self.tokens[self.gold] <= budget


def gather(project: Path, holes: int, seed: int, bar: Bar) -> list[Case]:
    """Effect: candidates at holes of a project, indexed in a scratch cache."""
    with tempfile.TemporaryDirectory(prefix="fixbot-weights-") as scratch, Index.open(project, Path(scratch)) as index:
        found = []
        chosen = find_holes(index, holes, seed)
        for done, hole in enumerate(chosen):
            bar.step(project.name, done, len(chosen))
            whole = index.tree.read(hole.path).data
            index.update(hole.path, prefix(index, hole))
            found.append(_case(index, hole))
            index.update(hole.path, whole)
        return found


def _case(index: Index, hole: Hole) -> Case:
    units = Units(index)
    found = candidates(Scene(index.graph, read_place(units, hole.focus)))
    ids = [each.entry.node.id for each in found]
    tokens = [units.tokens(units.name_line(each.entry.node)) for each in found]
    return Case([each.evidence for each in found], tokens, ids.index(hole.target) if hole.target in ids else -1)


def learn(cases: Sequence[Case]) -> Weights:
    """Half way from the weights that are shipped to those that make the needed definitions likeliest."""
    learnt = fit([_sample(case) for case in cases], len(_EVIDENCE))
    return _mixed(learnt, {kind for case in cases for each in case.evidence for kind in each})


def _mixed(learnt: "Vector", seen: set[Evidence]) -> Weights:
    fresh = {kind: float(weight) for kind, weight in zip(_EVIDENCE, learnt, strict=True)}
    return {k: (1 - _SHARE) * w + _SHARE * fresh[k] if k in seen else w for k, w in WEIGHTS.items()}


def _sample(case: Case) -> Sample:
    """The needed candidate, the likeliest others, and some of the rest by chance: of hundreds most are easy."""
    rest = list(range(_HARDEST, len(case.evidence)))
    chosen = {
        *range(min(_HARDEST, len(case.evidence))),
        *random.Random(len(rest)).sample(rest, min(_OTHERS, len(rest))),
    }
    order = {n: at for at, n in enumerate(sorted(chosen | ({case.gold} - {-1})))}
    rows = [(at, _EVIDENCE.index(k), v) for n, at in order.items() for k, v in case.evidence[n].items() if v]
    at, of, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Sample(len(order), order.get(case.gold, -1), at, of, value)


def shares(cases: Sequence[Case], weights: Weights) -> Mapping[str, float]:
    """Share of cases found, per budget."""
    return {str(b): round(sum(c.is_found(weights, b) for c in cases) / max(len(cases), 1), 3) for b in _BUDGETS}


@click.command("context-weights", epilog="Example: fixbot bench context-weights ~/src/flask ~/src/sphinx --holes 40")
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--holes", type=click.IntRange(1), default=30, show_default=True, help="In each project.")
@click.option("--seed", type=int, default=31, show_default=True)
@json_option
def command(*, projects: tuple[Path, ...], holes: int, seed: int, as_json: bool) -> int:
    """Learn weights of context/weighing.py on holes of PROJECTS, judge them on the project left out, and say what each adds."""
    with Bar() as bar:
        cases = {project: gather(project.resolve(), holes, seed, bar) for project in projects}
    document = _judged(cases)
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        click.echo(printable("\n".join(_lines(document))))
    return ExitCode.OK


def _judged(cases: Mapping[Path, Sequence[Case]]) -> Mapping[str, object]:
    every = [case for group in cases.values() for case in group]
    rows = []
    for project, group in cases.items():
        others = [case for other, rest in cases.items() if other != project for case in rest]
        left_out = shares(group, learn(others)) if others else {}
        rows.append(
            {"project": project.name, "holes": len(group), "shipped": shares(group, WEIGHTS), "left_out": left_out}
        )
    without = {kind: shares(every, _without(WEIGHTS, kind)) for kind in Evidence}
    return {
        "rows": rows,
        "all": shares(every, WEIGHTS),
        "led_to": round(sum(case.gold >= 0 for case in every) / max(len(every), 1), 3),
        "without": without,
        "weights": {kind: round(weight, 2) for kind, weight in learn(every).items()} if every else {},
    }


def _without(weights: Weights, kind: Evidence) -> Weights:
    return {**weights, kind: 0.0}


def _lines(document: Mapping[str, object]) -> Iterator[str]:
    for row in cast("Sequence[Mapping[str, object]]", document["rows"]):
        yield f"{row['project']!s:<20} {row['holes']:>4} holes  shipped {row['shipped']}  learnt on the others {row['left_out']}"
    yield f"all {document['all']}, a way led to {document['led_to']} of them"
    weights, without = (cast("Mapping[str, object]", document[name]) for name in ("weights", "without"))
    for kind, weight in weights.items():
        yield f"{kind:<12} learnt {weight!s:>6}  shipped {WEIGHTS[Evidence(kind)]:>5}  without it {without[kind]}"
