"""``fixbot bench perf``: what costs time, each figure beside a named reference measured in the same run."""

import ast
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from fixbot_analysis.context import Context, Focus
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position
from fixbot_bench.editor import Editor
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.index import figures
from fixbot_bench.eyes.measuring import memory_of

Figure = Mapping[str, object]

_SETTLING = 60.0  # seconds a server is given to read the project
CHANGES = 50
PLACES = 20


def measure(project: Path, repeats: int, server: Sequence[str], peer: Sequence[str]) -> Mapping[str, object]:
    """Effect: measure `project`; `server` is our language server, `peer` another one (empty: none)."""
    with tempfile.TemporaryDirectory(prefix="fixbot-perf-") as scratch:
        warm_up = Index.open(project, Path(scratch) / "first")
        if not warm_up.paths:
            raise DatasetError(f"{project} holds no source that can be indexed")
        found = [
            *_index(project, Path(scratch), repeats),
            _context(warm_up),
            *_servers(project, warm_up, server, peer, repeats),
        ]
        return {"files": warm_up.report.files, "bytes": warm_up.report.bytes, "figures": found}


def _figure(name: str, ours: Sequence[float], reference: str, theirs: Sequence[float], unit: str = "s") -> Figure:
    mine, other = statistics.median(ours), statistics.median(theirs) if theirs else None
    return {
        "name": name,
        "median": _rounded(mine),
        "worst": _rounded(max(ours)),
        "unit": unit,
        "reference": reference,
        "reference_median": _rounded(other) if other is not None else None,
        "ratio": round(mine / other, 4) if other else None,
    }


def _rounded(value: float) -> float:
    return round(value, 5)


def _seconds(work: Callable[[], object], repeats: int) -> list[float]:
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def _index(project: Path, scratch: Path, repeats: int) -> list[Figure]:
    """Effect: what an index costs, as ``fixbot bench index`` measures it."""
    rows = [figure.row() for figure in figures(project, scratch, repeats, CHANGES, random.Random(1))]
    return [
        {
            "name": row["name"], "median": row["ours"], "worst": None, "unit": row["unit"],
            "reference": row["reference"], "reference_median": row["theirs"], "ratio": row["ratio"],
        }
        for row in rows
    ]  # fmt: skip


def _largest(index: Index) -> str:
    """A large file of the project, as a demanding one for edits: the 99th percentile, not a freak."""
    by_size: list[str] = sorted(index.paths, key=lambda path: len(index.tree.read(path).data))
    return by_size[int(len(by_size) * 0.99)]


def _places(index: Index) -> list[tuple[str, Position]]:
    """Evenly spread lines inside functions: the same places in every run."""
    lines = [(path, s.line) for path, s in index.symbols() if s.kind in ("function", "method")]
    step = max(1, len(lines) // PLACES)
    return [(path, Position(line, 4)) for path, line in lines[::step][:PLACES]]


def _context(index: Index) -> Figure:
    places = iter(_places(index))
    count = len(_places(index))
    _ = index.graph
    ours = _seconds(lambda: Context.build(index, Focus(*next(places))), count)
    theirs = _seconds(lambda: ast.parse(index.tree.read(_largest(index)).data), count)
    return _figure("context of a place", ours, f"ast.parse of {_largest(index)}", theirs)


def _servers(project: Path, index: Index, server: Sequence[str], peer: Sequence[str], repeats: int) -> list[Figure]:
    ours = [_session(project, index, server) for _ in range(repeats)]
    theirs = [_session(project, index, peer) for _ in range(repeats)] if peer else []
    named = " ".join(peer) if peer else "no other server named"
    rows = (
        ("server cold start", "start", "s"),
        ("first completion", "first", "s"),
        ("completion warm", "warm", "s"),
        ("server memory", "memory", "MiB"),
    )
    return [_figure(name, [s[key] for s in ours], named, [s[key] for s in theirs], unit) for name, key, unit in rows]


def _session(project: Path, index: Index, command: Sequence[str]) -> Mapping[str, float]:
    """Effect: one life of a server: start, first completion in an opened file, later ones, memory at the end."""
    places = _places(index)
    with Editor(command, project) as editor:
        editor.initialize()
        start = time.perf_counter() - editor.began
        opened = {path: editor.open(project / path, index.tree.read(path).text) for path in {p for p, _ in places}}
        first = _seconds(partial(_complete, editor, opened[places[0][0]], places[0][1]), 1)[0]
        memory = _settled_memory(editor.pid)
        warm = [_seconds(partial(_complete, editor, opened[path], position), 1)[0] for path, position in places]
        memory = max(memory, memory_of(editor.pid))
    return {"start": start, "first": first, "warm": statistics.median(warm), "memory": memory}


def _settled_memory(pid: int) -> float:
    """Effect: wait until a server has read the project, which shows in its memory; returns that in MiB."""
    held, until = 0.0, time.monotonic() + _SETTLING
    while time.monotonic() < until:
        time.sleep(3)
        now = memory_of(pid)
        if abs(now - held) < 1.0:
            break
        held = now
    return held


def _complete(editor: Editor, uri: str, position: Position) -> None:
    place = {"line": position.line, "character": position.column}
    editor.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
