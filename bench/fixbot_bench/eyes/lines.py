"""``fixbot bench lines``: how expected real lines are to the code model, and whether it knows them from lines of other places.

A tenth of the files is held out: nothing of them is known but, at each position, the file's own text above it. Wrong lines come from
the other held-out files, so that none of the lines compared was seen.
"""

import math
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel import CodeModel, learn_project
from fixbot_analysis.codemodel.interpolation import BELIEFS
from fixbot_analysis.codemodel.mixing import NOTHING, Constant, Learnt, Mixing
from fixbot_analysis.index import Index
from fixbot_analysis.source import SourceTree, language_of
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.lines_places import code_lines
from fixbot_bench.eyes.lines_shown import measure as measure_shown
from fixbot_bench.eyes.lines_shown import show as show_shown
from fixbot_bench.eyes.sites import Ranks
from fixbot_bench.ranking.learning import interval

WRONG = 9  # lines that stand beside the true one
_SHARE = 10  # one file of so many is held out
_DOUBTS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # of the plain n-gram, which is given the best of them
_EQUAL = (0.0, 1.0, 1.0, 1.0)  # weights of occurrences: every one counts, the project's own
_VARIANTS: Mapping[str, Mixing] = {
    "nested, one constant": Constant(32.0, (0.0, 1.0, 2.0, 8.0)),
    "nested, without packages": Learnt({**BELIEFS, "packages": NOTHING}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file: `before` is the text above it, `wrong` are lines of other files of the same indentation and kind."""

    path: str
    before: str
    line: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """What one model said: bits of each token of all true lines, the rank of each among its wrong ones, seconds for each."""

    bits: Sequence[float]
    ranks: Sequence[int]
    seconds: Sequence[float]

    @property
    def mean(self) -> float:
        """Cross-entropy: bits a token."""
        return sum(self.bits) / max(len(self.bits), 1)


def held_out(tree: SourceTree, seed: int) -> list[str]:
    """A tenth of the files, chosen by chance; two at least. Raises DatasetError where there are not so many."""
    paths = list(tree.paths)
    if len(paths) < 2:
        raise DatasetError(f"{tree.root} holds fewer than two source files", "name the folder of a project")
    return sorted(random.Random(seed).sample(paths, max(2, len(paths) // _SHARE)))


def choose(tree: SourceTree, paths: Iterable[str], count: int, seed: int) -> list[Place]:
    """Effect: reads the files. Up to `count` lines of them, by chance, that have enough others of their kind beside them."""
    by_shape: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    lines: list[tuple[tuple[str, int, str], str, int, str]] = []
    for path in paths:
        for start, line, (width, kind) in code_lines(tree, path):
            key = (language_of(path) or "", width, kind)
            by_shape.setdefault(key, []).append((path, line))
            lines.append((key, path, start, line))
    chance, places = random.Random(seed), list[Place]()
    chance.shuffle(lines)
    for key, path, start, line in lines:
        others = sorted({text for other, text in by_shape[key] if other != path and text.strip() != line.strip()})
        if len(others) >= WRONG and len(places) < count:
            before = tree.read(path).data.decode("utf-8", "replace")[:start]
            places.append(Place(path, before, line, tuple(chance.sample(others, WRONG))))
    if not places:
        raise DatasetError(f"{tree.root} holds too few lines of one kind", "name the folder of a larger project")
    return sorted(places, key=lambda place: (place.path, len(place.before)))


class Scorer:
    """One way to score lines; `name` as it is shown. Unless it is `nested`, file and folder of a line say nothing more."""

    def __init__(self, name: str, model: CodeModel, *, nested: bool) -> None:
        self.name, self._model, self._nested = name, model, nested
        self._bits: list[float] = []
        self._ranks: list[int] = []
        self._seconds: list[float] = []

    def ask(self, place: Place) -> None:
        """Score the true line and the wrong ones; of equals the true one comes last."""
        path = place.path if self._nested else f"\0{PurePosixPath(place.path).suffix}"  # no file, in no folder
        began = time.perf_counter()
        true = self._model.token_bits(path, place.line, place.before)
        wrong = [_mean(self._model.token_bits(path, line, place.before)) for line in place.wrong]
        self._seconds.append((time.perf_counter() - began) / (1 + len(wrong)))
        self._ranks.append(1 + sum(other <= _mean(true) for other in wrong))
        self._bits += true

    @property
    def scores(self) -> Scores:
        """What was said so far."""
        return Scores(self._bits, self._ranks, self._seconds)


def _mean(bits: Sequence[float]) -> float:
    return sum(bits) / len(bits) if bits else math.inf


class Rounds:
    """Lines of held-out files, one after the other, each with a model that knows the rest of the project and the text above the line."""

    def __init__(self, index: Index, positions: int, seed: int, bar: Bar) -> None:
        """Effect: learn the project but for a tenth of its files."""
        self.held_out = held_out(index.tree, seed)
        self.places = choose(index.tree, self.held_out, positions, seed)
        self.model = learn_project(index, None, bar)
        for path in self.held_out:
            self.model.forget(path)
        self.model.settle()
        self._bar = bar

    def __iter__(self) -> Iterator[Place]:
        for done, place in enumerate(self.places):
            self._bar.step("scoring lines", done, len(self.places))
            self.model.update(place.path, place.before.encode())
            yield place
            self.model.forget(place.path)


def measure(index: Index, positions: int, seed: int, bar: Bar) -> Mapping[str, object]:
    """Effect: learn the project but for a tenth of its files, then score lines of those."""
    rounds = Rounds(index, positions, seed, bar)
    models = [Scorer("nested, beliefs learnt", rounds.model, nested=True)]
    models += [Scorer(name, rounds.model.mixed(mixing), nested=True) for name, mixing in _VARIANTS.items()]
    plain = [
        Scorer(f"plain n-gram, doubt {d:g}", rounds.model.mixed(Constant(d, _EQUAL)), nested=False) for d in _DOUBTS
    ]
    for place in rounds:
        for each in (*models, *plain):
            each.ask(place)
    models.append(min(plain, key=lambda each: each.scores.mean))
    ours, *others = (each.scores for each in models)
    rows = [_row(models[0])]
    for model, scores in zip(models[1:], others, strict=True):
        gain = interval([b - a for a, b in zip(ours.bits, scores.bits, strict=True)])
        rows.append({**_row(model), "bits_more": [round(each, 3) for each in gain]})
    return {
        "project": index.tree.root.name, "positions": len(rounds.places), "held_out": len(rounds.held_out), "seed": seed,
        "rows": rows, "interval": [round(each, 3) for each in _difference(ours, others[-1])],
    }  # fmt: skip


def _row(model: Scorer) -> Mapping[str, object]:
    scores = model.scores
    return {
        "model": model.name, "bits": round(scores.mean, 3), "tokens": len(scores.bits),
        **Ranks(scores.ranks, scores.seconds).figures(),
    }  # fmt: skip


def _difference(ours: Scores, other: Scores) -> tuple[float, float]:
    """95 % bootstrap interval of how many reciprocal ranks ours is above the other, over the same positions."""
    pairs = [1 / a - 1 / b for a, b in zip(ours.ranks, other.ranks, strict=True)]
    return interval(pairs)


@click.command("lines", epilog="Example: fixbot bench lines ~/src/django --positions 200")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--shown", type=click.IntRange(0), default=200, show_default=True, help="Places at which suggestions are asked for."
)
@click.option(
    "--typed",
    type=click.IntRange(0),
    default=3000,
    show_default=True,
    help="Characters that are typed with suggestions.",
)
@json_option
def command(*, project: Path, positions: int, seed: int, shown: int, typed: int, as_json: bool) -> int:
    """Bits per token of real lines, and their rank among lines of other places; beside a plain n-gram of the same order.

    Also how many of the suggested rests of lines are right, by how many are shown, and what they save who types.
    """
    with Bar() as bar:
        with Index.open(project.resolve(), None, progress=bar) as index:
            document = dict(measure(index, positions, seed, bar))
        if shown:
            document["suggestions"] = measure_shown(project.resolve(), shown, typed, seed, bar)
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


def _show(document: Mapping[str, object]) -> None:
    head = f"{document['positions']} lines of {document['held_out']} held-out files of {document['project']}"
    click.echo(printable(f"{head}, seed {document['seed']}; rank among {WRONG} lines of other places"))
    click.echo(f"{'':<28} {'bits':>6} {'top1':>6} {'MRR':>6}  {'95 %':<13} {'ms':>7}  bits more than ours, 95 %")
    for row in cast("Sequence[Mapping[str, object]]", document["rows"]):
        low, high = cast("Sequence[float]", row["mrr_interval"])
        name = printable(str(row["model"]))
        more = "{:+.3f} to {:+.3f}".format(*cast("Sequence[float]", row["bits_more"])) if "bits_more" in row else ""
        click.echo(
            f"{name:<28} {row['bits']:>6.3f} {row['top1']:>6.3f} {row['mrr']:>6.3f}  {low:.3f}-{high:.3f} {row['median_ms']:>7}  {more}"
        )
    if "suggestions" in document:
        show_shown(cast("Mapping[str, object]", document["suggestions"]))
    click.echo("MRR, ours less the plain one, 95 %: {} to {}".format(*cast("Sequence[float]", document["interval"])))
