"""``fixbot bench confidence``: how well the confidence that is shown tells right patches from wrong ones, and its weights learnt.

Read from what ``fixbot bench repair`` left: nothing is run. Weights are learnt from the other projects than the one that they judge.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_repair.choosing.confidence import WEIGHTS, likely

_PENALTY = 2.0  # ridge, in cases
_ROUNDS = 50
_BOUNDS = (0.3, 0.5, 0.7)

Weights = Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A patch that was shown: its project, what was known of it, whether it was right."""

    project: str
    signals: Mapping[str, float]
    right: bool


@click.command("confidence", epilog="Example: fixbot bench confidence out/repair out/quixbugs --learn")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--learn", is_flag=True, help="Also weights learnt from these cases, judged left out by project. Needs numpy."
)
@click.option(
    "--rate",
    type=click.FloatRange(0.01, 0.99),
    help="Share of right ones among patches of bugs that nobody had looked at: what the weights are moved to.",
)
@json_option
def command(*, folders: tuple[Path, ...], learn: bool, rate: float | None, as_json: bool) -> int:
    """How well the shown confidence tells right patches from wrong ones, on results of `bench repair`."""
    shown = [s for folder in folders for s in _shown(folder)]
    if not shown:
        raise DatasetError(
            "no patch with a confidence in these folders", "give the --out folders of `fixbot bench repair`"
        )
    document: dict[str, object] = {"patches": len(shown), "right": sum(s.right for s in shown)}
    if WEIGHTS:
        document["as shipped"] = judged([(likely(s.signals), s.right) for s in shown])
    if learn:
        document["left out by project"] = judged(list(_left_out(shown)))
        weights = moved(learned(shown), sum(s.right for s in shown) / len(shown), rate)
        document["weights of all"] = {n: [round(v, 4) for v in w] for n, w in weights.items()}
    if as_json:
        emit(cast("dict[str, Json]", document))
        return ExitCode.OK
    for name, value in document.items():
        click.echo(printable(f"{name}: {value}"))
    return ExitCode.OK


def judged(pairs: Sequence[tuple[float, bool]]) -> dict[str, object]:
    """Figures of (confidence, right): the Brier score beside that of the mean, the area under ROC, what is right from each bound up."""
    mean = sum(right for _, right in pairs) / len(pairs)
    return {
        "Brier": round(sum((value - right) ** 2 for value, right in pairs) / len(pairs), 3),
        "Brier of the mean": round(mean * (1 - mean), 3),
        "AUC": _area(pairs),
        **{f"right of those at {b} and above": _of([r for v, r in pairs if v >= b]) for b in _BOUNDS},
        f"right of those below {_BOUNDS[0]}": _of([r for v, r in pairs if v < _BOUNDS[0]]),
    }


def _of(rights: Sequence[bool]) -> str:
    return f"{sum(rights)} of {len(rights)}"


def _area(pairs: Sequence[tuple[float, bool]]) -> float:
    right, wrong = ([v for v, r in pairs if r is kind] for kind in (True, False))
    wins = sum((a > b) + 0.5 * (a == b) for a in right for b in wrong)
    return round(wins / (len(right) * len(wrong)), 3) if right and wrong else math.nan


def moved(weights: Weights, seen: float, rate: float | None) -> Weights:
    """`weights` learnt from cases of which the share `seen` was right, for ones of which `rate` are (King and Zeng 2001, prior correction)."""
    if rate is None:
        return weights
    shift = math.log(rate / (1 - rate)) - math.log(seen / (1 - seen))
    return {**weights, "": (weights[""][0] + shift, 0.0, 1.0)}


def _shown(folder: Path) -> Iterator[Shown]:
    for path in sorted(folder.glob("instances/*/report.json")):
        report, result = (json.loads((path.parent / name).read_text()) for name in ("report.json", "result.json"))
        if report.get("confidence") and result["result"].get("status") == "plausible":
            right = result["result"].get("correct") is True
            yield Shown(path.parent.name.partition("-")[0], report["confidence"]["signals"], right)


def _left_out(shown: Sequence[Shown]) -> Iterator[tuple[float, bool]]:
    for project in sorted({s.project for s in shown}):
        weights = learned([s for s in shown if s.project != project])
        yield from ((likely(s.signals, weights), s.right) for s in shown if s.project == project)


def learned(shown: Iterable[Shown]) -> Weights:
    """Weights of the logistic model by Newton's method, with a ridge penalty on all but the constant; signals are standardised."""
    import numpy as np

    cases = list(shown)
    names = sorted({n for s in cases for n in s.signals})
    rows = np.array([[s.signals.get(n, 0.0) for n in names] for s in cases])
    means, scales = rows.mean(0), np.maximum(rows.std(0), 1e-6)
    known = np.hstack([np.ones((len(cases), 1)), (rows - means) / scales])
    right = np.array([float(s.right) for s in cases])
    ridge = np.diag([1e-3, *([_PENALTY] * len(names))])
    weights = np.zeros(known.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-known @ weights))
        slope = known.T @ (chance - right) + ridge @ weights
        weights -= np.linalg.solve(known.T @ (known * (chance * (1 - chance))[:, None]) + ridge, slope)
    table = {n: (float(w), float(m), float(s)) for n, w, m, s in zip(names, weights[1:], means, scales, strict=True)}
    return {"": (float(weights[0]), 0.0, 1.0), **table}
