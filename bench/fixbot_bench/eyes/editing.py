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
from fixbot_analysis.symbols import Rereading, extract
from fixbot_analysis.syntax import Pieces, SyntaxTree
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

    All of it over the servers' real pipes; what a keystroke and a pause cost the engine is also timed within this process.
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
    """Effect: reads the file. Milliseconds of CPU within this process, as the engine's thread spends them.

    A keystroke is counted at once. Its syntax, and what the file says, is read in the next pause, or for a question after a new line:
    of what the text was edited into since it last parsed, so here after each letter, which is the most it could cost.
    """
    typing = _Typing(large.name, large.read_bytes())
    for count in range(_KEYSTROKES):
        typing.letter(_WRITTEN[count % len(_WRITTEN) :][:1])
    size = f"in {round(len(typing.data) / 1000)} kB"
    counts, syntax, whole = typing.counts, typing.syntax, typing.whole
    return {
        f"keystroke to counts {size}, CPU, median": median_and_p95(counts)[0],
        f"keystroke to counts {size}, CPU, p95": median_and_p95(counts)[1],
        f"syntax around it {size}, CPU, p95": median_and_p95(syntax)[1],
        f"both {size}, CPU, p95": median_and_p95([a + b for a, b in zip(counts, syntax, strict=True)])[1],
        f"reading {size} that parses, CPU, median": median_and_p95(typing.sound)[0],
        f"reading {size} that parses, CPU, p95": median_and_p95(typing.sound)[1],
        f"reading {size} that is broken, CPU, median": median_and_p95(typing.broken)[0],
        f"reading {size} whole, CPU, median": median_and_p95(whole)[0],
    }


class _Typing:
    """A file that is typed in, in its middle; seconds of CPU that each step took."""

    def __init__(self, name: str, data: bytes) -> None:
        self.data, self._name = data, name
        self._at = data.index(b"\n", len(data) // 2) + 1
        self._model, self._reading = CodeModel(), Rereading()
        self._model.update(name, data)
        for _ in range(3):  # the first are those of a file that is hardly typed in
            self._reading.read(data, "python")
        pieces = Pieces.of(SyntaxTree.parse(data))
        if pieces is None:
            raise DatasetError(f"{name} does not parse", "name the folder of a project whose modules do")
        self._pieces = pieces
        self.counts, self.syntax = list[float](), list[float]()
        self.sound, self.broken, self.whole = list[float](), list[float](), list[float]()

    def letter(self, typed: bytes) -> None:
        """Type it."""
        self.data = self.data[: self._at] + typed + self.data[self._at :]
        self._at += 1
        began = time.process_time()
        self._model.update(self._name, self.data)
        self.counts.append(time.process_time() - began)
        began = time.process_time()
        edited = self._pieces.edited(self.data)
        self.syntax.append(time.process_time() - began)
        self._pieces = edited.pieces if edited else self._pieces
        began = time.process_time()
        self._reading.read(self.data, "python")
        (self.sound if edited else self.broken).append(time.process_time() - began)
        if len(self.counts) % 10 == 0:
            began = time.process_time()
            extract(self.data)
            self.whole.append(time.process_time() - began)


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
