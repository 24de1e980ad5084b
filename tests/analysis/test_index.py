"""The stored index: kept true, shared, killed, damaged, refused and full."""

import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import extract

T = TypeVar("T")
R = TypeVar("R")


class Counting:
    """An executor that counts what it is asked to do."""

    def __init__(self) -> None:
        self.done = 0

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        for item in items:
            self.done += 1
            yield function(item)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        where = root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def age(root: Path) -> None:
    """Make every file old enough for its time to be trusted."""
    for path in root.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))


FILES = {"a.py": "def f():\n    g()\n\n\ndef g(): pass\n", "pkg/__init__.py": "from a import f\n", "bad.py": b"\0"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", FILES)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_an_index_knows_files_symbols_and_edges(project: Path, cache: Path) -> None:
    with Index.open(project, cache) as index:
        assert index.paths == ("a.py", "pkg/__init__.py")
        report = index.report
        assert (report.files, report.parsed, report.cached, report.symbols, report.edges) == (2, 2, 0, 4, 4)
        assert report.bytes == len(FILES["a.py"]) + len(FILES["pkg/__init__.py"])
        assert [(s.path, s.why) for s in report.skipped] == [("bad.py", "binary")]
        assert [(p, s.qualname) for p, s in index.symbols()] == [
            ("a.py", ""),
            ("a.py", "f"),
            ("a.py", "g"),
            ("pkg/__init__.py", ""),
        ]
        found = index.symbol_at("a.py", 2)
        assert found is not None
        assert found.name == "f"
        assert index.symbol_at("a.py", 3) is None
        assert index.graph.callers("a.py::g") == ("a.py::f",)
        with pytest.raises(SourceError, match="not in the index"):
            index.facts("bad.py")


def test_what_has_not_changed_is_neither_read_nor_parsed(project: Path, cache: Path) -> None:
    age(project)
    Index.open(project, cache).close()
    (project / "a.py").chmod(0o200)
    work = Counting()
    with Index.open(project, cache, executor=work) as index:
        report = index.report
    assert work.done == 0
    assert (report.parsed, report.cached) == (0, 2)
    assert [s.path for s in report.skipped] == ["bad.py"]


def test_clones_and_branches_share_facts_by_content(project: Path, cache: Path, tmp_path: Path) -> None:
    Index.open(project, cache).close()
    clone = write(tmp_path / "clone", {"other/name.py": FILES["a.py"], "new.py": "x = 1\n"})
    with Index.open(clone, cache) as index:
        assert (index.report.parsed, index.report.cached) == (1, 1)
        assert index.facts("other/name.py").calls


def test_a_change_that_keeps_size_and_time_is_seen_while_the_file_is_young(project: Path, cache: Path) -> None:
    Index.open(project, cache).close()
    stat = (project / "a.py").stat()
    write(project, {"a.py": str(FILES["a.py"]).replace("def g", "def h")})
    os.utime(project / "a.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with Index.open(project, cache) as index:
        assert "a.py::h" in index.graph.nodes


def test_buffers_count_and_are_not_stored(project: Path, cache: Path) -> None:
    with Index.open(project, cache, overlay={"new.py": b"import a\na.g()\n"}) as index:
        assert index.graph.callers("a.py::g") == ("a.py::f", "new.py")
        index.update("a.py", b"def g(): pass\n")
        assert index.graph.callers("a.py::g") == ("new.py",)
        index.update("a.py", b"def g(:\0")
        assert "a.py" not in index.paths
        index.update("a.py", None)
        index.update("new.py", None)
        assert index.graph.callers("a.py::g") == ("a.py::f",)
        assert index.paths == ("a.py", "pkg/__init__.py")
    with Index.open(project, cache) as index:
        assert index.graph.callers("a.py::g") == ("a.py::f",)


def test_without_a_cache_nothing_is_written(project: Path, tmp_path: Path) -> None:
    with Index.open(project) as index:
        assert index.report.edges == 4
        index.refresh()
        assert index.report.parsed == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["project"]


def test_no_folder_is_a_clear_error(project: Path) -> None:
    for wrong in (project / "nowhere", project / "a.py"):
        with pytest.raises(SourceError, match="not a folder"):
            Index.open(wrong)


def test_an_empty_project_has_an_empty_index(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Index.open(tmp_path / "empty", cache) as index:
        assert (index.report.files, index.report.edges, index.paths) == (0, 0, ())


def database(cache: Path) -> Path:
    return max(cache.glob("index-*.sqlite"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database at all, " * 400),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + os.urandom(path.stat().st_size - 4096)),
        lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99").connection.close(),
        lambda path: sqlite3.connect(path).executescript("DROP TABLE facts").connection.close(),
    ],
    ids=["garbage", "cut short", "broken pages", "another version", "missing table"],
)
def test_a_damaged_or_old_store_is_rebuilt_with_a_word_in_the_log(
    project: Path, cache: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    write(project, {f"m{i}.py": f"def f{i}(): pass\n" * 50 for i in range(30)})
    age(project)
    with Index.open(project, cache) as index:
        whole = index.graph
    damage(database(cache))
    with caplog.at_level(logging.WARNING), Index.open(project, cache) as index:
        assert index.graph.edges == whole.edges
        assert sum(len(index.facts(p).symbols) for p in index.paths) == index.report.symbols
        assert not index.report.warnings
    assert "rebuilt" in caplog.text
    caplog.clear()
    with Index.open(project, cache) as index:
        assert index.report.parsed == 0
    assert not caplog.text


def test_damaged_facts_are_extracted_again(project: Path, cache: Path) -> None:
    age(project)
    Index.open(project, cache).close()
    with sqlite3.connect(database(cache)) as connection:
        connection.execute("UPDATE facts SET blob = zeroblob(100)")
    connection.close()
    with Index.open(project, cache) as index:
        assert index.facts("a.py") == extract((project / "a.py").read_bytes())
        assert index.report.edges == 4


INDEXER = "import sys; from pathlib import Path; from fixbot_analysis.index import Index\n"


def child(code: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", INDEXER + code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


OPEN = "i = Index.open(Path(sys.argv[1]), Path(sys.argv[2])); print(i.report.edges, len(i.report.warnings), *i.report.warnings)"


def test_a_killed_indexer_leaves_a_store_that_works(tmp_path: Path, cache: Path) -> None:
    project = write(tmp_path / "big", {f"m{i}.py": f"def f{i}():\n    pass\n" * 40 for i in range(400)})
    for attempt in range(3):
        indexer = child(OPEN, project, cache)
        until = time.monotonic() + 30
        while indexer.poll() is None and time.monotonic() < until and not list(cache.glob("*.sqlite-wal")):
            time.sleep(0.005)
        time.sleep(0.02 * attempt)
        indexer.send_signal(signal.SIGKILL)
        indexer.communicate()
    with Index.open(project, cache) as index:
        assert index.report.files == 400
        assert not index.report.warnings
        assert index.graph.edges == Index.open(project).graph.edges
    assert not list(cache.glob("*.damaged"))


def test_several_processes_index_at_once(tmp_path: Path, cache: Path) -> None:
    project = write(tmp_path / "big", {f"m{i}.py": f"def f{i}():\n    pass\n" for i in range(300)})
    results = [p.communicate(timeout=100) for p in [child(OPEN, project, cache) for _ in range(3)]]
    assert [out.split() for out, _ in results] == [["300", "0"]] * 3
    assert len(list(cache.glob("*.sqlite"))) == 1


def test_a_cache_that_cannot_be_used_is_a_warning(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Index.open(project, tmp_path / "file" / "cache") as index:
        assert index.report.edges == 4
        (warning,) = index.report.warnings
        assert "memory only" in warning
        index.refresh()
        assert index.report.parsed == 0


def test_a_full_disk_is_a_warning(tmp_path: Path, cache: Path) -> None:
    project = write(tmp_path / "big", {f"m{i}.py": f"def f{i}():\n    pass\n" * 20 for i in range(300)})
    no_room = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
    out, _ = child(no_room + OPEN, project, cache).communicate(timeout=100)
    assert out.split()[:2] == ["300", "1"]
    assert "memory only" in out
    with Index.open(project, cache) as index:
        assert index.report.edges == 300
        assert not index.report.warnings


PATHS = ["a.py", "b.py", "pkg/__init__.py", "pkg/c.py", "pkg/d.py"]
TEXTS = [
    "", "def f(): g()\ndef g(): pass\n", "from a import *\nf()\n", "from pkg import c\nc.f()\n", "from .d import f as h\nh()\n",
    "import pkg.d\nclass A(pkg.d.B):\n    def m(self): self.n()\n", "class B:\n    def n(self): pass\n    def f(self): pass\n",
    "from . import d\nx = d.B()\nx.n()\n", "def broken(:\n", "\0", "__all__ = ['g']\nfrom b import g\n",
]  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from(["disk", "buffer"]), st.sampled_from(PATHS), st.sampled_from([*TEXTS, None])),
    min_size=1,
    max_size=10,
)


@settings(max_examples=60)
@given(steps)
def test_any_sequence_of_changes_leads_to_the_index_made_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, str | None]]
) -> None:
    base = tmp_path_factory.mktemp("property")
    root, buffers = write(base / "root", {"a.py": TEXTS[1], "pkg/__init__.py": TEXTS[4], "pkg/d.py": TEXTS[6]}), {}
    with Index.open(root, base / "cache") as index:
        for where, path, text in changes:
            if where == "buffer":
                index.update(path, None if text is None else text.encode())
                buffers = {p: t for p, t in {**buffers, path: text}.items() if t is not None}
            else:
                (root / path).unlink(missing_ok=True) if text is None else write(root, {path: text})
                index.refresh()
            fresh = Index.open(root, overlay={p: t.encode() for p, t in buffers.items()})
            assert index.paths == fresh.paths
            assert index.graph.nodes == fresh.graph.nodes
            assert index.graph.edges == fresh.graph.edges
            assert [index.facts(p) for p in index.paths] == [fresh.facts(p) for p in fresh.paths]
            assert index.report.skipped == fresh.report.skipped
            assert index.report.symbols == fresh.report.symbols
            assert index.report.bytes == fresh.report.bytes


def test_the_stored_graph_is_the_resolved_one(project: Path, cache: Path) -> None:
    Index.open(project, cache).report  # noqa: B018  counting edges stores the graph
    with Index.open(project, cache) as index:
        facts = {p: index.facts(p) for p in index.paths}
        assert index.graph.edges == DependencyGraph.build(facts).edges
        assert index.graph.resolve("f", "pkg/__init__.py") == "a.py::f"


def test_one_saved_file_is_taken_in_without_a_look_at_the_others(project: Path, cache: Path) -> None:
    write(project, {".gitignore": "left.py\nout/\n", "venv/pyvenv.cfg": "", "real/x.py": ""})
    (project / "link").symlink_to(project / "real")
    with Index.open(project, cache) as index:
        for path, text in (
            ("a.py", "def f():\n    h()\n\ndef h(): pass\n"), ("new/deep/c.py", "from a import h\nh()\n"), ("left.py", "x = 1\n"),
            ("out/d.py", ""), ("venv/e.py", ""), ("__pycache__/f.py", ""), ("notes.md", "hi"), ("bad.py", "y = 1\n"), ("b.py", "\0"),
        ):  # fmt: skip
            write(project, {path: text})
            index.saved(path)
        (project / "pkg/__init__.py").unlink()
        for path in ("pkg/__init__.py", "never.py", "../outside.py", "link/x.py"):
            index.saved(path)
        fresh = Index.open(project)
        assert index.paths == fresh.paths == ("a.py", "bad.py", "new/deep/c.py", "real/x.py")
        assert index.tree.docs == fresh.tree.docs
        assert index.report.skipped == fresh.report.skipped
        assert index.graph.edges == fresh.graph.edges
        write(project, {"unseen.py": ""})
        index.saved("a.py")
        assert "unseen.py" not in index.paths
        write(project, {".gitignore": ""})
        index.saved(".gitignore")
        assert {"unseen.py", "left.py", "out/d.py"} <= {*index.paths}
    with Index.open(project, cache) as again:
        assert again.graph.edges == Index.open(project).graph.edges


def test_a_folder_that_is_gone_takes_its_files_along(project: Path, cache: Path) -> None:
    with Index.open(project, cache) as index:
        assert "pkg/__init__.py" in index.paths
        shutil.rmtree(project / "pkg")
        index.saved("pkg")
        assert "pkg/__init__.py" not in index.paths


def test_a_saved_buffer_is_stored_as_it_was_read_already(project: Path, cache: Path) -> None:
    text = b"def f():\n    k()\n\ndef k(): pass\n"
    with Index.open(project, cache) as index:
        index.update("a.py", text)
        (project / "a.py").write_bytes(text)
        index.saved("a.py")
        index.update("pkg/__init__.py", b"half ty")
        assert index.graph.callers("a.py::k") == ("a.py::f",)
        index.update("a.py", None)
        assert index.facts("a.py") == extract(text)
    with Index.open(project, cache) as again:
        assert again.graph.callers("a.py::k") == ("a.py::f",)
        assert again.report.parsed == 0


def test_two_that_change_one_project_by_turns_both_stay_right(tmp_path: Path, cache: Path) -> None:
    files = {f"m{n}.py": f"from m{n + 1} import f{n + 1}\n\ndef f{n}():\n    f{n + 1}()\n" for n in range(30)}
    project = write(tmp_path / "project", files)
    with Index.open(project, cache) as one, Index.open(project, cache) as other:
        assert one.graph.edges == other.graph.edges
        for n, index in enumerate((one, other, one, one, other, other)):
            write(project, {f"m{n}.py": f"def f{n}(): pass\n\ndef g{n}():\n    f{n}()\n"})
            for each in (index, other, one):
                each.saved(f"m{n}.py")
                assert each.graph.callers(f"m{n}.py::f{n}")[-1] == f"m{n}.py::g{n}"
    with Index.open(project, cache) as last:
        assert last.graph.edges == Index.open(project).graph.edges
    assert not list(cache.glob("*.damaged"))


def test_a_damaged_graph_is_resolved_again(project: Path, cache: Path) -> None:
    Index.open(project, cache).report  # noqa: B018  counting edges stores the graph
    for column in ("UPDATE graphs SET blob = zeroblob(50)", "UPDATE graphs SET blob = x''"):
        with sqlite3.connect(database(cache)) as connection:
            connection.execute(column)
        connection.close()
        with Index.open(project, cache) as index:
            assert index.report.edges == 4


def test_a_file_is_taken_in_at_every_prefix_while_it_is_typed(project: Path, cache: Path) -> None:
    data = Path(__file__).read_bytes()[:3000]
    with Index.open(project, cache) as index:
        for end in range(0, len(data), 7):
            index.update("a.py", data[:end])
            if end % 5 == 0:
                assert set(index.graph.nodes) >= {"a.py", "pkg/__init__.py"}
        index.update("a.py", data)
        assert index.graph.edges == Index.open(project, overlay={"a.py": data}).graph.edges


SAVE = """
from itertools import cycle
root = Path(sys.argv[1])
with Index.open(root, Path(sys.argv[2])) as index:
    index.graph
    print("ready", flush=True)
    for n in cycle(range(20)):
        (root / f"m{n}.py").write_text(f"from m{n + 1} import f{n + 1}\\n\\ndef f{n}():\\n    f{n + 1}()\\n\\ndef g{n}(): pass\\n")
        index.saved(f"m{n}.py")
        index.graph
"""


def test_one_killed_while_it_stores_changes_leaves_a_store_that_works(tmp_path: Path, cache: Path) -> None:
    files = {f"m{n}.py": f"from m{n + 1} import f{n + 1}\n\ndef f{n}():\n    f{n + 1}()\n" for n in range(40)}
    project = write(tmp_path / "project", files)
    for attempt in range(3):
        saver = child(SAVE, project, cache)
        assert saver.stdout is not None
        assert saver.stdout.readline() == "ready\n"
        time.sleep(0.03 * (attempt + 1))
        saver.send_signal(signal.SIGKILL)
        saver.communicate()
        with Index.open(project, cache) as index:
            assert index.graph.edges == Index.open(project).graph.edges
            assert not index.report.warnings
    assert not list(cache.glob("*.damaged"))


def changed(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    connection.executescript(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE facts SET symbols = 'many'", "UPDATE facts SET blob = 'text'", "UPDATE files SET size = 'large'", "UPDATE files SET path = x'ff' WHERE path = 'a.py'",
        "UPDATE graphs SET turn = 'x'", "UPDATE graphs SET blob = 'text'", "INSERT INTO blocks SELECT root, 'a.py', 'text' FROM graphs",
        "UPDATE graphs SET turn = 'x', stamp = ''", "UPDATE facts SET blob = (SELECT blob FROM facts ORDER BY digest LIMIT 1)",
    ],
)  # fmt: skip
def test_rows_that_were_never_written_are_not_believed(project: Path, cache: Path, statement: str) -> None:
    with Index.open(project, cache) as index:
        edges = index.graph.edges
    age(project)
    Index.open(project, cache).close()
    changed(database(cache), statement)
    with Index.open(project, cache) as index:
        assert index.graph.edges == edges
        assert {p: index.facts(p) for p in index.paths} == {p: extract((project / p).read_bytes()) for p in index.paths}


@pytest.mark.parametrize("seed", range(12))
def test_a_store_with_any_bytes_broken_costs_no_answer(project: Path, cache: Path, seed: int) -> None:
    with Index.open(project, cache) as index:
        edges = index.graph.edges
    chance, path = random.Random(seed), database(cache)
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 10, 60])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data[: chance.choice([len(data), len(data), chance.randrange(len(data))])])
    with Index.open(project, cache) as index:
        assert index.graph.edges == edges
        assert {p: index.facts(p) for p in index.paths} == {p: extract((project / p).read_bytes()) for p in index.paths}
