"""The tools on a real ground: a repository, the sandbox that works here, the project's interpreter, pytest, an index."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_agent.models import ToolCall
from fixbot_agent.runs import Redactor
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.settings import Settings
from fixbot_agent.solving.conversing.briefing import Assignment
from fixbot_agent.solving.conversing.equipping import desk as desk_on
from fixbot_agent.solving.ground import Ground, Plot, opened
from fixbot_agent.tools import SCRATCH, End, Outcome, Toolbox
from fixbot_analysis.ports import Silent
from fixbot_repair.localisation import Localisation

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": '''"""Carts."""

from shop.money import rounded


class Base:
    """What carts share."""

    def total(self):
        """Nothing yet."""
        return 0


class Cart(Base):
    """A cart."""

    def __init__(self, items, rate=1):
        self.items = items
        self.rate = rate

    # the sum of all
    def total(self):
        """The sum."""
        found = 0
        for item in self.items:
            if item is not None:
                found += item * self.rate
        return rounded(found)

    @staticmethod
    def empty():
        return Cart([])


def bill(cart):
    """What is to be paid."""
    text = """
    Total:
"""
    return text + str(cart.total())
''',
    "shop/money.py": '''"""Money."""


def rounded(value, digits=2):
    """The value, rounded."""
    return round(value, digits) + 1
''',
    "tests/test_cart.py": """from shop.cart import Cart, bill


def test_total():
    assert Cart([1, 2]).total() == 3


def test_empty():
    assert Cart.empty().items == []


def test_bill():
    assert "Total" in bill(Cart([1]))
""",
    "tests/test_money.py": """from shop.money import rounded


def test_rounded():
    assert rounded(1.234) == 1.23
