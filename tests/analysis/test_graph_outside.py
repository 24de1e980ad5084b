"""What installed packages say of a project: each case hangs on a class or function of a package, and is not known without it."""

import os
import textwrap
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.graph.values import Definition, External, Instance
from fixbot_analysis.index import Index
from fixbot_analysis.index.packages import Packages
from fixbot_analysis.index.store import Store
from fixbot_analysis.installed import packages_of, signature
from fixbot_analysis.symbols import EXTRACTOR_VERSION, FileFacts, SymbolKind, extract

LIB = {
    "lib/__init__.py": """
        from .core import *
        from .core import Base as Renamed
        from . import handing as given
        Same = Renamed
        """,
    "lib/core.py": """
        import enum
        from typing import TypeVar
        from typing_extensions import Self
        from .deep.kinds import Kind
        T = TypeVar("T", bound="Base")

        class Root:
            hook = None
            def get(self): return 1
            def chosen(self): return self

        class Base(Root):
            def filter(self): return self._clone()
            def _clone(self):
                found = self.__class__()
                return found
            def me(self) -> Self: ...
            def typed(self: T) -> T: ...
            def again(self): return type(self)()
            @classmethod
            def make(cls): return cls()
            @property
            def fresh(self) -> Self: ...
            def unclear(self): return compute()
            def nothing(self): pass
        """,
    "lib/deep/kinds.py": "import enum\nclass Kind(enum.Enum): ...\n",
    "lib/handing.py": """
        from typing import Callable, Generic, TypeVar
        T = TypeVar("T")
        def same(x): return x
        def typed(x: T) -> T: ...
        def calling(x): return x.go()
        def decorating(function): return function
        class Box(Generic[T]):
            def __init__(self, held: T): self.held = held
            def take(self) -> T: ...
            def __enter__(self) -> T: ...
        """,
}
HEAD = """
import lib
import lib.core as core
from lib import *
from lib.core import Base as B, Kind
from lib.handing import Box, calling, decorating, same, typed

class Item:
    def go(self): pass

class Mixin:
    def get(self): pass
    def only_here(self): pass

class Own(lib.Base):
    def own(self): pass
    def chosen(self): return Item()

class Color(Kind):
    RED = 1
    def go(self): pass

class Items(Box[Item]): pass

class Both(B, Mixin):
    def ask(self): return self.get()

def guess(x): x.only_here()
"""


