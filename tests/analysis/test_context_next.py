"""What is needed next at a cursor, told from the text above it alone."""

import ast
import gc
import weakref
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fixbot_analysis.context import Context, Focus, Snippet
from fixbot_analysis.context.entries import Directory
from fixbot_analysis.context.statements import cuts
from fixbot_analysis.context.units import Page
from fixbot_analysis.documents import Library
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position

FILES = {
    "shop/__init__.py": "",
    "shop/money.py": (
        '"""Money."""\n\n\n'
        "class Money:\n"
        '    """An amount in a currency."""\n\n'
        "    def __init__(self, amount, currency):\n"
        "        self.amount = amount\n\n"
        "    def rounded(self, places=2):\n"
        "        return round(self.amount, places)\n\n"
        "    @property\n"
        "    def in_cents(self):\n"
        "        return self.amount * 100\n\n\n"
        "def exchange(\n    money,\n    rate,\n):\n"
        '    """Give the same in another currency."""\n'
        "    return Money(money.amount * rate, money.currency)\n\n\n"
        "def unwanted():\n    return None\n"
    ),
    "shop/base.py": (
        "from abc import ABC, abstractmethod\n\n\n"
        "class Exporter(ABC):\n"
        "    @abstractmethod\n"
        "    def export(self, lines):\n"
        '        """Write the lines."""\n\n'
        "    def prepared(self, lines):\n"
        "        return sorted(lines)\n"
    ),
    "shop/table.py": (
        "from shop.base import Exporter\n"
        "from shop.cells import quote\n\n\n"
        "class Table(Exporter):\n"
        "    def export(self, lines):\n"
        "        return quote(self.prepared(lines))\n"
    ),
    "shop/cells.py": "def quote(lines):\n    return [repr(line) for line in lines]\n",
    "shop/cart.py": (
        "import shop.cells as cells\n"
        "from shop.base import Exporter\n"
        "from shop.money import Money, exchange\n\n\n"
        "class Cart(Exporter):\n"
        "    def __init__(self, price: Money):\n"
        "        self.price = price\n\n"
        "    def export(self, lines):\n"
        "        done = []\n"
    ),
    "docs/cart.md": "# Carts\n\n## `Cart.export`\n\n`Cart.export` writes lines in order.\n",
    "CONTRIBUTING.md": "# Contributing\n\nAlways write exporters so that lines stay in order.\n",
}


def make(root: Path, files: Mapping[str, str]) -> Index:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Index.open(root)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return make(tmp_path, FILES)


def at_end(index: Index, text: str, path: str = "shop/cart.py", budget: int = 2000) -> Context:
    """The context where `text` is being typed behind what the file holds."""
    whole = FILES.get(path, "") + text
    index.update(path, whole.encode())
    lines = whole.split("\n")
    return Context.build(index, Focus(path, Position(len(lines) - 1, len(lines[-1]))), budget)


def having(context: Context, text: str) -> Snippet:
    (snippet,) = [s for s in context.snippets if text in s.text and s.path != "shop/cart.py"]
    return snippet


def test_names_imported_and_not_used_yet(index: Index) -> None:
    snippet = having(at_end(index, ""), "def exchange")
    assert snippet.why == "imported, not used yet"
    assert snippet.via == ("Cart.export -> exchange (import)",)


def test_a_body_that_is_being_written_belongs_to_its_function(index: Index) -> None:
    context = at_end(index, "\n")
    assert context.snippets[0].text.startswith("    def export(self, lines):")


def test_bases_and_what_the_method_overrides(index: Index) -> None:
    context = at_end(index, "")
    assert "base of Cart" in having(context, "class Exporter").why
    assert "export overrides it" in having(context, "def export(self, lines)\n".strip() + ':\n        """').why
    assert "def prepared" in "".join(s.text for s in context.snippets)


def test_what_methods_of_the_same_name_use(index: Index) -> None:
    files = {**FILES, "shop/cart.py": FILES["shop/cart.py"].replace("import shop.cells as cells\n", "")}
    index.update("shop/cart.py", files["shop/cart.py"].encode())
    lines = files["shop/cart.py"].split("\n")
    context = Context.build(index, Focus("shop/cart.py", Position(len(lines) - 1, 0)), 2000)
    assert having(context, "def quote").why == "used by other export methods"


