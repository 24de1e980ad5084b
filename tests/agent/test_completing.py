"""Completion at places marked in source: ``|`` is the cursor, ``#?`` above its line names what must be offered, ``#!`` what must not."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixbot_agent.completing import MOST_MEMBERS, Completion, ItemKind, complete
from fixbot_agent.completing.cursor.place import read_place
from fixbot_analysis.codemodel import CodeModel, tokenize
from fixbot_analysis.codemodel.grammar import Brackets
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position
from fixbot_analysis.syntax import SyntaxTree

FILES = {
    "shop/__init__.py": "",
    "shop/base.py": (
        "class Base:\n"
        "    kind = 'base'\n\n"
        "    def __init__(self):\n"
        "        self.owner = None\n\n"
        "    def describe(self):\n"
        "        return self.kind\n"
    ),
    "shop/cart.py": (
        "import os\n"
        "from shop.base import Base\n\n"
        "RATE = 0.2\n\n\n"
        "class Cart(Base):\n"
        "    def __init__(self, lines):\n"
        "        self.lines = lines\n\n"
        "    def total(self, discount=0):\n"
        "        return sum(line.price for line in self.lines) - discount\n\n"
        "    def copy(self) -> 'Cart':\n"
        "        return Cart(list(self.lines))\n\n\n"
        "def make_cart() -> Cart:\n"
        "    return Cart([])\n"
    ),
}


def make(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


class Bench:
    """A project with an open buffer."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.index = Index.open(make(root, files))
        self.model = CodeModel()
        for path in self.index.paths:
            self.model.learn(path, self.index.tree.read(path).data)

    def at(self, marked: str, path: str = "shop/open.py") -> Completion:
        """Completion at the ``|`` in the buffer `marked`."""
        head, _, tail = marked.partition("|")
        data = (head + tail).encode()
        self.index.update(path, data)
        self.model.update(path, data)
        return complete(self.index, self.model, path, Position(head.count("\n"), len(head.rpartition("\n")[2])))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "project", FILES)


