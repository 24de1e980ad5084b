"""Suspects by dependence: what the failing line asks, what suspicious code reads, what takes a default, what only reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.localisation import localise
from fixbot_repair.localisation.contrast import contrast
from fixbot_repair.localisation.flow import Ran, build
from fixbot_repair.localisation.outline import of_source
from fixbot_repair.localisation.reading import read

TEST = "tests/test_shop.py"


def ran(name, ok, source, tests, *, failed_at=0, files=()):
    """A test that ran the lines of ``shop.py`` in `source` and those of the test file in `tests`."""
    return TestOutcome(
        f"{TEST}::{name}",
        TestStatus.PASSED if ok else TestStatus.FAILED,
        frames=((TEST, failed_at, name),) if failed_at else (),
        lines=(("shop.py", tuple(source)), (TEST, tuple(tests)), *files),
    )


def ranked(outcomes, shop, tests="", **others):
    files = {"shop.py": shop.encode(), TEST: tests.encode(), **{k: v.encode() for k, v in others.items()}}
    feedback = Feedback(outcomes=tuple(outcomes))
    return localise(feedback, feedback.failing, lambda _: None, source=files.get)


def chance(found, symbol):
    return next(s.score for s in found.functions if s.symbol == symbol)


def score(found, line, path="shop.py"):
    return next((s.score for s in found.suspects if (s.path, s.line) == (path, line)), 0.0)


@pytest.mark.parametrize(
    ("text", "kind", "reads", "writes"),
    [
        ("self.total += price", "change", {"self", ".total", "price"}, {".total"}),
        ("self.held[day].append(item)", "call", {".held", "day", "item", ".append"}, {".held"}),
        ("elif a > b:", "if", {"a", "b", ".__gt__"}, set()),
        ("for n in rows:", "loop", {"rows", ".__iter__"}, {"n"}),
        ("return f'{price}'", "return", {"price", ".__str__", ".__repr__"}, set()),
        ("def f(self, a, *, b=LIMIT):", "definition", {"LIMIT"}, {"self", "a", "b"}),
        ("def f(:", "definition", set(), set()),
    ],
)
def test_a_statement_is_read_by_its_own_text(text, kind, reads, writes):
    found = read(text, kind)
    assert found.reads >= reads
    assert found.writes >= writes
    if not reads:
        assert not found.reads


@given(st.text(max_size=60), st.sampled_from(["", "if", "definition", "class", "loop"]))
def test_no_text_is_too_strange_to_be_read(text, kind):
    read(text, kind)


@pytest.mark.parametrize(
    ("call", "is_left_out"),
    [("f(1)", True), ("f(1, 2)", False), ("f(1, days=2)", False), ("f(*rest)", False), ("f(1, **more)", False)],
)
def test_a_default_is_taken_where_a_call_gives_nothing_for_it(call, is_left_out):
    (default,) = read("def f(a, days=3):", "definition").defaults
    (made,) = read(call, "call").calls
    assert default.is_left_out(made, 0) is is_left_out


def test_the_receiver_of_a_method_is_no_argument():
    header = read("def f(self, days=3):", "definition")
    (made,) = read("it.f(2)", "call").calls
    assert header.is_bound
    assert not header.defaults[0].is_left_out(made, 1)


STOCK = """class Stock:
    def __init__(self):
        self.lots = []
        self.name = ""

    def put(self, lot):
        self.lots.append(lot)

    def call(self, name):
        self.name = name

    def whole(self):
        return sum(self.lots)
"""


def test_who_writes_what_suspicious_code_reads_is_suspected_more_than_who_writes_something_else():
    tests = "def test_x(stock):\n    stock.put(1)\n    stock.call(2)\n    assert stock.whole() == 1\n"
    found = ranked(
        [
            ran("x", False, (3, 4, 7, 10, 13), (2, 3, 4), failed_at=4),
            ran("y", True, (3, 4, 7, 10), (2, 3)),
        ],
        STOCK,
        tests,
    )

    assert found.functions[0].symbol == "Stock.whole"
    assert chance(found, "Stock.put") > chance(found, "Stock.call")
    assert "use by suspicious code" in next(s.why for s in found.functions if s.symbol == "Stock.put")


def test_what_the_failing_line_depends_on_is_suspected_more_than_what_the_test_also_calls():
    shop = "def a(x):\n    return x\n\n\ndef b(x):\n    return x\n"
    for asked, aside in (("a", "b"), ("b", "a")):
        tests = f"def test_x():\n    one = {asked}(1)\n    two = {aside}(2)\n    assert one == 2\n"
        found = ranked([ran("x", False, (2, 6), (2, 3, 4), failed_at=4)], shop, tests)
        assert found.functions[0].symbol == asked
        assert chance(found, asked) > 1.2 * chance(found, aside)


def test_a_block_that_should_have_raised_is_what_is_asked():
    shop = "def a(x):\n    return x\n\n\ndef b(x):\n    return x\n"
    tests = "def test_x():\n    two = b(2)\n    with raises(ValueError):\n        a(1)\n"
    found = ranked([ran("x", False, (2, 6), (2, 3, 4), failed_at=3)], shop, tests)
    assert found.functions[0].symbol == "a"


DEFAULTS = """def f(a, days=30):
    return a + days


def g(a, days=30):
    return a + days
"""


def test_a_default_that_a_call_takes_is_suspected_more_than_one_that_it_overrides():
    for taken, given_, lines in (("f", "g", (1, 5)), ("g", "f", (5, 1))):
        tests = f"def test_x():\n    assert {taken}(1) + {given_}(1, 2) == 7\n"
        found = ranked([ran("x", False, (2, 6), (2,), failed_at=2)], DEFAULTS, tests)
        assert score(found, lines[0]) > 1.1 * score(found, lines[1]) > 0


HANDED_ON = """DAYS = 30
OTHER = 30


