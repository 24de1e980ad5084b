"""What an index has to stand: a very large tree with links in circles, a switch to another branch, a file at every prefix while it is typed."""

import os
import random
import statistics
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from fixbot_agent.workers import Workers
from fixbot_analysis.index import Index, settle
from fixbot_analysis.source import language_of
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.eyes.measuring import Figure, cpu_seconds, run, wall_seconds

FILES = 100_000
SWITCHED = 5_000
PREFIXES = 2_000
_TYPED = 40_000  # bytes; no larger module is typed if there is another
_LINKED = 20  # prefixes after which the links are asked for
_FIXBOT = (sys.executable, "-m", "fixbot_agent.cli")
_FOLDER = 50  # files in one folder
_PACKAGE = 1_000  # files in one package
_WALK = "os.walk and lstat of the same tree"
_PARSE = "tree-sitter parsing the files read"

_OTHERS = (
    ("js", "export function f{n}() {{ return {n}; }}\n"),
    ("md", "# Title {n}\n"),
    ("csv", "{n},1\n"),
    ("png", "\0{n}"),
)


def strains(project: Path, scratch: Path, files: int = FILES, moved: int = SWITCHED) -> Iterator[Figure]:
    """Effect: put an index under each strain, below `scratch`; the typed file is one of `project`."""
    tree = scratch / "large" / "tree"
    _grow(tree, files)
    yield from _asked(tree, scratch / "large" / "home", files)
    yield from _switched(tree, scratch / "large" / "cache", moved)
    yield from typed(project, PREFIXES)


def _grow(root: Path, count: int) -> None:
    """A tree of `count` files of all kinds in packages, each folder with a link to the top and rules of its own."""
    for n in range(count):
        folder = root / _place(n).parent
        if n % _FOLDER == 0:
            folder.mkdir(parents=True)
            (folder / "again").symlink_to(root)
            (folder / ".gitignore").write_text("*.log\nbuild/\n")
        (root / _place(n)).write_text(_source(n, 1) if _is_python(n) else _OTHERS[n % len(_OTHERS)][1].format(n=n))


def _is_python(n: int) -> bool:
    return n % 3 == 0


def _place(n: int) -> Path:
    suffix = "py" if _is_python(n) else _OTHERS[n % len(_OTHERS)][0]
    return Path(f"p{n // _PACKAGE}", f"q{n // _FOLDER % (_PACKAGE // _FOLDER)}", f"m{n}.{suffix}")


def _source(n: int, branch: int) -> str:
    """A Python file that calls the one before it, in words that differ between branches."""
    before = max(n - 3 * branch, 0)
    module = ".".join(_place(before).with_suffix("").parts)
    return (
        f'"""Part {n} of the tree."""\n\nfrom {module} import f{before}\n\n\n'
        f"def f{n}(value{branch}):\n    return f{before}(value{branch})\n\n\n"
        f"class C{n}:\n    def m{n}(self):\n        return f{n}(self)\n"
    )


def _asked(tree: Path, home: Path, count: int) -> Iterator[Figure]:
    """What each command costs a user of the tree, from its start to its end."""
    walked = wall_seconds(lambda: [os.lstat(f"{a}/{f}") for a, _, files in os.walk(tree) for f in files])
    parsed = _parsed(tree)
    middle = count // 2 // 3 * 3
    issue = tree.parent / "issue.md"
    issue.write_text(f"`f{middle}` returns nothing\n\nCalling `C{middle}.m{middle}` gives None instead of the value.\n")
    asked = (
        ("index, cold", ("index", str(tree)), parsed, _PARSE),
        ("index, warm, facts only", ("index", str(tree)), walked, _WALK),
        ("index --links, the graph's first time", ("index", "--links", str(tree)), parsed, _PARSE),
        ("index, warm, links there", ("index", str(tree)), walked, _WALK),
        ("graph --of one function", ("graph", "--of", f"f{middle}", str(tree)), walked, _WALK),
        ("locate, the first time", ("locate", "--no-past", "--repo", str(tree), str(issue)), walked, _WALK),
        ("locate", ("locate", "--no-past", "--repo", str(tree), str(issue)), walked, _WALK),
        ("context of a place", ("context", "--repo", str(tree), f"{_place(middle).as_posix()}:6:4"), walked, _WALK),
    )
    for name, arguments, theirs, reference in asked:
        taken = run((*_FIXBOT, *arguments), home)
        yield Figure(f"{count} files: {name}, CPU of all processes", taken.cpu, "s", reference, theirs)
        yield Figure(f"{count} files: {name}, wall", taken.wall, "s", reference, theirs)
        yield Figure(f"{count} files: {name}, memory at the peak, all processes", taken.memory, "MiB", "", None)


def _parsed(tree: Path) -> float:
    """Seconds of CPU to parse every file that an index reads."""
    sources = [(p.read_bytes(), language_of(p.name)) for p in tree.rglob("*") if p.is_file() and language_of(p.name)]
    return cpu_seconds(lambda: [SyntaxTree.parse(data, name or "") for data, name in sources])


def _switched(tree: Path, cache: Path, count: int) -> Iterator[Figure]:
    """What an open index takes when `count` of its files become those of another branch, and come back."""
    moved = [n for n in range(count * 3) if _is_python(n) and (tree / _place(n)).exists()]
    with Workers() as workers, Index.open(tree, cache, executor=workers) as index:
        _ = index.graph
        for name, branch in (("another branch", 2), ("the first branch again", 1)):
            written = wall_seconds(partial(_check_out, tree, moved, branch))
            known = wall_seconds(index.refresh)
            linked = known + wall_seconds(lambda: index.graph)
            said, beside = f"{len(moved)} files become those of {name}", "writing those files"
            yield Figure(f"{said}: facts stored, wall", known, "s", beside, written)
            edges = index.graph.links.edge_count
            yield Figure(f"{said}: all {edges} links stored, wall", linked, "s", beside, written)


def _check_out(tree: Path, numbers: Iterable[int], branch: int) -> None:
    for n in numbers:
        (tree / _place(n)).write_text(_source(n, branch))


def typed(project: Path, steps: int) -> Iterator[Figure]:
    """A real module, typed from its first to its last character in `steps`, each step taken into an open index."""
    with Index.open(project) as index:
        sizes = {p: len(index.tree.read(p).data) for p in index.paths if p.endswith(".py")}
        path = max(sizes, key=lambda p: (min(sizes[p], _TYPED), p))
        data = index.tree.read(path).data
        _ = index.graph
        settle()
        texts = [_prefix(data, end) for end in range(0, len(data), max(1, len(data) // steps))]
        updated = [cpu_seconds(partial(index.update, path, text)) for text in texts]
        parsed = [cpu_seconds(partial(SyntaxTree.parse, text)) for text in texts]
        linked = list[float]()
        for text in random.Random(1).sample(texts, min(_LINKED, len(texts))):
            index.update(path, text)
            linked.append(cpu_seconds(lambda: index.graph))
    said = f"a module of {len(data)} bytes at {len(texts)} prefixes"
    for part, value in (("median", statistics.median), ("slowest", max)):
        beside = f"parsing it, {part}"
        yield Figure(f"{said}: update, {part}, CPU", 1000 * value(updated), "ms", beside, 1000 * value(parsed))
    yield Figure(f"{said}: links after it, slowest of {len(linked)}, CPU", 1000 * max(linked), "ms", "", None)


def _prefix(data: bytes, end: int) -> bytes:
    """The first `end` bytes of a text, less a character that is cut in two."""
    return data[:end].decode("utf-8", "ignore").encode()
