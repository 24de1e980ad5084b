"""What expressions are seen to be: each case calls a method through some way of getting the object, and the edge must lead there."""

import inspect
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition
from fixbot_analysis.symbols import extract

SHOP = """
import abc, asyncio, contextlib, copy, dataclasses, enum, functools, weakref
from collections import OrderedDict, defaultdict, deque
from typing import *

class Item:
    def go(self): pass
    def me(self): return self
    @classmethod
    def make(cls): return cls()
    def __enter__(self): return self
    def __add__(self, other): return Other()
    def __getitem__(self, key): return Other()
    def __call__(self): return Other()

class Other:
    def go(self): pass

class Sub(Item):
    def go(self): pass
    def only(self): pass

class Kind(enum.Enum):
    BIG = 1
    def go(self): pass

class Items(List[Item]): pass

class Bag:
    def __init__(self): self.items = [Item()]
    def __iter__(self): return iter(self.items)

class Walker:
    def __iter__(self): return self
    def __next__(self): return Item()

@dataclasses.dataclass
class Box:
    item: Item
    many: "dict[str, list[Item]]"
    def first(self): return self.many["x"][0]

class Field:
    def __get__(self, instance, owner): return Item()

class Holder:
    field = Field()
    item = None
    def fill(self): self.item = Item()

def build() -> "Item": ...
def opt() -> Optional[Item]: ...
def plain(): return Item()
def give():
    yield Item()
async def later() -> Item: ...
@contextlib.contextmanager
def opened():
    yield Item()
def same(x): return x
T = TypeVar("T")
def first(xs: List[T]) -> T: ...
def ident(x: T) -> T: ...
def new(kind: Type[T]) -> T: ...
def wrapped(f):
    @functools.wraps(f)
    def inner(*a): return f(*a)
    return inner
@wrapped
def made() -> Item: ...
class Crate(Generic[T]):
    held: T
    def __init__(self, held: T, *rest): self.held = held
    def get(self) -> T: ...
    def all(self) -> "list[T]": ...
    def mine(self): return self.held
class ItemCrate(Crate[Item]): pass
class Shelf(List[T]): pass
class Tin[V]:
    def __init__(self, held: V): self.held = held
    def get(self) -> V: return self.held
class ItemTin(Tin[Item]): pass
B = TypeVar("B", bound=Item)
class Make(type):
    def __new__(cls, *a):
        made = type.__new__(cls, *a)
        made.add_to_class("store", Item())
        setattr(made, "field", Field())
        return made
    def ready(cls): cls.late = Item()
class Made(metaclass=Make): pass
class MadeToo(Made): pass
def each(f: Callable[[Item], None], then: Optional[Callable[[int, Item], int]] = None): ...
class Bus:
    def on(self, name: str, f: "Callable[[Item], None]"): ...
Pairs = List[T]
def applied(f: Callable[[], T]) -> T: ...
def opened_crate(x: Crate[T]) -> T: ...
ALIAS = Union[Item, None]
CONSTANT = Item()
"""


def called(body: str, extra: Mapping[str, str] | None = None) -> set[str]:
    """What ``f`` calls, by qualified name, besides what only leads to the object."""
    text = SHOP + "\n" + textwrap.dedent(body)
    facts = {path: extract(t.encode()) for path, t in {"a.py": text, **(extra or {})}.items()}
    graph = DependencyGraph.build(facts)
    edges = [e for e in graph.edges if e.kind is EdgeKind.CALLS and not e.guessed and e.source.startswith("a.py::f")]
    return {e.target.partition("::")[2] for e in edges if e.target.endswith((".go", ".only"))}


def in_f(lines: str, parameters: str = "") -> str:
    return f"async def f({parameters}):\n" + textwrap.indent(textwrap.dedent(lines), "    ")


