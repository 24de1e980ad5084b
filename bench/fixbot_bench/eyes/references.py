"""``fixbot bench references``: where random symbols are named, by fixbot and by a language server, location by location."""

import os
import random
import shlex
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_analysis.graph.references import references
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import SymbolKind
from fixbot_bench.editor import Editor
from fixbot_bench.errors import BenchError, DatasetError

_KINDS = (SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CLASS)
_SETTLING = 60.0  # seconds a server is given to read the project
_SHOWN = 40

# Path, line and column, both from 0, columns in characters.
Location = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """One symbol and where either side finds it, without its declarations."""

    symbol: str
    ours: frozenset[Location]
    theirs: frozenset[Location]


@click.command(
    "references",
    epilog="Example: fixbot bench references ~/src/flask --symbols 250 --seed 7 --peer 'pyright-langserver --stdio'",
)
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--symbols", type=click.IntRange(1), default=250, show_default=True, help="Random functions, methods, classes."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--peer", default="pyright-langserver --stdio", show_default=True, metavar="CMD", help="A language server."
)
@click.option(
    "--settle",
    type=click.FloatRange(0.01),
    default=3.0,
    show_default=True,
    help="Seconds between two looks whether the server has read the project.",
)
@click.option("--show", is_flag=True, help="Also print where the two disagree.")
@json_option
def command(*, project: Path, symbols: int, seed: int, peer: str, settle: float, show: bool, as_json: bool) -> int:
    """References of random symbols, without their declarations, against those of another language server."""
    server = shlex.split(peer)
    if not server or shutil.which(server[0]) is None:
        raise BenchError(f"{peer!r} cannot be run", "install it (npm install pyright), or name another with --peer")
    with tempfile.TemporaryDirectory(prefix="fixbot-references-") as scratch, Bar() as bar:
        root = _copied(project, Path(scratch).resolve() / "project")
        document, samples = _compared(root, symbols, seed, server, settle, bar)
    if as_json:
        emit(document)  # type: ignore[arg-type]  # numbers, texts, and lists and mappings of them
        return ExitCode.OK
    for name in (
        "symbols",
        "ours",
        "theirs",
        "both",
        "precision",
        "recall",
        "mean_precision",
        "mean_recall",
        "seconds",
    ):
        click.echo(f"{name:>15}  {document[name]}")
    if show:
        for line in _disagreements(project, samples):
            click.echo(printable(line))
    return ExitCode.OK


def _copied(project: Path, target: Path) -> Path:
    """Effect: the project's Python files alone, so that no settings of it hide some from one side."""
    with Index.open(project) as index:
        paths = [p for p in index.paths if p.endswith(".py")]
        for path in paths:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project / path, target / path)
    if not paths:
        raise DatasetError(f"{project} holds no Python", "name the folder of a project")
    return target


def _compared(
    root: Path, count: int, seed: int, server: Sequence[str], settle: float, bar: Bar
) -> tuple[Mapping[str, object], list[Sample]]:
    with Index.open(root) as index, Editor(server, root) as editor:
        everything = sorted((f"{p}::{s.qualname}", s.name_span.start) for p, s in index.symbols() if s.kind in _KINDS)
        places = dict(everything)
        chosen = random.Random(seed).sample(sorted(places), min(count, len(places)))
        peer = _Peer(editor, index)
        peer.settle(settle)
        samples, ours_seconds, their_seconds = [], 0.0, 0.0
        for done, symbol in enumerate(chosen):
            bar.step("symbols", done, len(chosen))
            began = time.perf_counter()
            found = references(index.graph.resolver, index.tree.read, index.paths, symbol)
            between = time.perf_counter()
            theirs = peer.references(symbol, places[symbol])
            ours_seconds, their_seconds = ours_seconds + between - began, their_seconds + time.perf_counter() - between
            declared = _declared(index, symbol)
            ours = frozenset((o.path, o.line, o.column) for o in found) - declared
            samples.append(Sample(symbol, ours, theirs - declared))
    return _document(samples, ours_seconds, their_seconds), samples


