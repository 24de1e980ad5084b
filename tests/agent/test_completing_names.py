"""What is offered where no dot stands before, at places marked by ``|``: ``#?`` above names what must be offered, ``#!`` what must not."""

from pathlib import Path

import pytest

from fixbot_agent.completing import Completion, Item, complete, import_edits, prepare
from fixbot_agent.completing.names.matching import Match, match
from fixbot_analysis.codemodel import CodeModel, open_literal, tokenize
from fixbot_analysis.codemodel.tokens import tokens_to
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position

FILES = {
    "shop/__init__.py": "",
    "shop/base.py": "class Base:\n    def __init__(self, owner):\n        self.owner = owner\n\n    def weigh(self, unit, *, exact=False) -> int: ...\n",
    "shop/cart.py": (
        "import os\nimport numpy as np\nfrom collections import OrderedDict\nfrom shop.base import Base\n\n\n"
        "def make_cart(lines, *, size=1): ...\n\n\nclass Cart(Base):\n    def total(self, discount=0): ...\n"
    ),
    "shop/till.py": "from .cart import Cart\n",
}
PACKAGE = ".venv/lib/python3.12/site-packages/web"


class Bench:
    """A project with an open buffer; one for all tests, as each of them only opens another text."""

    def __init__(self, root: Path) -> None:
        for path, text in {
            **FILES,
            f"{PACKAGE}/__init__.py": "def fetch(url, timeout=3): ...\n",
            f"{PACKAGE}/tools.py": "",
        }.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        self.index = Index.open(root)
        self.model = CodeModel()
        for path in self.index.paths:
            self.model.learn(path, self.index.tree.read(path).data)
        prepare(self.index, 5)

    def at(self, marked: str, path: str = "shop/open.py") -> Completion:
        """Completion at the ``|`` in the buffer `marked`."""
        head, _, tail = marked.partition("|")
        data = (head + tail).encode()
        self.index.update(path, data)
        self.model.update(path, data)
        return complete(self.index, self.model, path, Position(head.count("\n"), len(head.rpartition("\n")[2])), 400)

    def item(self, marked: str, label: str) -> Item:
        """The item called `label`."""
        return next(item for item in self.at(marked).items if item.label == label)

    def chosen(self, marked: str, label: str, path: str = "shop/open.py") -> str:
        """The buffer after the import that the item `label` brings; the word under way is left as it is."""
        item = next(item for item in self.at(marked, path).items if item.label == label and item.brings)
        data = self.index.tree.read(path).data
        for edit in import_edits(self.index, path, item.brings):
            data = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
        return data.decode()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("project"))


