"""What engines answered at the same places: figures in total and by kind, over several projects, and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import click

from fixbot_agent.cli.envelope import printable
from fixbot_bench.eyes.sites import Hole, Ranks, median_and_p95
from fixbot_bench.ranking.learning import interval

_KIND_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Result:
    """One engine at all places, in their order. Seconds for each list; `memory` is the peak of all its processes in MiB.

    `ready` are seconds from its start until it had come to rest, `failed` places at which it gave no answer at all.
    """

    engine: str
    ranks: Sequence[int]
    seconds: Sequence[float] = ()
    cpu: Sequence[float] = ()
    memory: float | None = None
    ready: float | None = None
    failed: int = 0

    def row(self, holes: Sequence[Hole], ours: "Result") -> Mapping[str, object]:
        """The figures, with those by kind, and by how much ours is above in reciprocal rank (95 % of it, same places)."""
        row: dict[str, object] = {"engine": self.engine, **Ranks(self.ranks, self.seconds).figures()}
        if self.memory is not None:
            row["memory_mib"] = round(self.memory, 1)
        if self.ready is not None:
            row["ready_s"] = round(self.ready, 1)
        if self.cpu:
            row["cpu_median_ms"], row["cpu_p95_ms"] = median_and_p95(self.cpu)
        if self.failed:
            row["failed"] = self.failed
        if self is not ours:
            more = [_reciprocal(a) - _reciprocal(b) for a, b in zip(ours.ranks, self.ranks, strict=True)]
            row["ours_more"] = [round(each, 4) for each in interval(more)]
        kinds = {hole.kind for hole in holes}
        if len(kinds) > 1:
            row["kinds"] = self._by([hole.kind for hole in holes])
            row["typed"] = self._by([str(hole.typed) for hole in holes])
        return row

    def _by(self, groups: Sequence[str]) -> Mapping[str, object]:
        found = {}
        for group in sorted(set(groups)):
            at = [number for number, each in enumerate(groups) if each == group]
            taken = [self.seconds[n] for n in at] if self.seconds else []
            figures = Ranks([self.ranks[n] for n in at], taken).figures()
            found[group] = {"places": len(at), **{k: v for k, v in figures.items() if k != "mrr_interval"}}
        return found


def _reciprocal(rank: int) -> float:
    return 1 / rank if rank else 0.0


def pooled(results: Sequence[Sequence[Result]]) -> list[Result]:
    """Of each project the results of the same engines: each engine over all projects."""
    found = []
    for same in zip(*results, strict=True):
        memory = [each.memory for each in same if each.memory is not None]
        ready = [each.ready for each in same if each.ready is not None]
        found.append(
            Result(
                same[0].engine,
                [rank for each in same for rank in each.ranks],
                [taken for each in same for taken in each.seconds],
                [used for each in same for used in each.cpu],
                max(memory, default=None),
                max(ready, default=None),
                sum(each.failed for each in same),
            )
        )
    return found


def show(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Effect: prints a table of engines, and one of their reciprocal ranks by kind where there are several."""
    click.echo(printable(title))
    click.echo(
        f"{'':<34} {'hit':>6} {'top1':>6} {'R@5':>6} {'MRR':>6}  {'95 %':<13} {'ms':>7} {'p95':>7} {'CPU ms':>7} {'p95':>7} {'MiB':>6}  ours more, 95 %"
    )
    for row in rows:
        low, high = cast("Sequence[float]", row["mrr_interval"])
        numbers = " ".join(f"{row[name]:>6.3f}" for name in ("hit", "top1", "top5", "mrr"))
        times = ("median_ms", "p95_ms", "cpu_median_ms", "cpu_p95_ms")
        rest = " ".join([*(f"{row.get(name, '')!s:>7}" for name in times), f"{row.get('memory_mib', '')!s:>6}"])
        more = "{:+.3f} to {:+.3f}".format(*cast("Sequence[float]", row["ours_more"])) if "ours_more" in row else ""
        failed = f"  no answer at {row['failed']}" if "failed" in row else ""
        click.echo(printable(f"{_short(row['engine']):<34} {numbers}  {low:.3f}-{high:.3f}   {rest}  {more}{failed}"))
    for part, heading in (("kinds", "MRR by kind"), ("typed", "MRR by characters typed")):
        if rows and part in rows[0]:
            _show_parts(rows, part, heading)


def _show_parts(rows: Sequence[Mapping[str, object]], part: str, heading: str) -> None:
    groups = cast("Mapping[str, Mapping[str, object]]", rows[0][part])
    click.echo(f"{heading:<{_KIND_WIDTH + 7}} " + " ".join(f"{_short(row['engine'])[:10]:>10}" for row in rows))
    for group, of in sorted(groups.items(), key=lambda each: -cast("int", each[1]["places"])):
        found = [cast("Mapping[str, Mapping[str, float]]", row[part])[group]["mrr"] for row in rows]
        click.echo(f"{group:<{_KIND_WIDTH}} {of['places']!s:>6} " + " ".join(f"{mrr:>10.3f}" for mrr in found))


def _short(engine: object) -> str:
    """The name of a program without its folder."""
    program, space, rest = str(engine).partition(" ")
    return program.rpartition("/")[2] + space + rest
