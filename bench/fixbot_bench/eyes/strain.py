"""What an index has to stand: a very large tree, a switch to another branch, a file at every prefix while it is typed."""

import time
from collections.abc import Iterator
from pathlib import Path

from fixbot_agent.workers import Workers
from fixbot_analysis.index import Index

FILES = 100_000
SWITCHED = 5_000
_PREFIXES = 2_000

# Name, value, unit, what it stands beside, the reference's value.
Row = tuple[str, float, str, str, float | None]

_OTHERS = (
    ("js", "export function f{n}() {{ return {n}; }}\n"),
    ("md", "# Title {n}\n"),
    ("csv", "{n},1\n"),
    ("png", "\0{n}"),
)


def strains(project: Path, scratch: Path) -> Iterator[Row]:
    """Effect: put an index under each strain, below `scratch`; the typed file is one of `project`."""
    yield from large(scratch / "large", FILES)
    yield from switched(scratch / "switch", SWITCHED)
    yield typed(project, _PREFIXES)


def large(root: Path, count: int) -> Iterator[Row]:
    """A tree of `count` files of all kinds, with links in circles and ignored folders, read cold and warm."""
    _grow(root / "tree", count)
    for name in ("cold", "warm"):
        began = time.perf_counter()
        with Workers() as workers, Index.open(root / "tree", root / "cache", executor=workers) as index:
            taken, files = time.perf_counter() - began, len(index.paths)
        yield f"{count} files of all kinds ({files} read), {name}, wall", taken, "s", "", None


def _grow(root: Path, count: int) -> None:
    for n in range(count):
        folder = root / f"p{n // 1000}" / f"q{n // 50 % 20}"
        if n % 50 == 0:
            folder.mkdir(parents=True)
            (folder / "again").symlink_to(root)
            (folder / ".gitignore").write_text("*.log\nbuild/\n")
        if n % 3 == 0:
            text, suffix = f"from p{n // 1000} import q0\n\ndef f{n}():\n    return f{n - 1}()\n", "py"
        else:
            suffix, text = _OTHERS[n % len(_OTHERS)]
        (folder / f"m{n}.{suffix}").write_text(text.format(n=n) if suffix != "py" else text)


def switched(root: Path, count: int) -> Iterator[Row]:
    """A project whose `count` files become those of another branch, and come back."""
    branches = [
        {f"pkg{n % 50}/m{n}.py": f"from pkg{n % 50} import m{(n + step) % count}\n\ndef f{n}_{step}():\n    m{n}.f{n}()\n" for n in range(count)}
        for step in (1, 2)
    ]  # fmt: skip
    _write(root / "tree", branches[0])
    with Workers() as workers, Index.open(root / "tree", root / "cache", executor=workers) as index:
        _ = index.graph
        for name, files in (("another branch", branches[1]), ("the first branch again", branches[0])):
            _write(root / "tree", files)
            began = time.perf_counter()
            index.refresh()
            known = time.perf_counter()
            edges = len(index.graph.edges)
            linked = time.perf_counter()
            yield f"{count} files become those of {name}: facts, wall", known - began, "s", "", None
            yield f"the same with all {edges} links, wall", linked - began, "s", "", None


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def typed(project: Path, steps: int) -> Row:
    """A real module, typed from its first to its last character in `steps`, each step taken into an open index."""
    with Index.open(project) as source:
        path = max(
            (p for p in source.paths if p.endswith(".py")), key=lambda p: min(len(source.tree.read(p).data), 40_000)
        )
        data = source.tree.read(path).data
    slowest = 0.0
    with Index.open(project) as index:
        for end in range(0, len(data), max(1, len(data) // steps)):
            began = time.process_time()
            index.update(path, data[:end].decode("utf-8", "ignore").encode())
            slowest = max(slowest, time.process_time() - began)
    return f"a module of {len(data)} bytes at {steps} prefixes, slowest update, CPU", 1000 * slowest, "ms", "", None