class _Peer:
    """The other language server."""

    def __init__(self, editor: Editor, index: Index) -> None:
        self._editor = editor
        self._index = index
        self._known = {p for p in index.paths if p.endswith(".py")}
        self._opened: set[str] = set()

    def settle(self, pause: float) -> None:
        """Effect: shake hands, and wait until the server's answers no longer grow."""
        uri = self._editor.root.as_uri()
        folder = {"uri": uri, "name": self._editor.root.name}
        capabilities = {"workspace": {"workspaceFolders": True}, "textDocument": {"references": {}}}
        parameters = {"processId": None, "rootUri": uri, "capabilities": capabilities, "workspaceFolders": [folder]}
        self._editor.request("initialize", parameters)
        self._editor.notify("initialized", {})
        self._editor.notify("workspace/didChangeConfiguration", {"settings": {}})
        first = next((f"{p}::{s.qualname}", s.name_span.start) for p, s in self._index.symbols() if s.kind in _KINDS)
        deadline = time.monotonic() + _SETTLING
        before, now = -1, len(self.references(*first))
        while now != before and time.monotonic() < deadline:
            time.sleep(pause)
            before, now = now, len(self.references(*first))

    def references(self, symbol: str, offset: int) -> frozenset[Location]:
        """Effect: where the server finds the symbol whose name begins at `offset` (bytes)."""
        path = symbol.partition("::")[0]
        document = self._index.tree.read(path)
        if path not in self._opened:
            self._opened.add(path)
            self._editor.open(self._editor.root / path, document.text)
        position = document.position(offset)
        head = document.line_text(position.line)[: position.column]
        answer = self._editor.request(
            "textDocument/references",
            {
                "textDocument": {"uri": (self._editor.root / path).as_uri()},
                "position": {"line": position.line, "character": len(head.encode("utf-16-le")) // 2},
                "context": {"includeDeclaration": False},
            },
        )
        found = answer.get("result")
        places = (self._place(each) for each in found) if isinstance(found, list) else ()
        return frozenset(place for place in places if place is not None)

    def _place(self, location: object) -> Location | None:
        """A location of the protocol; None outside of the project."""
        match location:
            case {"uri": str(uri), "range": {"start": {"line": int(line), "character": int(units)}}}:
                file = Path(unquote(urlsplit(uri).path))
                path = os.path.relpath(file, self._editor.root).replace(os.sep, "/")
                if path not in self._known:
                    return None
                text = self._index.tree.read(path).line_text(line)
                return path, line, len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
        return None


def _declared(index: Index, symbol: str) -> frozenset[Location]:
    """Where the headers of a symbol name it, overloads and setters included."""
    path, _, qualname = symbol.partition("::")
    document = index.tree.read(path)
    starts = [document.position(s.name_span.start) for s in index.facts(path).symbols if s.qualname == qualname]
    return frozenset((path, p.line, p.column) for p in starts)


def _document(samples: Sequence[Sample], ours_seconds: float, their_seconds: float) -> Mapping[str, object]:
    ours, theirs = sum(len(s.ours) for s in samples), sum(len(s.theirs) for s in samples)
    both = sum(len(s.ours & s.theirs) for s in samples)
    precisions = [len(s.ours & s.theirs) / len(s.ours) for s in samples if s.ours]
    recalls = [len(s.ours & s.theirs) / len(s.theirs) for s in samples if s.theirs]
    return {
        "symbols": len(samples),
        "ours": ours,
        "theirs": theirs,
        "both": both,
        "precision": round(both / ours, 4) if ours else None,
        "recall": round(both / theirs, 4) if theirs else None,
        "mean_precision": round(sum(precisions) / len(precisions), 4) if precisions else None,
        "mean_recall": round(sum(recalls) / len(recalls), 4) if recalls else None,
        "seconds": {"ours": round(ours_seconds, 2), "theirs": round(their_seconds, 2)},
        "disagreements": [
            {"symbol": s.symbol, "missed": len(s.theirs - s.ours), "extra": len(s.ours - s.theirs)}
            for s in samples
            if s.ours != s.theirs
        ],
    }


def _disagreements(project: Path, samples: Sequence[Sample]) -> list[str]:
    """Lines of code that only one side names."""
    found = []
    for title, one, other in (("missed", "theirs", "ours"), ("extra", "ours", "theirs")):
        for sample in samples:
            only = sorted(getattr(sample, one) - getattr(sample, other))
            for path, line, column in only[:3]:
                text = (project / path).read_text("utf-8", "replace").split("\n")[line].strip()
                found.append(f"{title} {sample.symbol} ({len(only)}): {path}:{line + 1}:{column}: {text[:120]}")
    return found
