"""``fixbot bench lines-weights``: learns how far the code model's counts are believed, and measures that on projects left out.

Deleted interpolation (Jelinek and Mercer 1980): the beliefs are those that make the lines of held-out files likeliest, found by
expectation-maximisation over all steps of the chain at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel.mixing import BUCKETS, LEVELS, ORDERS, SPREADS, Counts, Steps, bucket
from fixbot_analysis.index import Index
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.lines import Rounds

if TYPE_CHECKING:
    import numpy as np

    Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

_ROUNDS = 60  # of expectation and maximisation
_PRIOR = 2.0  # tokens that every bucket is taken to have seen of its neighbours' belief
_STEPS = ORDERS * len(LEVELS)


@dataclass(frozen=True, slots=True)
class Told:
    """Tokens of held-out lines, a row each: `cells` are the indices into the beliefs per step (-1: never seen), `chances` what the step says."""

    cells: "Numbers"
    chances: "Table"
    base: "Table"  # what a step that was never asked would say: every word alike


@click.command(
    "lines-weights", epilog="Example: fixbot bench lines-weights ~/src/flask ~/src/sphinx --out interpolation.py"
)
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(10), default=600, show_default=True, help="Lines of each project.")
@click.option("--seed", type=int, default=11, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the beliefs here, as Python.")
@json_option
def command(*, projects: tuple[Path, ...], positions: int, seed: int, out: Path | None, as_json: bool) -> int:
    """Learn beliefs by the likelihood of held-out lines; each project's bits are with beliefs learnt on the others."""
    with Bar() as bar:
        told = [gather(project.resolve(), positions, seed, bar) for project in projects]
    rows: list[tuple[str, int, float]] = []
    for at, project in enumerate(projects):
        others = [each for other, each in enumerate(told) if other != at]
        if others:
            rows.append((project.name, len(told[at].base), bits(told[at], learn(others))))
    beliefs = learn(told)
    if out:
        out.write_text(as_module(beliefs, [project.name for project in projects]), "utf-8")
    if as_json:
        named: list[Json] = [{"project": name, "tokens": count, "bits": round(mean, 3)} for name, count, mean in rows]
        emit({"rows": named, "beliefs": [[round(float(belief), 3) for belief in row] for row in beliefs]})
    else:
        for name, count, mean in rows:
            click.echo(printable(f"{name:<28} {count:>7} tokens  {mean:.3f} bits a token"))
    return ExitCode.OK


def gather(project: Path, positions: int, seed: int, bar: Bar) -> Told:
    """Effect: reads the project. What the model counted at each token of its held-out lines."""
    with Index.open(project, None, progress=bar) as index:
        rounds = Rounds(index, positions, seed, bar)
        found: list[tuple[Counts, Steps]] = []
        for place in rounds:
            found += rounds.model.counts(place.path, place.line, place.before)
        words = len(rounds.model.counting.words)
    return told(found, words)


def told(counts: Sequence[tuple[Counts, Steps]], words: int) -> Told:
    """Counts (totals, hits) of tokens as arrays; `words` are known in all. Raises DatasetError where numpy is not installed."""
    try:
        import numpy as np
    except ImportError as error:
        raise DatasetError("learning beliefs needs numpy", "install it beside fixbot: pip install numpy") from error
    cells, chances = np.full((len(counts), _STEPS), -1), np.zeros((len(counts), _STEPS))
    for at, (seen, hits) in enumerate(counts):
        for order, of in enumerate(seen.totals):
            for level, total in enumerate(of):
                if total >= 1:
                    step = order * len(LEVELS) + level
                    cells[at, step] = step * BUCKETS + bucket(total, seen.kinds[order][level])
                    chances[at, step] = max(hits[order][level], 0.0) / total
    return Told(cells, chances, np.full(len(counts), 1 / words))