@pytest.mark.parametrize(
    ("parameters", "lines"),
    [
        ("x: Item", "x.go()"),
        ("x: 'Optional[Item]'", "x.go()"),
        ("x: Item | None = None", "x.go()"),
        ("x: Annotated[Item, 1]", "x.go()"),
        ("x: ALIAS", "x.go()"),
        ("x: Type[Item]", "x().go()"),
        ("x: Callable[[int], Item]", "x(1).go()"),
        ("xs: list[Item]", "xs[0].go()"),
        ("xs: List[Item]", "for x in xs: x.go()"),
        ("xs: Iterable[Item]", "[x.go() for x in xs]"),
        ("xs: Sequence[Item]", "xs[1:][0].go()"),
        ("*xs: Item", "xs[0].go()"),
        ("**xs: Item", "xs['a'].go()"),
        ("xs: dict[str, Item]", "xs.get('a').go()"),
        ("xs: Dict[str, Item]", "for x in xs.values(): x.go()"),
        ("xs: Mapping[str, Item]", "for k, x in xs.items(): x.go()"),
        ("xs: 'dict[str, list[Item]]'", "xs['a'].pop().go()"),
        ("xs: tuple[int, Item]", "xs[1].go()"),
        ("xs: tuple[int, Item]", "a, b = xs\nb.go()"),
        ("xs: Tuple[Item, ...]", "a, *b = xs\nb[0].go()"),
        ("xs: list[Item]", "for i, x in enumerate(xs): x.go()"),
        ("xs: list[Item]", "for n, x in zip([1], xs): x.go()"),
        ("xs: list[Item]", "sorted(xs)[0].go()"),
        ("xs: list[Item]", "next(iter(xs)).go()"),
        ("xs: set[Item]", "list(xs)[0].go()"),
        ("xs: Items", "xs[0].go()"),
        ("xs: Items", "for x in xs: x.go()"),
        ("x: Box", "x.item.go()"),
        ("x: Box", "x.first().go()"),
        ("x: Holder", "x.item.go()"),
        ("x: Holder", "x.field.go()"),
        ("x=Item()", "x.go()"),
        ("x", "if isinstance(x, Item): x.go()"),
        ("x", "if not isinstance(x, Item):\n    return\nx.go()"),
        ("x", "assert isinstance(x, Item)\nx.go()"),
        ("x", "isinstance(x, Item) and x.go()"),
        ("x", "while isinstance(x, (Item, int)):\n    x.go()"),
        ("x", "if isinstance(x.y, Item):\n    x.y.go()"),
        ("", "build().go()"),
        ("", "opt().go()"),
        ("", "plain().go()"),
        ("", "CONSTANT.go()"),
        ("", "made().go()"),
        ("", "for x in give(): x.go()"),
        ("", "with opened() as x: x.go()"),
        ("", "with Item() as x: x.go()"),
        ("", "(await later()).go()"),
        ("", "x = await later()\nx.go()"),
        ("", "same(Item()).go()"),
        ("", "first([Item()]).go()"),
        ("", "ident(Item()).go()"),
        ("", "new(Item).go()"),
        ("", "cast(Item, 1).go()"),
        ("", "cast('Item', 1).go()"),
        ("", "copy.copy(Item()).go()"),
        ("", "Item().me().me().go()"),
        ("", "Item.make().go()"),
        ("", "(Item() or None).go()"),
        ("", "(Item() if x else None).go()"),
        ("", "[Item()][0].go()"),
        ("", "{'a': Item()}['a'].go()"),
        ("", "[Item() for _ in x].pop().go()"),
        ("", "(lambda: Item())().go()"),
        ("", "functools.partial(plain)().go()"),
        ("", "d = defaultdict(Item)\nd[1].go()"),
        ("", "if (x := plain()): x.go()"),
        ("", "for x in Bag(): x.go()"),
        ("", "for x in Walker(): x.go()"),
        ("", "type(Item())().go()"),
        ("x: Crate[Item]", "x.held.go()"),
        ("x: Crate[Item]", "x.get().go()"),
        ("x: Crate[Item]", "x.mine().go()"),
        ("x: 'Crate[Item] | None'", "for y in x.all(): y.go()"),
        ("x: ItemCrate", "x.get().go()"),
        ("x: list[Crate[Item]]", "x[0].held.go()"),
        ("x: Shelf[Item]", "x[0].go()"),
        ("x: Tin[Item]", "x.get().go()"),
        ("x: ItemTin", "x.get().go()"),
        ("", "Crate[Item]().get().go()"),
        ("", "Crate(Item()).get().go()"),
        ("", "Tin(Item()).held.go()"),
        ("x: B", "x.go()"),
        ("x: Pairs[Item]", "x[0].go()"),
        ("", "first(Bag()).go()"),
        ("", "applied(plain).go()"),
        ("x: ItemCrate", "opened_crate(x).go()"),
        ("", "Made.store.go()"),
        ("", "Made.field.go()"),
        ("", "MadeToo.late.go()"),
        ("", "each(lambda x: x.go())"),
        ("", "each(print, lambda n, x: x.go())"),
        ("", "each(print, then=lambda n, x: x.go())"),
        ("bus: Bus", "bus.on('a', lambda x: x.go())"),
        ("xs: list[Item]", "sorted(xs, key=lambda x: x.go())"),
        ("xs: list[Item]", "xs.sort(key=lambda x: x.go())"),
        ("xs: list[Item]", "max(xs, key=lambda x: x.go())"),
        ("xs: list[Item]", "map(lambda n, x: x.go(), [1], xs)"),
        ("xs: dict[str, Item]", "filter(lambda x: x.go(), xs.values())"),
        ("x", "match x:\n    case Item():\n        x.go()"),
        ("x", "match x:\n    case Item() as y if y.go():\n        pass"),
        ("x: Item", "match x:\n    case y:\n        y.go()"),
        ("x: Holder", "match x:\n    case Holder(item=y):\n        y.go()"),
        ("x", "match x.y:\n    case Holder(item=y):\n        y.go()"),
        ("xs: tuple[int, Item]", "match xs:\n    case [n, x]:\n        x.go()"),
        ("xs: list[Item]", "match xs:\n    case [*_, x]:\n        x.go()"),
        ("xs: dict[str, Item]", "match xs:\n    case {'a': x}:\n        x.go()"),
        ("x: Item", "match 1, x:\n    case 1, y:\n        y.go()"),
        ("x: Item | Other", "if isinstance(x, Other): return\nx.go()"),
        ("x: Item | Other", "if isinstance(x, Other):\n    pass\nelse:\n    x.go()"),
        ("x: Item | Other | int", "if isinstance(x, (Other, int)) or x.go(): pass"),
        ("x: Item | Other", "while not isinstance(x, Other):\n    x.go()"),
        ("x: Item | None", "if x is None:\n    return\nx.go()"),
        ("", "r = weakref.ref(Item())\nr().go()"),
        ("", "x = None\nfor _ in y:\n    x.go()\n    x = Item()"),
        ("", "try:\n    x = Item()\nfinally:\n    x.go()"),
        ("", "if y:\n    x = Item()\nelse:\n    x = None\nx.go()"),
        ("", "x = Other()\nx = Item()\nx.go()"),
        ("", "x = Item()\nx.go()\nx = Other()"),
        ("", "x = Other()\nif y:\n    x.z\n    x = Item()\n    x.go()"),
        ("", "def g(): return Item()\ng().go()"),
        ("", "x = Item()\ndef g(): x.go()\n"),
    ],
)
def test_the_object_is_an_item(parameters: str, lines: str) -> None:
    assert called(in_f(lines, parameters)) == {"Item.go"}


