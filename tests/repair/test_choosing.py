"""Choosing among plausible patches: what they do on further inputs decides, and what counted is said."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from fixbot_analysis.source import Span
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.tests import TestRunner, runner
from fixbot_repair.choosing import Choice, Field, choose, symbolic
from fixbot_repair.choosing.alike import everywhere, is_everywhere, leaves_alike, places_alike
from fixbot_repair.choosing.behaviour import Behaviours, Call, Made, Place, Questions, Seen, Shape, Wanted
from fixbot_repair.choosing.comparing import conducts, difference, telling
from fixbot_repair.choosing.doubting import answers_a_test, copies, idle, left_unused, reads_lost
from fixbot_repair.choosing.generating import generated
from fixbot_repair.choosing.rivals import Rivals
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.sandbox.choosing import choose as sandbox
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.verification.ranking import names_lost
from fixbot_repair.workspace import Workspace

PROJECT = {
    "stats.py": """\
        import random
        import time

        def middle(values):
            ordered = sorted(values)
            half = len(ordered) // 2
            if len(ordered) % 2:
                return ordered[half + 1]
            return (ordered[half - 1] + ordered[half]) / 2

        def stamp(values):
            return [random.random(), time.time(), middle(values)]

        def endless(count):
            while count:
                pass
            return count

        class Counter:
            def __init__(self, step):
                self.step = step
                self.total = 0

            def add(self, times):
                for _ in range(times):
                    self.total += self.step
                return self.total

        def several(count):
            for n in range(count):
                yield n * n
        """,
    "tests/test_stats.py": """\
        import stats

        def test_odd():
            assert stats.middle([3, 1, 2]) == 2

        def test_even():
            assert stats.middle([1, 2, 3, 4]) == 2.5

        def test_counter():
            assert stats.Counter(3).add(2) == 6

        def test_several():
            assert list(stats.several(3)) == [0, 1, 4]

        def test_others():
            assert len(stats.stamp([1, 2])) == 3
            assert stats.endless(0) == 0
        """,
}
ODD = "ordered[half + 1]"


class Desk:
    """A verifier for a project, and what choosing needs beside it."""

    def __init__(self, workspace: Workspace) -> None:
        tests = runner(workspace)
        assert isinstance(tests, TestRunner)
        self.runner = tests
        self.workspace = workspace
        self.baseline = tests.run(trace=True)
        self.verifier = Verifier(workspace, tests, self.baseline)

    def facts(self, path: str) -> FileFacts:
        return extract(self.verifier.document(path).data)

    def trial(self, old: str, new: str, score: float = 0.5, path: str = "stats.py") -> Trial:
        before = self.verifier.document(path).data
        assert before.count(old.encode()) == 1
        after = before.replace(old.encode(), new.encode())
        patch = Patch.between({path: before}, {path: after})
        return Trial(Candidate(patch, "test", score), Verdict.PLAUSIBLE)

    def choose(self, *trials: Trial, seconds: float = 600.0) -> list[Choice]:
        field = Field(self.verifier, self.runner, self.baseline, self.baseline.failing, self.facts)
        return choose(trials, field, seconds)


@pytest.fixture
def desk(make_repository: Callable[..., Path], own_environment: Environment) -> Iterator[Desk]:
    with Workspace.create(
        make_repository(PROJECT, "project"), own_environment, sandbox("auto", trusted=True)
    ) as workspace:
        made = Desk(workspace)
        yield made
        made.verifier.close()


def test_behaviour_decides_against_size_and_score(desk: Desk) -> None:
    right = desk.trial(ODD, "ordered[half]", 0.3)
    same = desk.trial(ODD, "ordered[len(ordered) // 2]", 0.2)
    fitted = desk.trial(ODD, "ordered[1]", 0.35)
    found = desk.choose(fitted, same, right)
    assert found[0].conduct.cluster == found[1].conduct.cluster == 0
    assert found[2].trial == fitted
    wrong = next(c for c in found if c.trial == fitted)
    assert wrong.parts is not None
    assert wrong.parts.call.startswith("middle(")
    assert wrong.parts.one != wrong.parts.other
    assert any("2 of 3 patches that held do the same" in said for said in found[0].why)


def test_a_patch_that_changes_what_passing_tests_see_comes_behind(desk: Desk) -> None:
    right = desk.trial(ODD, "ordered[len(ordered) // 2]", 0.3)
    test = "    if len(ordered) % 2:\n        return "
    loud = desk.trial(test + ODD, "    print(half)\n" + test + "ordered[half]", 0.4)
    found = desk.choose(loud, right)
    assert [c.trial for c in found] == [right, loud]
    assert found[1].conduct.kept_changed > found[0].conduct.kept_changed == 0


def test_a_patch_that_asks_for_a_value_of_the_failing_test_comes_last(desk: Desk) -> None:
    special = desk.trial(
        "ordered = sorted(values)\n", "ordered = sorted(values)\n    if values == [3, 1, 2]:\n        return 2\n", 0.9
    )
    right = desk.trial(ODD, "ordered[half]", 0.1)
    found = desk.choose(special, right)
    assert [c.trial for c in found] == [right, special]
    assert any("that a failing test holds" in said for said in found[1].why)


def test_the_workspace_is_as_it_was(desk: Desk) -> None:
    desk.choose(desk.trial(ODD, "ordered[half]"), desk.trial(ODD, "ordered[1]"))
    assert not desk.workspace.changed()


def test_without_time_the_order_is_that_of_worth_and_nothing_runs(desk: Desk) -> None:
    one, other = desk.trial(ODD, "ordered[half - 1]", 0.3), desk.trial(ODD, "ordered[half - 0]", 0.6)
    found = desk.choose(one, other, seconds=0.0)
    assert [c.trial for c in found] == [other, one]
    assert not found[0].conduct.calls


def test_calls_are_recorded_with_who_made_them_and_made_again(desk: Desk) -> None:
    behaviours = Behaviours(desk.workspace, desk.runner)
    calls = behaviours.record([o.test for o in desk.baseline.outcomes], [Wanted("stats.py", "add", 21, 26)], 60.0)
    by_name = {c.name: c for c in calls.calls}
    assert by_name.keys() >= {"middle", "Counter.add", "several", "stamp", "endless"}
    assert "Counter.__init__" not in by_name
    assert by_name["several"].test == "tests/test_stats.py::test_several"
    assert by_name["middle"].is_entry
    seen = behaviours.replay(Questions(calls), {}, 60.0)
    number = {c.name: n for n, c in enumerate(calls.calls)}
    assert seen[number["Counter.add"], 0].what == "returns 6"
    assert seen[number["several"], 0].what == "returns [0, 1, 4]"
    assert any(s.what.startswith("takes longer") for (n, _), s in seen.items() if n == number["endless"])
    assert [calls.calls[n].name for (n, v), s in seen.items() if v == 0 and not s.digest] == ["stamp"]


def pythons() -> list[Path]:
    """One Python of each version from 3.6 to 3.14 that pyenv keeps."""
    folder = Path.home() / ".pyenv" / "versions"
    kept = [sorted(folder.glob(f"3.{minor}.*/bin/python")) for minor in range(6, 15)]
    return [each[-1] for each in kept if each]


TOLD = {
    "told.py": """\
        import enum

        known = []
        LIMIT = 3

        class Size(enum.Enum):
            SMALL = 1
            LARGE = 2

        def scaled(values, factor=2):
            return [factor * v for v in values]

        def applied(function, value):
            return function(value)

        def noted(name):
            known.append(name)
            return len(name)

        def sized(count: int, size: Size = Size.SMALL) -> str:
            if count < 0:
                raise ValueError("less than nothing")
            if count > 40:
                return size.name + "!"
            return size.name

        def cleared(items):
            items.clear()
            return items
        """,
    "tests/test_told.py": """\
        import pytest
        from told import Size, applied, cleared, noted, scaled, sized

        def test_scaled():
            assert scaled([1, 2]) == [2, 4]
            assert scaled([1], 5) == [5]

        def test_applied():
            more = 7
            assert applied(lambda n: n + more, 1) == 8

        def test_noted():
            assert noted("abc") == 3

        def test_sized():
            assert sized(3) == "SMALL"
            with pytest.raises(ValueError):
                sized(-1)

        def test_cleared():
            assert cleared([1]) == []
        """,
}


@pytest.fixture
def told(make_repository: Callable[..., Path], own_environment: Environment) -> Iterator[Desk]:
    with Workspace.create(
        make_repository(TOLD, "project"), own_environment, sandbox("auto", trusted=True)
    ) as workspace:
        made = Desk(workspace)
        yield made
        made.verifier.close()


def _asked(desk: Desk, *, constants: tuple[float | str, ...] = ()) -> tuple[Behaviours, Questions, dict[str, int]]:
    behaviours = Behaviours(desk.workspace, desk.runner)
    calls = behaviours.record([o.test for o in desk.baseline.outcomes], [], 60.0)
    numbers: dict[str, int] = {}
    for number, call in enumerate(calls.calls):
        numbers.setdefault(call.name, number)
    return behaviours, Questions(calls, constants=constants, modules=("told",)), numbers


def test_what_calls_leave_to_a_default_carry_along_and_change_is_seen(told: Desk) -> None:
    behaviours, asked, number = _asked(told)
    before = behaviours.replay(asked, {}, 60.0)
    source = told.verifier.document("told.py").data
    changed = {
        "factor=2": b"factor=3",  # a default that the test leaves to the function
        "known.append(name)": b"known.append(name * 2)",  # what a call leaves in a module
    }
    parted = []
    for old, new in changed.items():
        after = behaviours.replay(asked, {"told.py": source.replace(old.encode(), new)}, 60.0)
        parted.append({n for n, v in before if v == 0 and before[n, v].digest != after[n, v].digest})
    assert parted == [{number["scaled"]}, {number["noted"]}]
    assert before[number["applied"], 0].what == "returns 8"  # a lambda that closes over a local is called again
    assert before[number["noted"], 0].leaves
    assert before[number["cleared"], 0].leaves
    assert not before[number["scaled"], 0].leaves
    assert before[number["scaled"], 0].relations["as many as 0"]


def test_inputs_come_from_types_and_what_the_code_compares_with(told: Desk) -> None:
    behaviours, asked, number = _asked(told, constants=(40,))
    seen = behaviours.replay(replace(asked, near=frozenset([number["sized"]])), {}, 60.0)
    of_sized = [s for (n, _), s in seen.items() if n == number["sized"]]
    assert {s.text for s in of_sized} >= {"sized(39)", "sized(40)", "sized(41)", "sized(0)"}
    assert any(s.what == "raises ValueError" and s.wilful for s in of_sized)
    assert "returns 'SMALL!'" in {s.what for s in of_sized}


def test_only_calls_that_a_patch_touches_tell(told: Desk) -> None:
    behaviours, asked, number = _asked(told)
    before = behaviours.replay(asked, {}, 60.0)
    again = behaviours.replay(asked, {}, 60.0, [Place("told.py", 11, 11)])
    calls = asked.calls.calls
    assert {calls[n].name for n, _ in telling(before, again, [before, before])} == {"scaled"}
    source = told.verifier.document("told.py").data
    other = behaviours.replay(asked, {"told.py": source.replace(b"return len(name)", b"return 0")}, 60.0)
    assert number["noted"] in {n for n, _ in telling(before, again, [before, other])}
    assert {n for n, _ in telling(before, before, [before])} >= set(number.values())  # nothing reaches a place


UNITS = {
    "shop.py": """\
        class Cart:
            def __init__(self, prices):
                self.prices = prices

            def total(self, *, tax=0):
                return sum(self.prices) + tax
        """,
    "test_shop.py": """\
        import unittest
        from shop import Cart

        class TestCart(unittest.TestCase):
            def test_total(self):
                self.assertEqual(Cart([1, 2]).total(tax=3), 6)
        """,
}


@pytest.mark.parametrize("python", pythons(), ids=lambda p: p.parent.parent.name)
def test_calls_are_recorded_and_made_again_by_every_interpreter(
    python: Path, make_repository: Callable[..., Path], plain: Sandbox
) -> None:
    environment = replace(Environment.find(Path("/nonexistent"), python), pytest="")
    with Workspace.create(make_repository(UNITS, "project"), environment, plain) as workspace:
        behaviours = Behaviours(workspace, TestRunner(workspace, environment, plain))
        calls = behaviours.record(["test_shop.py::TestCart::test_total"], [], 60.0)
        assert [c.name for c in calls.calls] == ["Cart.total"]
        seen = behaviours.replay(Questions(calls), {}, 60.0)
    assert seen[0, 0].what == "returns 6"
    assert len({s.digest for s in seen.values()}) > 2


def test_what_differs_from_time_to_time_tells_nothing(desk: Desk) -> None:
    behaviours = Behaviours(desk.workspace, desk.runner)
    calls = behaviours.record(["tests/test_stats.py::test_others"], [], 60.0)
    seen = behaviours.replay(Questions(calls), {}, 60.0)
    stamp, middle = (next(n for n, c in enumerate(calls.calls) if c.name == name) for name in ("stamp", "endless"))
    assert not seen[stamp, 0].digest
    assert seen[middle, 0].digest


def test_variants_are_the_same_in_every_process(desk: Desk) -> None:
    behaviours = Behaviours(desk.workspace, desk.runner)
    calls = behaviours.record(["tests/test_stats.py::test_odd", "tests/test_stats.py::test_even"], [], 60.0)
    one, two = behaviours.replay(Questions(calls), {}, 60.0), behaviours.replay(Questions(calls), {}, 60.0)
    assert {k: (s.text, s.digest) for k, s in one.items()} == {k: (s.text, s.digest) for k, s in two.items()}
    assert len({s.text for s in one.values() if s.text}) > 4


def _seen(what: str, text: str = "f()") -> Seen:
    return Seen(what, what, text)


def test_conduct_counts_only_what_tells() -> None:
    before = {
        (0, 0): _seen("returns 1"),
        (0, 1): _seen("returns 2"),
        (1, 0): _seen("raises KeyError"),
        (2, 0): _seen("returns 9"),
    }
    again = {**before, (2, 0): _seen("returns 8")}
    good = {**before, (1, 0): _seen("returns 3")}
    bad = {**before, (0, 0): _seen("raises TypeError"), (0, 1): _seen("raises TypeError")}
    first, second, third = conducts(before, again, [good, bad, dict(good)], failing=[1])
    assert (first.cluster, first.alike, first.calls) == (0, 2, 3)
    assert first.kept_changed == first.further_changed == first.failing == first.still_failing == 0
    assert (second.cluster, second.kept_changed, second.further_changed, second.failing, second.still_failing) == (
        1,
        1,
        1,
        1,
        1,
    )
    assert third == first


def _known(**seen: Seen) -> dict[tuple[int, int], Seen]:
    """Seen by keys such as k0_1: the second thing of the first call."""
    return {(int(k[1]), int(k[3])): s for k, s in seen.items()}


def test_a_patch_that_heeds_only_the_input_of_the_test_is_seen() -> None:
    before = _known(k0_0=_seen("returns 1"), k0_1=_seen("returns 2"), k0_2=_seen("returns 3"))
    wide = {k: _seen(f"{s.what}0") for k, s in before.items()}
    narrow = {**before, (0, 0): wide[0, 0]}
    first, second = conducts(before, before, [wide, narrow], failing=[0])
    assert (first.near_changed, second.near_changed) == (1, 0)
    assert first.near == second.near == 2


def test_errors_that_the_project_raised_on_purpose_are_not_crashes_to_be_mended() -> None:
    refusal, crash = replace(_seen("raises ValueError"), wilful=True), _seen("raises TypeError")
    before = _known(k0_0=crash, k0_1=crash, k1_0=_seen("returns 1"), k1_1=refusal, k1_2=crash)
    mended = {**before, (0, 0): _seen("returns 1"), (0, 1): _seen("returns 2")}
    silent = {k: _seen("returns None") if s.fails else s for k, s in before.items()}
    first, second = conducts(before, before, [mended, silent], failing=[0])
    assert (first.still_failing, first.errors_lost) == (0, 0)
    assert (second.still_failing, second.errors_lost) == (0, 1)
    untouched = conducts(before, before, [mended, dict(before)], failing=[0])[1]
    assert (untouched.still_failing, untouched.errors_lost) == (
        1,
        0,
    )  # what crashes for further inputs only is nobody's bug


def test_a_patch_that_drops_items_breaks_what_holds_of_all_results_in_tests() -> None:
    def result(text: str, *, whole: bool) -> Seen:
        return replace(_seen(text), relations={"the items of 0": whole, "of type list": True})

    before = _known(k0_0=_seen("returns []"), k1_0=_seen("returns []"), k1_1=_seen("returns []"))
    tests = {(0, 0): result("returns [1]", whole=True), (1, 0): result("returns [1, 2]", whole=True)}
    right = {**tests, (1, 1): result("returns [1, 1]", whole=True)}
    drops = {**tests, (1, 1): result("returns [1]", whole=False)}
    first, second = conducts(before, before, [right, drops], failing=[0, 1], functions=("m.f", "m.f"))
    assert (first.breaks, second.breaks) == (0, 0.5)
    assert (
        conducts(before, before, [right, drops], failing=[0, 1], functions=("m.f", "m.g"))[1].breaks == 0
    )  # one call shows nothing


def test_patches_agree_call_by_call_and_side_effects_are_counted() -> None:
    before = _known(k0_0=_seen("returns 0"), k0_1=_seen("returns 0"), k0_2=_seen("returns 0"))
    one = {**before, (0, 0): _seen("returns 1"), (0, 1): _seen("returns 1")}
    two = {**one, (0, 2): replace(_seen("returns 2"), leaves=True)}
    other = {**before, (0, 0): _seen("returns 5"), (0, 1): _seen("returns 5")}
    first, second, third = conducts(before, before, [one, two, other], failing=[0])
    assert first.agreement == pytest.approx((0.5 + 0.5 + 0.5) / 3)
    assert second.agreement == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert third.agreement == pytest.approx((0 + 0 + 0.5) / 3)
    assert [c.leaves for c in (first, second, third)] == [0, pytest.approx(1 / 3), 0]


def test_the_difference_is_the_shortest_that_can_be_said() -> None:
    one = {(0, 0): _seen("returns 1", "f(10000)"), (1, 0): _seen("returns 1", "f(1)")}
    other = {(0, 0): _seen("returns 2", "f(10000)"), (1, 0): _seen("returns 3", "f(1)")}
    found = difference(one, other, [(0, 0), (1, 0)])
    assert found is not None
    assert (found.call, found.one, found.other) == ("f(1)", "returns 1", "returns 3")


def test_a_value_that_the_code_held_before_is_nobody_s() -> None:
    before = b"LIMIT = 'abc'\ndef f(x):\n    return x\n"
    patch = Patch.between({"a.py": before}, {"a.py": before.replace(b"return x", b"return x == 'abc'")})
    assert answers_a_test(patch, {"a.py": before}.__getitem__, [b"assert f('abc')"]) == ""
    patch = Patch.between({"a.py": before}, {"a.py": before.replace(b"return x", b"return x == 'xyz'")})
    assert answers_a_test(patch, {"a.py": before}.__getitem__, [b"assert f('xyz')"]) == "'xyz'"
    assert answers_a_test(patch, {"a.py": before}.__getitem__, [b"assert f(1)"]) == ""


def test_what_is_bound_and_no_longer_read_is_left_unused() -> None:
    before = b"def f(node, goal):\n    return any(f(n, goal) for n in node.next)\n\ndef g(a):\n    return 1\n"

    def left(old: bytes, new: bytes) -> tuple[str, ...]:
        patch = Patch.between({"a.py": before}, {"a.py": before.replace(old, new)})
        return left_unused(patch, {"a.py": before}.__getitem__)

    assert left(b"f(n, goal)", b"f(node, goal)") == ("n",)
    assert left(b"f(n, goal)", b"f(n, None)") == ("goal",)
    assert left(b"any(f(n, goal) for n in node.next)", b"goal in node.next") == ()
    assert left(b"return 1", b"return 2") == ()


def test_a_value_that_a_function_depends_on_no_more_is_lost() -> None:
    before = b"def overlap(a, b):\n    return min(a.end, b.end) - min(a.start, b.start)\n"

    def lost(old: bytes, new: bytes) -> int:
        patch = Patch.between({"a.py": before}, {"a.py": before.replace(old, new)})
        return reads_lost(patch, {"a.py": before}.__getitem__)

    assert lost(b"min(a.start", b"max(a.start") == 0
    assert lost(b"min(a.start", b"min(b.start") == 1
    assert lost(b"a.start, b.start", b"a.first, b.first") == 0


def test_a_new_function_that_repeats_one_is_a_copy() -> None:
    body = "(a, b):\n    total = a\n    for n in b:\n        total += n\n    return total\n"
    before = f"def add{body}".encode()
    patch = Patch.between({"a.py": b"x = 1\n"}, {"a.py": f"x = 1\ndef again{body}".encode()})
    assert copies(patch, {"a.py": b"x = 1\n"}.__getitem__, [("b.py", before)]) == "b.py:add"
    assert copies(patch, {"a.py": b"x = 1\n"}.__getitem__, [("b.py", b"def add(a, b):\n    return a\n")]) == ""


def test_names_that_nothing_takes_the_place_of_are_lost() -> None:
    before = b"if offer.price < best.price:\n    best = offer\n"

    def lost(new: bytes) -> int:
        after = before.replace(b"offer.price < best.price", new)
        return names_lost(Patch.between({"a.py": before}, {"a.py": after}), {"a.py": before}.__getitem__)

    assert lost(b"offer is not None") == 3
    assert lost(b"best is None or offer.price < best.price") == 0
    assert lost(b"offer.cost < best.cost") == 0


SHAPED = {
    "shaped.py": """\
        from typing import Dict, List, Optional

        def annotated(rows: Dict[str, List[int]], limit: Optional[float] = None) -> int:
            return sum(len(row) for row in rows.values())

        def seen(pairs, sign, other):
            return [(sign + name, size) for name, size in pairs]
        """,
    "test_shaped.py": """\
        from shaped import annotated, seen

        def test_both():
            assert annotated({}, 1.5) == 0
            assert seen([("k", 1), ("q", 2)], "+", len) == [("+k", 1), ("+q", 2)]
        """,
}


UNIT_TEST = """\
    import unittest
    from shaped import annotated, seen

    class TestShaped(unittest.TestCase):
        def test_both(self):
            self.assertEqual(annotated({}, 1.5), 0)
            self.assertEqual(seen([("k", 1), ("q", 2)], "+", len), [("+k", 1), ("+q", 2)])
    """


@pytest.mark.parametrize("python", [None, *pythons()[:1]], ids=lambda p: p.parent.parent.name if p else "own")
def test_inputs_are_drawn_from_annotations_and_from_what_calls_hold(
    python: Path | None, make_repository: Callable[..., Path], own_environment: Environment, plain: Sandbox
) -> None:
    environment = replace(Environment.find(Path("/nonexistent"), python), pytest="") if python else own_environment
    files = SHAPED if not python else {**SHAPED, "test_shaped.py": UNIT_TEST}
    with Workspace.create(make_repository(files, "project"), environment, plain) as workspace:
        behaviours = Behaviours(workspace, TestRunner(workspace, environment, plain))
        test = "test_shaped.py::TestShaped::test_both" if python else "test_shaped.py::test_both"
        calls = behaviours.record([test], [], 60.0)
        number = {c.name: n for n, c in enumerate(calls.calls)}
        made = generated(calls.calls, {number["seen"]}, (7, "x"))
        asked = Questions(calls, frozenset([number["seen"]]), made=made)
        seen = behaviours.replay(asked, {}, 60.0)
    assert dict(calls.calls[number["annotated"]].shapes)[0, 0] == ["dict", "str", ["list", "int"]]
    assert [where for where, _ in calls.calls[number["seen"]].shapes] == [(0, 0), (0, 1)]  # not the function
    assert made == generated(calls.calls, {number["seen"]}, (7, "x"))
    drawn = [s for key, s in seen.items() if asked.source(key) == "hypothesis" and s.text.startswith("seen(")]
    assert len({s.text for s in drawn}) == len(made[number["seen"]]) > 5
    assert all(s.what.startswith("returns [") for s in drawn)


COPIED = b"""\
def one(rows, strict=False):
    return check(rows, strict)

