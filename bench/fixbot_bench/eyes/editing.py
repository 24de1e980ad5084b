"""``fixbot bench editing``: what a language server costs who types, ours and others over their real pipes, the same places and files."""

import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.source import SourceTree
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.errors import DatasetError, ServerFailed
from fixbot_bench.eyes.complete_kinds import choose_all
from fixbot_bench.eyes.complete_servers import SETTLING
from fixbot_bench.eyes.editing_server import Place, Session
from fixbot_bench.eyes.sites import Hole, copied, median_and_p95

LARGE = 450  # kB
_KEYSTROKES = 60  # in this process
_WRITTEN = b"result = compute_total(order.lines, rate=DEFAULT)\n"
_OURS = shlex.join([sys.executable, "-m", "fixbot_agent.cli", "lsp"])


class _How(TypedDict):
    """What is measured, as the options of the command say."""

    positions: int
    seed: int
    large: int
    settle: float


@click.command("editing", epilog="Example: fixbot bench editing ~/src/django --peer jedi-language-server")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--positions", type=click.IntRange(2), default=60, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--large", type=click.IntRange(5), default=LARGE, show_default=True, help="Size of the large file in kB.")
@click.option("--server", default=_OURS, show_default="fixbot lsp", metavar="CMD", help="The server that is ours.")
@click.option(
    "--peer", "peers", multiple=True, metavar="CMD", help="Another language server; more than one may be named."
)
@click.option(
    "--settle", type=click.FloatRange(0), default=SETTLING, show_default=True, help="Seconds to read a project."
)
@json_option
def command(*, project: Path, server: str, peers: tuple[str, ...], as_json: bool, **how: Unpack[_How]) -> int:
    """From a server's start to its first list, warm answers, keystrokes in a large file, memory, and silence after a cancel.

    All of it over the servers' real pipes; keystrokes to tree and counts alone are also timed within this process.
    """
    for each in (server, *peers):
        if shutil.which(shlex.split(each)[0]) is None:
            raise DatasetError(f"{each} does not start", "name a language server's command")
    with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-editing-") as scratch:
        root = copied(project.resolve(), Path(scratch))
        holes = _in_order(choose_all(SourceTree(root), how["positions"], how["seed"]))
        place = Place(root, holes, large_file(root, 1000 * how["large"]))
        rows = [
            {
                "engine": server,
                "figures": {**_inside(place.large), **_measured(server, place, how["settle"], bar, ours=True)},
            }
        ]
        rows += [{"engine": peer, "figures": _measured(peer, place, how["settle"], bar, ours=False)} for peer in peers]
    document = {"project": project.name, "positions": len(holes), "seed": how["seed"], "rows": rows}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


def _in_order(holes: Sequence[Hole]) -> list[Hole]:
    """Places in names of which something is typed first: any server has something to offer there."""
    return sorted(holes, key=lambda hole: (hole.typed == 0, hole.kind != "name"))


def large_file(root: Path, size: int) -> Path:
    """Effect: a module of `size` bytes at least, all of it code of the project, put beside it. Raises DatasetError where there is no code."""
    parts: list[bytes] = []
    tree = SourceTree(root)
    modules = [tree.read(path).data for path in tree.paths if path.endswith(".py")]
    modules = [data for data in modules if len(data) > 1000 and b"\0" not in data]
    if not modules:
        raise DatasetError(f"{root.name} holds no Python code worth the name", "name the folder of a Python project")
    while sum(map(len, parts)) < size:
        parts.append(modules[len(parts) % len(modules)].rstrip() + b"\n\n")
    file = root / "very_large_module.py"
    file.write_bytes(b"".join(parts).decode("utf-8", "replace").encode())
    return file


def _measured(command: str, place: Place, settle: float, bar: Bar, *, ours: bool) -> Mapping[str, float | None]:
    with tempfile.TemporaryDirectory(prefix="fixbot-home-") as home:
        try:
            return Session(shlex.split(command), place, Path(home), settle).measure(bar, inline=ours)
        except ServerFailed as error:
            raise DatasetError(f"{command}: {error}", error.hint) from error


def _inside(large: Path) -> Mapping[str, float]:
    """Effect: reads the file. Milliseconds of CPU that a keystroke takes until the tree, and until the counts, of it are those of the new text."""
    data = large.read_bytes()
    middle = data.index(b"\n", len(data) // 2) + 1
    model, tree = CodeModel(), SyntaxTree.parse(data)
    model.update(large.name, data)
    trees, both, parses = list[float](), list[float](), list[float]()
    for count in range(_KEYSTROKES):
        typed = _WRITTEN[count % len(_WRITTEN) :][:1]
        at = middle + count
        data = data[:at] + typed + data[at:]
        began = time.process_time()
        tree = tree.edited(data, at, at, at + 1)
        trees.append(time.process_time() - began)
        model.update(large.name, data)
        both.append(time.process_time() - began)
        if count % 10 == 0:
            began = time.process_time()
            SyntaxTree.parse(data)
            parses.append(time.process_time() - began)
    size = f"in {round(len(data) / 1000)} kB"
    return {
        f"keystroke to tree {size}, CPU, p95": median_and_p95(trees)[1],
        f"keystroke to tree and counts {size}, CPU, median": median_and_p95(both)[0],
        f"keystroke to tree and counts {size}, CPU, p95": median_and_p95(both)[1],
        f"parsing {size} whole, CPU, median": median_and_p95(parses)[0],
    }


def _show(document: Mapping[str, object]) -> None:
    rows = cast("Sequence[Mapping[str, object]]", document["rows"])
    figures = [cast("Mapping[str, float | None]", row["figures"]) for row in rows]
    names = list(dict.fromkeys(name for each in figures for name in each))
    click.echo(
        printable(
            f"{document['positions']} places in {document['project']}, seed {document['seed']}; ms, memory in MiB"
        )
    )
    heads = ["ours", *(Path(shlex.split(str(row["engine"]))[0]).name for row in rows[1:])]
    click.echo(f"{'':<52}" + " ".join(f"{head[:14]:>14}" for head in heads))
    for name in names:
        values = [each.get(name) for each in figures]
        click.echo(f"{name:<52}" + " ".join(f"{_number(value):>14}" for value in values))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