@pytest.mark.parametrize(
    ("parameters", "lines", "expected"),
    [
        ("x: Union[Item, Other]", "x.go()", {"Item.go", "Other.go"}),
        ("x: Item", "if isinstance(x, Sub):\n    x.go()", {"Sub.go"}),
        ("x: Sub", "if isinstance(x, Item):\n    x.go()", {"Sub.go"}),
        ("x: Item", "if isinstance(x, Other): return\nx.go()", {"Item.go"}),
        ("x: Crate[Other]", "x.get().go()", {"Other.go"}),
        ("x: Crate", "x.get().go()", set()),
        ("xs: list[Item]", "match xs:\n    case Other() as x:\n        x.go()", {"Other.go"}),
        ("x", "match x:\n    case Item() | Other():\n        x.go()", {"Item.go", "Other.go"}),
        ("x: Other", "each(lambda x: x.go())\nx.go()", {"Item.go", "Other.go"}),
        ("x: Item", "if isinstance(x, Sub):\n    return\nx.go()", {"Item.go"}),
        ("", "Sub().me().only()", {"Sub.only"}),
        ("", "Sub.make().only()", {"Sub.only"}),
        ("", "(Item() + 1).go()", {"Other.go"}),
        ("", "Item()['x'].go()", {"Other.go"}),
        ("", "Item()().go()", {"Other.go"}),
        ("", "Kind.BIG.go()", {"Kind.go"}),
        ("", "for k in Kind: k.go()", {"Kind.go"}),
        ("", "Kind(1).go()", {"Kind.go"}),
        ("", "x = Item() if y else Other()\nx.go()", {"Item.go", "Other.go"}),
        ("", "if y:\n    x = Item()\nelse:\n    x = Other()\nx.go()", {"Item.go", "Other.go"}),
        ("", "if y:\n    x = Item()\n    return x\nx = Other()\nx.go()", {"Other.go"}),
        ("x: str", "x.strip().go()", set()),
        ("x: Any", "x.go()", set()),
        ("x", "x.go()", set()),
        ("x", "x.go()\nx = Item()", set()),
        ("", "x = unknown()\nx.go()\nx = Item()", set()),
        ("", "'a'.go(); [].go(); {}.go(); (1).go(); open('x').go()", set()),
        ("", "[x.y for x in [Item()]]\nx.go()", set()),
    ],
)
def test_what_else_it_is(parameters: str, lines: str, expected: set[str]) -> None:
    assert called(in_f(lines, parameters)) == expected