""",
    "web/app.js": "function start(name) {\n  return name;\n}\n",
    "data.json": '{"a": 1}\n',
}
FAILING = ("tests/test_cart.py::test_total", "tests/test_money.py::test_rounded")


def git(folder: Path, *arguments: str) -> None:
    who = {
        f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
    }
    variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    subprocess.run(["git", "-C", str(folder), *arguments], env=variables, check=True, capture_output=True)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    root = tmp_path_factory.mktemp("shop") / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Sell things")
    (root / "shop/money.py").write_text(FILES["shop/money.py"].replace("2):", "2):  # cents"))
    git(root, "commit", "-qam", "Fix rounding of totals (#12)")
    settings = Settings(python=sys.executable)
    plot = Plot(root, "", settings, True, tmp_path_factory.mktemp("cache"))
    with opened(plot, lambda _: {}, Silent()) as found:
        yield found


@pytest.fixture
def toolbox(ground: Ground) -> Iterator[Toolbox]:
    box = Toolbox(desk_on(ground, Assignment(None, (), Localisation()), Redactor()))
    box.desk.failing = FAILING
    yield box
    ground.workspace.reset()
    for path in box.desk.written:
        ground.index.update(path, None)


def use(toolbox: Toolbox, name: str, **arguments: object) -> Outcome:
    return toolbox.use(ToolCall("1", name, json.dumps(arguments)))


def done(toolbox: Toolbox, name: str, **arguments: object) -> str:
    outcome = use(toolbox, name, **arguments)
    assert outcome.ok, outcome.text
    return outcome.text


def refused(toolbox: Toolbox, name: str, **arguments: object) -> str:
    outcome = use(toolbox, name, **arguments)
    assert not outcome.ok, outcome.text
    return outcome.text


def content(toolbox: Toolbox, path: str) -> str:
    return toolbox.desk.files.read(path).decode()


# changing


def test_an_undefined_name_is_undone_and_its_home_is_told(toolbox: Toolbox) -> None:
    before = content(toolbox, "shop/money.py")
    said = refused(toolbox, "edit", path="shop/money.py", search=" + 1", replace=" + len(Cart([]).items)")
    assert "line 6: Undefined name `Cart`" in said
    assert "from shop.cart import Cart" in said
    assert content(toolbox, "shop/money.py") == before
    assert toolbox.desk.touched == set()


def test_an_unused_import_is_kept_and_told(toolbox: Toolbox) -> None:
    said = done(toolbox, "edit", path="shop/money.py", search='"""Money."""', replace='"""Money."""\n\nimport math')
    assert "note: line 3: `math` imported but unused" in said
    said = done(toolbox, "edit", path="shop/money.py", search="round(value, digits) + 1", replace="math.floor(value)")
    assert "note" not in said


@pytest.mark.parametrize(
    ("replace", "why"),
    [
        ("from shop.moneys import rounded", "there is no module shop.moneys"),
        ("from .moneys import rounded", "there is no module .moneys"),
        ("from shop.money import rounder as rounded", "shop/money.py has no rounder"),
        ("from shop.money import rounded\nimport no_such_thing_at_all", "there is no module no_such_thing_at_all"),
    ],
)
def test_imports_that_lead_nowhere_are_undone(toolbox: Toolbox, replace: str, why: str) -> None:
    assert why in refused(
        toolbox, "edit", path="shop/cart.py", search="from shop.money import rounded", replace=replace
    )
    assert content(toolbox, "shop/cart.py") == FILES["shop/cart.py"]


@pytest.mark.parametrize(
    ("replace", "why"),
    [
        ("rounded(found, 2, 3)", "too many positional arguments; it is rounded(value, digits=2) in shop/money.py:4"),
        ("rounded(found, places=2)", "got an unexpected keyword argument 'places'"),
        ("Cart().total()", "missing a required argument: 'items'"),
        ("self.total(3)", "too many positional arguments"),
        ("self.empty(1)", "too many positional arguments"),
    ],
)
def test_calls_that_do_not_fit_are_undone(toolbox: Toolbox, replace: str, why: str) -> None:
    assert why in refused(toolbox, "edit", path="shop/cart.py", search="rounded(found)", replace=replace)


@pytest.mark.parametrize(
    "replace",
    [
        "rounded(found, digits=3)", "rounded(*[found])", "Cart.total(self)", "Cart.empty().total()", "super().total()",
        "Cart([], rate=2).total()", "self.rate", "self.unknown(1, 2)",
    ],
)  # fmt: skip
def test_calls_that_may_fit_are_kept(toolbox: Toolbox, replace: str) -> None:
    done(toolbox, "edit", path="shop/cart.py", search="rounded(found)", replace=replace)


def test_what_a_changed_signature_leaves_behind_is_told_until_it_is_changed_too(toolbox: Toolbox) -> None:
    said = done(
        toolbox,
        "edit",
        path="shop/money.py",
        search="def rounded(value, digits=2)",
        replace="def rounded(value, digits)",
    )
    assert (
        "note: this is left behind, to be changed too:\n- shop/cart.py:28: rounded(found) does not fit rounded any more: missing a required argument: 'digits'"
        in said
    )
    assert "Not finished yet" in done(toolbox, "finish", summary="x")
    said = done(toolbox, "edit", path="shop/cart.py", search="rounded(found)", replace="rounded(found, 2)")
    assert "left behind" not in said
    assert "shop/cart.py" not in done(toolbox, "check", paths=["shop/money.py"]).partition("\n")[2]


def test_a_rename_that_is_left_unfinished_is_told(toolbox: Toolbox) -> None:
    said = done(toolbox, "edit", path="shop/money.py", search="def rounded(", replace="def in_cents(")
    assert "- shop/cart.py:3: imports rounded from shop/money.py, where it is no more" in said
    assert "tests/test_money.py:1: imports rounded" in said
    assert "left behind" not in done(
        toolbox, "edit", path="shop/money.py", search="def in_cents(", replace="def rounded("
    )


def test_optional_imports_are_kept(toolbox: Toolbox) -> None:
    text = "try:\n    import no_such_thing_at_all as fast\nexcept ImportError:\n    fast = None\n"
    done(toolbox, "write_file", path="shop/fast.py", text=text)
    done(
        toolbox,
        "write_file",
        path="shop/more.py",
        text="from shop import fast\nimport pytest\n\n__all__ = ['fast', 'pytest']\n",
    )


def test_what_may_work_at_run_time_is_kept(toolbox: Toolbox) -> None:
    text = """class Meta(type):
    def __new__(mcs, name, bases, attrs):
        return super().__new__(mcs, name, bases, attrs)


class Field:
    def hidden(self):
        raise NotImplementedError("subclasses say")

    def shown(self):
        return self.hidden(only_initial=True), self.check(1, 2)

    def check(first, second):
        return first

    check = staticmethod(check)