CASES = {
    "parameters and locals": """
def pay(amount, *extras, currency="EUR"):
    rest = amount
    for each in extras:
        #? amount extras currency rest each pay
        #! unseen self
        |
""",
    "names of the module, imports and builtins": """
import os
from shop.cart import Cart as Basket
LIMIT = 3
def f():
    #? os Basket LIMIT f len print return
    #! Cart
    |
""",
    "a prefix, whatever its case": """
from shop.cart import Cart
def f():
    #? Cart
    #! len os
    ca|
""",
    "members of self, of bases in other files too": """
from shop.base import Base
class Till(Base):
    def __init__(self):
        self.drawer = 1
    def open(self):
        #? drawer open owner describe kind
        #! Base len
        return self.|
""",
    "members of an object that was made here": """
from shop.cart import Cart
def f():
    cart = Cart([])
    #? total lines copy describe
    #! len
    cart.|
""",
    "members of an annotated parameter": """
from shop.cart import Cart
def f(cart: Cart):
    #? total lines
    cart.t|
""".replace("lines", ""),
    "members of what a call gives": """
from shop import cart
def f():
    #? total copy
    cart.make_cart().copy().|
""",
    "members of a module": """
import shop.cart
#? Cart make_cart RATE
#! total
shop.cart.|
""",
    "what an import brings in": """
#? Cart make_cart RATE
#! total len
from shop.cart import |
""",
    "modules below a package": """
#? cart base
from shop import |
""",
    "modules by their names": """
#? cart base
import shop.|
""",
    "imports over several lines": """
#? make_cart
#! len
from shop.cart import (
    Cart,
    |
""",
    "the second of two modules": """
#? shop
#! cart
import os, |
""",
    "relative imports": """
#? Cart
from .cart import C|
""",
    "parameters of what is called": """
from shop.cart import Cart
def f(cart: Cart):
    #? discount= cart
    cart.total(|
""",
    "parameters of a class that is made": """
from shop.cart import Cart
#? lines=
Cart(|
""",
    "a buffer with a bracket open above": """
from shop.cart import Cart
def f(:
    x = (1, [2
def g(cart: Cart):
    price = 1
    #? price cart
    |
""",
    "self in a class that is broken": """
class Till:
    def open(self):
        self.drawer = (
    def close(self):
        #? drawer
        self.|
""",
    "members in the code of an f-string": """
from shop.cart import Cart
def f(cart: Cart):
    #? total copy
    print(f"{cart.copy()} costs {cart.|}")
""",
    "members of a module of the standard library, read and not run": """
import antigravity, json.decoder
#? JSONDecoder JSONDecodeError
#! len
json.decoder.|
""",
    "members that a base from the standard library gives": """
from unittest import TestCase
class TestCart(TestCase):
    def test_total(self):
        #? assertEqual setUp
        self.|
""",
    "members of Python's own types": """
def f(text: str):
    words = text.split()
    #? append sort
    #! strip
    words.|
""",
    "members of what is said in brackets": """
from shop.cart import Cart
def f(carts: list[Cart]):
    #? total copy
    carts[0].|
""",
    "after super, what the next classes have": """
from shop.base import Base
class Till(Base):
    def __init__(self):
        self.drawer = 1
    def close(self):
        self.shut = 1
class Safe(Base):
    def lock(self):
        self.bolt = 1
class Chest(Base):
    def pay(self):
        #? describe kind owner __init__
        #! pay drawer close lock bolt
        super().|
""",
    "of a module that is read, what it has": """
import json
from shop.cart import Cart
def f(cart: Cart):
    cart.total(); cart.lines
    #? dumps loads JSONDecoder decoder __name__
    #! total lines join strip
    json.|
""",
    "of a package of the project, what it has": """
import shop.cart
x = object()
x.rounded; x.rounded
#? Cart RATE os
#! total rounded
shop.cart.|
""",
    "of modules written in C too": """
import math, itertools
words = [w.strip() for w in "a b".split()]
#? sqrt pi floor
#! strip split
math.|
""",
    "of a string, what strings have": """
def f(url: str, cart):
    cart.total()
    cart.total()
    #? startswith strip __class__
    #! total cart
    url.|
""",
    "of what may be None, what it has else": """
from typing import Optional
from shop.cart import Cart
def f(cart: Optional[Cart], other):
    other.weight
    #? total describe
    #! weight
    cart.|
""",
    "of a union, what each has": """
from typing import Union
def f(x: Union[int, str], other):
    other.weight
    #? bit_length strip
    #! weight
    x.|
""",
    "a named tuple": """
from typing import NamedTuple
class Point(NamedTuple):
    x: int
    y: int
def f(p: Point, other):
    other.weight
    #? x y _replace index
    #! weight
    p.|
""",
    "a named tuple made by a call": """
from collections import namedtuple
class Point(namedtuple("Point", "left, top")):
    def area(self): ...
def f(p: Point):
    #? left top area _asdict
    p.|
""",
    "a dataclass": """
from dataclasses import dataclass
@dataclass
class Point:
    x: int = 0
def f(p: Point, other):
    other.weight
    #? x __class__
    #! weight
    p.|
""",
    "a member of an enumeration": """
from enum import Enum
class Colour(Enum):
    RED = 1
def f(c: Colour, other):
    other.weight
    #? name value RED
    #! weight
    c.|
""",
    "a typed dictionary": """
from typing import TypedDict
class Options(TypedDict):
    colour: str
def f(o: Options, other):
    other.weight
    #? get items update
    #! weight
    o.|
""",
    "a class that answers to any name": """
class Proxy:
    def __getattr__(self, name): ...
    def close(self): ...
def f(p: Proxy, other):
    other.weight
    #? close weight
    p.|
""",
    "a class that is given members while it runs": """
class Bag:
    def __init__(self, **items):
        for name, value in items.items():
            setattr(self, name, value)
def f(b: Bag, other):
    other.weight
    #? weight
    b.|
""",
    "a class with a base that is not there": """
from nowhere import Missing
class Bag(Missing):
    def close(self): ...
def f(b: Bag, other):
    other.weight
    #? close weight
    b.|
""",
    "a class with a metaclass": """
class Meta(type): ...
class Bag(metaclass=Meta):
    def close(self): ...
def f(b: Bag, other):
    other.weight
    #? close weight
    b.|
""",
    "a mixin, which is more than its own members": """
class Mixin:
    def close(self):
        #? weight
        super().|
def f(other):
    other.weight
""",
    "a parameter that is something else first": """
def f(x, other):
    other.weight
    if not x:
        x = "s"
    #? weight strip
    x.|
""",
    "an object that was given another class": """
class Empty: ...
def f(other):
    other.weight
    made = Empty()
    made.__class__ = other
    #? weight
    made.|
""",
    "what the same statement has tested": """
from shop.base import Base
class Wide(Base):
    def widen(self): ...
def f(x: Base, other):
    other.widen
    #? widen
    return isinstance(x, Wide) and x.|
""",
    "what the library gives to a class after it was made": """
import datetime
#? utc min
datetime.timezone.|
""",
    "what an interpreter has at times only": """
import sys
#? last_traceback executable getwindowsversion
sys.|
""",
    "what only the fields of a syntax tree name": """
import ast
def f(node: ast.Compare):
    #? comparators ops lineno
    node.|
""",
    "what every module has": """
import shop.cart
#? Cart __file__ __dict__
shop.cart.|
""",
    "what a comparison of arrays or columns may give": """
def f(rows, other):
    other.everywhere
    #? everywhere
    (rows == other).|
""",
    "a caught error of classes that are not known": """
from elsewhere import ERRORS
def f(other):
    other.msg
    try:
        f(1)
    except ERRORS as error:
        #? msg
        error.|
""",
    "nothing where a name is new": """
#! len os
def |
""",
}


