"""What failing tests say of the edit that mends them: values expected, places struck, siblings that share a fault."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.symbols import extract
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, proposals, softened
from fixbot_repair.candidates.symptoms import Symptoms
from fixbot_repair.candidates.symptoms import read as symptoms
from fixbot_repair.candidates.wanted import Off, read
from fixbot_repair.checks import TestOutcome, TestStatus
from fixbot_repair.localisation import Localisation, Suspect
from fixbot_repair.making import Making, struck

EVERYWHERE = dict.fromkeys(range(1, 200), 1.0)


@pytest.mark.parametrize(
    ("message", "got", "expected"),
    [
        ("AssertionError: assert 8 == 0\n +  where 8 = f('x')", 8, 0),
        ("AssertionError: too many\nassert 8 == 0", 8, 0),
        ("AssertionError: assert 4.0 == 4.57 ± 4.6e-06\n  comparison failed", 4.0, 4.57),
        ("AssertionError: 3 != 5 : of all", 3, 5),
        ("AssertionError: Lists differ: [1, 2] != [2, 1]", [1, 2], [2, 1]),
        ("AssertionError: False is not true", False, True),
        ("AssertionError: assert None is True", None, True),
        ("AssertionError: got 150, expected 0", 150, 0),
        ("AssertionError: assert datetime.date(2024, 3, 31) == datetime.date(2024, 3, 4)", date(2024, 3, 31), date(2024, 3, 4)),
    ],
)  # fmt: skip
def test_what_was_got_and_what_was_expected_is_read_from_each_runner(message, got, expected):
    (wanted,) = read([message])

    assert (wanted.got, wanted.expected) == (got, expected)


@pytest.mark.parametrize(
    "message",
    [
        "AssertionError",
        "AssertionError: assert <A object at 0x7f> == 3",
        "AssertionError: assert ['a...b'] == []",  # cut: nobody knows what was got
        "AssertionError: assert f(datetime.date(99, 99, 99)) == 1",
        "AssertionError: assert datetime.date(99, 99, 99) == 1",
        "ValueError: 3 != 5",
        "AssertionError: assert (((",
        "",
    ],
)
def test_what_is_no_whole_literal_is_left_alone(message):
    assert read([message]) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_message_is_read(text):
    read([f"AssertionError: {text}", f"AssertionError: assert {text} == 1", text])


@pytest.mark.parametrize(
    ("got", "expected", "off"),
    [
        ("3", "4", Off.STEP),
        ("1", "1000", Off.SCALE),
        ("[1, 2]", "[2, 1]", Off.ORDER),
        ("[1]", "[1, 2]", Off.FEWER),
        ("[1, 1]", "[1]", Off.MORE),
        ("None", "[1]", Off.ABSENT),
        ("True", "False", Off.TRUTH),
        ("'a'", "'b'", Off.TEXT),
        ("{'a': 3}", "{'a': 4}", Off.STEP),
    ],
)
def test_in_what_way_a_result_is_off_is_told(got, expected, off):
    (wanted,) = read([f"AssertionError: assert {got} == {expected}"])

    assert off in wanted.off


def first(source: str, told: Symptoms, most: int = 400) -> list[str]:
    data = source.encode()
    code = Code("a.py", data, symptoms=told)
    made = Generator(code).candidates(proposals(code, EVERYWHERE, symptoms=told))
    return [c.patch.apply({"a.py": data})["a.py"].decode() for _, c in zip(range(most), made, strict=False)]


def test_an_empty_answer_that_is_expected_comes_early_and_only_where_the_result_may_be_that():
    source = (
        "def total(way) -> int:\n    return 150 + 80 * len(way.legs)\n\n\ndef names(way) -> str:\n    return way.name\n"
    )

    texts = first(source, symptoms(["AssertionError: assert 150 == 0"]))

    wanted = source.replace("    return 150", "    if not way.legs:\n        return 0\n    return 150")
    assert wanted in texts[:12]
    assert not [t for t in texts[:12] if "return 0\n    return way.name" in t]


def test_a_default_comes_first_where_the_error_was_raised():
    source = (
        "def one(xs):\n    a = next(iter(xs))\n    return a\n\n\ndef other(xs):\n    b = next(iter(xs))\n    return b\n"
    )

    texts = first(source, symptoms(["StopIteration"], places=[("a.py", 7)]))

    assert texts[0] == source.replace("b = next(iter(xs))", "b = next(iter(xs), None)")


def test_where_only_assertions_fail_nothing_is_caught_first():
    source = "def f(rows):\n    for row in rows:\n        n = int(row)\n        go(n)\n"

    def place(told: Symptoms) -> int:
        return next(i for i, t in enumerate(first(source, told)) if "except ValueError:\n            continue" in t)

    assert place(symptoms(["AssertionError: assert 3 == 4"])) > place(Symptoms())


def test_a_long_edit_that_looks_strange_is_not_put_behind_all_others():
    assert softened(0.5) == 0.5
    assert softened(2.0**-60) > 1e-3  # else a template that brings twenty tokens along is never tried
    assert softened(0.3) > softened(0.05) > softened(0.001)


LAYERS = "class A:\n    def get(self, key):\n        for layer in self.layers:\n            if key in layer:\n                return layer[key]\n\n    def has(self, key):\n        for layer in self.layers:\n            if key in layer:\n                return True\n"


def test_the_same_edit_of_a_copied_statement_is_tried_before_the_edit_of_one():
    texts = first(LAYERS, Symptoms(), 800)

    both = LAYERS.replace("in self.layers", "in reversed(self.layers)")
    one = LAYERS.replace("in self.layers", "in reversed(self.layers)", 1)
    assert texts.index(both) < texts.index(one)


def test_a_sibling_that_nothing_suspects_is_changed_with_its_like():
    source = "def f(a, b):\n    a.least = min(a.least, b.least)\n    a.greatest = max(a.greatest, b.greatest)\n"
    code = Code("a.py", source.encode())

    made = list(Generator(code).candidates(proposals(code, {2: 1.0})))

    about = [c.note for c in made if "at line 3" in c.note]
    assert about
    assert all("at line 2" in note for note in about)  # only as the twin of what is suspected


def test_names_may_differ_between_siblings():
    source = "def f(a, b):\n    a.low = min(a.low, b.low)\n    a.size = min(a.size, b.size)\n"

    texts = first(source, symptoms(["TypeError: '<' not supported between instances of 'int' and 'NoneType'"]))

    filtered = "min((each for each in (a.{0}, b.{0}) if each is not None), default=None)"
    both = source.replace("min(a.low, b.low)", filtered.format("low")).replace(
        "min(a.size, b.size)", filtered.format("size")
    )
    assert both in texts[:60]


def test_what_two_files_hand_on_under_one_name_is_made_a_list_in_both():
    files = {
        "depot.py": "from typing import Iterable\nclass Depot:\n    def __init__(self, days: Iterable):\n        self.days = days\n",
        "late.py": "from typing import Iterable\ndef late(rows, days: Iterable):\n    return [row for row in rows if row in days]\n",
    }
    suspects = Localisation(tuple(Suspect(path, line, "", 1.0) for path in files for line in (2, 3, 4)))
    making = Making(files, lambda path: files[path].encode(), lambda path: extract(files[path].encode()))

    both = [c.patch for c in making.of(suspects) if len(c.patch.paths) == 2]

    made = [p.apply({path: text.encode() for path, text in files.items()}) for p in both]
    assert any(b"self.days = list(days)" in m["depot.py"] and b"    days = list(days)\n" in m["late.py"] for m in made)


def outcome(message: str, *frames: tuple[str, int, str]) -> TestOutcome:
    return TestOutcome("tests/test_a.py::test_a", TestStatus.FAILED, message=message, frames=frames)


def test_errors_are_struck_where_the_project_raised_them_not_in_tests_nor_inside_the_interpreter():
    raised = outcome("KeyError: 1", ("tests/test_a.py", 3, "test_a"), ("src/a.py", 9, "f"), ("<frozen os>", 1, "g"))
    asserted = outcome("AssertionError: assert 1 == 2", ("tests/test_a.py", 4, "test_a"))

    assert struck([raised, asserted]) == (("src/a.py", 9),)
