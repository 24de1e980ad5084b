"""Suspects: the line at fault is near the top, for every kind of evidence there may be."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.symbols import extract
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, TraceFrame
from fixbot_repair.localisation import localise, prone
from fixbot_repair.localisation.frames import match_path
from fixbot_repair.localisation.outline import of_source
from fixbot_repair.localisation.passing import Passing
from fixbot_repair.localisation.reading import read
from fixbot_repair.localisation.spectrum import count, dstar, ochiai, op2
from fixbot_repair.localisation.weights import DEFINITION_WEIGHTS, SIGNALS, STATEMENT_WEIGHTS

SOURCE = (
    b"def f(x):\n    if x > 3:\n        y = x - 1\n    else:\n        y = x\n    return y\n\n\ndef g():\n    return 1\n"
)


def facts(path):
    return extract(SOURCE) if path == "m.py" else None


def outcome(name, ok, lines, frames=()):
    status = TestStatus.PASSED if ok else TestStatus.FAILED
    return TestOutcome(f"test_m.py::{name}", status, frames=frames, lines=(("m.py", lines), ("test_m.py", (1, 2))))


@pytest.mark.parametrize(
    ("failed", "passed", "all_failed", "score"),
    [(2, 0, 2, 1.0), (1, 1, 1, 1 / sqrt(2)), (1, 0, 4, 0.5), (0, 3, 2, 0.0), (0, 0, 0, 0.0)],
)
def test_ochiai(failed, passed, all_failed, score):
    assert ochiai(failed, passed, all_failed) == pytest.approx(score)


def test_the_line_that_only_failing_tests_run_comes_first():
    feedback = Feedback(
        outcomes=(outcome("a", False, (2, 3, 6)), outcome("b", True, (2, 5, 6)), outcome("c", True, (10,)))
    )

    found = localise(feedback, feedback.failing, facts)

    first = found.suspects[0]
    assert (first.path, first.line, first.symbol) == ("m.py", 3, "f")
    assert "spectrum" in first.why
    assert all(s.path == "m.py" for s in found.suspects)
    assert not [s for s in found.suspects if s.line == 10]


def test_without_a_passing_test_the_traceback_decides():
    frames = (("test_m.py", 2, "test"), ("m.py", 6, "f"), ("m.py", 3, "f"))
    feedback = Feedback(outcomes=(outcome("a", False, (2, 3, 6), frames),))

    found = localise(feedback, feedback.failing, facts)

    assert [s.line for s in found.suspects[:2]] == [3, 6]
    assert "traceback" in found.suspects[0].why


def test_lines_that_never_ran_are_suspects_of_the_last_rank():
    feedback = Feedback(outcomes=(outcome("a", False, (2, 3, 6)),))

    found = localise(feedback, feedback.failing, facts)

    by_line = {s.line: s.score for s in found.suspects}
    assert by_line[5] < by_line[3]
    assert by_line[5] > 0


def test_failing_tests_that_nobody_asked_about_do_not_count():
    feedback = Feedback(outcomes=(outcome("a", False, (3,)), outcome("other", False, (10,))))

    found = localise(feedback, ("test_m.py::a",), facts)

    assert not [s for s in found.suspects if s.line == 10]


def test_an_issue_with_a_traceback_needs_no_test_at_all():
    issue = Issue("…", frames=(TraceFrame("/home/me/src/app.py", 1), TraceFrame("C:\\work\\proj\\m.py", 3, "f")))

    found = localise(Feedback(), (), facts, issue=issue, paths=["pkg/m2.py", "m.py", "tests/test_m.py"])

    assert (found.suspects[0].path, found.suspects[0].line) == ("m.py", 3)
    assert found.files == ("m.py",)


def test_nothing_is_known_of_nothing():
    assert localise(Feedback(), (), facts).suspects == ()


@pytest.mark.parametrize(
    ("written", "known", "match"),
    [
        ("/usr/lib/python3/site-packages/app/core.py", ["app/core.py", "other/core.py"], "app/core.py"),
        ("core.py", ["app/core.py", "other/core.py"], ""),
        ("lib\\x.py", ["lib/x.py"], "lib/x.py"),
        ("nothing.py", ["a.py"], ""),
    ],
)
def test_paths_are_matched_by_their_ends(written, known, match):
    assert match_path(written, known) == match


@pytest.mark.parametrize(
    ("failed", "passed", "all_failed", "score"), [(2, 0, 2, 1.0), (1, 1, 1, 0.5), (1, 0, 4, 0.25), (0, 3, 2, 0.0)]
)
def test_dstar(failed, passed, all_failed, score):
    assert dstar(failed, passed, all_failed) == pytest.approx(score)


@pytest.mark.parametrize(
    ("failed", "passed", "all_failed", "all_passed", "score"),
    [(2, 0, 2, 5, 1.0), (2, 3, 2, 5, 0.75), (0, 3, 2, 5, 0.0), (0, 0, 0, 0, 0.0)],
)
def test_op2(failed, passed, all_failed, all_passed, score):
    assert op2(failed, passed, all_failed, all_passed) == pytest.approx(score)


def test_a_failing_test_that_runs_little_and_a_passing_one_that_is_near_weigh_more():
    outcomes = (
        outcome("small", False, (2,)),
        outcome("large", False, tuple(range(1, 9))),
        outcome("near", True, tuple(range(1, 9))),
        outcome("far", True, (8, *range(20, 90))),
    )

    found = count(outcomes, ("test_m.py::small", "test_m.py::large"), lambda path: path == "m.py")

    by_line = {line: counted for (_, line), counted in found.counts.items()}
    assert (found.failing, found.passing) == (2, 2)
    assert (by_line[2].failed, by_line[3].failed, by_line[8].passed) == (2, 1, 2)
    assert by_line[2].weighed == pytest.approx(2.0)
    assert by_line[3].weighed < 0.5
    assert by_line[2].near == 1.0
    assert by_line[8].near - by_line[2].near < 0.5


def no_facts(_path):
    """Nothing is known of a file but its text."""


SHOP = """import math