def two(rows, strict=False):
    return check(rows[1:], strict)

def three(rows, strict=True):
    return rows
"""


def _copied(path: str) -> bytes:
    return {"m.py": COPIED}[path]


def _copied_facts(path: str) -> FileFacts:
    return extract(_copied(path))


def _edit(old: bytes, new: str, source: bytes = COPIED) -> Candidate:
    at = source.index(old)
    return Candidate(Patch((Edit("m.py", Span(at, at + len(old)), new),)), f"{old!r} to {new}", 0.5)


def test_an_edit_is_made_at_all_places_alike_and_a_patch_that_leaves_one_is_told() -> None:
    single = _edit(b"False", "True")
    wide = everywhere(single, _copied)
    assert wide is not None
    assert wide.patch.apply({"m.py": COPIED})["m.py"] == COPIED.replace(b"False", b"True")
    assert leaves_alike(single.patch, _copied)
    assert not leaves_alike(wide.patch, _copied)
    assert is_everywhere(wide.patch, _copied)
    assert not is_everywhere(single.patch, _copied)
    assert not is_everywhere(Patch((*single.patch.edits, *_edit(b"rows[1:]", "True").patch.edits)), _copied)
    assert everywhere(_edit(b"rows[1:]", "rows"), _copied) is None
    assert not leaves_alike(_edit(b"rows[1:]", "rows").patch, _copied)
    apart = COPIED.replace(b"def two", b"#\n" * 100 + b"def two")
    assert places_alike(_edit(b"False", "True", apart).patch.edits[0], apart) == [
        _edit(b"False", "True").patch.edits[0].span
    ]


def test_once_something_holds_what_rivals_it_is_tried_earlier_and_nothing_is_lost() -> None:
    there = [_edit(b"rows[1:]", f"rows[{n}:]") for n in range(2, 12)]  # in the second function
    far = [_edit(b"return rows\n", f"return {n}\n") for n in range(30)]
    stream = [_edit(b"False", "True"), *far, *there]
    rivals = Rivals(iter(stream), _copied, _copied_facts)
    plain = Rivals(iter(stream), _copied, _copied_facts)
    assert list(plain) == stream
    got = iter(rivals)
    assert next(got) == stream[0]
    rivals.held(there[-1])
    rest = list(got)
    assert sorted(rest, key=stream.index) == stream[1:]
    assert [c for c in rest if c in far] == far
    assert max(map(rest.index, there)) < 30
    rivals = Rivals(iter(stream), _copied, _copied_facts)
    got = iter(rivals)
    rivals.held(next(got))
    assert len(next(got).patch.edits) == 2  # the same edit where the same text stands


@pytest.mark.parametrize("shape", [["set", ["list", "int"]], ["dict", "int"], "number", ["or"], 7])
def test_of_a_shape_that_cannot_be_nothing_is_drawn_and_nothing_raised(shape: object) -> None:
    able = Call("m", "f", "", "t", True, (((0, 0), "int"),))
    strange = Call("m", "g", "", "t", True, (((0, 0), cast("Shape", shape)),))
    assert generated([able, strange], {0, 1}, ()).keys() == {0}


ROUNDED = {
    "prices.py": """\
        from typing import List, Optional

        def price(cents: List[int], over: Optional[int] = None) -> int:
            total = sum(cents)
            if over is not None and total > over:
                return total - 1
            return total
        """,
    "test_prices.py": """\
        from prices import price

        def test_price():
            assert price([100, 20], 50) == 110
        """,
}


def test_what_crosshair_answers_is_read_and_what_cannot_be_written_is_not() -> None:
    said = "Given: (values=[-6, 8], k=40, t=None),\n  m.f : returns -4\n  other.f : returns 0\n"
    assert symbolic.read(said) == Made(
        (((1, "values"), "[-6, 8]"), ((1, "k"), "40"), ((1, "t"), "None")), "crosshair", True
    )
    assert symbolic.read("No differences found. (attempted 141 iterations)\n") is None
    assert symbolic.read("Given: (value=float('nan')),\n  m.f : returns nan\n") is None


def test_only_a_function_of_plain_annotated_types_is_asked_of_crosshair() -> None:
    plain = b"def f(a: 'int', b: int) -> int:\n    return a\n\ndef g(a: list[int], *, b: int | None = None):\n    return a\n"
    assert symbolic.changed_function(plain, plain.replace(b"None):\n    return a", b"None):\n    return b")) == "g"
    assert not symbolic.changed_function(plain, plain.replace(b"int:\n    return a", b"int:\n    return b"))  # 'int'
    assert not symbolic.changed_function(plain, plain.replace(b"return a", b"return b"))  # two of them
    assert not symbolic.changed_function(b"def f(a):\n    return a\n", b"def f(a):\n    return 1\n")
    assert not symbolic.changed_function(plain, b"def broken(:\n")


def test_crosshair_finds_an_input_on_which_two_patches_part(
    make_repository: Callable[..., Path], own_environment: Environment
) -> None:
    pytest.importorskip("crosshair", reason="the extra fixbot[crosshair]")
    files = make_repository(ROUNDED, "project")
    with Workspace.create(files, own_environment, sandbox("auto", trusted=True)) as workspace:
        desk = Desk(workspace)
        one = desk.trial("total - 1", "total - 10", path="prices.py")
        other = desk.trial(
            "total > over:\n        return total - 1", "total > over + 17:\n        return total - 10", path="prices.py"
        )
        found = desk.choose(one, other)
        desk.verifier.close()
        assert not workspace.changed()
    assert any("made by crosshair, and the patches part on 1" in said for said in found[0].why)


def _after(source: bytes, old: bytes, new: bytes) -> Patch:
    assert source.count(old) == 1
    return Patch.between({"m.py": source}, {"m.py": source.replace(old, new)})


BUILT = b"""\
def f(rows, limit):
    found = []
    seen = {}
    for row in rows:
        seen[row] = limit
        found.append(row)
        rows.append(row)
    if limit == 0:
        return g(rows, limit)
    return found, seen
