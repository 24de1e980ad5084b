"""``fixbot bench complete``: how early the member that really stands after a dot is offered, by fixbot and by any language server."""

import os
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel import Setting, rank_members
from fixbot_analysis.codemodel.weights import MEMBER_WEIGHTS
from fixbot_bench.editor import Editor
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.asking import Asker
from fixbot_bench.eyes.complete_judging import FIRST, asked, judged, strays
from fixbot_bench.eyes.sites import Hole, Ranks, choose, copied, cut, median_and_p95, rank_of

_KINDS = ("method", "attribute", "property", "class", "module", "function", "variable")
_KEYED = (
    "any", "last", "lead", "call", "slot", "target", "receiver", "previous", "function", "origin", "made", "type", "base",
    "role", "trail", "opening", "above", "below",
)  # fmt: skip
_FAMILIES = {
    "recency": ("recent", "the one before"),
    "the n-gram": ("next token",),
    "definitions": ("defined", *(f"{kind} {place}" for kind in _KINDS for place in ("first", "within"))),
    "the member's looks": ("private", "dunder", "capital"),
    "what else the statement says": ("once more", "same as quoted", "words of quoted", "words of line"),
    "packages": tuple(f"{name} packages" for name in _KEYED),
    "words in common": (
        "same as function",
        "same as target",
        "words of target",
        "words of function",
        "words of callee",
        "words of receiver",
        "parameter of",
        "next parameter",
        "written near",
    ),
    **{
        f"counts by {name}": tuple(f"{name} {where}" for where in ("file", "folder", "project", "packages"))
        for name in _KEYED
    },
}

_SERVER = "lsp:"