def test_nothing_is_guessed_for_what_is_known_to_be_from_outside() -> None:
    files = {
        "a.py": "class A:\n    def settle(self): pass\n",
        "b.py": "import os\ndef f(s: str, y):\n    s.settle(); os.settle()\n    ''.settle()\n    open(s).settle()\n",
    }
    g = DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()})
    assert not [e for e in g.edges if e.kind is EdgeKind.CALLS]


def test_attributes_and_parameters_are_as_the_base_declares_them() -> None:
    body = """
    class Base:
        item: Item
        def take(self, x: Item): pass
    class Derived(Base):
        def __init__(self): self.item = None
        def f(self): self.item.go()
        def take(self, x): x.go()
    """
    text = SHOP + textwrap.dedent(body)
    graph = DependencyGraph.build({"a.py": extract(text.encode())})
    assert "a.py::Item.go" in graph.callees("a.py::Derived.f")
    assert "a.py::Item.go" in graph.callees("a.py::Derived.take")


def order(text: str, name: str) -> list[str]:
    resolver = Resolver(ModuleMap(["a.py"]), lambda _: extract(text.encode()))
    cls = Definition("a.py", resolver.scope("a.py").symbols[name])
    return [c.symbol.name for c in resolver.order(cls)]


@given(st.lists(st.lists(st.integers(0, 6), max_size=3, unique=True), min_size=1, max_size=7))
def test_the_method_resolution_order_is_pythons(shape: list[list[int]]) -> None:
    bases = [[b for b in each if b < n] for n, each in enumerate(shape)]
    lines = [f"class C{n}({', '.join(f'C{b}' for b in bs)}): pass" for n, bs in enumerate(bases)]
    namespace: dict[str, type] = {}
    for line in lines:
        try:
            exec(line, namespace)
        except (TypeError, NameError):  # no consistent order
            break
    name = f"C{len(lines) - 1}"
    found = order("\n".join(lines), name)
    assert len(found) == len(set(found))
    if name in namespace:
        assert found == [c.__name__ for c in namespace[name].__mro__[:-1]]


def test_super_goes_on_along_the_order() -> None:
    text = "class A:\n    def m(self): pass\nclass B(A):\n    def m(self): super().m()\nclass C(A):\n    def m(self): super(C, self).m()\nclass D(B, C):\n    def m(self): super().m()\n"
    graph = DependencyGraph.build({"a.py": extract(text.encode())})
    assert graph.callees("a.py::D.m") == ("a.py::B.m",)
    assert graph.callees("a.py::C.m") == ("a.py::A.m",)