def site(folder: Path, files: Mapping[str, str] = LIB, version: str = "1.0") -> Path:
    """A folder of installed packages with one distribution in it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text))
    (folder / f"lib-{version}.dist-info").mkdir(parents=True)
    return folder


@pytest.fixture
def lib(tmp_path: Path) -> Iterator[Packages]:
    store = Store(None, EXTRACTOR_VERSION)
    yield Packages((site(tmp_path / "site-packages"),), store)
    store.close()


def linked(body: str, lib: Packages | None) -> DependencyGraph:
    text = HEAD + "\ndef f():\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"
    return DependencyGraph.build({"main.py": extract(text.encode())}, outside=lib)


def called(body: str, lib: Packages | None) -> set[str]:
    return {target.partition("::")[2] for target in linked(body, lib).callees("main.py::f", guessed=False)}


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("Own().filter().own()", "Own.own"),
        ("Own().filter().me().typed().again().own()", "Own.own"),
        ("Own.make().own()", "Own.own"),
        ("Own().fresh.own()", "Own.own"),
        ("x = Own().me()\nx.own()", "Own.own"),
        ("for x in [Own().me()]: x.own()", "Own.own"),
        ("Color.RED.go()", "Color.go"),
        ("same(Item()).go()", "Item.go"),
        ("lib.given.same(Item()).go()", "Item.go"),
        ("typed(Item()).go()", "Item.go"),
        ("typed(x=Item()).go()", "Item.go"),
        ("Box(Item()).take().go()", "Item.go"),
        ("Box(Item()).held.go()", "Item.go"),
        ("with Box(Item()) as x: x.go()", "Item.go"),
        ("x: Box[Item] = make()\nx.take().go()", "Item.go"),
        ("Items().take().go()", "Item.go"),
    ],
)
def test_what_packages_say_leads_back_to_the_project(body: str, target: str, lib: Packages) -> None:
    assert target in called(body, lib)
    assert target not in called(body, None)  # else the case says nothing of packages


def test_a_package_is_known_however_often_it_is_asked_for(lib: Packages) -> None:
    place = lib.location("lib.core")
    first = lib.facts(place)
    assert first is not None
    assert all(lib.facts(place) is first for _ in range(3_000))  # an open editor links thousands of times


@pytest.mark.parametrize("base", ["lib.Base", "Base", "B", "core.Base", "lib.Renamed", "lib.Same", "lib.core.Base"])
def test_a_base_is_found_however_a_package_hands_it_on(base: str, lib: Packages) -> None:
    facts = extract(f"{HEAD}\nclass New({base}):\n    def own(self): pass\n\ndef f(): New().me().own()\n".encode())
    graph = DependencyGraph.build({"main.py": facts}, outside=lib)
    assert "main.py::New.own" in graph.callees("main.py::f", guessed=False)


def test_a_method_of_a_package_that_comes_first_hides_that_of_the_project(lib: Packages) -> None:
    mixin = "main.py::Mixin.get"
    assert mixin not in linked("pass", lib).callees("main.py::Both.ask")
    assert mixin in linked("pass", None).callees("main.py::Both.ask")


def test_an_override_is_known_where_a_package_answers_with_its_own(lib: Packages) -> None:
    assert called("Own().chosen().go()", lib) >= {"Own.chosen", "Item.go"}


def test_narrowing_to_a_class_of_a_package_keeps_what_is_one(lib: Packages) -> None:
    text = f"{HEAD}\ndef g(x: Item | Own):\n    if isinstance(x, lib.Base):\n        x.own()\n"
    for outside, known in ((lib, True), (None, False)):
        graph = DependencyGraph.build({"main.py": extract(text.encode())}, outside=outside)
        assert ("main.py::Own.own" in graph.callees("main.py::g", guessed=False)) == known


@pytest.mark.parametrize("way", ["unclear()", "nothing()", "hook", "made_while_it_runs", "filter().made_while_it_runs"])
def test_what_a_package_leaves_open_is_not_guessed_to_be_the_project_s(way: str, lib: Packages) -> None:
    graph = linked(f"Own().{way}.only_here()", lib)
    assert "main.py::Mixin.only_here" not in graph.callees("main.py::f")
    assert "main.py::Mixin.only_here" in graph.callees("main.py::guess")


def test_a_package_s_use_of_the_project_s_objects_is_not_followed(lib: Packages) -> None:
    text = "from lib.handing import calling\nfrom made import Item\ncalling(Item()).own()\n"  # go is not mentioned
    made = "class Own:\n    def own(self): pass\n    def __call__(self): pass\nclass Item:\n    def go(self): return Own()\n"
    graph = DependencyGraph.build({"main.py": extract(text.encode()), "made.py": extract(made.encode())}, outside=lib)
    assert graph.callees("main.py") == ("made.py::Item",)


def test_nothing_from_outside_is_a_node_or_an_end_of_an_edge(lib: Packages) -> None:
    graph = linked("Own().filter().own()\nlib.Base.make()\nBox(Item()).take().go()\nsame(Own)()", lib)
    assert {n.path for n in graph.nodes.values()} == {"main.py"}
    assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= set(graph.nodes)


def test_answers_hold_no_definition_from_outside(lib: Packages) -> None:
    resolver = linked("own = Own()", lib).resolver
    own = Definition("main.py", next(s for s in resolver.scope("main.py").facts.symbols if s.name == "Own"))
    assert [c.symbol.name for c in resolver.order(own)] == ["Own"]
    assert resolver.bases(own) == []
    assert resolver.attribute(Instance(own), "me") == External("lib.core.Base.me")
    assert resolver.values("main.py", "f", "own.get") == (External("lib.core.Root.get"),)
    assert all(isinstance(v, External) for v in resolver.values("main.py", "f", "Box(Item())"))
    assert linked("pass", lib).resolve("Own.me", "main.py") is None


def test_only_modules_that_a_meaning_hangs_on_are_read(tmp_path: Path) -> None:
    asked: list[str] = []

    class Watched(Packages):
        def facts(self, location: str) -> FileFacts | None:
            asked.append(location)
            return super().facts(location)

    watched = Watched((site(tmp_path / "site"),), Store(None, EXTRACTOR_VERSION))
    text = b"import lib.core\nfrom lib.handing import same\nx = same(1)\nx.go()\nlib.core.Base.make().get()\n"
    DependencyGraph.build({"main.py": extract(text)}, outside=watched)
    assert asked == []
    DependencyGraph.build({"main.py": extract(text + b"class A(lib.core.Base): pass\n")}, outside=watched)
    assert asked == ["/lib/core.py"]


def test_stubs_come_before_sources_and_a_stub_package_before_both(tmp_path: Path) -> None:
    kinds = {"lib.py": "class A: pass", "lib.pyi": "class B: ...", "lib-stubs/__init__.pyi": "class C: ..."}
    for count, name in enumerate("ABC", 1):
        folder = site(tmp_path / name, dict(list(kinds.items())[:count]))
        packages = Packages((folder,), Store(None, EXTRACTOR_VERSION))
        found = packages.facts(packages.location("lib"))
        assert found is not None
        assert [s.name for s in found.symbols if s.kind is SymbolKind.CLASS] == [name]


@pytest.mark.parametrize(
    "name", ["os", "typing_extensions", "absent", "lib.absent", "lib/core", "..lib", "lib..core", "class", ""]
)
def test_what_is_no_module_of_a_package_has_no_place(name: str, lib: Packages) -> None:
    assert lib.location(name) == ""


def test_a_strange_file_is_passed_over(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"lib/__init__.py": ""})
    (folder / "lib" / "huge.py").write_bytes(b"x = 1\n" * 100_000)
    (folder / "lib" / "binary.py").write_bytes(b"class A:\0 pass")
    (folder / "lib" / "round.py").symlink_to("round.py")
    os.mkfifo(folder / "lib" / "pipe.py")
    (folder / "lib" / "deep.py").write_text("x = " + "(" * 5_000 + "\nclass A: pass\n")
    (folder / "lib" / "circle.py").write_text(
        "from .circle import *\nfrom lib.circle import A as B, B as A\nA = B\nB = A\n"
    )
    packages = Packages((folder,), Store(None, EXTRACTOR_VERSION))
    for name in ("huge", "binary", "round", "pipe"):
        assert packages.facts(packages.location(f"lib.{name}") or "/lib/none.py") is None
    text = "".join(
        f"import lib.{n}\nclass C{n}(lib.{n}.A): pass\n" for n in ("huge", "binary", "round", "pipe", "deep", "circle")
    )
    assert DependencyGraph.build({"main.py": extract(text.encode())}, outside=packages).edges


def test_a_project_s_module_hides_a_package_of_its_name(lib: Packages) -> None:
    files = {"lib.py": "class Base:\n    def me(self): return 1\n", "main.py": HEAD + "\ndef f(): Own().me().own()\n"}
    graph = DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()}, outside=lib)
    assert graph.callees("main.py::f") >= ("lib.py::Base.me",)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "main.py").write_text(f"{HEAD}\ndef f():\n    Own().filter().own()\n")
    site(root / ".venv" / "lib" / "python3.11" / "site-packages")
    return root


def is_known(index: Index) -> bool:
    return "main.py::Own.own" in index.graph.callees("main.py::f", guessed=False)


def upgrade(project: Path) -> None:
    folder = project / ".venv" / "lib" / "python3.11" / "site-packages"
    (folder / "lib-1.0.dist-info").rename(folder / "lib-2.0.dist-info")
    (folder / "lib" / "core.py").write_text("class Base:\n    def filter(self): return 1\n")


def test_an_upgraded_package_changes_what_is_linked(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with Index.open(project, cache) as index:
        assert is_known(index)
        upgrade(project)
        index.refresh()
        assert not is_known(index)
    with Index.open(project, cache) as index:
        assert not is_known(index)


def test_a_graph_stored_before_an_upgrade_is_not_used_after_it(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with Index.open(project, cache) as index:
        assert is_known(index)
    with Index.open(project, cache) as index:  # from the store, and what is linked again still sees packages
        assert is_known(index)
        (project / "main.py").write_text(f"{HEAD}\ndef f():\n    x = Own().me()\n    x.own()\n")
        index.refresh()
        assert is_known(index)
    upgrade(project)
    with Index.open(project, cache) as index:
        assert not is_known(index)


def test_facts_of_packages_are_extracted_once_for_all_projects(project: Path, tmp_path: Path) -> None:
    with Index.open(project, tmp_path / "cache") as index:
        assert is_known(index)
    (found,) = packages_of(project)
    store = Store(tmp_path / "cache", EXTRACTOR_VERSION)
    kept = {row.path for row in store.files(str(found)).values()}
    store.close()
    assert kept == {"lib/__init__.py", "lib/core.py", "lib/handing.py", "lib/deep/kinds.py"}


def test_packages_that_are_handed_in_stand_for_those_that_would_be_found(project: Path, tmp_path: Path) -> None:
    with Index.open(project, packages=()) as index:
        assert not is_known(index)
        with pytest.raises(SourceError):
            index.facts("/lib/core.py")
    with Index.open(project, packages=(tmp_path / "nowhere",)) as index:
        assert not is_known(index)


def test_environments_are_looked_for_up_to_the_repository_s_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, active = tmp_path / "top", site(tmp_path / "active" / "lib" / "python3.12" / "site-packages")
    inner = top / "services" / "one"
    inner.mkdir(parents=True)
    near = site(inner / "env" / "lib" / "python3.11" / "site-packages")
    above = site(top / "venv" / "lib" / "python3.11" / "site-packages")
    beyond = site(tmp_path / ".venv" / "lib" / "python3.11" / "site-packages")
    assert packages_of(inner) == (near,)  # of no repository: what lies above may be anybody's
    (top / ".git").mkdir()
    assert packages_of(inner) == (near, above)
    assert beyond not in packages_of(top)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    monkeypatch.chdir(tmp_path / "active")
    assert active not in packages_of(inner)
    monkeypatch.chdir(top)
    assert packages_of(inner) == (near, above, active)


def test_the_signature_names_distributions_and_nothing_else(tmp_path: Path) -> None:
    folder = site(tmp_path / "site")
    before = signature((folder,))
    (folder / "lib" / "core.py").touch()
    assert signature((folder,)) == before != ""
    (folder / "other-1.dist-info").mkdir()
    assert signature((folder,)) != before
    assert signature(()) == ""


def test_links_to_outside_are_kinds_of_edges_of_the_project_only(lib: Packages) -> None:
    graph = linked("pass", lib)
    assert [e.target for e in graph.neighbours("main.py::Own", (EdgeKind.INHERITS, EdgeKind.OVERRIDES))] == []


def test_the_packages_of_poetrys_environments_are_found_the_newest_python_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Poetry 2 keeps them in its cache, under the project's name and a digest of its folder."""
    project, kept = tmp_path / "My Proj", tmp_path / "cache" / "virtualenvs"
    project.mkdir()
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "cache"))
    digest = urlsafe_b64encode(sha256(os.path.realpath(project).encode()).digest())[:8].decode()
    sites = [kept / f"my-proj-{name}/lib/{python}/site-packages" for name, python in (
        (f"{digest}-py3.9", "python3.9"), (f"{digest}-py3.12", "python3.12"), ("AAAAAAAA-py3.12", "python3.12"),
    )]  # fmt: skip
    for site in sites:
        site.mkdir(parents=True)
    assert packages_of(project) == (), "no project of Python's"
    (project / "pyproject.toml").write_text("")
    assert packages_of(project) == (sites[1], sites[0])
    monkeypatch.delenv("POETRY_CACHE_DIR")
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(kept))
    assert packages_of(project) == (sites[1], sites[0])