def test_installed_packages_are_read(tmp_path: Path) -> None:
    package = "project/.venv/lib/python3.12/site-packages/web"
    make(tmp_path, {
        f"{package}/__init__.py": "from .client import Client\ndef fetch(): ...\n",
        f"{package}/client.py": "class Base:\n    def close(self): ...\nclass Client(Base):\n    def send(self): ...\n",
    })  # fmt: skip
    bench = Bench(tmp_path / "project", FILES)
    assert {"Client", "fetch"} <= {item.label for item in bench.at("import web\nweb.|").items}
    assert {"send", "close"} <= {i.label for i in bench.at("import web\ndef f(c: web.Client):\n    c.|").items}


def test_packages_whose_stars_and_bases_go_in_a_circle_are_survived(tmp_path: Path) -> None:
    package = "project/.venv/lib/python3.12/site-packages/web"
    make(tmp_path, {
        f"{package}/__init__.py": "from .a import *\nfrom .b import *\n",
        f"{package}/a.py": "from .b import *\nfrom .b import Two as Base\nfrom web import *\nclass One(Base):\n    def go(self): ...\n",
        f"{package}/b.py": "from .a import *\nfrom .a import One as Base\nclass Two(Base):\n    def stop(self): ...\n",
    })  # fmt: skip
    bench = Bench(tmp_path / "project", FILES)
    assert {"One", "Two"} <= {item.label for item in bench.at("import web\nweb.|").items}
    assert {"go", "stop"} <= {i.label for i in bench.at("import web.a\ndef f(c: web.a.One):\n    c.|").items}


@pytest.mark.parametrize("name", CASES)
def test_what_is_offered(name: str, bench: Bench) -> None:
    lines = CASES[name].lstrip("\n").split("\n")
    wanted = {word for line in lines if line.lstrip().startswith("#?") for word in line.split()[1:]}
    unwanted = {word for line in lines if line.lstrip().startswith("#!") for word in line.split()[1:]}
    found = bench.at("\n".join(line for line in lines if not line.lstrip().startswith(("#?", "#!"))))
    labels = {item.label for item in found.items}
    assert wanted <= labels
    assert not unwanted & labels


