"""``fixbot bench complete``: how early the name that really stands at a place is offered, by fixbot and by any language server."""

import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.source import SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.complete_judging import judged, strays
from fixbot_bench.eyes.complete_kinds import choose_all
from fixbot_bench.eyes.complete_ours import Fixbot
from fixbot_bench.eyes.complete_results import Result, pooled, show
from fixbot_bench.eyes.complete_servers import SETTLING, Server
from fixbot_bench.eyes.sites import Hole, choose, copied
from fixbot_bench.eyes.sites_foreign import choose_members

_SERVER = "lsp:"


class _How(TypedDict):
    """What is asked, as the options of the command say."""

    positions: int
    seed: int
    kind: str
    language: str
    settle: float
    ablate: bool


@click.command(
    "complete", epilog="Example: fixbot bench complete ~/src/django --kind all --engine lsp:jedi-language-server"
)
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(1), default=300, show_default=True, help="Places in each project.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--kind", type=click.Choice(["members", "all"]), default="members", show_default=True)
@click.option(
    "--language",
    default="python",
    show_default=True,
    metavar="NAME",
    help="Members in files of this language; all kinds are for Python.",
)
@click.option("--engine", "engines", multiple=True, metavar="fixbot|lsp:CMD", help="More than one may be named.")
@click.option(
    "--settle",
    type=click.FloatRange(0),
    default=SETTLING,
    show_default=True,
    help="Seconds a server may take to read a project.",
)
@click.option("--judge", metavar="lsp:CMD", help="A server that says which members exist, asked in whole files.")
@click.option("--ablate", is_flag=True, help="Also what is lost without each signal of member ranking.")
@json_option
def command(
    *, projects: tuple[Path, ...], engines: tuple[str, ...], judge: str | None, as_json: bool, **how: Unpack[_How]
) -> int:
    """The same places in real files, each file cut there, for fixbot and for other language servers.

    Members are places right after a dot; "all" draws names and keywords as often as they occur, none to two letters of them typed.
    """
    if wrong := [e for e in engines if e != "fixbot" and not e.startswith(_SERVER)]:
        raise click.BadParameter(f"{wrong[0]!r} is neither fixbot nor lsp:CMD", param_hint="--engine")
    if judge and not judge.startswith(_SERVER):
        raise click.BadParameter(f"{judge!r} is not lsp:CMD", param_hint="--judge")
    if how["language"] != "python" and how["kind"] != "members":
        raise click.BadParameter("names of all kinds are drawn from Python only", param_hint="--kind")
    servers = [e.removeprefix(_SERVER) for e in engines if e != "fixbot"]
    for server in servers:
        if shutil.which(shlex.split(server)[0]) is None:
            raise DatasetError(f"{shlex.split(server)[0]} does not start", "name a language server's command")
    with Bar() as bar:
        measured = [
            _measure(each.resolve(), servers, (judge or "").removeprefix(_SERVER), how, bar) for each in projects
        ]
    document = _document(measured, how["kind"], how["seed"])
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Measured:
    """One project: what was asked and what each engine answered, ours first; lists offered by ours, and members that the judge knows; whether ours knew any member, and the true one."""

    name: str
    holes: Sequence[Hole]
    results: Sequence[Result]
    offered: Sequence[Sequence[str]]
    known: Sequence[frozenset[str]]
    told: Sequence[tuple[bool, bool]]


def _measure(project: Path, servers: Sequence[str], judge: str, how: _How, bar: Bar) -> _Measured:
    """Effect: all engines on a copy of one project."""
    with tempfile.TemporaryDirectory(prefix="fixbot-complete-") as scratch:
        root = copied(project, Path(scratch))
        holes = _drawn(SourceTree(root), how)
        ours = Fixbot(root, Path(scratch) / "cache", bar)
        results = ours.measure(holes, bar, ablate=how["ablate"])
        offered, told = ours.offered, ours.known
        del ours  # its memory is not to stand beside what others need
        known = judged(judge, root, holes, bar) if judge else []
        results += [Server(each, root, how["settle"]).measure(holes, bar) for each in servers]
    return _Measured(project.name, holes, results, offered, known, told)


def _drawn(tree: SourceTree, how: _How) -> list[Hole]:
    """Effect: reads the files. The places that are asked for."""
    if how["language"] != "python":
        return choose_members(tree, how["positions"], how["seed"], how["language"])
    draw = choose if how["kind"] == "members" else choose_all
    return draw(tree, how["positions"], how["seed"])


def _document(measured: Sequence[_Measured], kind: str, seed: int) -> Mapping[str, object]:
    """Figures over all projects, and of each where there are several."""
    holes = [hole for each in measured for hole in each.holes]
    rows = _rows(holes, pooled([each.results for each in measured]))
    if known := [members for each in measured for members in each.known]:
        rows[0] = {**rows[0], **strays([labels for each in measured for labels in each.offered], known)}
    if kind == "members":
        rows[0] = {**rows[0], **_knowing([each for one in measured for each in one.told])}
    document: dict[str, object] = {
        "project": ", ".join(each.name for each in measured), "kind": kind, "positions": len(holes), "seed": seed, "rows": rows,
    }  # fmt: skip
    if len(measured) > 1:
        document["projects"] = [
            {"project": each.name, "positions": len(each.holes), "rows": _rows(each.holes, each.results)}
            for each in measured
        ]
    return document


def _knowing(told: Sequence[tuple[bool, bool]]) -> Mapping[str, object]:
    """At how many of 100 places some member was known to be one, and at how many of these the true one was."""
    known = [is_true for is_known, is_true in told if is_known]
    return {"known": round(len(known) / max(len(told), 1), 4), "known_true": round(sum(known) / max(len(known), 1), 4)}


def _rows(holes: Sequence[Hole], results: Sequence[Result]) -> list[Mapping[str, object]]:
    return [each.row(holes, results[0]) for each in results]


def _show(document: Mapping[str, object]) -> None:
    for part in cast("Sequence[Mapping[str, object]]", document.get("projects", ())):
        rows = cast("Sequence[Mapping[str, object]]", part["rows"])
        show(f"{part['positions']} places in {part['project']}", [_whole(row) for row in rows])
    rows = cast("Sequence[Mapping[str, object]]", document["rows"])
    show(f"{document['positions']} places in {document['project']}, seed {document['seed']}", rows)
    ours = cast("Mapping[str, float]", rows[0])
    if "known" in ours:
        click.echo(
            f"members are known at {ours['known']:.3f} of the places, the true one among them at {ours['known_true']:.3f} of these"
        )
    if "judged" in ours:
        click.echo(
            f"at {ours['judged']} places whose members the judge knows, what does not exist stands first at {ours['stray_first']:.3f}, "
            f"among the first five at {ours['stray_in_5']:.3f}; of all in the first five: {ours['stray_share']:.3f}"
        )


def _whole(row: Mapping[str, object]) -> Mapping[str, object]:
    """A row without its parts: of one project among several they are too few to be shown."""
    return {name: value for name, value in row.items() if name not in ("kinds", "typed")}