@click.command(
    "complete", epilog="Example: fixbot bench complete ~/src/django --positions 300 --engine lsp:jedi-language-server"
)
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(1), default=300, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--kind", type=click.Choice(["members"]), default="members", show_default=True)
@click.option("--engine", "engines", multiple=True, metavar="fixbot|lsp:CMD", help="More than one may be named.")
@click.option("--judge", metavar="lsp:CMD", help="A server that says which members exist, asked in whole files.")
@click.option("--ablate", is_flag=True, help="Also what is lost without each signal.")
@json_option
def command(
    *,
    project: Path,
    positions: int,
    seed: int,
    kind: str,
    engines: tuple[str, ...],
    judge: str | None,
    ablate: bool,
    as_json: bool,
) -> int:
    """The same places after a dot in real files, each file cut there, for fixbot and for other language servers."""
    if wrong := [e for e in engines if e != "fixbot" and not e.startswith(_SERVER)]:
        raise click.BadParameter(f"{wrong[0]!r} is neither fixbot nor lsp:CMD", param_hint="--engine")
    if judge and not judge.startswith(_SERVER):
        raise click.BadParameter(f"{judge!r} is not lsp:CMD", param_hint="--judge")
    rows: list[Mapping[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="fixbot-complete-") as scratch, Bar() as bar:
        root = copied(project.resolve(), Path(scratch))
        ours = _Fixbot(root, Path(scratch) / "cache", bar)
        holes = choose(ours.asker.index.tree, positions, seed)
        rows += ours.measure(holes, bar, ablate=ablate)
        if judge:
            members = judged(judge.removeprefix(_SERVER), root, holes, bar)
            rows[0] = {**rows[0], **strays(ours.offered, members)}
        for engine in engines:
            if engine.startswith(_SERVER):
                rows.append(_Server(engine.removeprefix(_SERVER), root).measure(holes, bar))
    document = {"project": project.name, "kind": kind, "positions": len(holes), "seed": seed, "rows": rows}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


class _Fixbot:
    """Our own engine, in this process."""

    def __init__(self, root: Path, cache: Path, bar: Bar) -> None:
        self.asker = Asker(root, cache, bar)
        self.memory = _resident(os.getpid())
        self._root = root
        self.offered: list[Sequence[str]] = []  # the first items at each hole

    def measure(self, holes: Sequence[Hole], bar: Bar, *, ablate: bool) -> list[Mapping[str, object]]:
        """Effect: ask at every hole. Our row, the row of the same members by alphabet, and a row without each signal."""
        ranks, alphabetical, seconds, cpu, settings = [], [], [], [], []
        for done, hole in enumerate(holes):
            bar.step("completing", done, len(holes))
            with cut(self._root, hole) as whole:
                self.asker.open(hole.path, hole.text)
                began, used = time.perf_counter(), time.process_time()
                found = self.asker.complete(hole)
                seconds.append(time.perf_counter() - began)
                cpu.append(time.process_time() - used)
                labels = [item.label for item in found.items]
                self.offered.append(labels[:FIRST])
                ranks.append(rank_of(hole.member, labels))
                alphabetical.append(rank_of(hole.member, sorted(labels, key=str.lower)))
                if ablate:
                    settings.append(self.asker.setting(hole))
            self.asker.open(hole.path, whole)
        ours = {"engine": "fixbot", **Ranks(ranks, seconds).figures(), "memory_mib": round(self.memory, 1)}
        ours["cpu_median_ms"], ours["cpu_p95_ms"] = median_and_p95(cpu)
        plain = {"engine": "the same members by alphabet", **Ranks(alphabetical).figures()}
        return [ours, plain, *(_ablated(holes, settings) if ablate else ())]


def _ablated(holes: Sequence[Hole], settings: Sequence[Setting | None]) -> list[Mapping[str, object]]:
    """What is left without each family of signals; the other weights stay as they are."""
    rows: list[Mapping[str, object]] = []
    for family, beginnings in _FAMILIES.items():
        weights = {name: weight for name, weight in MEMBER_WEIGHTS.items() if not _is_of(name, beginnings)}
        ranks = [
            rank_of(hole.member, list(rank_members(setting, weights))) if setting else 0
            for hole, setting in zip(holes, settings, strict=True)
        ]
        rows.append({"engine": f"without {family}", **Ranks(ranks).figures()})
    return rows


def _is_of(name: str, beginnings: Sequence[str]) -> bool:
    return name.startswith(tuple(beginnings)) or (beginnings[0] == "recent" and name.endswith("recent"))


class _Server:
    """Any language server, asked over its protocol."""

    def __init__(self, command: str, root: Path) -> None:
        self._command, self._root = shlex.split(command), root

    def measure(self, holes: Sequence[Hole], bar: Bar) -> Mapping[str, object]:
        """Effect: start the server, open each cut file, ask, close it. One row."""
        ranks, seconds = [], []
        try:
            with Editor(self._command, self._root) as editor:
                editor.initialize()
                for done, hole in enumerate(holes):
                    bar.step(self._command[0], done, len(holes))
                    with cut(self._root, hole):
                        labels, taken = asked(editor, self._root, hole, hole.text)
                    ranks.append(rank_of(hole.member, labels))
                    seconds.append(taken)
                memory = _resident(editor.pid)
        except OSError as error:
            raise DatasetError(
                f"{self._command[0]} does not start: {error.strerror}", "name a language server's command"
            ) from error
        return {"engine": shlex.join(self._command), **Ranks(ranks, seconds).figures(), "memory_mib": round(memory, 1)}


def _resident(pid: int) -> float:
    """Effect: resident memory of a process and its children in MiB; 0 where the system does not say (Linux does)."""
    total = 0.0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                total += int(line.split()[1]) / 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return total
    return total + sum(_resident(int(child)) for child in children)


def _show(document: Mapping[str, object]) -> None:
    click.echo(printable(f"{document['positions']} places in {document['project']}, seed {document['seed']}"))
    click.echo(
        f"{'':<34} {'hit':>6} {'top1':>6} {'top5':>6} {'MRR':>6}  {'95 %':<15} {'ms':>7} {'p95':>7} {'CPU ms':>7} {'p95':>7} {'MiB':>6}"
    )
    for row in cast("Sequence[Mapping[str, object]]", document["rows"]):
        low, high = cast("Sequence[float]", row["mrr_interval"])
        numbers = " ".join(f"{row[name]:>6.3f}" for name in ("hit", "top1", "top5", "mrr"))
        times = ("median_ms", "p95_ms", "cpu_median_ms", "cpu_p95_ms")
        rest = " ".join([*(f"{row.get(name, '')!s:>7}" for name in times), f"{row.get('memory_mib', '')!s:>6}"])
        click.echo(printable(f"{row['engine']!s:<34} {numbers}  {low:.3f}-{high:.3f}     {rest}"))
    ours = cast("Sequence[Mapping[str, float]]", document["rows"])[0]
    if "judged" in ours:
        click.echo(
            f"at {ours['judged']} places whose members the judge knows, what does not exist stands first at {ours['stray_first']:.3f}, "
            f"among the first five at {ours['stray_in_5']:.3f}; of all in the first five: {ours['stray_share']:.3f}"
        )
