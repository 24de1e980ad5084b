"""``fixbot bench lines-sure``: learns how sure suggested lines are, and measures that on projects left out.

Logistic regression with a penalty on the squares of standardised weights, by Newton's method: of each offer, whether it was exactly right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.completing.completion import MOST_ITEMS
from fixbot_agent.completing.cursor.place import read_place
from fixbot_agent.completing.cursor.scope import in_scope
from fixbot_agent.completing.foreign.lines import foreign_offers
from fixbot_agent.completing.foreign.names import around, foreign_items
from fixbot_agent.completing.foreign.place import spotted
from fixbot_agent.completing.lines.lining import offers
from fixbot_agent.completing.lines.sureness import sureness
from fixbot_agent.completing.service import complete
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel import CodeModel, learn_project
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, SourceTree, language_of
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.lines_shown import Gap, gaps

if TYPE_CHECKING:
    import numpy as np

    Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_ROUNDS = 40  # of Newton's method, which ends far earlier
_PENALTY = 15.0
_FEWEST = 20  # offers that have a signal, from which it is weighed
_QUARTER = 4
_REMARKS = ("#", "//", "/*", "*", '"""', "'''")


@dataclass(frozen=True, slots=True)
class Judged:
    """One offer at a place (`place` numbers those of a project): its signals, and whether it is right. `table` is what it is learnt for."""

    table: str
    place: int
    signals: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights by signal, and what is added to their sum."""

    weights: Mapping[str, float]
    bias: float


@click.command("lines-sure", epilog="Example: fixbot bench lines-sure ~/src/flask ~/src/sphinx --out sure_weights.py")
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(10), default=250, show_default=True, help="Places in each project.")
@click.option("--seed", type=int, default=5, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, as Python.")
@json_option
def command(*, projects: tuple[Path, ...], positions: int, seed: int, out: Path | None, as_json: bool) -> int:
    """Learn when a suggested line is right; each project's figures are with weights learnt on the others."""
    with Bar() as bar:
        told = [list(gather(project.resolve(), positions, seed, bar)) for project in projects]
    rows: list[tuple[str, float]] = []
    for at, project in enumerate(projects):
        others = [judged for other, each in enumerate(told) if other != at for judged in each]
        if others:
            rows.append((project.name, exact_at_a_quarter(told[at], learn(others), positions)))
    fits = learn([judged for each in told for judged in each])
    if out:
        out.write_text(as_module(fits, [project.name for project in projects]), "utf-8")
    if as_json:
        named: list[Json] = [{"project": name, "exact_at_a_quarter": round(exact, 4)} for name, exact in rows]
        emit({"rows": named, "weights": {name: dict(fit.weights) for name, fit in fits.items()}})
    else:
        for name, exact in rows:
            click.echo(printable(f"{name:<28} {exact:.3f} exact, a quarter of the places shown"))
    return ExitCode.OK


def gather(project: Path, positions: int, seed: int, bar: Bar) -> Iterator[Judged]:
    """Effect: reads and learns the project. Every offer at places chosen by chance, each file known up to the place only."""
    with Index.open(project, None, progress=bar) as index:
        model = learn_project(index, None, bar)
        holes = gaps(dict(_lines(index.tree)), index.tree, positions, seed)
        for number, gap in enumerate(holes):
            bar.step("asking for lines", number, len(holes))
            whole, data = index.tree.read(gap.path).data, gap.before.encode()
            index.update(gap.path, data)
            model.update(gap.path, data)
            yield from _judged(index, model, number, gap)
            index.update(gap.path, whole)
            model.update(gap.path, whole)