@pytest.mark.parametrize("marked", ["x = 'sel|", "# sel|", '"""\nsel|\n"""', "x = f'{a} le|'", "x = 1  # le|"])
def test_nothing_inside_strings_and_comments(marked: str, bench: Bench) -> None:
    found = bench.at(marked)
    assert (found.items, found.inline) == ((), ())


def test_kinds_sources_and_the_word(bench: Bench) -> None:
    found = bench.at("from shop.cart import Cart\ndef f(cart: Cart):\n    'é'; ca|")
    items = {item.label: item for item in found.items}
    assert items["cart"].kind is ItemKind.PARAMETER
    assert items["cart"].source == "local"
    assert (items["Cart"].source, items["Cart"].detail) == ("import", "shop.cart")
    assert found.word.start + 2 == found.word.end
    data = bench.index.tree.read("shop/open.py").data
    assert data[found.word.start : found.word.end] == b"ca"
    assert bench.at("import shop.cart\nshop.cart.Cart.to|").items[0].kind is ItemKind.METHOD


def test_in_a_class_that_is_being_written_strange_words_come_last(bench: Bench) -> None:
    found = bench.at(
        "class Till:\n    def open(self, drawer, other):\n        self.shut()\n        other.weight; other.weight\n        self.|"
    )
    labels = [item.label for item in found.items]
    assert {"open", "shut", "drawer", "weight"} <= set(labels)
    assert labels.index("weight") > max(labels.index(each) for each in ("open", "shut", "drawer", "__class__"))
    assert next(item.source for item in found.items if item.label == "weight") == "codemodel"


def test_scores_are_chances_best_first(bench: Bench) -> None:
    scores = [item.score for item in bench.at("def f(a, b):\n    |").items]
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1 + 1e-9


def test_the_model_orders_members_by_use(bench: Bench) -> None:
    use = "from shop.cart import Cart\n" + "".join(f"def f{n}(cart: Cart):\n    return cart.copy()\n" for n in range(5))
    labels = [item.label for item in bench.at(f"{use}def g(cart: Cart):\n    return cart.|").items]
    assert labels[0] == "copy"
    other = use.replace("copy", "total")
    assert bench.at(f"{other}def g(cart: Cart):\n    return cart.|").items[0].label == "total"


def test_members_of_something_unknown_come_from_the_model(bench: Bench) -> None:
    found = bench.at("def f(request):\n    request.user\n    request.user\ndef g(request):\n    request.|")
    assert (found.items[0].label, found.items[0].source) == ("user", "codemodel")


def test_what_a_receiver_has_stays_in_a_list_that_is_cut(bench: Bench) -> None:
    wide = "class Wide(Unheard):\n" + "".join(f"    def has_{n}(self): pass\n" for n in range(150))
    guesses = "def f(wide, other):\n" + "".join(f"    wide.guess_{n}; wide.guess_{n}\n" for n in range(400))
    found = bench.at(f"{guesses}{wide}def g():\n    wide = Wide()\n    wide.|")
    labels = [item.label for item in found.items]
    assert len(labels) == MOST_MEMBERS
    assert {f"has_{n}" for n in range(150)} <= set(labels)
    assert [item.score for item in found.items] == sorted((item.score for item in found.items), reverse=True)


REPEATED = "import os\n" + "".join(
    f"def f{n}(folder):\n    path = os.path.join(folder, 'x')\n    return path\n" for n in range(8)
)


def test_a_whole_line(bench: Bench) -> None:
    (inline,) = bench.at(f"{REPEATED}def g(folder):\n    path = |").inline
    assert (inline.text, inline.source) == ("os.path.join(folder, 'x')", "codemodel")
    assert len(inline.replace) == 0
    assert 0.4 <= inline.score <= 1
    (inline,) = bench.at(f"{REPEATED}def g(folder):\n    path = os.pa|").inline
    assert inline.text == "path.join(folder, 'x')"
    assert len(inline.replace) == 2


