"""The dependency graph as the index keeps it: its questions, and what is redone after a change."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, Edge, EdgeKind
from fixbot_analysis.symbols import FileFacts, extract

FILES = {
    "a.py": "class A:\n    def only_here(self): pass\n\ndef f(x):\n    x.only_here()\n    g()\n\ndef g(): pass\n",
    "b.py": "from a import A\n\nclass B(A): pass\n",
}


@pytest.fixture
def graph() -> DependencyGraph:
    return build(FILES)


def build(files: Mapping[str, str]) -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})


def test_guessed_callers_can_be_left_out(graph: DependencyGraph) -> None:
    assert graph.callers("a.py::A.only_here") == ("a.py::f",)
    assert graph.callers("a.py::A.only_here", guessed=False) == ()
    assert set(graph.callees("a.py::f")) - set(graph.callees("a.py::f", guessed=False)) == {"a.py::A.only_here"}


def test_neighbours_are_edges_of_the_kinds_and_direction_asked_for(graph: DependencyGraph) -> None:
    inherits = Edge("b.py::B", "a.py::A", EdgeKind.INHERITS)
    assert graph.neighbours("b.py::B", (EdgeKind.INHERITS,)) == (inherits,)
    assert inherits in graph.neighbours("a.py::A", outgoing=False)
    assert graph.neighbours("a.py::A", (EdgeKind.IMPORTS,), outgoing=False) == ()
    assert graph.neighbours("nowhere.py") == ()
    assert graph.resolver.scope("a.py").member("", "A") is not None


def test_degrees_are_counted_without_looking_at_edges(graph: DependencyGraph) -> None:
    for node in graph.nodes:
        for kinds in (None, (EdgeKind.CALLS,), (EdgeKind.DEFINES, EdgeKind.INHERITS)):
            for outgoing in (True, False):
                assert graph.degree(node, outgoing, kinds) == len(graph.neighbours(node, kinds, outgoing))


NAMES, CLASSES, MEMBERS = ["f", "g", "x", "thing"], ["A", "B", "C"], ["run", "stop", "part"]
MODULES = ["a", "b", "pkg", "pkg.c", "pkg.d", "pkg.sub", "pkg.sub.e", ".", ".c", ".d", "..c", ".sub"]
FILLER = {f"filler/m{n}.py": f"def only_{n}(): pass\n" for n in range(40)}
PLACES = [
    "a.py", "b.py", "pkg/__init__.py", "pkg/c.py", "pkg/d.py", "pkg/sub/__init__.py", "pkg/sub/e.py", "other/c.py",
    "test_a.py", "conftest.py",
]  # fmt: skip

name, cls, member = st.sampled_from([*NAMES, *CLASSES]), st.sampled_from(CLASSES), st.sampled_from(MEMBERS)
implicit = st.sampled_from(["__init__", "__call__", "__getattr__", "__iter__", "__init_subclass__"])
module = st.sampled_from(MODULES)
absolute = st.sampled_from([m for m in MODULES if not m.startswith(".")])


def phrases(pattern: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(pattern.format, **parts)


expression = st.one_of(
    name,
    phrases("{a}()", a=name),
    phrases("{a}().{m}()", a=name, m=member),
    phrases("{a}.{m}", a=name, m=member),
    phrases("{a}.{b}()", a=absolute, b=name),
    phrases("super().{m}()", m=member),
    phrases("{a}[{b}]().{m}.{n}()", a=cls, b=cls, m=member, n=member),
    phrases("{a}()().{m}()", a=cls, m=member),
    phrases("{a}().thing.{m}()", a=cls, m=member),
    phrases("[x.{m}() for x in {a}()]", a=cls, m=member),
    phrases("{a}(lambda thing: thing.{m}())", a=name, m=member),
    phrases("lib.same({a}()).{m}()", a=cls, m=member),
    phrases("lib.Box({a}()).take().{m}()", a=cls, m=member),
    phrases("lib.using({a}()).{m}()", a=cls, m=member),
    phrases("{a}().each().{m}()", a=cls, m=member),
)
statement = st.one_of(
    phrases("from {m} import {a}", m=module, a=name),
    phrases("from {m} import {a} as {b}", m=module, a=name, b=name),
    phrases("from {m} import c, d", m=module),
    phrases("from {m} import *", m=module),
    phrases("import {m}", m=absolute),
    phrases("__all__ = ['{a}', '{b}']", a=name, b=name),
    phrases("{a} = {e}", a=name, e=expression),
    phrases("{e}", e=expression),
    phrases("def {a}(thing):\n    x = {e}\n    {f}\n    return x.{m}", a=name, e=expression, f=expression, m=member),
    phrases("def {a}() -> {b}:\n    {e}", a=name, b=cls, e=expression),
    phrases("class {a}({b}):\n    part = {e}\n    def {m}(self):\n        return self.{n}()", a=cls, b=name, e=expression, m=member, n=member),
    phrases("class {a}:\n    def __init__(self, thing: {b}):\n        x = {e}\n        self.{m} = x", a=cls, b=cls, e=expression, m=member),
    phrases("from typing import *\nT = TypeVar('T', bound={b})\nclass {a}(Generic[T]):\n    {m}: T", a=cls, b=cls, m=member),
    phrases("class {a}[T: {b}]:\n    def {m}(self) -> T: ...", a=cls, b=cls, m=member),
    phrases("class {a}({b}[{c}]): pass", a=cls, b=cls, c=cls),
    phrases("import lib\nclass {a}({b}, lib.Base): pass", a=cls, b=cls),
    phrases("from lib import *\nclass {a}(Base):\n    def {m}(self): return {e}", a=cls, m=member, e=expression),
    phrases("import lib\nclass {a}(lib.Box[{b}]):\n    def f(self): self.take().{m}()", a=cls, b=cls, m=member),
    phrases("def {a}(thing: {b} | {c}):\n    if isinstance(thing, lib.Base):\n        thing.{m}()", a=name, b=cls, c=cls, m=member),
    phrases("class {a}(type):\n    def __new__(cls):\n        setattr(cls, '{m}', {e})", a=cls, m=member, e=expression),
    phrases("class {a}(metaclass={b}): pass", a=cls, b=cls),
    phrases("from typing import *\ndef {a}(f: Callable[[{b}], None]): ...", a=name, b=cls),
    phrases("def {a}(thing: {b} | {c}):\n    if isinstance(thing, {c}): return\n    thing.{m}()", a=name, b=cls, c=cls, m=member),
    phrases("match {e}:\n    case {a}(part=x) as thing:\n        thing.{m}()\n        x.{n}()", a=cls, e=expression, m=member, n=member),
    phrases("class {a}({b}):\n    def {d}(self, *x): return {e}", a=cls, b=cls, d=implicit, e=expression),
    phrases("class {a}:\n    def {d}(self, *x) -> {b}: ...", a=cls, b=cls, d=implicit),
    phrases("import pytest\n@pytest.fixture\ndef {a}():\n    return {e}", a=name, e=expression),
    phrases("def test_{a}({b}):\n    {b}.{m}()\n    {c}()", a=name, b=name, c=name, m=member),
)  # fmt: skip
text = st.lists(statement, max_size=4).map(lambda found: "\n".join(found) + "\n")

# A package whose classes and functions hand on what the project gives them, under names that the project has too.
LIBRARY = """
from typing import Generic, TypeVar
T = TypeVar("T")
def same(x): return x
def using(x): return x.run()
class Base:
    part = None
    def each(self): return self.__class__()
    def run(self): return self.stop()
    def stop(self): return self
    def __call__(self): return self