def _lines(tree: SourceTree) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Per file, (character where it begins, text) of each line that is not empty and no remark."""
    for path in tree.paths:
        try:
            text = tree.read(path).data.decode("utf-8")
        except (SourceError, ValueError):
            continue
        found, start = [], 0
        for line in text.split("\n"):
            if line.strip() and not line.lstrip().startswith(_REMARKS):
                found.append((start, line))
            start += len(line) + 1
        yield path, found


def _judged(index: Index, model: CodeModel, number: int, gap: Gap) -> Iterator[Judged]:
    data = gap.before.encode()
    document = Document(gap.path, data)
    position = document.position(len(data))
    if language_of(gap.path) != "python":
        spot = spotted(document, position)
        if not spot.in_literal:
            known = around(index, document, spot)
            told = foreign_items(index, model, spot, known, MOST_ITEMS)
            for _, text, signals in foreign_offers(model, document, spot, known, told, _never):
                yield Judged("FOREIGN", number, signals, text.rstrip() == (spot.prefix + gap.rest).rstrip())
        return
    place = read_place(document, position)
    if place.in_literal:
        return
    items = complete(index, model, gap.path, position, stop=lambda: True).items
    names = in_scope(document, index.facts(gap.path), place)
    rest = (place.prefix + gap.rest).rstrip()
    for offer in offers(model, document, place, names, items, _never):
        is_right = offer.text == rest if offer.ends else _begins(rest, offer.text)
        yield Judged("SURE" if offer.ends else "BEGINNING", number, offer.signals, is_right)


def _begins(rest: str, text: str) -> bool:
    """Whether `rest` begins with `text`, which ends no word halfway."""
    return rest.startswith(text) and not (text[-1:] + rest[len(text) : len(text) + 1]).isidentifier()


def _never() -> bool:
    return False


def learn(judged: Sequence[Judged]) -> dict[str, Fit]:
    """Weights per table. Raises DatasetError where numpy is not installed."""
    tables = sorted({each.table for each in judged})
    return {table: _fit([each for each in judged if each.table == table]) for table in tables}


def _fit(judged: Sequence[Judged]) -> Fit:
    try:
        import numpy as np
    except ImportError as error:
        raise DatasetError("learning weights needs numpy", "install it beside fixbot: pip install numpy") from error
    counts: dict[str, int] = {}
    for each in judged:
        for name, value in each.signals.items():
            counts[name] = counts.get(name, 0) + bool(value)
    names = sorted(name for name, count in counts.items() if count >= min(_FEWEST, len(judged)))
    values = np.array([[each.signals.get(name, 0.0) for name in names] for each in judged])
    means, spreads = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    rows = np.column_stack([np.where(spreads > 1e-6, (values - means) / spreads, 0.0), np.ones(len(judged))])
    found = _newton(rows, np.array([float(each.right) for each in judged]))
    weights = {name: float(found[at] / spreads[at]) for at, name in enumerate(names) if spreads[at] > 1e-6}
    bias = float(found[-1]) - sum(weight * float(means[names.index(name)]) for name, weight in weights.items())
    return Fit(weights, bias)


def _newton(rows: "Table", right: "Table") -> "Table":
    import numpy as np

    weights: Table = np.zeros(rows.shape[1])
    penalty = np.eye(len(weights)) * _PENALTY
    penalty[-1, -1] = 1e-3
    for _ in range(_ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (chances - right) + penalty @ weights
        curvature = (rows * (chances * (1 - chances))[:, None]).T @ rows + penalty
        step = np.linalg.solve(curvature, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def exact_at_a_quarter(judged: Sequence[Judged], fits: Mapping[str, Fit], places: int) -> float:
    """How many of the surest lines are right, where one is shown at a quarter of the places."""
    best: dict[int, tuple[float, bool]] = {}
    for each in judged:
        if each.table == "BEGINNING" or each.table not in fits:
            continue
        score = sureness(each.signals, fits[each.table].weights, fits[each.table].bias)
        best[each.place] = max(best.get(each.place, (0.0, False)), (score, each.right))
    shown = sorted(best.values(), reverse=True)[: places // _QUARTER]
    return sum(right for _, right in shown) / max(places // _QUARTER, 1)


def as_module(fits: Mapping[str, Fit], projects: Sequence[str]) -> str:
    """The weights as the Python module that the completing service reads."""
    lines = [
        '"""What each signal of a suggested line weighs: data, learnt by ``fixbot bench lines-sure``."""',
        "",
        f"# Learnt on {', '.join(projects)}.",
    ]
    for table in ("SURE", "BEGINNING", "FOREIGN"):
        fit = fits.get(table, Fit({}, 0.0))
        lines += [f"{table}_BIAS = {fit.bias:.4g}", f"{table}_WEIGHTS: dict[str, float] = {{"]
        lines += [f'    "{name}": {weight:.4g},' for name, weight in sorted(fit.weights.items())]
        lines.append("}")
    return "\n".join(lines) + "\n"