RATES = {"a": 0.2}


def rate(kind):
    \"\"\"The rate.\"\"\"
    return RATES[kind]


def price(
    amount,
    kind="a",
):
    whole = amount * (
        1
        + rate(kind)
    )
    return math.floor(whole)


def label(amount):
    return str(amount)
"""


def in_shop(name, ok, lines, **more):
    status = TestStatus.PASSED if ok else TestStatus.FAILED
    return TestOutcome(
        f"tests/test_shop.py::{name}", status, lines=(("shop.py", lines), ("tests/test_shop.py", (2,))), **more
    )


def shop_localised(*outcomes, test_source=b"from shop import price\n", **more):
    files = {"shop.py": SHOP.encode(), "tests/test_shop.py": test_source}
    feedback = Feedback(outcomes=outcomes)
    return localise(feedback, feedback.failing, no_facts, source=files.get, **more)


def test_all_lines_of_a_statement_share_its_score_and_a_docstring_is_no_place_to_look():
    found = shop_localised(in_shop("a", False, (8, 15, 17, 19)), in_shop("b", True, (23,)))

    by_line = {s.line: s.score for s in found.suspects}
    assert by_line[15] == by_line[16] == by_line[17] == by_line[18]
    assert by_line[7] < by_line[8]
    assert by_line[7] < min(by_line[15], by_line[19])


TAKING = """def take(items):
    try:
        return items.pop()
    except KeyError as error:
        raise LookupError("none") from error