def learn(parts: Sequence[Told]) -> "Table":
    """Belief per step and bucket that makes the tokens of all `parts` likeliest; a bucket rarely seen is believed like its neighbours."""
    import numpy as np

    cells = np.concatenate([part.cells for part in parts])
    chances, base = np.concatenate([part.chances for part in parts]), np.concatenate([part.base for part in parts])
    beliefs: Table = np.full(_STEPS * BUCKETS, 0.5)
    for _ in range(_ROUNDS):
        reached, believed = np.zeros(_STEPS * BUCKETS), np.zeros(_STEPS * BUCKETS)
        stays = _stays(cells, chances, base, beliefs)
        left = stays.pop()
        for step, here in enumerate(stays):
            known = cells[:, step] >= 0
            left = left + here
            reached += np.bincount(cells[known, step], left[known], len(reached))
            believed += np.bincount(cells[known, step], here[known], len(reached))
        beliefs = _smoothed(reached, believed)
    return beliefs.reshape(_STEPS, BUCKETS)


def _stays(cells: "Numbers", chances: "Table", base: "Table", beliefs: "Table") -> "list[Table]":
    """The chance, given each token, that it came from each step; that of no step at the end."""
    import numpy as np

    told = np.where(cells >= 0, beliefs[cells], 0.0)
    passed = np.cumprod((1 - told)[:, ::-1], axis=1)[:, ::-1]  # of this step and all longer ones
    after = np.concatenate([passed[:, 1:], np.ones((len(cells), 1))], axis=1)
    joint = np.concatenate([after * told * chances, (passed[:, 0] * base)[:, None]], axis=1)
    joint /= joint.sum(axis=1, keepdims=True)
    return list(joint.T)


def _smoothed(reached: "Table", believed: "Table") -> "Table":
    """Beliefs of all buckets, each drawn to the mean of its two neighbours by as much as it was seen too rarely."""
    import numpy as np

    shape = (_STEPS, BUCKETS // SPREADS, SPREADS)  # neighbours are seen more often or less, and are as sure
    of, there = reached.reshape(shape), believed.reshape(shape)
    whole = (there.sum(axis=(1, 2)) + 0.5) / (of.sum(axis=(1, 2)) + 1)
    known = np.where(of > 0, there / np.maximum(of, 1e-9), whole[:, None, None])
    padded = np.pad(known, ((0, 0), (1, 1), (0, 0)), "edge")
    near = (padded[:, :-2] + padded[:, 2:]) / 2
    return np.asarray((there + _PRIOR * near) / (of + _PRIOR)).reshape(-1)


def bits(part: Told, beliefs: "Table") -> float:
    """Mean bits a token."""
    import numpy as np

    flat = beliefs.reshape(-1)
    told = np.where(part.cells >= 0, flat[part.cells], 0.0)
    passed = np.cumprod((1 - told)[:, ::-1], axis=1)[:, ::-1]
    after = np.concatenate([passed[:, 1:], np.ones((len(told), 1))], axis=1)
    return float(-np.log2((after * told * part.chances).sum(axis=1) + passed[:, 0] * part.base).mean())


def as_module(beliefs: "Table", projects: Sequence[str]) -> str:
    """The beliefs as the Python module that the code model reads."""
    lines = [
        '"""How far counts of each level, order and bucket are believed: data, learnt by ``fixbot bench lines-weights``."""',
        "",
        f"# Learnt on {', '.join(projects)}.",
        "# Per level, a row per order (tokens of context), a column per bucket (see ``mixing.bucket``).",
        "BELIEFS: dict[str, tuple[tuple[float, ...], ...]] = {",
    ]
    for number, level in enumerate(LEVELS):
        lines.append(f'    "{level}": (')
        for order in range(ORDERS):
            row = ", ".join(f"{belief:.3f}" for belief in beliefs[order * len(LEVELS) + number])
            lines.append(f"        ({row}),")
        lines.append("    ),")
    return "\n".join([*lines, "}  # fmt: skip"]) + "\n"