"""


def _built(path: str) -> bytes:
    return {"m.py": BUILT}[path]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (b"return found, seen", b"return rows, seen", ("found",)),  # it is filled, and nobody gets it
        (b"return found, seen", b"return found", ("seen",)),
        (b"return found, seen", b"return found, seen, limit", ()),
        (b"in rows:", b"in found:", ()),  # a parameter that is filled is given back to the caller
    ],
)
def test_what_is_filled_and_given_to_nobody_is_unused(old: bytes, new: bytes, names: tuple[str, ...]) -> None:
    assert left_unused(_after(BUILT, old, new), _built) == names


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        (b"limit == 0", b"limit == limit", 1),
        (b"limit == 0", b"0 == 0", 1),
        (b"limit == 0", b"limit == 0 or limit == 0", 1),
        (b"limit == 0", b"False", 1),
        (b"limit == 0", b"limit - limit == 0", 1),
        (b"g(rows, limit)", b"g(rows, rows)", 1),
        (b"g(rows, limit)", b"g(rows, 1, 1)", 0),
        (b"limit == 0", b"limit + limit == 0", 0),
        (b"limit == 0", b"limit == found", 0),
    ],
)
def test_expressions_that_say_nothing_are_counted(old: bytes, new: bytes, count: int) -> None:
    assert idle(_after(BUILT, old, new), _built) == count
    back = BUILT.replace(old, new)
    assert idle(_after(back, new, old), lambda _path: back) == 0  # what was there already is nobody's fault