class Hold:
    def __init__(self, days=DAYS, other=OTHER):
        self.days = days
        self.other = other

    def until(self, day):
        return day + self.days

    def aside(self):
        return self.other
"""


def test_a_constant_is_judged_by_who_sees_it_through_a_default_and_an_attribute():
    tests = "def test_x():\n    assert Hold().until(1) == 4\n"
    outcomes = [
        ran("x", False, (7, 8, 11), (2,), failed_at=2),
        *(ran(f"y{n}", True, (7, 8, 14), (2,)) for n in range(6)),
    ]
    found = ranked(outcomes, HANDED_ON, tests)
    assert score(found, 1) > score(found, 2)
    assert score(found, 6) > score(found, 8)  # the header with the default, of what only it hands on


def test_a_constant_of_a_file_of_which_no_line_ran_is_a_suspect():
    shop = "from limits import DAYS, OTHER\n\n\ndef f(a):\n    return a + DAYS\n"
    found = ranked(
        [ran("x", False, (5,), (2,))],
        shop,
        "def test_x():\n    assert f(1)\n",
        **{"limits.py": "DAYS = 30\nOTHER = 2\n"},
    )

    assert score(found, 1, "limits.py") > score(found, 2, "limits.py")


def test_a_constant_is_found_through_a_relative_import_and_by_way_of_its_module():
    outcome = TestOutcome(
        "tests/test_x.py::x", TestStatus.FAILED, lines=(("src/shop/a.py", (5,)), ("src/shop/b.py", (5,)))
    )
    files = {
        "src/shop/a.py": b"from .limits import DAYS\n\n\ndef f(a):\n    return a + DAYS\n",
        "src/shop/b.py": b"import os\nfrom shop import rates\nfrom . import LAST\ndef g(a):\n    return a + rates.MOST + LAST\n",
        "src/shop/limits.py": b"DAYS = 30\n",
        "src/shop/rates.py": b"MOST = 3\n",
        "src/shop/__init__.py": b"LAST = 3\n",
        "src/shop/os.py": b"other = 3\n",
    }
    found = localise(Feedback(outcomes=(outcome,)), (outcome.test,), lambda _: None, source=files.get)
    assert {s.path for s in found.suspects} == files.keys() - {"src/shop/os.py"}


REPORT = """class Lot:
    def __init__(self, size):
        self.size = size

    def __repr__(self):
        return self.shown()

    def shown(self):
        return "lot"

    def doubled(self):
        return Lot(self.size)
"""


def test_what_ran_only_to_show_the_failure_is_no_first_suspect():
    tests = "def test_x():\n    assert Lot(2).doubled() == Lot(4)\n"
    ran_lines = (3, 6, 9, 12)
    outcomes = [ran("x", False, ran_lines, (2,), failed_at=2), ran("y", True, (3, 12), (2,))]
    found = ranked(outcomes, REPORT, tests)
    assert found.functions[0].symbol == "Lot.doubled"

    asked = ranked(outcomes, REPORT, "def test_x():\n    assert repr(Lot(2).doubled()) == 'lot 4'\n")
    assert chance(asked, "Lot.__repr__") > 2 * chance(found, "Lot.__repr__")


def test_a_failing_test_is_held_against_the_passing_one_that_is_most_like_it():
    def outcome(name, ok, lines):
        return TestOutcome(name, TestStatus.PASSED if ok else TestStatus.FAILED, lines=(("m.py", lines),))

    failing = outcome("t.py::x[1]", False, (1, 2, 3, 4))
    alike = outcome("t.py::x[2]", True, (1, 2, 3))
    others = [outcome(f"t.py::far{n}", True, (4, 90 + n)) for n in range(9)]

    marks = contrast([failing], [alike, *others], lambda _: True)

    assert marks["m.py", 1] < 1
    assert marks["m.py", 1] <= marks["m.py", 4]
    assert contrast([failing], [alike], lambda _: True) == {
        ("m.py", 1): 0,
        ("m.py", 2): 0,
        ("m.py", 3): 0,
        ("m.py", 4): 1,
    }
    assert set(contrast([failing], [], lambda _: True).values()) == {0.0}


def statements(source):
    outline = of_source(source.encode())
    for name, inner in outline.inner().items():
        is_function = outline.definitions[name].is_function
        yield Ran(("m.py", name), is_function, inner, [outline.text(s) for s in inner])


def test_values_spread_backward_along_data_calls_and_branches_and_fade():
    flow = build(
        statements(
            "LIMIT = 3\n\n\ndef g(x):\n    if x:\n        y = LIMIT\n    return y\n\n\ndef f():\n    return g(1)\n"
        )
    )

    got = flow.spread({("m.py", 11): 1.0}).got

    reached = [got[("m.py", line)] for line in (7, 6, 5, 1)]
    assert reached[0] > reached[1] > reached[2] > 0
    assert 0 < reached[3] < reached[1]
    assert ("m.py", 11) not in flow.spread({}).got


@given(
    st.lists(
        st.sampled_from(
            [
                "x = y",
                "y = x",
                "def f(x=1):\n    return g(x)",
                "def g(y):\n    y.z = f(y)\n    return y.z",
                "class C:\n    z = 2",
            ]
        ),
        max_size=6,
    )
)
def test_whatever_depends_on_what_no_value_grows(parts):
    flow = build(statements("\n".join(parts) + "\n"))
    for node in flow.readings:
        assert all(0 <= value < 1 for value in flow.spread({node: 1.0}).got.values())
