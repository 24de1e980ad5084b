"""Where a patch changes code, and that changing it in place says the same as importing it anew."""

import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import extract
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.verification import Verifier
from fixbot_repair.verification.impact import Impact
from fixbot_repair.verification.oracle import Oracle
from fixbot_repair.verification.units import Place, Units
from fixbot_repair.verification.worker import Worker
from fixbot_repair.workspace import Workspace

SOURCE = textwrap.dedent("""\
    import math

    class Shape:
        sides = 0

        @staticmethod
        def area(a, b=1):
            "What it covers."
            if a < 0:
                a = 0
            else:
                b = b + 1
            return a * b

        def name(self):
            def inner(x):
                return x + "s"
            return inner("shape")

    def total(xs):
        result = 0
        for x in xs:
            if x is None:
                continue
            result += x
        return result
    """)


def units() -> Units:
    document = decode("m.py", SOURCE.encode())
    return Units(lambda _: document, lambda _: extract(document.data))


def change(old: str, new: str) -> Patch:
    assert SOURCE.count(old) == 1
    return Patch.between({"m.py": SOURCE.encode()}, {"m.py": SOURCE.replace(old, new).encode()})


def line(text: str) -> int:
    return SOURCE[: SOURCE.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "first", "last"),
    [
        ("b = b + 1", "b = b - 1", '"What it', "return a * b"),  # a whole line: it may belong to the block around
        ("return a * b", "return a + b", "@staticmethod", "return a * b"),
        ('x + "s"', "x", "def inner", 'inner("shape")'),
        ("result += x", "result -= x", "result = 0", "return result"),
    ],
)
def test_who_sees_an_edit_ran_the_block_that_holds_it(old, new, first, last):
    (place,) = units().places(change(old, new))

    assert place.path == "m.py"
    assert place.first <= line(old) <= place.last
    assert line(first) <= place.first
    assert place.last <= line(last)


def test_headers_and_what_is_in_no_function_are_seen_by_all():
    for old, new in (("sides = 0", "sides = 4"), ("b=1", "b=2"), ("import math", "import cmath")):
        (place,) = units().places(change(old, new))
        assert place.last == 0


def test_a_function_is_handed_over_with_its_decorators_and_classes():
    (swap,) = units().swaps(change("a * b", "a - b"))

    assert (swap.name, swap.classes, swap.imports) == ("area", ("Shape",), ("math",))
    assert swap.line == line("@staticmethod")
    assert swap.before.startswith("    @staticmethod\n    def area")
    assert swap.after == swap.before.replace("a * b", "a - b")
    assert units().swaps(change("sides = 0", "sides = 1")) == ()
    assert units().swaps(Patch.between({}, {"new.py": b"x = 1\n"})) == ()


def outcome(test: str, seconds: float, *lines: int) -> TestOutcome:
    return TestOutcome(test, TestStatus.PASSED, seconds, lines=(("m.py", lines),) if lines else ())


def test_those_are_asked_first_that_told_most_and_take_least():
    impact = Impact(
        Feedback(outcomes=(outcome("slow", 2.0, 5), outcome("quick", 0.1, 5), outcome("far", 0.1, 9), outcome("?", 1)))
    )
    here, there = Place("m.py", 4, 6, 4), Place("m.py", 9, 9, 8)

    assert impact.tests([here], loaded=True) == ("quick", "?", "slow")
    assert impact.tests([here]) == ("quick", "?", "slow", "far")
    impact.told("slow", [here])
    assert impact.tests([here], loaded=True) == ("slow", "quick", "?")
    assert impact.tests([there], loaded=True) == ("far", "?")
    assert set(impact.tests([Place("m.py")], loaded=True)) == {"slow", "quick", "far", "?"}


PROJECT = {
    "m.py": SOURCE,
    "other.py": "from m import Shape, total\n\nclass Square(Shape):\n    pass\n\nALL = {'total': total, 'area': Square.area}\n",
    "test_m.py": """\
        import pytest
        from other import ALL, Square

        @pytest.mark.parametrize("a, expected", [(-1, 0), (2, 4)])
        def test_area(a, expected):
            assert ALL["area"](a) == expected

        def test_name():
            assert Square().name() == "shapes"

        def test_total():
            assert ALL["total"]([1, None, 2]) == 3

        def test_broken():
            assert ALL["total"]([]) == 1
        """,
}
CHANGES = [
    ("b = b + 1", "b = b + 2"), ("if a < 0", "if a > 0"), ("if a < 0", "if not a < 0"), ("a * b", "b"), ('+ "s"', "* 2"),
    ("return inner", "return str"), ("result = 0", "result = 1"), ("result = 0", "result = len(xs) < 1"),
    ("continue", "break"), ("is None", "is not None"), ("result += x", "result = x"), ("return result", "return 3"),
    ("return result", "return result or 1"), ("return result", "return total(xs[1:]) if xs else 1"),
    ("def total(xs):", "def total(xs, start=1):"), ("result = 0", "result: int = 0"), ("sides = 0", "sides = 1"),
    ("    result = 0\n", "    if not xs:\n        return 1\n    result = 0\n"), ("result += x", "raise ValueError(x)"),
    ("return a * b", "return math.prod([a, b])"), ("return a * b", "import os; return os._exit(0)"),
]  # fmt: skip


def test_in_place_and_anew_agree_whatever_is_changed(
    make_repository: Callable[..., Path], own_environment: Environment, monkeypatch: pytest.MonkeyPatch
):
    top = make_repository(PROJECT)
    candidates = [Candidate(change(old, new), f"{old} -> {new}") for old, new in CHANGES]
    said = []
    with Workspace.create(top, own_environment, choose("auto", trusted=True)) as workspace:
        tests = runner(workspace)
        before = tests.run(trace=True)
        for anew in (False, True):
            if anew:
                monkeypatch.setattr(Worker, "_kept", lambda _self, _job: None)
            with Verifier(workspace, tests, before, workers=1) as verifier:
                said.append([(t.candidate.source, t.verdict, t.failed) for t in verifier.search_many(candidates)])
                assert verifier.notes == ()
        assert workspace.changed() == frozenset()

    assert said[0] == said[1]
    assert {str(v) for _, v, _ in said[0]} == {"plausible", "unfixed", "regressing"}


def test_a_note_of_the_first_run_is_no_reason_for_a_refusal() -> None:
    known, new = "src/ was put on sys.path", "conftest.py was changed"
    before = Feedback(outcomes=(TestOutcome("t", TestStatus.FAILED),), problems=(known,))
    oracle = Oracle(before, ("t",))
    nothing = Candidate(Patch(()), "model:x")
    after = Feedback(outcomes=(TestOutcome("t", TestStatus.FAILED, message="KeyError"),), problems=(known,))
    assert oracle.last_word(nothing, after).why == "t: failed KeyError"
    assert oracle.last_word(nothing, replace(after, problems=(known, new))).why == f"t: failed KeyError (note: {new})"
