"""Names that fit their place: each case is a marked buffer, the items that come first (or all there are), and items that must not be there."""

from pathlib import Path

import pytest

from fixbot_agent.completing import Completion, Item, ItemKind, complete, explain, prepare
from fixbot_agent.completing.outside.homes import home_of
from fixbot_agent.completing.outside.library import commonness, public
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position

SITE = ".venv/lib/python3.12/site-packages"
FILES = {
    "shop/__init__.py": "from shop.cart import Cart as Cart\nfrom shop.auth import logged_in as logged_in\n",
    "shop/auth.py": (
        "MESSAGE = 'log in'\n\n\ndef logged_in(func):\n    def inner(*args):\n        return func(*args)\n    return inner\n\n\n"
        'def log_user(user):\n    """Remember who it is.\n\n    Until they leave.\n    """\n\n\nclass LogError(Exception): ...\n'
    ),
    "shop/cart.py": "import re\nimport numpy as np\n\n\nclass Cart:\n    def total(self, tax, *, exact=False): ...\n    async def load(self, path): ...\n",
    "shop/pages.py": "from shop.auth import logged_in\n\n\n@logged_in\ndef page(): ...\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef basket(): ...\n",
    f"{SITE}/web/__init__.py": "from .core import Page as Page, fetch as fetch\nimport os\n",
    f"{SITE}/web/core.py": (
        "class Base:\n    def __init__(self, title, *, width=1): ...\n\n\nclass Page(Base):\n    def __init__(self, path, **options):\n"
        "        super().__init__(path, **options)\n\n\ndef fetch(path, cls=None, **options):\n    made = cls or Page\n    return made(path, **options)\n"
    ),
}  # fmt: skip


class Bench:
    """A project with one open buffer, the same for all tests."""

    def __init__(self, root: Path) -> None:
        for path, text in FILES.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        self.index, self.model = Index.open(root), CodeModel()
        for path in self.index.paths:
            self.model.learn(path, self.index.tree.read(path).data)
        while not prepare(self.index, 20):
            pass

    def at(self, marked: str, path: str = "shop/open.py") -> Completion:
        """What is offered at the ``|`` of the buffer."""
        head, _, tail = marked.partition("|")
        data = (head + tail).encode()
        self.index.update(path, data)
        self.model.update(path, data)
        return complete(self.index, self.model, path, Position(head.count("\n"), len(head.rpartition("\n")[2])))

    def labels(self, marked: str, path: str = "shop/open.py") -> list[str]:
        """Labels of the items, best first."""
        return [item.label for item in self.at(marked, path).items]

    def told(self, marked: str, label: str, brings: str = "") -> str:
        """What is said of the item `label` for the word that begins at the ``|``."""
        head = marked.partition("|")[0]
        self.index.update("shop/open.py", head.encode())
        place = Position(head.count("\n"), len(head.rpartition("\n")[2]))
        return explain(self.index, "shop/open.py", place, label, brings)

    def item(self, marked: str, label: str) -> Item:
        """The item called `label`."""
        return next(item for item in self.at(marked).items if item.label == label)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("project"))


NOTHING = {
    "a function at the top": "def |",
    "a class": "class |",
    "the rest of a number": "x = 10|",
    "behind a float's point": "x = 3.|",
    "right behind a string": 'print("hello"|)',
    "right behind a call": "print()|",
    "a statement that is a name so far": "def f(total):\n    total |",
    "an alias that nobody uses": "import json as |",
    "parameters of a function": "def f(x, |",
}


@pytest.mark.parametrize("marked", NOTHING.values(), ids=NOTHING)
def test_nothing_is_offered_where_a_name_is_made_up_or_nothing_may_stand(bench: Bench, marked: str):
    assert bench.labels(marked) == []


