"""Places in real files, chosen by chance, with the name that stands there; the text after each is hidden."""

import ast
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, Position, SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.ranking.learning import interval


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a name, or right before it: `text` is the file up to it (UTF-8), and `member` the whole name.

    `kind` is what the name is to the syntax, and `typed` says how many characters of it the text holds.
    """

    path: str
    text: bytes
    member: str
    kind: str = "attribute"
    typed: int = 0

    @property
    def prefix(self) -> str:
        """What is typed of the name."""
        return self.member[: self.typed]

    @property
    def position(self) -> Position:
        """The place: the end of the text."""
        return Document(self.path, self.text).position(len(self.text))


def choose(tree: SourceTree, count: int, seed: int) -> list[Hole]:
    """Effect: reads all Python files. `count` attributes chosen by chance among all that their syntax trees have.

    Inside f-strings there are none: the syntax trees of Python before 3.12 do not say where those stand. Raises DatasetError where
    there is no attribute at all.
    """
    found = [(path, end, name) for path in tree.paths if path.endswith(".py") for end, name in _attributes(tree, path)]
    if not found:
        raise DatasetError(f"{tree.root} holds no Python code with attributes", "name the folder of a Python project")
    chosen = random.Random(seed).sample(found, min(count, len(found)))
    return [Hole(path, tree.read(path).data[: end - len(name.encode())], name) for path, end, name in chosen]


def _attributes(tree: SourceTree, path: str) -> Iterator[tuple[int, str]]:
    """Where attributes end (bytes) and what they are, by place."""
    try:
        document = tree.read(path)
        parsed = ast.parse(document.data)
    except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    starts, data = document.line_starts, document.data
    for node in ast.walk(parsed):
        if isinstance(node, ast.Attribute) and node.end_lineno is not None and node.end_col_offset is not None:
            end, name = starts[node.end_lineno - 1] + node.end_col_offset, node.attr
            if data[:end].endswith(b"." + name.encode()):
                yield end, name


def copied(project: Path, scratch: Path) -> Path:
    """Effect: a copy of the project in `scratch`, in which files may be cut; its environment is the project's own."""
    copy = scratch / project.name
    environments = (".venv", "venv")
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".git", "__pycache__", "node_modules", *environments))
    for name in environments:
        if (project / name).is_dir():
            (copy / name).symlink_to((project / name).resolve())
    return copy


@contextmanager
def cut(root: Path, hole: Hole) -> Iterator[bytes]:
    """Effect: as long as it lasts, the hole's file ends at the hole, on disk too; gives what the file was."""
    file = root / hole.path
    whole = file.read_bytes()
    file.write_bytes(hole.text)
    try:
        yield whole
    finally:
        file.write_bytes(whole)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the true members stood in the lists: ranks from 1, 0 for not at all; seconds taken for each list."""

    ranks: Sequence[int]
    seconds: Sequence[float] = ()

    def figures(self) -> Mapping[str, object]:
        """Hit rate, top-1, top-5, mean reciprocal rank with its 95 % bootstrap interval; milliseconds, median and p95."""
        count, reciprocal = len(self.ranks), [1 / rank if rank else 0.0 for rank in self.ranks]
        low, high = interval(reciprocal)
        figures: dict[str, object] = {
            "hit": _share(self.ranks, count),
            "top1": _share([rank == 1 for rank in self.ranks], count),
            "top5": _share([0 < rank <= 5 for rank in self.ranks], count),
            "mrr": round(sum(reciprocal) / count, 4),
            "mrr_interval": [round(low, 4), round(high, 4)],
        }
        if self.seconds:
            figures["median_ms"], figures["p95_ms"] = median_and_p95(self.seconds)
        return figures


def median_and_p95(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile of `seconds` (at least one), in milliseconds."""
    ordered = sorted(seconds)
    return round(1000 * ordered[len(ordered) // 2], 2), round(1000 * ordered[int(len(ordered) * 0.95)], 2)


def _share(hits: Sequence[object], count: int) -> float:
    return round(sum(bool(hit) for hit in hits) / count, 4)


def rank_of(member: str, offered: Sequence[str]) -> int:
    """Rank from 1, 0 where it is not offered."""
    return offered.index(member) + 1 if member in offered else 0
