"""Parts of covering: what there is to reach, what clues code gives, how tests are written down."""

import ast
import contextlib
import math
import random
import re
from types import SimpleNamespace

import pytest

from fixbot_agent.covering.clues import clues
from fixbot_agent.covering.foreign import foreign
from fixbot_agent.covering.goals import goals
from fixbot_agent.covering.home import Home, home
from fixbot_agent.covering.importing import with_imports
from fixbot_agent.covering.layout import layout
from fixbot_agent.covering.making import Making
from fixbot_agent.covering.names import Names
from fixbot_agent.covering.patterns import samples
from fixbot_agent.covering.probe import Probe, Step, cost
from fixbot_agent.covering.proposing import ModelSource
from fixbot_agent.covering.proposing.expecting import Expected, expected
from fixbot_agent.covering.search import Found
from fixbot_agent.covering.seen import Seen
from fixbot_agent.covering.shrinking import Taste, _plainer, shrunk
from fixbot_agent.covering.source import Standing
from fixbot_agent.covering.targets import targets
from fixbot_agent.covering.values import fits
from fixbot_agent.covering.writing import Test, file_text
from fixbot_repair.exercising import Outcome

CODE = '''
def grade(points, scale="de"):
    """Doc."""
    if points > 50 and scale == "de":
        return 1
    while points: points -= 1
    for each in range(
        points
    ):
        print(each)


def plain():
    return 1


def skipped():  # pragma: no cover
    if 1 < 2:
        return 1
'''


def test_goals_are_branches_as_coverage_counts_them_and_entries():
    found = goals(CODE.encode())
    assert [(each.line, each.to) for each in found.exits] == [
        (4, 5),
        (4, 6),
        (7, -2),
        (7, 10),
    ]  # line 6 is one with itself
    assert found.all == {0, 1, 2, 3, -4, -14}
    assert found.reached(frozenset({4, 5}), frozenset({0})) == {0, -4}
    assert found.share(frozenset({0, -4, -14})) == 0.25
    assert found.suffices(frozenset({0, 1, 2, 3, -4, -14}), 1.0)
    assert not found.suffices(frozenset({0, 1, 2, 3, -4}), 0.9)  # a function is left


def test_what_runs_only_as_a_program_counts_and_is_out_of_reach():
    code = b"def f(n):\n    if n:\n        return 1\n    return 2\n\n\nif __name__ == '__main__':\n    if f(1):\n        print(1)\n"
    found = goals(code)
    assert {found.line_of(goal) for goal in found.outside} == {7, 8}
    assert {found.line_of(goal) for goal in found.left(frozenset())} == {2, 7}
    assert len(found.exits) == 6


def test_who_was_not_asked_about_and_why():
    found = goals(CODE.encode() + b"\n\nif plain():\n    OLD = True\nLIMIT = 1\n")
    stands = Standing(frozenset({0}), frozenset(), frozenset())
    trials = SimpleNamespace(reached=stands.reached, standing=stands, noticed=frozenset())
    for target, why in ((1.0, "time was over before all functions were asked about"), (0.1, "the target is reached")):
        source = ModelSource(SimpleNamespace(), contextlib.nullcontext, until=0.0)
        here = SimpleNamespace(goals=found, job=SimpleNamespace(target=target))
        trials.reached = frozenset() if target == 1.0 else frozenset({0, -4, -14})
        source._all(here, None, trials, None)
        *functions, (lines, _) = source.unasked
        assert [name for name, _ in functions] == (["grade", "plain"] if target == 1.0 else ["grade"])
        assert all(why in said for _, said in functions)
        assert lines == "lines 22"