def test_a_line_goes_before_the_bracket_that_is_there(bench: Bench) -> None:
    (inline,) = bench.at(f"{REPEATED}def g(folder):\n    path = os.path.join(|)").inline
    assert inline.text == "folder, 'x'"


def test_no_line_with_a_name_that_is_not_known(bench: Bench) -> None:
    shown = [inline.text for inline in bench.at(f"{REPEATED}def g(other):\n    path = |").inline]
    assert not any("folder" in text for text in shown)


def test_no_line_that_would_not_parse(bench: Bench) -> None:
    nested = "a = b = 1\n" + "value = max(min(a, b))\n" * 8
    assert bench.at(f"{nested}value = max(min(a|").inline[0].text == "a, b))"
    assert bench.at(f"{nested}value = min(a|").inline[0].text == "a, b)"


def test_no_line_in_the_middle_of_one(bench: Bench) -> None:
    assert bench.at(f"{REPEATED}def g(folder):\n    path = |  + other").inline == ()


def test_a_file_that_is_not_there(bench: Bench) -> None:
    with pytest.raises(SourceError):
        complete(bench.index, bench.model, "nowhere.py", Position(0, 0))


def test_a_place_past_the_end_is_the_end(bench: Bench) -> None:
    bench.index.update("shop/open.py", b"import os\nos")
    found = complete(bench.index, bench.model, "shop/open.py", Position(99, 99))
    assert "os" in {item.label for item in found.items}


BUFFER = FILES["shop/cart.py"] + "\nasync def é(ü: Cart, *, 𝒳=1):\n    async with ü as x, y:\n\tif 𝒳:\n        ü.\n"


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("project"), FILES)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, len(BUFFER)), cut=st.integers(0, 40), typed=st.text(alphabet="a.([{'\"\\\n =:#é", max_size=6)
)
def test_any_buffer_is_survived(shared_bench: Bench, start: int, cut: int, typed: str) -> None:
    text = BUFFER[:start] + typed
    rest = BUFFER[start + cut :]
    found = shared_bench.at(f"{text}|{rest}".replace("|", "\0", 1).replace("|", "").replace("\0", "|"))
    data = shared_bench.index.tree.read("shop/open.py").data
    for inline in found.inline:
        head, tail = data[: inline.replace.start], data[inline.replace.end :]
        new = head + inline.text.encode()
        pairs = ((new + tail, data), (closed(new) + tail, closed(head) + tail))
        assert any(len(SyntaxTree.parse(a).errors()) <= len(SyntaxTree.parse(b).errors()) for a, b in pairs)


def closed(text: bytes) -> bytes:
    """With the brackets closed that are open: how many errors follow an open one says nothing of what stands in it."""
    return text + Brackets(tokenize(text.decode(), "python")).closing.encode()


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "\r\n\r\n", "(" * 3000, "x." * 3000, "def f(" * 500, "'" * 999])
def test_odd_buffers(bench: Bench, text: str) -> None:
    bench.at(text + "|")


@pytest.mark.parametrize("shift", range(0, 120, 13))
def test_a_long_file_is_not_read_from_within_a_docstring(shift: int) -> None:
    method = '    def go(self):\n        """Words: it\'s long.\n\n        More of them, over several lines.\n        """\n        self.total = 1\n\n'
    text = "class Cart:\n" + "# " + "x" * shift + "\n" + method * 500 + "    def end(self):\n        self."
    document = Document("a.py", text.encode())
    place = read_place(document, Position(text.count("\n"), 13))
    assert (place.in_literal, place.dotted, place.receiver) == (False, True, "self")


def test_what_changes_in_another_file_counts_at_the_same_place_at_once(bench: Bench) -> None:
    here = "from shop.fresh import Fresh\n\n\ndef f(fresh: Fresh):\n    fresh.|\n"
    bench.index.update("shop/fresh.py", b"class Fresh:\n    def before(self): ...\n")
    assert "before" in [item.label for item in bench.at(here).items]
    bench.index.update("shop/fresh.py", b"class Fresh:\n    def after(self): ...\n")
    assert "after" in [item.label for item in bench.at(here).items]
