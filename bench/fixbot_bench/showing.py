"""``fixbot bench showing``: learns which suggested lines are accepted, and how many of those shown are right on other projects."""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.completing.cleaning.showing import SHOWN, Before, Showing, acceptance
from fixbot_analysis.source import Document
from fixbot_bench.eyes.asking import Asker
from fixbot_bench.eyes.lines_places import code_lines
from fixbot_bench.eyes.lines_shown import Gap, gaps
from fixbot_bench.eyes.lines_sure import Judged, learn

if TYPE_CHECKING:
    from fixbot_agent.schemas import Json

_SHARES = (0.05, 0.1, 0.2)  # of the places
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_CLOSED = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion at a place of replayed code, and whether it is what was written there."""

    showing: Showing
    right: bool


@click.command(epilog="Example: fixbot bench showing ~/src/flask --learn ~/src/celery --learn ~/src/cobbler")
@click.argument("projects", nargs=-1, required=True, type=_FOLDER)
@click.option(
    "--learn", "taught", multiple=True, type=_FOLDER, help="Learn the weights on these instead of using those shipped."
)
@click.option("--positions", type=click.IntRange(10), default=300, show_default=True, help="Places in each project.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, as Python.")
@json_option
def command(
    *, projects: tuple[Path, ...], taught: tuple[Path, ...], positions: int, seed: int, out: Path | None, as_json: bool
) -> int:
    """Of the suggestions shown, how many are right: by the filter, and by the engine's own score alone (the reference)."""
    weights: Mapping[str, float] | None = None
    bias = 0.0
    with Bar() as bar:
        if taught:
            lessons = [each for project in taught for each in replay(project.resolve(), positions, seed, bar)]
            fit = learn([Judged("SHOWN", n, each.showing.signals(), each.right) for n, each in enumerate(lessons)])[
                "SHOWN"
            ]
            weights, bias = fit.weights, fit.bias
            if out:
                out.write_text(as_module(weights, bias, [p.name for p in taught]), "utf-8")
        rows = [
            _row(project, list(replay(project.resolve(), positions, seed, bar)), positions, weights, bias)
            for project in projects
        ]
    if as_json:
        emit({"schema": 1, "status": "ok", "threshold": SHOWN, "rows": rows, "weights": dict(weights or {})})
    else:
        for row in rows:
            click.echo(printable(" ".join(f"{key}: {value}" for key, value in row.items())))
    return ExitCode.OK


def replay(project: Path, positions: int, seed: int, bar: Bar) -> Iterator[Offered]:
    """Effect: reads and learns the project. What is suggested at places chosen by chance, in the order of each file.

    A bracket just opened is closed behind the cursor half of the time, as editors do. Whoever writes the file takes what is right.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="fixbot-showing-") as scratch:
        asker = Asker(project, Path(scratch), bar)
        tree = asker.index.tree
        lines = {path: [(start, line) for start, line, _ in code_lines(tree, path)] for path in tree.paths}
        path, before = "", Before.NONE
        for done, gap in enumerate(gaps(lines, tree, positions, seed)):
            bar.step("replaying", done, positions)
            if gap.path != path:
                path, before = gap.path, Before.NONE
            offered = _offered(asker, gap, before, chance.random() < 0.5)
            if offered is not None:
                before = Before.ACCEPTED if offered.right else Before.REJECTED
                yield offered


def _offered(asker: Asker, gap: Gap, before: Before, closes: bool) -> Offered | None:
    head = gap.before.rpartition("\n")[2]
    rest = _CLOSED.get(head[-1:], "") if closes else ""
    wanted = gap.rest.rstrip()
    if rest and not wanted.endswith(rest):
        rest = ""
    data, above = f"{gap.before}{rest}\n".encode(), gap.before.encode()
    asker.open(gap.path, data)
    inline = asker.rest(gap.path, Document(gap.path, data).position(len(above)))
    if inline is None:
        return None
    typed = above[inline.replace.start :].decode("utf-8", "replace")
    text = inline.text.removeprefix(typed)
    showing = Showing(text, inline.score, head, rest, before)
    return Offered(showing, text.partition("\n")[0].rstrip() == wanted[: len(wanted) - len(rest)].rstrip())


def _row(
    project: Path, offered: Sequence[Offered], positions: int, weights: Mapping[str, float] | None, bias: float
) -> "dict[str, Json]":
    """Right among those shown, by the filter and by the score: at its threshold, and at the same shares of the places."""

    def chance(each: Offered) -> float:
        return acceptance(each.showing) if weights is None else acceptance(each.showing, weights, bias)

    ours = sorted(offered, key=chance, reverse=True)
    plain = sorted(offered, key=lambda each: each.showing.score, reverse=True)
    shown = [each for each in offered if chance(each) >= SHOWN]
    curve: dict[str, Json] = {
        str(s): [_right(ours, round(s * positions)), _right(plain, round(s * positions))] for s in _SHARES
    }
    return {
        "project": project.name, "offered": len(offered), "right": _right(offered, len(offered)),
        "shown": len(shown), "right_of_shown": _right(shown, len(shown)), "same_number_by_score": _right(plain, len(shown)),
        "filter_and_score_at": curve,
    }  # fmt: skip


def _right(offered: Sequence[Offered], count: int) -> float | None:
    """The share that is right of the first `count`; None where there are fewer."""
    return round(sum(each.right for each in offered[:count]) / count, 3) if 0 < count <= len(offered) else None


def as_module(weights: Mapping[str, float], bias: float, projects: Sequence[str]) -> str:
    """The weights as the module that the filter reads."""
    lines = [
        '"""What each signal of a suggestion weighs for its being accepted: data, learnt by ``fixbot bench showing``."""', "",
        f"# Learnt on {', '.join(projects)}. Replayed code knows no pauses: that signal has no weight before statistics teach one.",
        f"BIAS = {bias:.4g}", "WEIGHTS: dict[str, float] = {",
        *(f'    "{name}": {weight:.4g},' for name, weight in sorted(weights.items())), "}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