EDGES = {
    "lib/__init__.py": "",
    "lib/core.py": (
        "class Base:\n    def run(self): pass\n    @property\n    def size(self): return 1\n"
        "class Error(Exception): pass\ndef job(): pass\ndef mark(f): return f\n"
    ),
    "lib/use.py": (
        "from lib.core import Base, Error, job, mark\n"
        "class Sub(Base):\n    def run(self): pass\n    def other(self): pass\n"
        "@mark\ndef f(x: Base):\n    submit(job)\n    try: x.size\n    except Error: raise\n    isinstance(x, Sub)\n"
    ),
}


def edges(files: Mapping[str, str], kind: EdgeKind) -> set[tuple[str, str]]:
    graph = DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()})
    return {(e.source.rpartition("/")[2], e.target.rpartition("/")[2]) for e in graph.edges if e.kind is kind}


def test_making_a_class_runs_what_its_bases_and_its_metaclass_say() -> None:
    text = """
    class Meta(type):
        def __new__(cls, *a): return type.__new__(cls, *a)
    class Base:
        def __init_subclass__(cls, **options): cls.ready()
        @classmethod
        def ready(cls): pass
    class Kid(Base, flag=True): pass
    class Made(metaclass=Meta): pass
    def made(base=Base):
        class Late(base):
            def run(self): self.ready()
    """
    found = edges({"a.py": textwrap.dedent(text)}, EdgeKind.CALLS)
    assert {(source.partition("::")[2], target.partition("::")[2]) for source, target in found} == {
        ("Kid", "Base.__init_subclass__"),
        ("made.Late", "Base.__init_subclass__"),
        ("Base.__init_subclass__", "Base.ready"),
        ("made.Late.run", "Base.ready"),
        ("Made", "Meta.__new__"),
    }


def test_what_is_overridden_and_what_is_named_without_a_call() -> None:
    assert edges(EDGES, EdgeKind.OVERRIDES) == {("use.py::Sub.run", "core.py::Base.run")}
    uses = edges(EDGES, EdgeKind.USES)
    assert uses >= {("use.py::f", f"core.py::{name}") for name in ("job", "Base.size", "Error")}
    assert uses >= {("use.py::f", "use.py::Sub"), ("use.py", "core.py::mark"), ("use.py", "core.py::Base")}


TESTS = {
    "shop.py": "class Cart:\n    def total(self): pass\n    def clear(self): pass\ndef tax(): pass\ndef unused(): pass\n",
    "conftest.py": "import pytest, shop\n@pytest.fixture\ndef cart(): return shop.Cart()\n@pytest.fixture\ndef full(cart): cart.total()\n",
    "tests/test_shop.py": (
        "import shop\nfrom tests.helping import check\n"
        "def test_total(full): check(1)\n"
        "class TestTax:\n    def setup_method(self): self.cart = shop.Cart()\n    def test_it(self):\n        assert shop.tax\n        self.cart.clear()\n"
        "def helper(): shop.unused()\n"
    ),
    "tests/helping.py": "import shop\ndef check(x): shop.tax()\n",
}  # fmt: skip


def test_what_tests_exercise_through_fixtures_helpers_and_preparation() -> None:
    found = edges(TESTS, EdgeKind.TESTS)
    assert {t for s, t in found if s.endswith("test_total")} == {"shop.py::Cart", "shop.py::tax"}
    assert {t for s, t in found if s.endswith("test_it")} == {"shop.py::Cart", "shop.py::tax", "shop.py::Cart.clear"}
    assert not {s for s, _ in found if "helper" in s}


