"""What a model is told first: places in one order and cut at a gap, the first functions in full, the tests beside those to mend."""

from dataclasses import replace
from typing import Any

from fixbot_agent.models import Budget
from fixbot_agent.solving.conversing.briefing import Assignment, suspects, task
from fixbot_agent.solving.conversing.excerpts import excerpts
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.conversing.narrating import told
from fixbot_agent.solving.conversing.ranking import brief, telling
from fixbot_agent.solving.conversing.surroundings import surroundings
from fixbot_agent.solving.proving.awaited import Awaited
from fixbot_agent.solving.proving.case import Case
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, Oracle
from fixbot_repair.localisation import Localisation, Suspect

CODE = """def outer(a):
    def inner(b):
        return b + 1

    return inner(a)


def lonely():
    return 2
"""
LONG = 'def talk():\n    """Say.\n' + "    Much.\n" * 70 + '    """\n    return 3\n'
ISSUE = Issue("It is odd.")


class Tree:
    """The code as workspace and index at once."""

    def original(self, path: str) -> bytes:
        return (LONG if path == "long.py" else CODE).encode()

    def facts(self, path: str) -> FileFacts:
        return extract(self.original(path))


def lines() -> Lines:
    tree: Any = Tree()
    return Lines(tree, tree)


def suspect(line: int, symbol: str, score: float) -> Suspect:
    return Suspect("a.py", line, symbol, score, ("words",))


def outcome(test: str, *ran: int, status: TestStatus = TestStatus.PASSED) -> TestOutcome:
    return TestOutcome(test, status, lines=(("a.py", ran),))


def test_places_end_where_a_large_gap_is() -> None:
    def places(*scores: float) -> list[list[Suspect]]:
        return [[suspect(n, f"f{n}", score)] for n, score in enumerate(scores, 1)]

    assert telling(places(1, 0.3, 0.29)) == 1
    assert telling(places(1, 0.8, 0.75, 0.5, 0.49)) == 3
    assert telling(places(1, 0.9, 0.85, 0.8, 0.8, 0.8, 0.8)) == 5
    assert telling([]) == 0


def test_a_nested_function_is_told_with_the_one_around_it() -> None:
    found = Localisation((suspect(3, "outer.inner", 1.0), suspect(2, "outer.inner", 0.9)))
    assert list(suspects(found, lines())) == [
        "- a.py outer.inner inside outer (words)",
        "    a.py:2: def inner(b):",
        "    a.py:3: return b + 1",
    ]
    assert brief(found).suspects == found.suspects[:1]
    prompt = task(Assignment(ISSUE, (), found), Budget(), lines())
    assert "a.py outer:\n    1  def outer(a):\n    2      def inner(b):" in prompt
    assert "def lonely" not in prompt.partition("What the files")[0]
    assert "none shows what the issue tells" in prompt


def test_a_docstring_does_not_make_a_function_too_long_to_show() -> None:
    found = Localisation((Suspect("long.py", 74, "talk", 1.0),))
    prompt = task(Assignment(ISSUE, (), found), Budget(), lines())
    assert "long.py talk (without 72 lines of docstrings):\n    1  def talk():\n   74      return 3\n" in prompt


def test_of_a_long_place_the_part_that_the_failure_ran_is_shown_and_how_to_see_the_rest() -> None:
    body = "".join(f"    step({n})\n" for n in range(2, 202))
    body = body.replace(" step(190)", " some_step(190)")
    source = f"def work():\n{body}\n\nLIMIT = 3\nclass Kind:\n    size = LIMIT\n"

    class Long(Tree):
        def original(self, path: str) -> bytes:
            return source.encode()  # as it is now

    tree: Any = Long()
    ran = tuple(range(2, 152))
    failed = TestOutcome("t::x", TestStatus.FAILED, frames=(("a.py", 150, "work"),), lines=(("a.py", ran),))
    places = [[suspect(150, "work", 1.0), suspect(20, "work", 0.9)], [suspect(206, "Kind", 0.9)]]
    work, kind = excerpts(places, (failed,), Lines(tree, tree))
    assert len(work.splitlines()) <= 60 + 60 + 5, "what the short one does not need the long one has"
    assert work.startswith(
        'a.py work (117 of its 201 lines, the likeliest; all: view {"symbol": "a.py::work"}):\n    1  def work():\n'
    )
    assert "  150      step(150)\n" in work
    assert "\n   20      step(20)\n" in work
    assert work.endswith("left out")
    assert "step(199)" not in work
    assert kind == "a.py class Kind:\n  205  class Kind:\n  206      size = LIMIT"
    named, _ = excerpts([[suspect(5, "work", 1.0)], places[1]], (), Lines(tree, tree), "Why is some_step taken?")
    assert "  190      some_step(190)" in named, "a line that holds a name of the issue"
    spans = (("a", 5), ("b", 5), ("c", 5), ("d", 200), ("e", 5))
    source = "".join(f"def {name}():\n" + "    work()\n" * (size - 1) for name, size in spans)
    many = [[suspect(source[: source.index(f"def {name}(")].count("\n") + 1, name, 1.0)] for name, _ in spans]
    assert [e.split()[1].rstrip(":") for e in excerpts(many, (), Lines(tree, tree))] == ["a", "b", "c", "e"]
    source = f"def work():\n{body}\n\nLIMIT = 3\nclass Kind:\n    size = LIMIT\n"
    (module,) = excerpts([[suspect(204, "", 1.0)]], (), Lines(tree, tree))
    assert module.startswith("a.py (module) (20 of its 207 lines,")
    assert "  204  LIMIT = 3" in module