def test_members_of_what_stands_before_the_dot_come_first(index: Index) -> None:
    context = at_end(index, "        done.append(self.price.", budget=150)
    assert {"class of self.price", "member of self.price"} & set(having(context, "def rounded").why.split("; "))
    assert "unwanted" not in "".join(s.text for s in context.snippets)


def test_the_header_of_what_is_being_called_whole(index: Index) -> None:
    context = at_end(index, "        done.append(exchange(", budget=120)
    snippet = having(context, "def exchange")
    assert "rate," in snippet.text
    assert "arguments of exchange are being written" in snippet.why


def test_a_bracket_left_open_hides_nothing(index: Index) -> None:
    context = at_end(index, "        for line in lines:\n            done.append([\n                line,\n")
    assert "base of Cart" in having(context, "class Exporter").why


def test_members_of_a_module_that_is_imported_whole(index: Index) -> None:
    assert "of the module cells" in having(at_end(index, ""), "def quote").why


def test_a_small_budget_gives_headers_and_a_large_one_bodies(index: Index) -> None:
    small, large = (at_end(index, "", budget=budget) for budget in (160, 2000))
    assert "class Money" in "".join(s.text for s in small.snippets)
    assert "return round" not in "".join(s.text for s in small.snippets)
    assert "return round" in "".join(s.text for s in large.snippets)


def test_what_the_hidden_text_uses_is_not_known(index: Index) -> None:
    """Nothing below the cursor counts once the buffer says that it is not there."""
    whole = FILES["shop/cart.py"] + "        return unheard(done)\n\n\nfrom shop.cells import quote as unheard\n"
    index.update("shop/cart.py", whole.encode())
    seen = Context.build(index, Focus("shop/cart.py", Position(10, 0)), 2000)
    assert any("as unheard" in s.why for s in seen.snippets) or any("used by" in s.why for s in seen.snippets)
    assert all("unheard" not in s.why and "unheard" not in s.text for s in at_end(index, "").snippets)


def test_documents_and_norms_where_a_library_is_given(index: Index) -> None:
    index.update("shop/cart.py", FILES["shop/cart.py"].encode())
    focus = Focus("shop/cart.py", Position(10, 0))
    plain = Context.build(index, focus)
    told = Context.build(index, focus, library=Library.open(index.tree))
    assert not any(s.path.endswith(".md") for s in plain.snippets)
    reasons = {s.path: s.why for s in told.snippets if s.path.endswith(".md")}
    assert reasons["docs/cart.md"].startswith("documents Cart.export")
    assert reasons["CONTRIBUTING.md"].startswith("what the project asks, as data")
    for_text = Context.build(index, "Cart.export loses lines", library=Library.open(index.tree))
    assert "docs/cart.md" in {s.path for s in for_text.snippets}


def test_half_typed_at_every_prefix(index: Index) -> None:
    """No state of a file that is being typed is refused, and the budget holds in each."""
    text = FILES["shop/cart.py"]
    for end in range(0, len(text), 7):
        context = at_end(index, text[:end], path="shop/new.py", budget=300)
        assert context.tokens <= 300


def test_guessed_callers_come_last_and_are_called_so(tmp_path: Path) -> None:
    files = {
        "a.py": "class A:\n    def only_here(self):\n        return 1\n",
        "b.py": "def guess(thing):\n    return thing.only_here()\n",
        "z.py": "from a import A\n\n\ndef know():\n    return A().only_here()\n",
    }
    context = Context.build(make(tmp_path, files), Focus("a.py", Position(2, 0)))
    callers = [(s.path, s.why) for s in context.snippets if "call" in s.why]
    assert callers == [("z.py", "calls A.only_here"), ("b.py", "may call A.only_here")]


def test_the_nearest_test_is_the_one_that_has_the_name(tmp_path: Path) -> None:
    files = {
        "calc.py": "def add(a, b):\n    return a + b\n",
        "tests/test_other.py": "from calc import add\n\n\ndef test_other():\n    assert add(1, 2)\n",
        "tests/test_calc.py": (
            "from calc import add\n\n\ndef test_sub():\n    assert add(1, -2)\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
        ),
    }
    context = Context.build(make(tmp_path, files), Focus("calc.py", Position(1, 0)), 150)
    (test,) = [s for s in context.snippets if s.why.startswith("tests ")]
    assert "def test_add" in test.text
    assert test.via == ("test_add -> add (tests)",)