@pytest.mark.parametrize(
    ("init", "use", "expected"),
    [
        ("__all__ = ['a']\nfrom .m import a, b", "from p import *\na()\nb()", {"m.py::a"}),
        ("from .m import *\nfrom . import m\n__all__ = m.__all__", "from p import *\nb()", {"m.py::b"}),
        (
            "try:\n    from .gone import a\nexcept ImportError:\n    from .m import a",
            "from p import a\na()",
            {"m.py::a"},
        ),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .m import a", "import p\np.a()", {"m.py::a"}),
        ("if x:\n    from .m import a\nelse:\n    a = None", "from p import a\na()", {"m.py::a"}),
        ("", "import p.m\np.m.a()", {"m.py::a"}),
        ("", "def g():\n    from p import m\n    m.a()\nfrom p import m as q\nq.b()", {"m.py::b"}),
    ],
)
def test_names_through_packages(init: str, use: str, expected: set[str]) -> None:
    files = {"p/__init__.py": init, "p/m.py": "__all__ = ['b']\ndef a(): pass\ndef b(): pass\n", "use.py": use}
    graph = DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()})
    assert {t.rpartition("/")[2] for t in graph.callees("use.py")} == expected


def test_the_package_is_loaded_though_the_module_in_it_is_generated() -> None:
    assert edges({"p/__init__.py": "", "q.py": "import p.generated\n"}, EdgeKind.IMPORTS) == {("q.py", "__init__.py")}


@pytest.mark.parametrize(
    "text",
    [
        "a = b\nb = c\nc = a\na.x()",
        "class A(B): pass\nclass B(A): pass\nA().x()",
        "class A(A.B): pass\nA.x()",
        "from a import x\nx.y()",
        "from a import *\nx.y()",
        "def f(): return f()\nf().x()",
        "def f(x): return f(f(x))\nf(f)(f).x()",
        "class A:\n    def __iter__(self): return iter(self)\nfor a in A(): a.x()",
        "class A:\n    def __getattr__(self, n): return self.n\nA().x.y()",
        "x = [x]\nx = x[0][0]\nx()",
        "x: 'x' = 1\nx.y()",
        "x: 'list[\"x\"]' = 1\nx[0].y()",
        "T = TypeVar('T', bound='T')\ndef f(x: T) -> T: ...\nf(f(1)).x()",
        "f" + "(1)" * 3000 + ".x()",
        "x = " + "(" * 150 + "1" + ")" * 150 + "\nx.y()",
        "x = '\\d' '\\xzz' 0xfor 1_\nx.y()",
        "x = $\nx.y()",
        "__all__ = [*__all__, 'x'] + a.__all__",
    ],
)
def test_circles_and_nonsense_come_to_an_end(text: str) -> None:
    files = {"a.py": text, "b.py": "from a import *\nx.y()\n"}
    DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()})


@pytest.mark.parametrize("module", [textwrap, json.decoder])
def test_a_half_typed_file_at_every_prefix_has_edges(module: object) -> None:
    source = Path(inspect.getsourcefile(module) or "").read_bytes()[:5000]  # type: ignore[arg-type]
    other = extract(b"from a import *\nimport a\na.x()\n")
    for end in range(0, len(source), 23):
        graph = DependencyGraph.build({"a.py": extract(source[:end]), "b.py": other})
        assert "a.py" in graph.nodes


FILES = [
    "from b import *\nclass A(C):\n    def m(self): return self.n()\nx = A()\n",
    "from a import A\nclass C:\n    def n(self): return A()\n__all__ = ['C', 'y']\ny = C().n()\n",
    "import a, b\ndef f(): a.x.m().m()\nclass D(a.A, b.C):\n    def n(self): return super().n()\n",
    "from c import D\nfrom a import x\nx.m()\nD().n().m()\nb = D().m()\n",
]


@settings(max_examples=20)
@given(st.permutations(range(4)))
def test_edges_do_not_depend_on_the_order_in_which_files_are_resolved(places: list[int]) -> None:
    facts = {f"{'abcd'[n]}.py": extract(FILES[n].encode()) for n in range(4)}
    shuffled = {f"{'abcd'[n]}.py": facts[f"{'abcd'[n]}.py"] for n in places}
    resolver = Resolver(ModuleMap(shuffled), shuffled.__getitem__)
    from fixbot_analysis.graph.build import EdgeBuilder

    builder = EdgeBuilder(resolver, shuffled)
    found = {edge for path in shuffled for edge in builder.edges(path)}
    straight = EdgeBuilder(Resolver(ModuleMap(facts), facts.__getitem__), facts)
    assert found == {edge for path in facts for edge in straight.edges(path)}