def test_the_tests_beside_are_told_with_their_names() -> None:
    ran = (
        outcome("t::far", 3, *range(10, 90)),
        outcome("t::near", 3),
        outcome("t::elsewhere", 9),
        outcome("t::old", status=TestStatus.FAILED),
        outcome("own::test_expected_1", status=TestStatus.FAILED),
    )
    labels = {"own::test_expected_1": "issue: f() gives 2"}
    tried = "f()\ndemanded: f() gives 2\nnow: NameError: f"
    case = Case(ISSUE, Feedback(outcomes=ran), labels=labels, attempted=tried)
    own, already, near = surroundings(case, Localisation((suspect(3, "outer.inner", 1.0),)), lines(), "own.py")
    assert own.startswith("fixbot wrote a test from the issue (own.py,")
    assert "demanded: f() gives 2" in own
    assert "not as the issue tells" in own
    shown = replace(
        case, attempted="f()\ndemanded: f() gives 3, which it should not\nnow: gives what the issue reports: 3"
    )
    own = surroundings(shown, Localisation(()), lines(), "own.py")[0]
    assert "it gives what the issue reports. What it should give is not stated" in own
    assert any("the issue's example gives here what it reports" in line for line in told(shown))
    assert already.startswith("1 test fails already, before your change")
    assert "- t::old\n" in already
    assert near.startswith("Tests that pass and run one of the places above (the nearest first):")
    assert near.index("t::near") < near.index("t::far")
    assert "elsewhere" not in near


def test_an_expected_failure_is_told_as_the_projects_own() -> None:
    ran = (outcome("t::a"), outcome("t::marked", 3, status=TestStatus.XFAILED))
    waits = Awaited("t::marked", True, "it names number 7, as the issue does", "AssertionError: 1")
    case = Case(
        ISSUE, Feedback(outcomes=ran), ("t::marked",), Oracle.FAILING_TESTS, goal=waits.told(), awaited=(waits,)
    )
    assert not any("written from the issue" in line for line in told(case))
    (shown,) = surroundings(case, Localisation(()), lines(), "own.py")
    assert shown.startswith(
        "An expected failure of the project that speaks of this issue (it names number 7, as the issue does); your"
    )
    assert "now: AssertionError: 1" in shown


def test_people_are_told_what_the_first_run_gave() -> None:
    ran = (outcome("t::a"), outcome("t::old", status=TestStatus.FAILED), outcome("own::x", status=TestStatus.FAILED))
    case = Case(ISSUE, Feedback(outcomes=ran), labels={"own::x": "issue: f() gives 2"})
    head = "    2 tests: 1 pass, 1 fail already"
    assert next(told(case)) == head
    skipped = Feedback(outcomes=(*ran, outcome("t::not_here", status=TestStatus.SKIPPED)))
    assert next(told(Case(ISSUE, skipped, labels=case.labels))) == "    3 tests: 1 pass, 1 fail already, 1 skipped"
    goal = "f()\ndemanded: f() gives 2\nnow: 3\nfirm: it comes here as the issue tells it"
    proven = Case(ISSUE, case.feedback, ("own::x",), Oracle.EXPECTED_OUTPUT, labels=case.labels, goal=goal)
    assert list(told(proven)) == [
        head,
        "what is to be mended (what the issue's example gives):",
        "    a test that was written from the issue:",
        "      demanded: f() gives 2",
        "      now: 3",
    ]