"""


def test_an_except_clause_that_lets_the_error_pass_is_a_suspect():
    ran = {"lines": (("take.py", (2, 3, 4)), ("tests/test_take.py", (5,)))}
    frames = (("tests/test_take.py", 5, "test"), ("take.py", 3, "take"))
    failing = TestOutcome(
        "tests/test_take.py::a", TestStatus.FAILED, message="IndexError: pop from empty list", frames=frames, **ran
    )
    files = {"take.py": TAKING.encode(), "tests/test_take.py": b"from take import take\n"}

    feedback = Feedback(outcomes=(failing,))
    found = localise(feedback, feedback.failing, no_facts, source=files.get)

    by_line = {s.line: s.score for s in found.suspects if s.path == "take.py"}
    assert by_line[4] > by_line[5]
    assert read("except KeyError as error:", "if").reads == {"KeyError"}


def test_a_table_that_the_failing_code_reads_is_a_suspect():
    found = shop_localised(in_shop("a", False, (8, 15, 17, 19)), in_shop("b", True, (23,)))

    assert ("shop.py", 3, "") in {(s.path, s.line, s.symbol) for s in found.suspects}
    assert not [s for s in found.suspects if s.symbol == "label"]


def test_whole_functions_are_ranked_and_their_chances_are_those_of_one_fault():
    found = shop_localised(in_shop("a", False, (8, 15, 17, 19)), in_shop("b", True, (8,)))

    assert found.functions[0].symbol == "price"
    assert (found.functions[0].path, found.functions[0].line) == ("shop.py", 11)
    assert sum(s.score for s in found.functions) == pytest.approx(1.0)


def test_of_functions_that_ran_alike_the_one_that_the_test_is_named_after_comes_first():
    ran = (8, 15, 17, 19)
    for name in ("rate", "price"):
        assert shop_localised(in_shop(f"test_{name}", False, ran)).functions[0].symbol == name


def test_of_functions_that_ran_alike_the_one_whose_values_the_message_shows_comes_first():
    failed = TestOutcome("tests/test_x.py::x", TestStatus.FAILED, message="assert 77 == 1", lines=(("m.py", (2, 6)),))
    text = b"def one():\n    return 41 + 1\n\n\ndef two():\n    return 77 + 1\n"
    found = localise(Feedback(outcomes=(failed,)), (failed.test,), no_facts, source={"m.py": text}.get)
    assert found.functions[0].symbol == "two"
    assert "message" in found.functions[0].why


def test_a_file_that_history_holds_prone_to_faults_goes_first_among_equals():
    ran = TestOutcome("tests/test_x.py::x", TestStatus.FAILED, lines=(("a.py", (2,)), ("b.py", (2,))))
    text = b"def f():\n    return 1\n"
    for file in ("a.py", "b.py"):
        found = localise(
            Feedback(outcomes=(ran,)), (ran.test,), no_facts, source={"a.py": text, "b.py": text}.get, past={file: 1.0}
        )
        assert found.functions[0].path == file
        assert "history" in found.functions[0].why


def test_of_functions_that_ran_alike_the_one_that_history_holds_prone_to_faults_goes_first():
    ran = TestOutcome("tests/test_x.py::x", TestStatus.FAILED, lines=(("m.py", (2, 6)),))
    text = b"def one():\n    return 1\n\n\ndef two():\n    return 1\n"
    for prone_one in ("one", "two"):
        found = localise(
            Feedback(outcomes=(ran,)),
            (ran.test,),
            no_facts,
            source={"m.py": text}.get,
            past=lambda _, name, asked=prone_one: 0.8 * (name == asked),
        )
        assert found.functions[0].symbol == prone_one
        assert "history" in found.functions[0].why


def test_a_project_without_a_past_holds_nothing_prone():
    assert prone(ProjectHistory())("m.py", "one") == 0.0


def test_a_traceback_that_few_of_the_failing_tests_share_says_less():
    ran = (8, 15, 17, 19)
    frames = (("shop.py", 8, "rate"),)
    alone = shop_localised(in_shop("a", False, ran, frames=frames))
    among = shop_localised(in_shop("a", False, ran, frames=frames), *(in_shop(f"b{n}", False, ran) for n in range(9)))

    def chance(found):
        return next(s.score for s in found.functions if s.symbol == "rate")

    assert chance(among) < chance(alone)


@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 30), max_size=12)), max_size=6))
def test_whatever_ran_scores_are_shares_in_order_and_no_test_is_a_suspect(runs):
    found = shop_localised(*(in_shop(f"t{n}", ok, tuple(sorted(lines))) for n, (ok, lines) in enumerate(runs)))

    scores = [s.score for s in found.suspects]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert {s.path for s in (*found.suspects, *found.functions)} <= {"shop.py"}
    assert len({(s.path, s.line) for s in found.suspects}) == len(found.suspects)


LINES = ["x = 1", "if x:", "    y = (", "    2)", "def f(a=1):", "    return a", "class C:", "    @property", "    def g(self): return 1", "for", "else:", "    pass", "\t)", ""]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=20))
def test_no_line_of_a_file_belongs_to_two_statements(lines):
    outline = of_source("\n".join(lines).encode())

    held = [n for s in outline.statements for n in range(s.line, s.end_line + 1)]
    assert len(held) == len(set(held))
    assert all(outline.statement(s.line) == s for s in outline.statements)
    assert all(s.within in outline.definitions for s in outline.statements)


def test_every_weight_belongs_to_a_signal_and_every_signal_has_one():
    named = [name for names in SIGNALS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) == {*DEFINITION_WEIGHTS, *STATEMENT_WEIGHTS}


LOADED = b"""\
class Kind:
    name = "kind"

    def convert(self, value):
        return value