CASES = {
    "a name bound in a comprehension lives in it": """
def f(rows):
    done = [row for row in rows]
    #? rows done
    #! row
    |
""",
    "the variable of a comprehension that is being written": """
def f(rows):
    #? row rows
    return [ro| for row in rows]
""",
    "the variable of a comprehension that goes on": """
def f(rows):
    #? row rows
    return [1 for row in rows if |
""",
    "parameters of a lambda": """
def f(rows):
    #? left right rows
    return sorted(rows, key=lambda left, right: |
""",
    "names of the function around": """
def f(rows):
    limit = 1
    def g(inner):
        #? inner limit rows g
        |
""",
    "no locals of a function that has ended": """
def f(rows):
    limit = 1
def g():
    #! rows limit
    |
""",
    "arguments of a function, less those given": """
from shop.cart import make_cart
#? size=
#! lines= size
make_cart([], |
""".replace("#! lines= size", "#! lines="),
    "arguments of a class, from its base": """
from shop.cart import Cart
#? owner=
#! self= size=
Cart(|
""",
    "arguments of a dataclass": """
from dataclasses import dataclass
@dataclass
class Point:
    left: int
    top: int = 0
#? top=
#! left=
Point(left=1, |
""",
    "arguments of the library": """
import json
#? indent= sort_keys=
json.dumps(x, |
""",
    "arguments of a builtin": """
#? key= reverse=
#! iterable=
sorted(x, |
""",
    "arguments of a package": """
import web
#? timeout=
#! url=
web.fetch("x", |
""",
    "modules of the project, of packages and of the library": """
#? shop web os json
import |
""",
    "modules in a package": """
#? tools
#! shop
import web.|
""",
    "modules in a package of the project": """
#? base cart till
from shop.|
""",
    "modules beside this one": """
#? base cart till
#! open os
from .|
""",
    "names of a module of a package": """
#? fetch tools
from web import |
""",
    "names of a module of the library, less those that are there": """
#? OrderedDict Counter
#! deque
from collections import deque, |
""",
    "after a module only the word that goes on": """
#? import
#! shop print
from shop |
""",
    "after a value only what joins": """
def f(a):
    #? and or in is if not
    #! a print return else for
    x = a |
""",
    "else where a condition waits for it": """
def f(a):
    #? else and
    x = a if a |
""",
    "for in brackets": """
def f(a):
    #? for if
    x = [a |
""",
    "else after an if": """
def f(a):
    if a:
        pass
    #? elif else return print
    #! except finally case break
    |
""",
    "except after a try": """
def f(a):
    try:
        pass
    #? except finally
    #! elif else
    |
""",
    "break in a loop": """
for each in x:
    #? break continue
    #! return nonlocal
    |
""",
    "no await outside of a coroutine": """
def f(a):
    #! await
    #? lambda
    return |
""",
    "await in a coroutine": """
async def f(a):
    #? await
    return |
""",
    "not in": """
def f(a, b):
    #? in
    #! a print
    if a not |
""",
    "methods of the base, and special ones": """
from shop.base import Base
class Till(Base):
    def open(self): ...
    #? weigh __init__ __repr__
    #! open owner print
    def |
""",
    "names for __all__": """
#? Bag
#! os
__all__ = ["|"]
class Bag: ...
""",
    "keys of a dictionary": """
#? colour line-width
#! x
OPTIONS = {"colour": 1, "line-width": {"x": 2}}
OPTIONS["|
""",
    "keys of a typed dictionary": """
from typing import TypedDict
class Point(TypedDict):
    left: int
    top: int
def f(p: Point):
    #? left top
    p.get("|
""",
    "what a parameter may be": """
from typing import Literal
def f(mode: Literal["read", "write"]): ...
#? read write
f("|
""",
    "what a parameter may be equal to": """
from typing import Literal
def f(mode: Literal["read", "write"]):
    #? read write
    if mode == "|
""",
    "members of an enumeration that something is compared with": """
from enum import Enum
class Colour(Enum):
    RED = 1
def f(c: Colour, other: int):
    #? Colour.RED
    if c == |
""",
    "members of an enumeration that an argument is to be": """
from enum import Enum
class Colour(Enum):
    RED = 1
def paint(c: Colour): ...
#? Colour.RED
paint(Co|
""",
    "attributes by their names": """
from shop.base import Base
def f(b: Base):
    #? weigh owner
    getattr(b, "|
""",
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_offered(name: str, bench: Bench) -> None:
    lines = CASES[name].lstrip("\n").split("\n")
    wanted = {word for line in lines if line.lstrip().startswith("#?") for word in line.split()[1:]}
    unwanted = {word for line in lines if line.lstrip().startswith("#!") for word in line.split()[1:]}
    marked = "\n".join(line for line in lines if not line.lstrip().startswith(("#?", "#!")))
    found = bench.at(marked).items
    labels = {item.label for item in found}
    assert wanted <= labels
    assert not unwanted & {item.label for item in found if item.source != "codemodel"}


def test_what_waits_for_its_use_comes_before_what_was_bound_elsewhere(bench: Bench) -> None:
    labels = [
        i.label for i in bench.at("def f(rows, other):\n    print(other)\n    total = sum(rows)\n    return |").items
    ]
    assert labels.index("total") < min(labels.index(each) for each in ("print", "f", "len"))


def test_exceptions_come_before_other_classes_after_raise_and_except(bench: Bench) -> None:
    for text in ("def f():\n    raise |", "try:\n    pass\nexcept |"):
        labels = [item.label for item in bench.at(text).items]
        assert "ValueError" in labels[:5]
        assert {"list", "len"}.isdisjoint(labels)


def test_a_key_goes_on_from_what_was_typed(bench: Bench) -> None:
    item = bench.item('OPTIONS = {"line-width": 1}\nOPTIONS["line-w|', "line-width")
    assert item.insert_text == "width"


def test_what_was_typed_lately_comes_sooner(bench: Bench) -> None:
    text = "def f(alpha, beta, gamma, delta):\n    "
    plain = [item.label for item in bench.at(f"{text}|").items]
    last = max(("alpha", "beta", "gamma", "delta"), key=plain.index)
    bench.index.update("shop/open.py", text.encode() + b"\n")
    found = complete(bench.index, bench.model, "shop/open.py", Position(1, 4), 400, (last,))
    assert [item.label for item in found.items].index(last) < plain.index(last)


def test_a_stub_calls_the_method_of_the_base(bench: Bench) -> None:
    text = "from shop.base import Base\nclass Till(Base):\n    def wei|"
    assert bench.item(text, "weigh").insert_text == (
        "weigh(self, unit, *, exact=False) -> int:\n        return super().weigh(unit, exact=exact)"
    )
    assert bench.item(f"{text}(self):", "weigh").insert_text == "weigh"


IMPORTS = {
    "into an empty file": ("x = Orde|", "from collections import OrderedDict\n\nx = Orde"),
    "below the docstring": (
        '"""Words."""\n\n\ndef f():\n    Orde|',
        '"""Words."""\n\nfrom collections import OrderedDict\n\n\ndef f():\n    Orde',
    ),
    "into the import of its module, in order": (
        "from collections import Counter, deque\n\nx = Orde|",
        "from collections import Counter, OrderedDict, deque\n\nx = Orde",
    ),
    "into brackets": (
        "from collections import (\n    Counter,\n    deque,\n)\n\nx = Orde|",
        "from collections import (\n    Counter,\n    OrderedDict,\n    deque,\n)\n\nx = Orde",
    ),
    "at the end of brackets": (
        "from collections import (\n    Counter\n)\n\nx = Orde|",
        "from collections import (\n    Counter,\n    OrderedDict\n)\n\nx = Orde",
    ),
    "into its block": (
        "import abc\nimport sys\n\nimport web\n\nx = Orde|",
        "import abc\nimport sys\nfrom collections import OrderedDict\n\nimport web\n\nx = Orde",
    ),
    "sorted by module where the file does so": (
        "from abc import ABC\nimport sys\n\nx = Orde|",
        "from abc import ABC\nfrom collections import OrderedDict\nimport sys\n\nx = Orde",
    ),
    "as a block of its own": (
        "import web\n\nx = Orde|",
        "from collections import OrderedDict\n\nimport web\n\nx = Orde",
    ),
    "with the line ends of the file": (
        "import abc\r\n\r\nx = Orde|",
        "import abc\r\nfrom collections import OrderedDict\r\n\r\nx = Orde",
    ),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_goes_where_it_belongs(name: str, bench: Bench) -> None:
    marked, after = IMPORTS[name]
    assert bench.chosen(marked, "OrderedDict") == after


def test_an_import_is_as_the_project_and_the_file_write_them(bench: Bench) -> None:
    assert bench.chosen("x = np|", "np").startswith("import numpy as np\n")
    assert bench.chosen("from . import base\n\nx = Car|", "Cart").startswith(
        "from . import base\nfrom .cart import Cart\n"
    )
    assert bench.chosen("x = Car|", "Cart").startswith("from shop.cart import Cart\n")
    assert bench.chosen("x = jso|", "json").startswith("import json\n")


def test_nothing_in_scope_is_brought(bench: Bench) -> None:
    found = bench.at("def f(OrderedDict):\n    return Order|").items
    assert [item.brings for item in found if item.label == "OrderedDict"] == [""]
    assert bench.item("import json as OrderedDict\nx = Order|", "OrderedDict").brings == ""


def test_an_import_that_is_there_is_not_made_again(bench: Bench) -> None:
    bench.at("from collections import OrderedDict\nx|")
    assert import_edits(bench.index, "shop/open.py", "from collections import OrderedDict") == ()
    assert import_edits(bench.index, "shop/open.py", "no import") == ()


@pytest.mark.parametrize(
    ("name", "prefix", "how"),
    [
        ("get_config", "get", Match.EXACT),
        ("Cart", "ca", Match.CASELESS),
        ("get_config_file", "gcf", Match.WORDS),
        ("getConfigFile", "gcofi", Match.WORDS),
        ("HTTPServer", "hs", Match.WORDS),
        ("_get_config", "gc", Match.WORDS),
        ("get_config", "gx", None),
        ("get", "t", None),
        ("get_config", "c", None),
    ],
)
def test_names_go_on_with_letters(name: str, prefix: str, how: Match | None) -> None:
    assert match(name, prefix) is how


def test_the_next_letter_of_a_word_gives_the_same_names(bench: Bench) -> None:
    text = "def f(alpha, almost):\n    "
    bench.at(f"{text}|")
    typed = [item.label for item in bench.at(f"{text}al|").items]
    fresh = [item.label for item in bench.at(f"\n{text}al|").items]
    assert typed[:2] == fresh[:2]
    assert set(typed[:2]) == {"alpha", "almost"}


def test_a_line_is_read_as_if_all_before_it_were() -> None:
    text = 'class A(B):\n    """Say\n    it."""\n\n    def f(self, a=(1,\n        2)):  # so\n        x = [a\n]\n\n    b = \\\n        "s" \'t\n'
    for end in range(len(text) + 1):
        tokens, literal = tokens_to(text[:end])
        assert tokens == tuple(tokenize(text[:end]))
        assert bool(literal) == open_literal(text[:end])


def test_far_below_its_header_a_class_is_known(bench: Bench) -> None:
    fill = "".join(f"    def m{n}(self):\n        return {n}\n\n" for n in range(900))
    found = bench.at(f"from shop.base import Base\n\n\nclass Till(\n    Base,\n):\n{fill}    def |")
    assert next(item.source for item in found.items if item.label == "weigh") == "override"