@pytest.mark.parametrize(
    ("statement", "value", "assertion"),
    [
        ("assert f(1) is False", "False", "assert f(1) is False"),
        ("assert 7 == f(1)", "7", "assert 7 == f(1)"),
        ("assert f(1) in (1, 2)", "something in (1, 2)", "assert f(1) in (1, 2)"),
        ("assert 'a' not in f(1)", "something without 'a'", "assert 'a' not in f(1)"),
        ("with pytest.raises(ValueError, match='no'):\n        f(1)", "ValueError that matches 'no'", "with pytest.raises(ValueError, match='no'):"),
        ("assert f(1).startswith('a')", "assert f(1).startswith('a')", "assert f(1).startswith('a')"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("detail", ["E  it failed\n\ntests/test_x.py:3: AssertionError", "nothing that is known"])
def test_what_a_failed_test_expected(statement, value, assertion, detail):
    text = f"def test_it():\n    a = 1\n    {statement}\n"
    assert expected(detail, "tests/test_x.py", text, "test_it") == Expected(value, assertion)


def test_clues_are_constants_of_conditions_also_of_what_is_made_of_a_parameter():
    node = ast.parse(
        "def f(text, kind):\n    word = text.strip()\n    if word == 'go' or len(kind) > 2:\n        pass"
    ).body[0]
    found = clues(node, {})
    assert "'go'" in found.of["text"].texts
    assert "'abc'" in found.of["kind"].texts
    assert found.at[3] == {"text", "kind"}


def test_what_is_handed_on_to_be_called_is_called():
    code = "def f(work, items, by, rest):\n    rest = work\n    return sorted(map(partial(work, 1), items), key=by)"
    found = clues(ast.parse(code).body[0], {})
    assert {name for name, clue in found.of.items() if clue.is_called} == {"work", "by", "rest"}


@pytest.mark.parametrize("pattern", [r"(\d{4})-(\d\d)(T\d+)?", r"^[a-z_]+\s*=\s*(yes|no)$", r"#[0-9A-F]{6}"])
def test_samples_match(pattern):
    texts = samples(pattern)
    assert texts
    assert all(re.search(pattern, text) for text in texts)


def test_the_same_seed_draws_the_same_probes():
    tree = ast.parse(CODE)

    def drawn(seed):
        making = Making(tree, targets(tree), Seen(), random.Random(seed))
        return [making.fresh(target).parts() for target in targets(tree) for _ in range(20)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_values_of_callers_and_doctests_are_seen():
    (target,) = targets(ast.parse("def area(width, height=1):\n    return width * height\n"))
    seen = Seen()
    seen.add_code(
        [target], 'def f():\n    """\n    >>> area(7)\n    7\n    """\n    return area(3, height=4), area(*rest)\n'
    )
    assert set(seen.of(target, "width")) == {"3", "7"}
    assert seen.of(target, "height") == ("4",)


def test_what_says_something_is_plainer_than_what_is_empty_or_strange():
    plainest = sorted(("''", "'abc'", "'-'", "'a;b=\\n'", "'a longer text than that'", "1", "0", "None"), key=cost)
    assert set(plainest[:2]) == {"'abc'", "1"}
    assert plainest[-1] == "'a longer text than that'"


@pytest.mark.parametrize(
    ("annotation", "yes", "no"),
    [
        ("List[int]", ("[1]", "[]"), ("'abc'", "['a']", "None")),
        ("str | None", ("'a'", "None"), ("0", "[]")),
        ("'Optional[float]'", ("1", "1.5", "None"), ("'a'",)),
        ("dict[str, list[int]]", ("{'a': [1]}",), ("{'a': [None]}", "{1.5: [1]}")),
        ("Thing", ("0", "'a'"), ()),
    ],
)
def test_which_values_fit_an_annotation(annotation, yes, no):
    node = ast.parse(annotation, mode="eval").body
    assert [text for text in (*yes, *no) if fits(node, text)] == list(yes)


def test_fakes_lose_what_is_not_needed():
    (target,) = targets(ast.parse("def f(thing): ..."))
    forms = {form.step.values[0] for form in _plainer(Probe(Step(target, ("SimpleNamespace(size=40, name='a b')",))))}
    assert {"SimpleNamespace(name='a b')", "SimpleNamespace(size=40)", "SimpleNamespace(size=1, name='a b')"} <= forms


def test_fakes_have_no_builtins_for_methods_and_mappings_are_drawn_where_keys_are_looked_up():
    code = "def f(checker, schema):\n    if checker.is_type(schema) and 'items' in schema:\n        return schema['items']\n"
    tree = ast.parse(code)
    (target,) = targets(tree)
    making = Making(tree, [target], Seen(), random.Random(0))
    drawn = [making.fresh(target).step.values for _ in range(200)]
    fakes = [checker for checker, _ in drawn if checker.startswith("SimpleNamespace")]
    assert fakes
    assert all(fake.startswith("SimpleNamespace(is_type=lambda") for fake in fakes)
    assert sum(schema.startswith("{") for _, schema in drawn) > 150
    assert making.oddness(Probe(Step(target, (fakes[0], "'items'")))) == 1
    assert making.oddness(Probe(Step(target, (fakes[0], "{'items': 1}")))) == 0


def test_values_that_tests_give_win_over_drawn_ones_that_reach_the_same():
    tree = ast.parse("def area(width):\n    return width\n")
    (target,) = targets(tree)
    seen = Seen()
    seen.add(target, "width", "'seven metres'")
    making = Making(tree, [target], seen, random.Random(0))
    ran = Outcome("returns", lines=frozenset({2}), value="1")
    crew = SimpleNamespace(attempt=lambda attempts: [ran for _ in attempts])
    found = Found(Probe(Step(target, ("'b'",))), ran, frozenset({-2}), frozenset({-2}), 99)
    names = Names.of("shop", tree, {})
    taste = Taste(making.oddness, making.usual)
    smaller = shrunk([found], goals(b"def area(width):\n    return width\n"), names, crew, math.inf, taste)
    assert {each.probe.step.values for each in smaller} == {("'seven metres'",)}


def test_objects_of_the_projects_other_modules_and_of_protocols_are_made():
    files = {
        "src/shop/__init__.py": b"",
        "src/shop/goods/__init__.py": b"from ._plain import Good as Good\n",
        "src/shop/goods/_plain.py": b"from enum import Enum\nclass Good:\n    def __init__(self, name: str): ...\nclass Size(Enum):\n    LARGE = 1\n",
        "src/shop/cart.py": b"from typing import Protocol\nfrom .goods import Good\nfrom .goods._plain import Size\n"
        b"class Priced(Protocol):\n    price: int\ndef add(good: Good, size: 'Size', price: Priced): ...\n",
    }
    path = "src/shop/cart.py"
    here, tree = layout(tuple(files), path), ast.parse(files[path])
    others = foreign(tree, here, path, tuple(files), files.get)
    (target,) = [t for t in targets(tree) if t.name == "add"]
    making = Making(tree, targets(tree), Seen(), random.Random(1), others)
    drawn = [making.fresh(target) for _ in range(20)]
    assert any(
        re.fullmatch(r"add\(Good\('.*'\), Size.LARGE, SimpleNamespace\(price=-?\d+\)\)", d.parts()[1]) for d in drawn
    )
    lines = Names.of(here.name, tree, others.lines).imports("add(Good('a'), Size.LARGE)")
    assert lines == ("from shop.cart import add", "from shop.goods import Good", "from shop.goods._plain import Size")


def test_names_come_from_where_they_are():
    names = Names.of("shop.cart", ast.parse("import json\nfrom decimal import Decimal\nclass Cart: pass\n"))
    assert names.imports("made = Cart(Decimal(1), json.dumps({}))\nassert made\npytest.raises(ValueError)") == (
        "from decimal import Decimal", "from shop.cart import Cart", "import json", "import pytest",
    )  # fmt: skip
    with pytest.raises(LookupError):
        names.imports("assert nobody(1)")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ({"tests/test_other.py": b"def test_a(): pass"}, "tests/test_cart.py"),
        ({"tests/unit/test_cart.py": b"def test_a(): pass"}, "tests/unit/test_cart.py"),
        ({"tests/test_cart.py": b"class T(unittest.TestCase):\n    def test_a(self): pass"}, "tests/test_shop_cart.py"),
        ({}, "test_cart.py"),  # plain pytest finds what is beside it
        ({"shop/testing.py": b"def tested(): pass"}, "test_cart.py"),
        ({"conftest.py": b""}, "tests/test_cart.py"),
        ({"pyproject.toml": b"[project]\nname = 'shop'\n"}, "tests/test_cart.py"),
        ({"pyproject.toml": b"[tool.ruff]\n"}, "test_cart.py"),
        ({"pytest.ini": b"[pytest]\npythonpath = .\n"}, "tests/test_cart.py"),
        ({"shop/test_bag.py": b"def test_a(): pass"}, "shop/test_cart.py"),
        (
            {"shop/test.py": b"class TestClient: ...", "conftest.py": b""},
            "tests/test_cart.py",
        ),  # it helps others to test
    ],
)
def test_home(paths, expected):
    assert home(tuple(paths), paths.get, "shop/cart.py").path == expected


@pytest.mark.parametrize(
    ("module", "others", "expected"),
    [
        ("src/shop/cart.py", (), ("shop.cart", "src", "tests/test_cart.py")),
        ("shop/__init__.py", (), ("shop", "", "tests/test_shop.py")),
        (
            "packages/x/src/x/cart.py",
            ("packages/x/pyproject.toml",),
            ("x.cart", "packages/x/src", "packages/x/tests/test_cart.py"),
        ),
        (
            "libs/x/x/cart.py",
            ("libs/x/setup.py", "libs/y/tests/test_cart.py"),
            ("x.cart", "libs/x", "libs/x/tests/test_x_cart.py"),
        ),
        ("libs/x/src/x/cart.py", ("libs/x/test/test_a.py",), ("x.cart", "libs/x/src", "libs/x/test/test_cart.py")),
        ("shop/src/cart.py", ("shop/src/__init__.py", "shop/__init__.py"), ("shop.src.cart", "", "tests/test_cart.py")),
        ("tools/gen.py", (), ("tools.gen", "", "tests/test_gen.py")),
    ],
)
def test_where_a_module_and_its_tests_are_at_home(module, others, expected):
    files = {
        "pyproject.toml": b"[project]\nname = 'a'\n",
        module: b"",
        **dict.fromkeys(others, b"[build-system]\nrequires = []"),
    }
    found = layout(tuple(files), module)
    assert (found.name, found.top, home(tuple(files), files.get, module).path) == expected


def test_a_file_that_is_there_keeps_every_line_but_for_imports():
    before = b'"""Old."""\nimport os\nfrom shop import a\n\n\ndef test_old( ):\n  assert os and a\n'
    test = Test("test_new", "def test_new():\n    assert b() == 1\n", ("from shop import b",), ())
    text = file_text(Home("tests/test_shop.py", before), [test], "shop", lambda made: made)
    kept = iter(text.split("\n"))
    assert all(line in kept for line in before.decode().rstrip("\n").split("\n") if line != "from shop import a")
    assert "\nfrom shop import a, b\n" in text
    assert text.endswith("\n\n\ndef test_new():\n    assert b() == 1\n")


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("import os\nfrom shop import b\n", "from shop import a, b, C", "import os\nfrom shop import C, a, b\n"),
        ("from shop import b  # noqa\n", "from shop import a", "from shop import b  # noqa\nfrom shop import a\n"),
        ("from shop import (\n    a,\n    c,\n)\n", "from shop import b", "from shop import (\n    a,\n    b,\n    c,\n)\n"),
        ("import sys\n\nimport pytest\n\nimport shop\n", "import os", "import os\nimport sys\n\nimport pytest\n\nimport shop\n"),
        ("import sys\n\nimport shop\n", "import pytest", "import sys\n\nimport pytest\n\nimport shop\n"),
        ("import pytest\n\nimport shop\n", "from types import A", "from types import A\n\nimport pytest\n\nimport shop\n"),
        ("import pytest\nfrom shop.a import b\n", "from shop.c import d", "import pytest\nfrom shop.a import b\nfrom shop.c import d\n"),
        ("import sys\nimport pytest\n", "import shop", "import sys\nimport pytest\nimport shop\n"),
        ('"""Old."""\n\n\nA = 1\n', "import shop", '"""Old."""\n\nimport shop\n\n\nA = 1\n'),
        ("# mine\nA = 1\n", "import shop", "# mine\n\nimport shop\n\n\nA = 1\n"),
        ("", "import shop", "import shop\n"),
    ],
)  # fmt: skip
def test_imports_go_where_those_of_their_kind_are(before, new, after):
    assert with_imports(before, ast.parse(new).body, "shop") == after


def test_names_of_one_module_are_one_import_in_brackets_where_it_is_long():
    text = with_imports("import os\n", ast.parse(f"from shop import {'x' * 40}, {'y' * 40}").body, "shop")
    assert f"from shop import (\n    {'x' * 40},\n    {'y' * 40},\n)\n" in text


def test_tests_go_above_what_runs_a_file_as_a_program():
    before = b"import shop\n\n\ndef test_old(): ...\n\n\nif __name__ == '__main__':\n    shop.run()\n"
    test = Test("test_new", "def test_new(): ...\n", ("import shop",), ())
    text = file_text(Home("tests/test_shop.py", before), [test], "shop", lambda made: made)
    assert text == before.decode().replace("if __name__", "def test_new(): ...\n\n\nif __name__")


def test_a_file_that_is_not_plain_utf8_is_left_alone():
    for data in (b"# \xe9\ndef test_a(): ...\n", b"def test_a(): ...\r\n"):
        files = {"tests/test_cart.py": data, "shop/cart.py": b""}
        assert home(tuple(files), files.get, "shop/cart.py").path == "tests/test_shop_cart.py"