class File(Kind):
    name = "file"

    def opened(self, place):
        return open(place)


def told(option):
    found = option.name
    return found
"""


def loaded(*outcomes):
    source = {"kinds.py": LOADED, "tests/test_kinds.py": b"from kinds import told\n"}.get
    return localise(Feedback(outcomes=outcomes), tuple(o.test for o in outcomes if not o.ok), no_facts, source=source)


def ran(name, ok, lines, **more):
    status = TestStatus.PASSED if ok else TestStatus.FAILED
    return TestOutcome(f"tests/test_kinds.py::{name}", status, lines=(("kinds.py", lines),), **more)


def test_a_class_that_has_nothing_to_do_with_a_failure_is_no_suspect_for_a_name_that_it_binds_too():
    found = loaded(ran("test_a", False, (16, 17)), ran("test_b", True, (5,)))

    assert {s.symbol for s in found.suspects} == {"told"}


def test_what_ran_because_a_test_was_the_first_to_load_a_module_says_nothing():
    found = loaded(ran("test_a", False, (1, 2, 4, 8, 9, 11, 15, 16, 17)), ran("test_b", True, (5, 12, 16)))

    assert found.suspects[0].symbol == "told"
    first = {}
    for n, each in enumerate(found.suspects):
        first.setdefault(each.symbol, n)
    assert first.get("Kind.convert", 99) > first["told"]


def test_of_a_test_made_from_an_example_the_example_says_what_is_asked():
    lines = (5, 16, 17)
    plain = loaded(ran("test_a", False, lines), ran("test_b", True, (12,)))
    asked = loaded(ran("test_a", False, lines, example="Kind().convert('x')"), ran("test_b", True, (12,)))

    before, after = ({f.symbol: f.score for f in each.functions}["Kind.convert"] for each in (plain, asked))
    assert after > before


HANDLED = b"""import sys


def created(rows):
    first = rows[0]
    return first.name


def rewritten():
    return sys.exc_info()[1]


def handle():
    raise rewritten()


def render(rows):
    try:
        return created(rows)
    except Exception:
        handle()


def again(rows):
    try:
        return created(rows)
    except KeyError as error:
        raise error


def told(rows):
    try:
        return created(rows)
    except KeyError as error:
        raise ValueError(rows) from error
"""


def handled(*frames):
    lines = (("h.py", tuple(n for n in (5, 10, 14, 19, 21) if n)),)
    failed = TestOutcome("test_h.py::t", TestStatus.FAILED, frames=frames, lines=lines)
    found = localise(Feedback(outcomes=(failed,)), ("test_h.py::t",), no_facts, source=lambda _: HANDLED)
    return [s.symbol for s in found.suspects]


def test_what_only_passes_an_exception_on_comes_after_what_created_it():
    # `handle` raises what its caller caught, and what was below it in the traceback is gone.
    assert handled(("h.py", 21, "render"), ("h.py", 14, "handle"))[0] not in ("render", "handle")
    # What is raised again keeps the frames that created it.
    assert handled(("h.py", 28, "again"), ("h.py", 26, "again"), ("h.py", 5, "created"))[0] == "created"


def test_what_makes_a_new_exception_of_a_caught_one_does_not_pass_it_on():
    passing = Passing(lambda _: HANDLED.decode())
    assert passing.of([("h.py", 21), ("h.py", 14)]) == {0, 1}
    assert passing.of([("h.py", 28), ("h.py", 26), ("h.py", 5)]) == {0}
    assert passing.of([("h.py", 35)]) == frozenset()
    assert passing.of([("h.py", 14)]) == frozenset()