FIRST = {
    "an alias that the project uses": ("import numpy as |", ["np"]),
    "keys of a call of dict": ('cfg = dict(host=1, port=2)\ncfg["|', ["host", "port"]),
    "keys of an inner dictionary": ("d = {'a': {'x': 1, 'y': {'z': 2}}, 'b': 3}\nd['a']['|']", ["x", "y"]),
    "keys of one further in": ("d = {'a': {'x': 1, 'y': {'z': 2}}, 'b': 3}\nd['a']['y']['|']", ["z"]),
    "keys with their quotes": ('d = {"one": 1}\nd[|]', ['"one"']),
    "the first parameter of a method": ("class A:\n    def f(|", ["self"]),
    "parameters of the base's method": (
        "from shop.cart import Cart\nclass A(Cart):\n    def total(self, |",
        ["tax", "exact"],
    ),
    "what is async in the base after async": (
        "from shop.cart import Cart\nclass A(Cart):\n    async def |",
        ["load", "total"],
    ),
    "what is not async after def": ("from shop.cart import Cart\nclass A(Cart):\n    def |", ["total"]),
    "arguments in the header's order": ("def f(*, zeta, beta=1, alpha=2): ...\nf(|", ["zeta=", "beta=", "alpha="]),
    "decorators of the project": ("from shop.auth import log_user, logged_in\n@log|", ["logged_in"]),
    "a decorator that an import brings": ("from shop.auth import log_user\n@log|", ["logged_in", "log_user"]),
    "names that many import of a module": ("from pathlib import |", ["Path"]),
    "a name of the library that no file has": ("x = defaultd|", ["defaultdict"]),
    "a type of the library": ("def f(x: Opt|", ["Optional"]),
    "what a function hands on": ('from web import fetch\nfetch("/", |', ["cls=", "width="]),
    "what a class hands on to its base": ('from web import Page\nPage("/", |', ["width="]),
    "what the library hands on": ("import subprocess\nsubprocess.run([], cw|", ["cwd="]),
    "what an action takes": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('x', |",
        ["action=", "nargs="],
    ),
    "a class written in C": ("from datetime import timedelta\ntimedelta(|", ["days=", "seconds="]),
    "what the library's method takes": ("class A(dict):\n    def upda|", ["update"]),
}


@pytest.mark.parametrize(("marked", "first"), FIRST.values(), ids=FIRST)
def test_what_fits_comes_first(bench: Bench, marked: str, first: list[str]):
    assert bench.labels(marked)[: len(first)] == first


NEVER = {
    "only modules are imported": ("cart = User = 1\ndef helper(): ...\nimport |", {"cart", "User", "helper"}),
    "only exceptions are raised": ("from shop.auth import log_user\ndef f():\n    raise |", {"str", "list", "None", "len"}),
    "variables of a class are not seen in a loop below it": (
        "class A:\n    def __init__(self):\n        self.name = 1\n\nfor each in []:\n    |",
        {"name"},
    ),
    "nor in a list below it": ("class A:\n    def __init__(self):\n        self.name = 1\n\nall_of = [\n    |\n]", {"name"}),
    "imports of another function": ("def f():\n    import colorsys\n\n\ndef g():\n    return colo|", set()),
    "only exceptions are imported for except": ("try: ...\nexcept Val|", {"ValuesView"}),
    "keys of the outer dictionary": ("d = {'a': {'x': 1}, 'b': 3}\nd['a'][|]", {"'b'", '"b"'}),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "never"), NEVER.values(), ids=NEVER)
def test_what_cannot_be_meant_is_not_offered(bench: Bench, marked: str, never: set[str]):
    assert never.isdisjoint(bench.labels(marked))


def test_the_import_of_another_function_is_offered_as_an_import(bench: Bench):
    item = bench.item("def f():\n    import colorsys\n\n\ndef g():\n    return colo|", "colorsys")
    assert item.brings == "import colorsys"


def test_common_exceptions_come_before_rare_ones(bench: Bench):
    offered = bench.labels("def f():\n    raise |")
    assert offered.index("ValueError") < offered.index("ArithmeticError")
    assert "LogError" in bench.labels("from shop.auth import LogError\ndef f():\n    raise |")[:8]


def test_classes_come_first_for_isinstance_and_values_last_where_only_names_may_be_given(bench: Bench):
    offered = bench.labels("from shop import Cart\napp = open(1)\ndef f(u):\n    isinstance(u, |")
    assert "app" not in offered[: offered.index("Cart")]
    offered = bench.labels("app = 1\ndef f(*, a, b): ...\nf(|")
    assert offered[:2] == ["a=", "b="]
    assert offered.index("app") > 1


def test_a_variable_of_another_type_is_not_what_a_parameter_asks_for(bench: Bench):
    head = "from shop import Cart\ncart = Cart()\nother = dict()\ndef f(one: Cart): ...\n"
    offered = bench.labels(f"{head}f(|")
    assert offered.index("cart") < offered.index("other")