class Box(Generic[T]):
    def __init__(self, thing: T): self.thing = thing
    def take(self) -> T: ...
"""


class Library:
    """The outside that has one module, ``lib``."""

    signature = "1"
    kept = extract(LIBRARY.encode())

    def location(self, dotted: str) -> str:
        return "/lib.py" if dotted == "lib" else ""

    def facts(self, location: str) -> FileFacts | None:
        return self.kept


# What is called at the end of a chain of files hangs on every one of them.
CHAIN = {
    "a.py": [
        "class A:\n    def run(self): pass\n    def stop(self): pass\n",
        "class A:\n    def stop(self): pass\n\nclass C:\n    def run(self): pass\n",
        "class C:\n    def run(self): pass\n    def part(self): pass\n\nclass A(C): pass\n",
        "import lib\n\nclass C: pass\n\nclass A(lib.Base, C):\n    def own(self): pass\n",
        "from lib import Base as A, Box\n\nclass C(Box[A]): pass\n",
    ],
    "pkg/c.py": [
        "from a import A\n\nclass B(A):\n    def part(self): return self\n",
        "from a import C\n\nclass B(C):\n    def __init__(self):\n        x = C()\n        self.part = x\n",
        "from a import *\n\nclass B(A, C): pass\n",
    ],
    "pkg/d.py": [
        "from .c import B\n\ndef f() -> B:\n    pass\n",
        "from . import c\n\ndef f():\n    x = c.B()\n    return x\n",
        "from a import C as B\n\ndef f():\n    return B()\n",
    ],
    "pkg/__init__.py": ["from .d import *\n", "from .d import f as g, f\n", "from pkg import d\nf = d.f\n"],
    "b.py": [
        "import pkg\n\nthing = pkg.f()\n",
        "from pkg import f\n\nclass B:\n    part = f()\n\nthing = B().part\n",
        "import pkg, lib\nthing = lib.same(pkg.f()).each()\n",
    ],
    "other/c.py": [
        "from b import thing\n\nthing.run()\nthing.stop()\nthing.part.run()\nthing.part().stop()\nthing.each().own()\nthing.take().run()\n"
    ],
    "conftest.py": ["import pytest\nimport b\n\n@pytest.fixture\ndef x():\n    b.thing.run()\n    return b.thing\n"],
    "test_a.py": ["import pkg\n\ndef helper():\n    pkg.f().run()\n\ndef test_x(x):\n    helper()\n    x.stop()\n"],
}


LIB = Library()


def of_chain(place: str) -> st.SearchStrategy[tuple[str, str | None]]:
    links = st.sampled_from(CHAIN[place]) if place in CHAIN else text
    return st.tuples(st.just(place), st.one_of(links, links, links, text, st.none()))


changes = st.lists(st.sampled_from(PLACES).flatmap(of_chain), min_size=1, max_size=6)
files_of_chain = st.fixed_dictionaries({place: st.sampled_from(texts) for place, texts in CHAIN.items()})


@pytest.mark.parametrize(
    ("method", "use"),
    [
        ("def __init__(self): pass", "A()"),
        ("def __init_subclass__(cls): pass", "class B(A): pass"),
        ("def __call__(self): pass", "A()()"),
        ("def __getattr__(self, name) -> 'C': ...", "A().anything.go()"),
        ("def __iter__(self): return [C()]", "for c in A(): c.go()"),
    ],
)
def test_what_runs_without_being_named_is_linked_where_it_comes_to_be(method: str, use: str) -> None:
    base = "class C:\n    def go(self): pass\nclass A:\n    x = 1\n"
    facts = {p: extract(t.encode()) for p, t in {**FILLER, "a.py": base, "b.py": f"from a import *\n{use}\n"}.items()}
    after = facts | {"a.py": extract(f"{base}    {method}\n".encode())}
    graph = DependencyGraph.build(facts).relinked({p: f.digest for p, f in after.items()}, after.__getitem__, facts.get)
    assert graph is not None
    assert list(graph.edges) == list(DependencyGraph.build(after).edges)


@settings(max_examples=80, deadline=None)
@given(files_of_chain | st.dictionaries(st.sampled_from(PLACES), text, min_size=3), changes)
def test_a_graph_linked_again_after_any_changes_is_the_one_built_from_scratch(
    files: dict[str, str], changes: list[tuple[str, str | None]]
) -> None:
    facts = {path: extract(each.encode()) for path, each in {**files, **FILLER}.items()}
    graph = DependencyGraph.build(facts, outside=LIB)
    stored, laid = graph, graph.encode()
    for path, after in changes:
        before = dict(facts)
        facts = {p: f for p, f in facts.items() if p != path}
        if after is not None:
            facts[path] = extract(after.encode())
        keys = {p: f.digest for p, f in facts.items()}
        fresh = DependencyGraph.build(facts, outside=LIB)
        graph = graph.relinked(keys, facts.__getitem__, before.get) or fresh
        assert dict(graph.nodes) == dict(fresh.nodes)
        assert list(graph.edges) == list(fresh.edges)
        assert {n: graph.neighbours(n, outgoing=False) for n in graph.nodes} == {
            n: fresh.neighbours(n, outgoing=False) for n in fresh.nodes
        }
    again = DependencyGraph.decode(laid, facts.__getitem__, graph.pieces_since(stored), LIB)
    assert list(again.edges) == list(graph.edges)
    assert again.nodes == graph.nodes