ABROAD = {
    "js": (
        {
            "cart.js": "import { vat, discount } from './tax';\n\nexport function total(prices) {\n  const sum = 1;\n}\n",
            "tax.js": "export function vat(amount) {\n  return amount;\n}\n\nexport function discount(amount) {\n  return 0;\n}\n",
        },
        "cart.js", 4, {"function vat": "imported", "function discount": "imported"},
    ),
    "go": (
        {
            "go.mod": "module shop\n",
            "cart.go": "package shop\n\nfunc (c *Cart) Total() int {\n\tsum := 0\n}\n",
            "types.go": "package shop\n\ntype Cart struct {\n\tPrices []int\n}\n\nfunc (c *Cart) Count() int {\n\treturn 1\n}\n",
            "tax.go": "package shop\n\nfunc Vat(amount int) int {\n\treturn amount\n}\n",
        },
        "cart.go", 4, {"func Vat": "of the same package", "Count()": "Cart"},
    ),
    "ts": (
        {
            "cart.ts": "import * as core from './core';\n\nexport function total(prices: number[]) {\n  const sum = 1;\n}\n",
            "core.ts": "export * from './tax';\n",
            "tax.ts": "export function vat(amount: number) {\n  return amount;\n}\n",
        },
        "cart.ts", 4, {"function vat": "of core"},
    ),
    "c": (
        {
            "cart.c": '#include "tax.h"\n\nint total(int sum) {\n  sum += 1;\n}\n',
            "tax.h": "int vat(int amount);\n",
            "tax.c": '#include "tax.h"\n\nint vat(int amount) {\n  return amount;\n}\n',
        },
        "cart.c", 4, {"int vat(int amount) {": "of tax.h"},
    ),
    "static": (
        {
            "shop/Cart.java": "package shop;\n\nimport tax.Vat;\n\nclass Cart {\n  int total(int sum) {\n    sum += 1;\n  }\n}\n",
            "tax/Vat.java": "package tax;\n\npublic class Vat {\n" + "  // said\n" * 40 + "  static int of(int amount) {\n    return amount;\n  }\n}\n",
        },
        "shop/Cart.java", 7, {"static int of": "of Vat"},
    ),
    "java": (
        {
            "shop/Cart.java": "package shop;\n\npublic class Cart extends Bag {\n  int total(Money money) {\n    int sum = 0;\n  }\n}\n",
            "shop/Bag.java": "package shop;\n\npublic class Bag {\n  int weigh() {\n    return 1;\n  }\n}\n",
            "shop/Money.java": "package shop;\n\npublic class Money {\n  int cents() {\n    return 1;\n  }\n}\n",
        },
        "shop/Cart.java", 5, {"int weigh": "inherited from Bag", "class Money": "used by Cart.total"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ABROAD)
def test_other_languages_foresee_through_imports_packages_and_types(tmp_path: Path, language: str) -> None:
    files, path, line, wanted = ABROAD[language]
    context = Context.build(make(tmp_path, files), Focus(path, Position(line - 1, 0)), 1000)
    assert context.snippets[0].why == "around the place"
    for text, why in wanted.items():
        (snippet,) = [s for s in context.snippets if text in s.text and s.path != path]
        assert why in snippet.why


def test_members_of_what_a_property_gives(tmp_path: Path) -> None:
    files = {
        "config.py": "class Config:\n    def getini(self, name):\n        return name\n",
        "request.py": (
            "from config import Config\n\n\n"
            "class Request:\n    @property\n    def config(self) -> Config:\n        return self._config\n"
        ),
        "tester.py": (
            "from request import Request\n\n\n"
            "class Tester:\n    def __init__(self, request: Request):\n        self._request = request\n\n"
            "    def run(self):\n        done = []\n"
        ),
    }
    context = Context.build(make(tmp_path, files), Focus("tester.py", Position(8, 0)), 2000)
    getini = having(context, "def getini")
    assert getini.via == ("Tester.run -> self._request.config -> Config (type) -> getini (defines)",)


def test_a_class_that_an_attribute_holds_is_foreseen(tmp_path: Path) -> None:
    files = {
        "answers.py": "class Answer:\n    def send(self):\n        return 1\n",
        "app.py": "from answers import Answer\n\n\nclass App:\n    answer_class = Answer\n",
        "client.py": "from app import App\n\n\nclass Client:\n    def open(self, app: App):\n        done = []\n",
    }
    context = Context.build(make(tmp_path, files), Focus("client.py", Position(5, 0)), 2000)
    assert "class of app.answer_class" in having(context, "class Answer").why


def test_graphs_of_the_past_are_let_go(index: Index) -> None:
    """What is kept per graph goes with it: an editor makes a new graph at every keystroke."""
    graph = DependencyGraph.build({path: index.facts(path) for path in index.paths})
    assert Directory.of(graph).entry("shop/money.py::exchange") is not None
    seen = weakref.ref(graph)
    del graph
    gc.collect()
    assert seen() is None


def test_a_text_about_much_leaves_room_for_tests(tmp_path: Path) -> None:
    body = "".join(f"    cookie_{n} = settings[{n}]\n" for n in range(20))
    files = {
        "session.py": "".join(f"def save_cookie_{n}(settings):\n{body}    return cookie_1\n\n\n" for n in range(8)),
        "tests/test_session.py": (
            "from session import save_cookie_0\n\n\ndef test_saved():\n    assert save_cookie_0(range(30)) == 1\n"
        ),
    }
    context = Context.build(make(tmp_path, files), "save_cookie_0 does not save the cookie", 800)
    assert context.snippets[0].text.startswith("def save_cookie_0")
    assert [s.path for s in context.snippets if s.why.startswith("tests ")] == ["tests/test_session.py"]


THROUGH = {
    "app.py": (
        "class App:\n"
        "    def finish(self, value):\n        return value\n\n"
        "    def dispatch(self, value):\n        return self.finish(value)\n\n"
        "    def run(self, value):\n        return self.dispatch(value)\n"
    ),
    "tests/test_app.py": (
        "from app import App\n\n\n"
        "def test_finish_has_an_app():\n    assert App()\n\n\n"
        "def test_all():\n    assert App().run(1) == 1\n"
    ),
}


def test_a_test_that_leads_to_the_function_comes_before_one_of_its_class(tmp_path: Path) -> None:
    context = Context.build(make(tmp_path, THROUGH), Focus("app.py", Position(2, 8)))
    (test,) = [s for s in context.snippets if s.why.startswith("tests ")]
    assert "def test_all" in test.text
    assert test.why == "tests App.run, which leads to App.finish"
    assert test.via == ("test_all -> App.run -> App.dispatch -> App.finish (tests)",)


def test_a_test_of_the_class_alone_is_called_so(tmp_path: Path) -> None:
    files = {**THROUGH, "tests/test_app.py": THROUGH["tests/test_app.py"].partition("\n\n\ndef test_all")[0] + "\n"}
    context = Context.build(make(tmp_path, files), Focus("app.py", Position(2, 8)))
    assert [s.why for s in context.snippets if s.path.startswith("tests/")] == ["tests the class App"]


def test_what_is_searched_for_a_text_is_kept(tmp_path: Path) -> None:
    index, cache = make(tmp_path / "project", THROUGH), tmp_path / "cache"
    context = Context.build(index, "App.finish gives the wrong value", cache=cache)
    assert list(cache.rglob("*"))
    assert Context.build(index, "App.finish gives the wrong value") == context


FINISHED = {
    "flow.py": (
        "from far import after, also_far\n\n"
        "DEFAULTS = {\n" + "".join(f'    "option_{n}": {n},\n' for n in range(6)) + "}\n\n\n"
        "class Flow:\n"
        '    """Steps that follow each other\n    until nothing is left.\n\n    Details are of no use here.\n    """\n\n'
        "    settings = dict(\n        " + "depth=1,\n        " * 30 + ")\n\n"
        "    def go(self, value):\n"
        '        """Go through all steps.\n\n' + "        More is told of it.\n" * 6 + '        """\n'
        "        value = self.begin(value)\n"
        "        return after(self.end(\n            value,\n        ))\n\n"
        + "".join(f"    def beside_{n}(self):\n        return {n}\n\n" for n in range(20))
        + "    def begin(self, value):\n"
        '        """Take the value in,\n        and look at it.\n\n        Not more than that.\n        """\n'
        "        return value\n\n"
        "    def end(self, value):\n        return value\n"
    ),
    "far.py": "def after(value):\n    return value\n\n\n"
    "def also_far(\n    value,\n):\n" + "".join(f"    value_{n} = value\n" for n in range(99)),
}


def whole_units(path: str, text: str) -> set[int]:
    """Lines (from 1) of a project's file behind which a snippet may end."""
    lines = text.splitlines()
    opened = {"DEFAULTS = {", "    settings = dict(", "def also_far(", "        return after(self.end("}
    inside = ('"option_', "depth=1", "value,")
    return {n for n, line in enumerate(lines, 1) if line not in opened and not line.strip().startswith(inside)}


@pytest.mark.parametrize("budget", [150, 250, 500, 1000, 4000])
@pytest.mark.parametrize("ahead", ["Go through", "More is told", "self.begin"])
def test_what_a_finished_function_uses_comes_first(tmp_path: Path, budget: int, ahead: str) -> None:
    text = FINISHED["flow.py"]
    line = text[: text.index(ahead)].count("\n")
    context = Context.build(make(tmp_path, FINISHED), Focus("flow.py", Position(line, 8)), budget)
    shown = "".join(s.text for s in context.snippets)
    assert "def begin" in shown
    assert "def end" in shown
    assert "def after" in shown
    assert context.snippets[0].text.startswith("    def go(self, value):")
    for snippet in context.snippets:
        assert snippet.end_line in whole_units(snippet.path, FINISHED[snippet.path]), snippet
        assert not snippet.text.rstrip().endswith(("follow each other", "Take the value in,"))


def test_what_is_below_an_unfinished_function_is_no_use_of_it(tmp_path: Path) -> None:
    above, _, below = FINISHED["flow.py"].partition("        value = self.begin(value)\n")
    files = {**FINISHED, "flow.py": above + "        \n\n" + below[below.index("    def beside_0") :]}
    context = Context.build(make(tmp_path, files), Focus("flow.py", Position(above.count("\n"), 8)), 500)
    assert not any(s.why.startswith("used by Flow.go") for s in context.snippets)


def test_the_lines_around_a_place_are_whole_statements(tmp_path: Path) -> None:
    body = "    odd = '\\d'\n" + "".join(f"    step_{n} = [\n        {n},\n    ]\n" for n in range(60))
    context = Context.build(make(tmp_path, {"a.py": f"def long():\n{body}"}), Focus("a.py", Position(92, 0)), 500)
    around = next(s for s in context.snippets if "around the place" in s.why)
    assert around.text.startswith("    step_")
    assert around.text.endswith("    ]\n")
    assert around.start_line <= 93 <= around.end_line


IMPORTS = "from b import (\n    one,\n)\nfrom b import (\n    two,\n)\n"


def test_imports_are_whole_from_the_first_to_the_last(tmp_path: Path) -> None:
    files = {"a.py": f"{IMPORTS}\n\ndef f():\n    return one(two)\n", "b.py": "one = two = 1\n"}
    context = Context.build(make(tmp_path, files), Focus("a.py", Position(9, 4)))
    (imports,) = [s for s in context.snippets if "imports of the file" in s.why]
    assert imports.text == IMPORTS


STATEMENTS = [
    "    x = 1\n", "    y = [\n        1,\n    ]\n", "    # said\n", "\n", '    s = """a\n\n    # b (\n    """\n', "    if x:\n        x = (2)\n",
    "    else:\n        pass\n", "    try:\n        pass\n    except E:\n        pass\n    finally:\n        pass\n", "    a = b + \\\n        c\n",
    "    z = '(' + \"]\" # (\n", "    @d(\n        1)\n    # of it\n    def g():\n        return {}\n",
    "    t = 'it\\'s' \\\n        '['\n", "    match x:\n        case 1:\n            pass\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(STATEMENTS), max_size=8))
def test_cuts_are_where_a_parse_says_that_statements_begin(parts: list[str]) -> None:
    text = 'def f():\n    """Said.\n\n    And more.\n    """\n' + "".join(parts)
    try:
        tree = ast.parse(text)
    except SyntaxError:  # an else without an if
        assume(False)
    page, (function,) = Page(Document("a.py", text.encode())), tree.body
    assert isinstance(function, ast.FunctionDef)
    inner = [n for n in ast.walk(function) if isinstance(n, ast.stmt | ast.ExceptHandler)]
    lines = {min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", ()))]) for n in inner}
    assert list(cuts(page, 1, function.end_lineno or 0)) == sorted({*lines, 4})