def test_kinds_are_those_of_what_is_named(bench: Bench):
    head = "import datetime\nfrom datetime import datetime\nfrom shop.auth import MESSAGE, log_user\nfrom shop import Cart\n"
    kinds = {
        label: bench.item(f"{head}x = {label[:4]}|", label).kind
        for label in ("datetime", "MESSAGE", "log_user", "Cart")
    }
    assert kinds == {
        "datetime": ItemKind.CLASS, "MESSAGE": ItemKind.VARIABLE, "log_user": ItemKind.FUNCTION, "Cart": ItemKind.CLASS,
    }  # fmt: skip


def test_one_thing_is_offered_once_whatever_modules_have_it(bench: Bench):
    assert bench.labels("x = Cart|").count("Cart") == 1
    assert bench.labels("x = logged|").count("logged_in") == 1


def test_fixtures_are_offered_to_tests_and_fixtures_alone(bench: Bench):
    head = "import pytest\n\n@pytest.fixture\ndef till(): ...\n\n"
    asked = bench.labels(f"{head}def test_f(|)", "tests/test_open.py")
    assert asked[:2] == ["till", "basket"]
    assert {"tmp_path", "monkeypatch", "capsys", "request", "caplog"} <= set(asked)
    assert bench.labels(f"{head}class TestA:\n    def test_f(self, ba|)", "tests/test_open.py") == ["basket"]
    assert "till" not in bench.labels(f"{head}def helper(|)", "tests/test_open.py")


def test_behind_pytest_mark_stand_its_markers_and_the_projects(bench: Bench):
    (bench.index.tree.root / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    slow: takes long\n    net\naddopts = -q\n"
    )
    offered = bench.labels("import pytest\n@pytest.mark.|", "tests/test_open.py")
    assert {"parametrize", "skip", "skipif", "xfail", "usefixtures", "slow", "net"} <= set(offered[:12])
    assert "addopts" not in offered
    assert bench.labels("import pytest\n@pytest.mark.para|", "tests/test_open.py")[0] == "parametrize"


def test_the_stub_of_a_librarys_method_has_its_header(bench: Bench):
    assert bench.item("class A(list):\n    def po|", "pop").insert_text == (
        "pop(self, index=-1):\n        return super().pop(index)"
    )


def test_no_grey_line_defines_a_class_anew(bench: Bench):
    text = "class Card(Base):\n    def pay(self): ...\n\n\n" * 3
    assert not any("Card" in line.text for line in bench.at(f"class Base: ...\n\n\n{text}class |").inline)


def test_no_grey_line_reads_a_name_of_an_inner_scope(bench: Bench):
    text = "class A:\n    def __init__(self, name):\n        self.name = name\n        self.name = name\n\nfor a in [A(1)]:\n    a.|"
    assert not any("= name" in line.text for line in bench.at(text).inline)


def test_public_names_of_modules_are_those_that_they_say():
    assert {"Any", "Optional"} <= set(public("typing", ()) or ())
    assert "sys" not in (public("typing", ()) or ())
    assert "gather" in (public("asyncio", ()) or ())
    assert commonness("typing", "Any") > commonness("typing", "Deque") > 0


def test_a_definition_from_outside_is_found_where_it_is_written():
    home = home_of("subprocess.Popen.__init__", ())
    assert home is not None
    assert (home.module, home.cls) == ("subprocess", "Popen")
    assert home_of("subprocess.nothing", ()) is None


SAID = {
    "a function of the project": ("from shop.auth import log_user\n|", "log_user", "", "Remember who it is.\n\nUntil they leave."),
    "one that an import brings": ("|", "log_user", "from shop.auth import log_user", "Remember who it is."),
    "one that is being imported": ("from shop.auth import |", "log_user", "", "Remember who it is."),
    "a function of the library": ("import json\njson.|", "dumps", "", "Serialize"),
    "a name of the library that an import brings": ("|", "dedent", "from textwrap import dedent", "Remove any common"),
    "a builtin": ("|", "len", "", "Return the number of items"),
    "a method of a builtin type": ("x = 'a'\nx.|", "split", "", "Return a list"),
    "what is defined anew": ("class A(dict):\n    def |", "update", "", "D.update"),
    "what nobody explains": ("def f(): ...\n|", "f", "", ""),
    "what nobody knows": ("|", "nothing", "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "label", "brings", "said"), SAID.values(), ids=SAID)
def test_an_item_is_explained_by_its_docstring(bench: Bench, marked: str, label: str, brings: str, said: str):
    told = bench.told(marked, label, brings)
    assert told.startswith(said)
    assert bool(told) is bool(said)