"""
    done(toolbox, "write_file", path="shop/forms.py", text=text)
    done(toolbox, "write_file", path="shop/speed.pyx", text="")
    done(
        toolbox,
        "write_file",
        path="shop/later.py",
        text="from .vendored.client import Client\n\n__all__ = ['Client']\n",
    )
    done(
        toolbox,
        "write_file",
        path=SCRATCH,
        text="from shop.money import rounded\n\n\ndef test_x():\n    rounded(1, 2, 3)\n",
    )


def test_replace_symbol_keeps_decorators_and_indents(toolbox: Toolbox) -> None:
    done(toolbox, "replace_symbol", symbol="Cart.empty", text="def empty():\n    return Cart([], 2)")
    assert "    @staticmethod\n    def empty():\n        return Cart([], 2)\n\n\ndef bill" in content(
        toolbox, "shop/cart.py"
    )
    done(
        toolbox,
        "replace_symbol",
        symbol="shop.cart.Cart.empty",
        text="@classmethod\ndef empty(cls):\n    return cls([])",
    )
    assert "@staticmethod" not in content(toolbox, "shop/cart.py")
    assert "    # the sum of all\n    def total" in content(toolbox, "shop/cart.py")


def test_replace_symbol_leaves_the_inside_of_strings(toolbox: Toolbox) -> None:
    text = '    def total(self):\n        """Sum\n        of all."""\n        return len("""\nx\n""")\n'
    done(toolbox, "replace_symbol", symbol="shop/cart.py::bill", text=text.replace("total(self)", "bill(cart)"))
    assert 'def bill(cart):\n    """Sum\n    of all."""\n    return len("""\nx\n""")\n' in content(
        toolbox, "shop/cart.py"
    )


def test_replace_symbol_refuses(toolbox: Toolbox) -> None:
    said = refused(toolbox, "replace_symbol", symbol="total", text="def total(self): pass")
    assert "may be 2 definitions" in said
    assert "shop/cart.py::Base.total (line 9)" in said
    assert "did you mean shop/cart.py::Cart?" in refused(toolbox, "replace_symbol", symbol="Carts", text="x")
    assert "whole definition" in refused(toolbox, "replace_symbol", symbol="bill", text="return 1")
    assert "Undefined name" in refused(
        toolbox, "replace_symbol", symbol="bill", text="def bill(cart):\n    return nothing"
    )
    assert "is a test" in refused(toolbox, "replace_symbol", symbol="test_bill", text="def test_bill(): pass")


def test_insert_code(toolbox: Toolbox) -> None:
    done(
        toolbox, "insert_code", symbol="Cart.total", where="before", text="def size(self):\n    return len(self.items)"
    )
    done(toolbox, "insert_code", symbol="Cart", where="into", text="def more(self):\n    return self.size()")
    done(toolbox, "insert_code", symbol="bill", where="after", text="def last():\n    return 1")
    text = content(toolbox, "shop/cart.py")
    assert "\n\n    def size(self):\n        return len(self.items)\n\n    # the sum of all\n    def total" in text
    assert "        return Cart([])\n\n    def more(self):\n        return self.size()\n\n\ndef bill" in text
    assert text.endswith("str(cart.total())\n\n\ndef last():\n    return 1\n")
    assert "no class" in refused(toolbox, "insert_code", symbol="bill", where="into", text="x = 1")
    assert "one of before, after, into" in refused(toolbox, "insert_code", symbol="bill", where="above", text="x = 1")


def test_other_languages_and_data_must_parse(toolbox: Toolbox) -> None:
    done(toolbox, "replace_symbol", symbol="start", text="function start(name) {\n  return name + 1;\n}")
    assert "no longer parse" in refused(
        toolbox, "replace_symbol", symbol="start", text="function start(name) {\n  return (;\n}"
    )
    assert "no longer parse" in refused(toolbox, "edit", path="data.json", search="1", replace="1,")


def test_a_scratch_file_may_be_replaced_as_a_whole(toolbox: Toolbox) -> None:
    done(toolbox, "edit", path=SCRATCH, search="", replace="def test_x():\n    assert 1\n")
    done(toolbox, "edit", path=SCRATCH, search="", replace="def test_y():\n    assert 2\n")
    assert "test_y" in content(toolbox, SCRATCH)
    assert "replaced (1 lines)" in done(toolbox, "write_file", path="shop/money.py", text="rounded = round\n")


def test_no_change_is_made_after_a_refused_one(toolbox: Toolbox) -> None:
    def call(name: str, **arguments: object) -> ToolCall:
        return ToolCall("1", name, json.dumps(arguments))

    bad = call("edit", path="shop/cart.py", search="nothing like it", replace="x")
    good = call("edit", path="shop/money.py", search=" + 1", replace="")
    outcomes = toolbox.use_all([bad, call("view", path="shop/cart.py"), good, call("finish")])
    assert [o.ok for o in outcomes] == [False, True, False, False]
    assert "not carried out" in outcomes[2].text
    assert toolbox.desk.touched == set()
    assert toolbox.use_all([good, call("finish")])[1].end is End.FINISHED


def call(name: str, **arguments: object) -> ToolCall:
    return ToolCall("1", name, json.dumps(arguments))


def test_edits_of_one_answer_are_looked_at_together(toolbox: Toolbox) -> None:
    use_it = call("edit", path="shop/money.py", search=" + 1", replace=" + math.floor(half)")
    imported = call("edit", path="shop/money.py", search='"""Money."""', replace='"""Money."""\n\nimport math')
    defined = call("insert_code", symbol="rounded", where="before", text="half = 0.5")
    outcomes = toolbox.use_all([use_it, imported, defined])
    assert [o.ok for o in outcomes] == [True] * 3, outcomes
    assert not any("note" in o.text for o in outcomes)
    assert content(toolbox, "shop/money.py").startswith('"""Money."""\n\nimport math\n')


def test_of_edits_of_one_answer_those_are_kept_that_can_stand(toolbox: Toolbox) -> None:
    good = call("edit", path="shop/money.py", search=" + 1", replace=" + 2")
    bad = call("edit", path="shop/cart.py", search="rounded(found)", replace="rounded(found")
    missing = call("edit", path="shop/cart.py", search="nothing like it", replace="")
    outcomes = toolbox.use_all([good, bad, call("write_file", path="shop/new.py", text="x = 1\n"), missing])
    assert [o.ok for o in outcomes] == [True, False, False, False]
    assert "would no longer parse" in outcomes[1].text
    assert "not carried out" in outcomes[2].text
    assert toolbox.desk.touched == {"shop/money.py"}
    assert toolbox.refused == 3
    assert [o.ok for o in toolbox.use_all([missing, good])] == [False, False]


def test_a_name_that_nobody_has_is_to_be_defined(toolbox: Toolbox) -> None:
    said = refused(toolbox, "edit", path="shop/money.py", search=" + 1", replace=" + rest_of_it")
    assert "Define rest_of_it first" in said
    assert "import" not in said


def test_check_tells_what_is_new(toolbox: Toolbox) -> None:
    assert "no file was changed yet" in refused(toolbox, "check")
    done(toolbox, "edit", path="shop/money.py", search='"""Money."""', replace='"""Money."""\n\nimport pickle')
    text = "def grid(data, found=[]):\n    found.append(pickle.loads(data))\n    return [[0] * 3] * 4"
    done(toolbox, "insert_code", symbol="rounded", where="after", text=text)
    said = done(toolbox, "check")
    assert "shop/money.py:11: ruff B006" in said
    assert "semgrep one-list-many-times" in said
    assert said == done(toolbox, "check")
    assert done(toolbox, "check", paths=["shop/cart.py"]).startswith("no new findings in shop/cart.py")
    done(toolbox, "write_file", path="CHANGES.rst", text="Version 2\n---------\n\n-   Mend the total.\n")
    told = done(toolbox, "check", paths=["CHANGES.rst", "shop/cart.py"])
    assert "not checked" not in told, "what is no source is handed to no tool"


def test_finish_warns_once_of_a_copy_and_of_a_tangle(toolbox: Toolbox) -> None:
    copy = """def sum_up(self):
    found = 0
    for thing in self.things:
        if thing is not None:
            found += thing * self.ratio
    return rounded(found)"""
    done(toolbox, "insert_code", symbol="Cart", where="into", text=copy)
    tangle = "def bill(cart):\n" + "".join(f"    if cart == {n} and cart:\n        return '{n}'\n" for n in range(9))
    done(toolbox, "replace_symbol", symbol="bill", text=tangle)
    outcome = use(toolbox, "finish", summary="done")
    assert outcome.end is None
    assert "Cart.sum_up says nearly the same as shop/cart.py::Cart.total (line 22)" in outcome.text
    assert "bill has 18 decisions now, 18 more than before" in outcome.text
    assert use(toolbox, "finish", summary="done").end is End.FINISHED


# looking


def test_definitions_come_before_uses_and_sources_before_tests(toolbox: Toolbox) -> None:
    said = done(toolbox, "search", query="rounded").splitlines()
    assert said[0] == "7 hits, 3 files"
    assert [line for line in said if line.endswith(".py")] == ["shop/money.py", "shop/cart.py", "tests/test_money.py"]
    assert "    28  [Cart.total] return rounded(found)" in said


def test_equal_lines_are_shown_once(toolbox: Toolbox) -> None:
    done(toolbox, "write_file", path="same.txt", text="one\n" * 12 + "one two\n")
    said = done(toolbox, "search", query="one", path="same").splitlines()
    assert said[0] == "13 hits, 1 file"
    assert said[2:] == ["     1  one  (×12, also on 2, 3, 4, 5, 6, 7, 8, 9, …)", "    13  one two"]
    done(toolbox, "write_file", path="same.py", text="".join(f"def f{n}(x):\n    return x\n\n\n" for n in range(3)))
    said = done(toolbox, "search", query="return x", path="same.py").splitlines()
    assert said[2:] == ["     2  [f0] return x  (×3, also on 6 [f1], 10 [f2])"]


def test_the_nearest_of_many_tests_are_named(toolbox: Toolbox) -> None:
    text = "from shop.money import rounded\n\n\n" + "".join(f"def test_{n}():\n    rounded(1)\n" for n in range(30))
    done(toolbox, "write_file", path=SCRATCH, text=text + "def test_rounded_up():\n    rounded(2)\n")
    said = done(toolbox, "search", query="rounded", kind="tests").splitlines()
    assert re.fullmatch(r"3\d tests of shop/money.py::rounded, the nearest 15:", said[0])
    assert any("test_rounded_up" in row for row in said[1:4])
    assert re.fullmatch(r"… and \d\d more that are not nearer; 'path' chooses", said[-1])


def test_a_pattern_is_searched_within_its_time(toolbox: Toolbox) -> None:
    said = done(toolbox, "search", query=r"def \w+l\(", kind="regex")
    assert said.splitlines()[0] == "5 hits, 2 files"
    assert "not valid" in refused(toolbox, "search", query="(", kind="regex")
    toolbox.desk.equipment = replace(toolbox.desk.equipment, pattern_seconds=1.0)
    done(toolbox, "write_file", path="slow.txt", text="a" * 60 + "!")
    said = done(toolbox, "search", query="(a+)+$", kind="regex", path="slow")
    assert "only 0 of 1 files in 1 s" in said


def test_the_graph_is_asked_as_the_files_are_now(toolbox: Toolbox) -> None:
    said = done(toolbox, "search", query="rounded", kind="callers")
    assert "shop/cart.py\n    28  return rounded(found)  (in Cart.total)" in said
    assert "tests/test_money.py" in said
    assert "    14  class Cart(Base):  (Cart)" in done(toolbox, "search", query="Base", kind="implementers")
    assert "Cart.total" in done(toolbox, "search", query="Base.total", kind="implementers")
    assert "Base.total" in done(toolbox, "search", query="Cart.total", kind="overrides")
    assert "tests/test_cart.py" in done(toolbox, "search", query="shop/cart.py", kind="importers")
    assert "test_total" in done(toolbox, "search", query="rounded", kind="tests")
    assert "shop/money.py" in done(toolbox, "search", query="Cart.total", kind="callees")
    done(
        toolbox, "insert_code", symbol="rounded", where="after", text="def twice(value):\n    return 2 * rounded(value)"
    )
    assert "(in twice)" in done(toolbox, "search", query="shop/money.py::rounded", kind="callers", path="shop")


def test_view_by_symbol_and_by_ranges(toolbox: Toolbox) -> None:
    said = done(toolbox, "view", symbol="Cart.empty")
    assert said.startswith("Cart.empty in shop/cart.py, lines 3")
    assert "return Cart([])" in said
    said = done(toolbox, "view", path="shop/cart.py", ranges=["1-2", "16", "30-31"])
    assert [line for line in said.splitlines() if line.startswith("shop")] == [
        "shop/cart.py, lines 1 to 2 of 40:", "shop/cart.py, lines 16 to 16 of 40:", "shop/cart.py, lines 30 to 31 of 40:",
    ]  # fmt: skip
    assert "no range of lines" in refused(toolbox, "view", path="shop/cart.py", ranges=["a-b"])
    done(toolbox, "write_file", path="long.py", text="x = 1\n" * 136 + f"y = '{'z' * 900}'\n")
    assert "… cut after 120 lines; it goes on to line 137" in done(
        toolbox, "view", path="long.py", start_line=1, end_line=140
    )
    assert "lines 10 to 137 of 137" in done(toolbox, "view", path="long.py", start_line=10, end_line=137), (
        "not for so few"
    )
    said = done(toolbox, "view", path="long.py", ranges=["1-100", "5-137", "130-137"])
    assert said.count("… cut after 120 lines; it goes on to line 137") == 1
    assert "z" * 900 in said, "a wide line is not cut where there is room"
    assert "give 'path' or 'symbol'" in refused(toolbox, "view")


# testing


def test_a_scratch_test_shows_what_it_prints(toolbox: Toolbox) -> None:
    text = "from shop.money import rounded\n\n\ndef test_see():\n    print('value', rounded(2.5))\n"
    text += "\n\ndef test_bad():\n    print('before')\n    assert rounded(1) == 1\n"
    done(toolbox, "write_file", path=SCRATCH, text=text)
    said = done(toolbox, "run_tests")
    assert said.startswith(f"{SCRATCH}: 1 passed, 1 failed\ntest_bad: failed\nAssertionError: assert 2 == 1")
    assert "test_see: passed\nCaptured stdout call:\nvalue 3.5\n" in said
    assert f"  {SCRATCH}:10 in test_bad: assert rounded(1) == 1\nCaptured stdout call:\nbefore" in said
    assert "\n\nthe tests to mend: 0 passed, 2 failed\n" in said
    assert "before" in done(toolbox, "run_tests", tests=[SCRATCH])


def test_a_failure_shows_the_lines_that_lead_to_it(toolbox: Toolbox) -> None:
    done(toolbox, "edit", path="shop/money.py", search=" + 1", replace=" + 1 / 0")
    said = done(toolbox, "run_tests", tests=["tests/test_cart.py::test_total"])
    assert "ZeroDivisionError" in said
    rows = [
        "tests/test_cart.py:5 in test_total: assert Cart([1, 2]).total() == 3",
        "shop/cart.py:28 in total: return rounded(found)",
    ]
    assert "  " + "\n  ".join([*rows, "shop/money.py:6 in rounded: return round(value, digits) + 1 / 0"]) in said


def test_impacted_tests_are_found_by_what_ran_and_by_the_graph(toolbox: Toolbox, ground: Ground) -> None:
    assert "no file was changed" in refused(toolbox, "run_tests", which="impacted")
    done(toolbox, "replace_symbol", symbol="bill", text="def bill(cart):\n    return 'Total'")
    toolbox.desk.failing = ()
    by_graph = done(toolbox, "run_tests", which="impacted")
    assert "3 passed" in by_graph or "2 passed, 1 failed" in by_graph  # whole files: no ids are known
    with_ids = ground.tests.run(trace=True)
    ground.workspace.write({"shop/cart.py": ground.workspace.read("shop/cart.py")})
    toolbox.desk.equipment = replace(toolbox.desk.equipment, ran=with_ids.outcomes, graph=None)
    assert "2 passed, 1 failed" in done(toolbox, "run_tests", which="impacted")


# running


def test_a_command_prints_and_its_changes_pass_the_gate(toolbox: Toolbox) -> None:
    assert done(toolbox, "run", command="echo out; echo err >&2; exit 3") == "exit code 3\nstdout:\nout\nstderr:\nerr"
    assert "shop/__init__.py" in done(toolbox, "run", argv=["ls", "shop/__init__.py"])
    said = done(toolbox, "run", command="sed -i 's/ + 1//' shop/money.py && touch left.txt && rm web/app.js")
    assert "shop/money.py was changed by the command" in said
    assert "web/app.js was removed or is no plain file any more: it is put back" in said
    assert "made are gone again: left.txt" in said
    assert toolbox.desk.changed == {"shop/money.py"}
    assert content(toolbox, "shop/money.py").endswith("return round(value, digits)\n")
    assert "return name" in content(toolbox, "web/app.js")
    said = done(toolbox, "run", command="sed -i 's/digits)/digit)/' shop/money.py; echo 'x = 1' > tests/test_money.py")
    assert "shop/money.py was changed by the command, which is undone: the edit is undone" in said
    assert "tests/test_money.py is a test" in said
    assert content(toolbox, "shop/money.py").endswith("return round(value, digits)\n")


def test_a_command_imports_the_project_from_the_copy_and_leftovers_of_tests_are_not_laid_at_its_door(
    toolbox: Toolbox,
) -> None:
    said = done(toolbox, "run", command="cd /tmp && python -c 'import shop; print(shop.__file__)'")
    assert said.startswith("exit code 0\nstdout:\nshop/__init__.py"), said
    use(toolbox, "write_file", path=SCRATCH, text="def test_a():\n    open('left.txt', 'w').close()\n")
    done(toolbox, "run_tests", tests=[SCRATCH])
    assert done(toolbox, "run", command="true") == "exit code 0"


def test_a_key_that_a_command_prints_in_pieces_is_not_told(toolbox: Toolbox) -> None:
    code = (
        "import base64, textwrap; print('\\n'.join(textwrap.wrap(base64.b64encode(b'planted-Key-7788').decode(), 9)))"
    )
    toolbox.desk.redact = redactor((), {"SHOP_TOKEN": "planted-Key-7788"})
    assert "(left out: a key stands in it" in done(toolbox, "run", argv=["python", "-c", code])
    toolbox.desk.redact = Redactor()
    assert "cGxhbnRlZ" in done(toolbox, "run", argv=["python", "-c", code])


def test_a_command_is_bounded_and_contained(toolbox: Toolbox) -> None:
    assert "ended after 1 s, its time" in done(toolbox, "run", command="sleep 20", seconds=1)
    assert "characters left out" in done(toolbox, "run", command="seq 1 100000")
    assert "exit code 0" not in done(
        toolbox, "run", command="python -c 'import socket; socket.create_connection((\"1.1.1.1\", 53), 2)'"
    )
    assert "either 'command' or 'argv'" in refused(toolbox, "run")
    toolbox.desk.equipment = replace(toolbox.desk.equipment, shell=None)
    assert "run" not in [s.name for s in Toolbox(toolbox.desk).specs]


# inspecting


def test_inspect_stops_at_a_line(toolbox: Toolbox) -> None:
    test = "tests/test_cart.py::test_total"
    said = done(
        toolbox,
        "inspect",
        test=test,
        at="shop/cart.py:27",
        expressions=["found + item", "[i for i in self.items if i > found]", "1 / 0"],
    )
    assert said.startswith("stopped at shop/cart.py:27 in total, time 1\n")
    assert "->   27                  found += item * self.rate" in said
    assert (
        "  0 shop/cart.py:27 in total: found += item * self.rate\n  1 tests/test_cart.py:5 in test_total: assert Cart"
        in said
    )
    assert "  self = <Cart items=[1, 2], rate=1>\n  found = 0\n  item = 1\n" in said
    assert (
        "  found + item = 1\n  [i for i in self.items if i > found] = [1, 2]\n  1 / 0 = raises ZeroDivisionError: division by zero"
        in said
    )
    assert said.splitlines()[-1].startswith("the test: failed: AssertionError: assert 4 == 3")


def test_inspect_stops_on_a_condition_in_a_frame_and_the_nth_time(toolbox: Toolbox) -> None:
    test = "tests/test_cart.py::test_total"
    assert "  item = 2" in done(toolbox, "inspect", test=test, at="shop/cart.py:27", when="item > 1")
    assert "  item = 2" in done(toolbox, "inspect", test=test, at="shop/cart.py:27", hit=2)
    said = done(toolbox, "inspect", test=test, at="shop.money.rounded", frame=1, expressions=["self.rate"])
    assert "stopped at shop/cart.py:28 in total, time 1" in said
    assert "  self.rate = 1" in said
    said = done(toolbox, "inspect", test=test, at="shop/cart.py:27", when="no_such_name")
    assert "note: 'when' could not be told: NameError" in said
    assert "was reached 0 times with no_such_name, not 1" in said


def test_inspect_watches(toolbox: Toolbox) -> None:
    said = done(
        toolbox,
        "inspect",
        test="tests/test_cart.py::test_total",
        at="shop/cart.py:27",
        expressions=["item", "found"],
        watch=True,
    )
    assert said.startswith("shop/cart.py:27 was reached 2 times: item, found\n  1: 1 | 0\n  2: 2 | 1\n")
    assert "to watch, give 'at' and 'expressions'" in refused(toolbox, "inspect", test="x", watch=True)


def test_inspect_stops_where_the_test_fails(toolbox: Toolbox) -> None:
    done(toolbox, "edit", path="shop/money.py", search=" + 1", replace=" + 1 / 0")
    said = done(toolbox, "inspect", test="tests/test_cart.py::test_total", expressions=["digits"])
    assert said.startswith("stopped at shop/money.py:6 in rounded, where the test failed")
    assert "  digits = 2" in said
    assert "no such test was collected" in done(toolbox, "inspect", test="tests/test_cart.py::test_none")
    assert "no Python expression" in refused(toolbox, "inspect", test="x", expressions=["a ="])


def test_inspect_bounds_an_expression_that_hangs(toolbox: Toolbox) -> None:
    said = done(
        toolbox, "inspect", test="tests/test_cart.py::test_empty", at="Cart.__init__",
        expressions=["sum(1 for _ in iter(int, 1))", "'x' * 100000"],
    )  # fmt: skip
    assert "iter(int, 1)) = raises nothing in its time" in said
    assert len(said) < 3000
    assert said.splitlines()[-1] == "the test: passed"


# the past


def test_history_of_lines_and_commits(toolbox: Toolbox) -> None:
    done(toolbox, "edit", path="shop/money.py", search=" + 1", replace="")
    said = done(toolbox, "history", ask="lines", path="shop/money.py", start_line=3, end_line=6)
    rows = said.splitlines()
    assert rows[0] == "line 6: not in HEAD"
    match = re.search(r"^line 4: (\w{10}) of \d{4}-\d\d-\d\d: Fix rounding of totals \(#12\)$", said, re.MULTILINE)
    assert match, said
    fix = match[1]
    assert "\nlines 3, 5: " in said
    assert "-def rounded(value, digits=2):\n+def rounded(value, digits=2):  # cents" in done(
        toolbox, "history", ask="commit", text=fix
    )
    assert "no one commit" in refused(toolbox, "history", ask="commit", text="0123456789")
    assert "at least 7 digits" in refused(toolbox, "history", ask="commit", text="HEAD")


def test_commits_that_only_moved_or_laid_out_lines_are_skipped(tmp_path: Path) -> None:
    root, long = tmp_path / "p", "    return sum(amount * rate for amount, rate in found if rate)\n"
    root.mkdir()
    git(root, "init", "-q")
    steps = [
        ("Sum up", {"a.py": f"def f(found):\n{long}", "b.py": "B = 1\n"}),
        ("Name it", {"a.py": f"def f(found):\n    kind = 'sum of all that is found'\n{long}"}),
        ("Format", {"a.py": f'def f(\n    found,\n):\n    kind = "sum of all that is found"\n{long}'}),
        (
            "Indent",
            {
                "a.py": f'class F:\n    def f(\n        found,\n    ):\n        kind = "sum of all that is found"\n    {long}'
            },
        ),
        (
            "Move",
            {
                "a.py": "A = 1\n",
                "b.py": f'B = 1\n\n\nclass F:\n    def f(\n        found,\n    ):\n        kind = "sum of all that is found"\n    {long}',
            },
        ),
    ]
    for said, files in steps:
        for path, text in files.items():
            (root / path).write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-qm", said)
    with opened(
        Plot(root, "", Settings(python=sys.executable), True, tmp_path / "cache"), lambda _: {}, Silent()
    ) as found:
        box = Toolbox(desk_on(found, Assignment(None, (), Localisation()), Redactor()))
        said = done(box, "history", ask="lines", path="b.py", start_line=8, end_line=9)
        assert re.search(r"^line 8: \w{10} of .*: Name it$", said, re.MULTILINE), said
        assert re.search(r"^line 9: \w{10} of .*: Sum up$", said, re.MULTILINE), said
        assert re.search(
            r"^skipped: 1 commit that only moved or laid out these lines: \w{10} of \d{4}-", said, re.MULTILINE
        )


def test_history_of_fixes_and_of_files_together(toolbox: Toolbox) -> None:
    assert "Fix rounding of totals (#12)\n  in shop/money.py" in done(
        toolbox, "history", ask="fixes", text="rounding is wrong"
    )
    assert "shop/cart.py: 1 commit together" in done(toolbox, "history", ask="together", path="shop/money.py")
    assert "say in 'text'" in refused(toolbox, "history", ask="fixes")
    assert "one of lines, commit" in refused(toolbox, "history", ask="who")


def test_folders_of_this_machine_show_in_no_answer_of_a_program(toolbox: Toolbox, ground: Ground) -> None:
    text = "import os\n\n\ndef test_where():\n    print(os.getcwd(), os.path.join(os.getcwd(), 'shop'), os.__file__)\n    assert os.getcwd() == 1\n"
    done(toolbox, "write_file", path=SCRATCH, text=text)
    for said in (
        done(toolbox, "run_tests", tests=[SCRATCH]),
        done(toolbox, "run", command="pwd; python -c 'import os; print(os.__file__)'"),
    ):
        assert str(ground.root) not in said
        assert str(ground.workspace.path) not in said
        assert str(Path.home()) not in said
    done(toolbox, "write_file", path="shop/paths.py", text=f"HERE = {str(ground.root / 'x')!r}\n")
    assert str(ground.root) in done(toolbox, "view", path="shop/paths.py"), "what a file holds is shown as it is"


def test_versions_of_one_definition_are_shown_and_told_apart(toolbox: Toolbox) -> None:
    text = "class Box:\n    @property\n    def size(self):\n        return 1\n\n    @size.setter\n    def size(self, value):\n        pass\n"
    done(toolbox, "write_file", path="shop/box.py", text=text)
    said = done(toolbox, "view", symbol="Box.size")
    assert "return 1" in said
    assert "defined again on line 6" in said or "defined again on line 7" in said
    assert "pass" in done(toolbox, "view", symbol="Box.size", start_line=8)
    assert "give 'line' too" in refused(
        toolbox, "replace_symbol", symbol="Box.size", text="def size(self, value):\n    self.x = value"
    )
    done(toolbox, "replace_symbol", symbol="Box.size", line=8, text="def size(self, value):\n    self.x = value")
    assert "    @size.setter\n    def size(self, value):\n        self.x = value\n" in content(toolbox, "shop/box.py")
    assert "no callers" in done(toolbox, "search", query="Box.size", kind="callers")
