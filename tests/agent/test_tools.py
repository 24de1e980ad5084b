"""The tools of a model: every call is answered, edits are exact and keep files readable, answers stay small."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.models import ToolCall
from fixbot_agent.solving.conversing.briefing import outline
from fixbot_agent.tools import SCRATCH, Desk, End, Outcome, Toolbox
from fixbot_agent.tools.impacted import impacted
from fixbot_agent.tools.telling import scratch, told
from fixbot_agent.tools.toolbox import TOOLS
from fixbot_analysis.errors import SourceError
from fixbot_analysis.symbols import FileFacts, Symbol, extract
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tally import ABSENT
from fixbot_repair.errors import PatchError, SandboxError


class Files:
    """A private copy in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.started = dict(files)
        self.paths = tuple(files)

    def original(self, path: str) -> bytes | None:
        return self.started.get(path)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise PatchError(f"{path} does not exist", "look")
        return self.files[path]

    def write(self, files: Mapping[str, bytes | None]) -> None:
        for path, data in files.items():
            if data is None:
                self.files.pop(path, None)
            else:
                self.files[path] = data


class Tests:
    """Remembers what was asked; every test fails with a long report."""

    __test__ = False

    def __init__(self) -> None:
        self.asked: list[Sequence[str] | None] = []

    def run(self, ids: Sequence[str] | None = None, *, output: Sequence[str] = ()) -> Feedback:
        self.asked.append(ids)
        if ids == ("broken",):
            raise SandboxError("the sandbox broke")
        names = ids if ids is not None else [f"t::{n}" for n in range(500)]
        outcomes = [TestOutcome(n, TestStatus.FAILED, message="E" * 9999, detail="D" * 99999) for n in names]
        return Feedback(outcomes=(TestOutcome("t::ok", TestStatus.PASSED), *outcomes))


class Symbols:
    """An index that knows one file."""

    def symbols(self) -> Iterable[tuple[str, Symbol]]:
        yield from (("shop/cart.py", s) for s in extract(CART).symbols)

    def facts(self, path: str) -> FileFacts:
        if path != "shop/cart.py":
            raise SourceError(f"{path} is not in the index")
        return extract(CART)

    def update(self, path: str, data: bytes | None) -> None:
        pass


CART = (
    b"class Cart:\n    def total(self):\n        return sum(self.items)\n\n    def subtotal(self):\n        return 0\n"
)


@pytest.fixture
def files() -> Files:
    return Files(
        {
            "shop/cart.py": CART,
            "shop/dos.py": b"a = 1\r\nb = 2\r\n",
            "shop/latin.py": "# -*- coding: latin-1 -*-\nname = 'Zo\u00eb'\n".encode("latin-1"),
            "shop/bom.py": b"\xef\xbb\xbfx = 1",
            "shop/broken.py": b"def (:\n    pass\n",
            "tests/test_cart.py": b"def test_total(): pass\n",
            "setup.cfg": b"[x]\n",
            "big.py": b"".join(b"line_%d = %d\n" % (n, n) for n in range(1000)),
            "wide.py": b"x = '" + b"y" * 15000 + b"'\n",
            "logo.png": b"\0\1",
            ".env": b"TOKEN=canary-value\n",
            "empty.py": b"",
        }
    )


@pytest.fixture
def toolbox(files: Files) -> Toolbox:
    return Toolbox(Desk(files, Tests(), Symbols(), failing=("t::fails",)))


def use(toolbox: Toolbox, name: str, **arguments: object) -> Outcome:
    return toolbox.use(ToolCall("1", name, json.dumps(arguments)))


def refused(toolbox: Toolbox, name: str, **arguments: object) -> str:
    outcome = use(toolbox, name, **arguments)
    assert not outcome.ok
    assert outcome.text.startswith("Refused: ")
    return outcome.text


def test_specs_are_json_schemas(toolbox: Toolbox) -> None:
    import jsonschema

    assert [s.name for s in toolbox.specs][:3] == ["view", "search", "edit"]
    for spec in toolbox.specs:
        jsonschema.Draft202012Validator.check_schema(dict(spec.parameters))
        assert spec.description
    edit = toolbox.specs[2].parameters
    assert edit["required"] == ["path", "search", "replace"]


def test_view_shows_lines_with_numbers(toolbox: Toolbox) -> None:
    text = use(toolbox, "view", path="shop/cart.py").text
    assert text.startswith("shop/cart.py, lines 1 to 6 of 6:\n    1  class Cart:\n")
    assert use(toolbox, "view", path="big.py", start_line=500, end_line=501).text.endswith(
        "lines 500 to 501 of 1000:\n  500  line_499 = 499\n  501  line_500 = 500"
    )
    assert use(toolbox, "view", path="empty.py").text == "empty.py is empty"
    assert "\r" not in use(toolbox, "view", path="shop/dos.py").text
    assert "Zoë" in use(toolbox, "view", path="shop/latin.py").text


def test_view_is_bounded(toolbox: Toolbox) -> None:
    assert len(use(toolbox, "view", path="big.py", start_line=1, end_line=1000).text.splitlines()) == 122
    assert len(use(toolbox, "view", path="wide.py").text) < 1000


def test_view_gives_the_outline_of_a_long_file_first() -> None:
    long = Files({"shop/cart.py": CART + b"# more\n" * 200})
    text = use(Toolbox(Desk(long, Tests(), Symbols())), "view", path="shop/cart.py").text
    assert text.startswith("Outline:\n    1-6     class Cart\n    2-3       def total(self)\n")


def test_view_refuses(toolbox: Toolbox) -> None:
    assert "did you mean shop/cart.py?" in refused(toolbox, "view", path="cart.py")
    assert "binary" in refused(toolbox, "view", path="logo.png")
    assert "there is no line 99" in refused(toolbox, "view", path="shop/cart.py", start_line=99)
    assert "secrets" in refused(toolbox, "view", path=".env")


def test_search(toolbox: Toolbox) -> None:
    said = use(toolbox, "search", query="return sum").text
    assert said == "1 hit, 1 file\nshop/cart.py\n     3  [Cart.total] return sum(self.items)"
    assert use(toolbox, "search", query="zoë").text.endswith("     2  name = 'Zoë'")
    assert "nothing found" in use(toolbox, "search", query="ZOË").text
    assert "nothing found" in use(toolbox, "search", query="canary-value").text
    assert "nothing found" in use(toolbox, "search", query="return sum", path="tests/").text
    many = use(toolbox, "search", query="line_").text
    assert many.startswith("1000 hits, 1 file")
    assert many.count("\n") == 42
    assert many.endswith("… 960 more in this file")
    symbols = use(toolbox, "search", query="Cart.total", kind="symbol").text
    assert symbols.splitlines()[2] == "     2  def total(self)  (lines 2 to 3, Cart.total)"
    assert "one of text, regex, symbol, callers" in refused(toolbox, "search", query="x", kind="fuzzy")
    assert "no graph" in refused(toolbox, "search", query="Cart.total", kind="callers")
    assert "need the sandbox" in refused(toolbox, "search", query="x+", kind="regex")
    assert "not empty" in refused(toolbox, "search", query=" ")


def test_edit_changes_exactly_one_place(toolbox: Toolbox, files: Files) -> None:
    outcome = use(toolbox, "edit", path="shop/cart.py", search="sum(self.items)", replace="sum(self.items) or 0")
    assert outcome.ok
    assert "    3          return sum(self.items) or 0" in outcome.text
    assert files.files["shop/cart.py"] == CART.replace(b"sum(self.items)", b"sum(self.items) or 0")
    assert toolbox.desk.touched == {"shop/cart.py"}


@pytest.mark.parametrize(
    ("path", "search", "replace", "after"),
    [
        ("shop/dos.py", "a = 1\nb = 2", "a = 3\nc = 0\nb = 2", b"a = 3\r\nc = 0\r\nb = 2\r\n"),
        ("shop/bom.py", "x = 1", "x = 2", b"\xef\xbb\xbfx = 2"),
        ("shop/latin.py", "Zoë", "Zoé", "# -*- coding: latin-1 -*-\nname = 'Zoé'\n".encode("latin-1")),
    ],
)
def test_edit_keeps_bytes(toolbox: Toolbox, files: Files, path: str, search: str, replace: str, after: bytes) -> None:
    assert use(toolbox, "edit", path=path, search=search, replace=replace).ok
    assert files.files[path] == after


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"path": "shop/cart.py", "search": "return", "replace": "x"}, "occurs 2 times in shop/cart.py (lines 3, 6)"),
        (
            {"path": "shop/cart.py", "search": "return  sum(self.item)", "replace": "x"},
            "        return sum(self.items)",
        ),
        ({"path": "shop/cart.py", "search": "nothing like it at all", "replace": "x"}, "view the file again"),
        ({"path": "shop/cart.py", "search": "return 0", "replace": "return 0"}, "nothing would change"),
        ({"path": "shop/cart.py", "search": "return 0", "replace": "return (0"}, "would no longer parse: line 6"),
        ({"path": "shop/cart.py", "search": "", "replace": "x"}, "exists"),
        ({"path": "shop/new.py", "search": "", "replace": "def ("}, "would no longer parse"),
        ({"path": "shop/latin.py", "search": "Zoë", "replace": "变"}, "cannot hold '变'"),
        ({"path": "shop/cart.py", "search": "return 0", "replace": "return '\ud800'"}, "half a character"),
        ({"path": "tests/test_cart.py", "search": "pass", "replace": "return"}, "is a test"),
        ({"path": "setup.cfg", "search": "x", "replace": "y"}, "protected"),
        ({"path": ".github/workflows/x.yml", "search": "", "replace": "y"}, "protected"),
        ({"path": "../outside.py", "search": "", "replace": "y = 1"}, "must not leave"),
        ({"path": "/etc/passwd", "search": "root", "replace": "y"}, "relative"),
        ({"path": ".git/config", "search": "", "replace": "y"}, "git"),
        ({"path": "SHOP/cart.py", "search": "", "replace": "y = 1"}, "one file where case does not count"),
    ],
)
def test_edit_refuses(toolbox: Toolbox, files: Files, arguments: dict[str, object], why: str) -> None:
    before = dict(files.files)
    assert why in refused(toolbox, "edit", **arguments)
    assert files.files == before
    assert toolbox.refused == 1


def test_a_file_that_does_not_parse_may_be_edited(toolbox: Toolbox, files: Files) -> None:
    assert use(toolbox, "edit", path="shop/broken.py", search="def (:", replace="def f(:").ok
    assert use(toolbox, "edit", path="shop/broken.py", search="def f(:", replace="def f():").ok
    assert "no longer parse" in refused(toolbox, "edit", path="shop/broken.py", search="def f():", replace="def (:")


def test_new_file(toolbox: Toolbox, files: Files) -> None:
    assert use(toolbox, "edit", path="shop/new.py", search="", replace="x = 1\n").ok
    assert files.files["shop/new.py"] == b"x = 1\n"
    assert use(toolbox, "edit", path="shop/new.py", search="1", replace="2").ok


def test_tests_may_be_edited_when_that_is_allowed(files: Files) -> None:
    desk = Desk(files, Tests(), Symbols(), allow_test_edits=True)
    assert use(Toolbox(desk), "edit", path="tests/test_cart.py", search="pass", replace="return").ok


def test_run_tests(toolbox: Toolbox) -> None:
    tests = toolbox.desk.tests
    assert isinstance(tests, Tests)
    text = use(toolbox, "run_tests").text
    assert text.startswith("the test to mend: 1 passed, 1 failed\n\n--- t::fails: failed\nDDD")
    use(toolbox, "run_tests", tests=["a", "b"])
    everything = use(toolbox, "run_tests", which="all").text
    assert tests.asked == [("t::fails",), ("a", "b"), None]
    assert len(everything) <= 12_100
    assert "left out" in everything
    assert "could not be run: the sandbox broke" in refused(toolbox, "run_tests", tests=["broken"])
    assert "which" in refused(toolbox, "run_tests", which="some")


def test_tests_that_ran_on_the_same_files_are_told_and_not_run_again(toolbox: Toolbox) -> None:
    tests = toolbox.desk.tests
    assert isinstance(tests, Tests)
    first = use(toolbox, "run_tests", which="all")
    assert "ran before" not in first.text
    use(toolbox, "run_tests")
    assert tests.asked == [None, ("t::fails",)], "it is not among those of the suite, so it ran"
    some = use(toolbox, "run_tests", tests=["t::3", "t::4", "x::new"])
    assert tests.asked[2:] == [["x::new"]]
    assert "2 of them ran before on the very same text of the files and did not run again" in some.text
    assert some.people == ("the tests that you named: 1 passed, 3 failed (2 of them as before)",)
    use(toolbox, "run_tests", tests=["t::3"], anew=True)
    assert tests.asked[3:] == [("t::3",)]
    use(toolbox, "edit", path="shop/cart.py", search="return 0", replace="return 1")
    changed = use(toolbox, "run_tests", tests=["t::3"])
    assert tests.asked[4:] == [("t::3",)], "on another text of the files nothing is known"
    assert "ran before" not in changed.text


def test_a_scratch_test_runs_each_time(toolbox: Toolbox) -> None:
    tests = toolbox.desk.tests
    assert isinstance(tests, Tests)
    for text in ("def test_a(): pass\n", "def test_b(): pass\n"):
        use(toolbox, "write_file", path=SCRATCH, text=text)
        said = use(toolbox, "run_tests")
    assert [ids and SCRATCH in ids for ids in tests.asked] == [True, True]
    assert "t::fails" in (tests.asked[0] or ())
    assert "t::fails" not in (tests.asked[1] or ()), "its files are as they were"
    assert "the test to mend: " in said.text
    assert "1 of them ran before" in said.text


def test_it_is_said_which_tests_were_not_run_and_why(files: Files) -> None:
    tests, own = Tests(), {"tests/test_fixbot_issue_0123abcd.py": b"def test_it(): pass\n"}
    box = Toolbox(Desk(Files({**files.files, **own}), tests, Symbols()))
    use(box, "write_file", path=SCRATCH, text="def test_a(): pass\n")
    said = use(box, "run_tests").text
    assert tests.asked == [(SCRATCH,)]
    assert "no test of the project shows what is wrong, so only your scratch test was run" in said
    assert (
        "not run: tests/test_fixbot_issue_0123abcd.py, which fixbot wrote from the issue and which proves nothing"
        in said
    )


def test_a_test_of_the_issue_that_proved_nothing_is_not_counted_as_a_failure(files: Files) -> None:
    path = "tests/test_fixbot_issue_0123abcd.py"

    class Own(Tests):
        def run(self, ids: Sequence[str] | None = None, *, output: Sequence[str] = ()) -> Feedback:
            both = tuple(TestOutcome(f"{path}::test_{n}", TestStatus.FAILED, message="NameError: End") for n in (1, 2))
            return Feedback(outcomes=(TestOutcome("t::ok", TestStatus.PASSED), *both))

    box = Toolbox(Desk(files, Own(), Symbols(), failing=(f"{path}::test_1",)))
    said = use(box, "run_tests", which="all").text
    assert said.startswith("all tests: 1 passed, 1 failed")
    assert said.endswith(
        f"not counted: 1 test that fixbot wrote from the issue and that proved nothing at the start: {path}::test_2"
    )
    assert "test_2" in use(box, "run_tests", tests=[f"{path}::test_2"]).text.partition("\n")[2], (
        "who names it hears of it"
    )


def test_what_failed_at_the_start_and_is_not_to_be_mended_is_counted_only(files: Files) -> None:
    box = Toolbox(Desk(files, Tests(), Symbols(), failing=("t::0",), broken=("t::0", "t::1", "t::2")))
    said = use(box, "run_tests", which="all").text
    assert "\n2 of those that fail failed at the start, too, and are not to be mended\n" in said
    assert "t::1: failed" not in said
    assert "t::3: failed (did not fail at the start)" in said
    assert "t::1: failed" in use(box, "run_tests", tests=["t::1"]).text, "who names it hears of it"


def test_a_step_is_ticked_without_the_whole_plan(toolbox: Toolbox) -> None:
    assert "1 to 8 steps" in refused(toolbox, "plan", done=1)
    use(toolbox, "plan", steps=["look", "mend"])
    assert use(toolbox, "plan", done=1).ok
    assert toolbox.plan.lines() == ("1. ✓ look", "2. mend")
    assert "0 to 2" in refused(toolbox, "plan", done=3)


def test_only_what_is_said_of_code_that_was_looked_at_is_kept(toolbox: Toolbox) -> None:
    use(toolbox, "view", path="shop/cart.py", start_line=1, end_line=1)
    use(toolbox, "write_file", path="shop/new.py", text="x = 1\n")
    learned = ["shop/cart.py: prices are in cents", "shop/none.py: no", "shop/new.py: it is new", "just words"]
    said = use(toolbox, "finish", summary="s", learned=learned, assumptions=["cents, not euros"])
    assert toolbox.learned == (learned[0], learned[2])
    assert toolbox.assumed == ("cents, not euros",)
    assert said.text == "noted; 2 of what you learned will not be remembered: it names no code that you looked at"


def test_new_failures_come_first_and_a_shared_traceback_once() -> None:
    def failed(name: str) -> TestOutcome:
        return TestOutcome(
            name, TestStatus.FAILED, message="KeyError: 'x'", detail="DETAIL", frames=(("a.py", 3, "f"),)
        )

    text = told(Feedback(outcomes=(failed("t::known"), failed("t::new"))), {"t::known"})
    assert text.splitlines()[1:3] == [
        "t::new: failed (did not fail at the start)",
        "t::known: failed",
    ]
    assert "--- t::new (+ same error in 1 other)\nDETAIL" in text
    assert text.count("DETAIL") == 1


def outcome(test: str, status: str = "passed", message: str = "", **more: object) -> TestOutcome:
    return TestOutcome(test, TestStatus(status), message=message, **more)  # type: ignore[arg-type]


def test_counts_add_up_and_what_is_not_there_is_none_of_them(toolbox: Toolbox) -> None:
    desk = toolbox.desk
    desk.equipment = replace(desk.equipment, ran=(outcome("a.py::T::test_near"), outcome("a.py::test_far")))
    found = [outcome("a.py::x"), outcome("a.py::y", "skipped"), outcome("a.py::z", "xfailed")]
    missing = outcome("b.py::T::test_near", "error", ABSENT)
    rows = told(Feedback(outcomes=(*found, missing), problems=("src/ was put on sys.path",)), (), desk).splitlines()
    assert rows == [
        "1 passed, 0 failed, 1 skipped, 1 failed as expected",
        "note: src/ was put on sys.path",
        "not found: b.py::T::test_near; did you mean a.py::T::test_near?",
    ]
    again = told(Feedback(outcomes=(missing,), problems=("src/ was put on sys.path",)), (), desk)
    assert again == rows[-1], "a note is told once"


def test_what_a_failure_is_shows_in_words() -> None:
    strict = outcome("a.py::x", "failed", "[XPASS(strict)] issue 3")
    assert told(Feedback(outcomes=(strict,))) == (
        "0 passed, 1 failed\n\n--- a.py::x: failed\nwas expected to fail, passes now: issue 3"
    )
    own = outcome("tests/test_fixbot_issue_e7b1645a.py::TestIssue::test_1", "failed", "AssertionError: 1")
    assert "the test that fixbot wrote from the issue, it may be wrong" in told(Feedback(outcomes=(own,)))


def test_failures_of_one_line_of_a_scratch_test_are_folded(toolbox: Toolbox) -> None:
    def bad(name: str, said: str) -> TestOutcome:
        return outcome(f"{SCRATCH}::{name}", "failed", f"AssertionError: {said}", frames=((SCRATCH, 3, "f"),))

    passed = [outcome(f"{SCRATCH}::t[{n}]") for n in range(30)]
    bad_ones = [bad(f"t[order{n}]", f"assert {n} == 9") for n in range(4)]
    rows = scratch([*passed, *bad_ones, outcome(f"{SCRATCH}::p", output="seen")], toolbox.desk).splitlines()
    assert rows[:3] == [
        f"{SCRATCH}: 31 passed, 4 failed",
        "4 × t failed: order0, order1, order2, order3",
        "AssertionError: assert 0 == 9",
    ]
    assert rows[4:] == [*(f"order{n}: AssertionError: assert {n} == 9" for n in (1, 2, 3)), "p: passed", "seen"]


def test_of_what_passing_scratch_tests_print_the_end_is_shown_and_what_is_cut_is_said(toolbox: Toolbox) -> None:
    text = "".join(f"line {n}\n" for n in range(2000))
    ran = [outcome(f"{SCRATCH}::test_{n}", output=text) for n in range(8)]
    many = scratch(ran, toolbox.desk)
    assert len(many) < 5000
    assert many.count("line 1999") == 8
    assert f"characters (2000 lines) that it printed; run {SCRATCH}::test_0 alone to see more" in many
    alone = scratch(ran[:1], toolbox.desk)
    assert "\nline 1700\n" in alone
    assert "print less to see more" in alone
    assert scratch([outcome(f"{SCRATCH}::test_a", output="3\n")], toolbox.desk).endswith("test_a: passed\n3")


def test_a_file_that_cannot_be_collected_is_told_by_its_error() -> None:
    broken = outcome("tests/a.py", "error", "SyntaxError: bad", detail="pluggy/_hooks.py: in __call__", collected=False)
    assert told(Feedback(outcomes=(broken,))).endswith("--- tests/a.py: cannot be collected\nSyntaxError: bad")


def test_an_outline_marks_what_it_leaves_out() -> None:
    symbols = [s for s in extract(b"".join(b"def f%d(): pass\n" % n for n in range(6))).symbols if s.qualname]
    rows = list(outline(symbols, [symbols[1], symbols[4]]))
    assert [row.strip() for row in rows[::2]] == [
        "… 1 more, lines 1 to 1", "… 2 more, lines 3 to 4", "… 1 more, lines 6 to 6",
    ]  # fmt: skip


def test_ids_that_are_made_anew_are_told(toolbox: Toolbox) -> None:
    desk = toolbox.desk
    desk.equipment = replace(desk.equipment, ran=(outcome("t::ok"), outcome("t::clock[12:00]")))
    said = use(toolbox, "run_tests", which="all").text
    assert said.endswith(
        "1 ids of the first run are missing, 500 are new; missing: t::clock[12:00]; new: t::0, t::1, …"
    )


def test_a_quick_suite_is_run_as_a_whole_and_of_a_slow_one_the_choice_is_told(toolbox: Toolbox) -> None:
    desk = toolbox.desk
    use(toolbox, "edit", path="shop/cart.py", search="return 0", replace="return 1")
    for seconds, asked, said in (
        (0.01, None, "all tests were run in place of the 301 that may see your changes: at the start they took 3 s"),
        (1.0, 200, "200 of 301 tests that may"),
    ):
        ran = [outcome(f"a.py::t{n}", seconds=seconds, lines=(("shop/cart.py", (6,)),)) for n in range(300)]
        desk.equipment = replace(desk.equipment, ran=tuple(ran))
        assert said in use(toolbox, "run_tests", which="impacted").text
        assert isinstance(desk.tests, Tests)
        ids = desk.tests.asked[-1]
        assert (ids if ids is None else len(ids)) == asked


def test_tests_of_the_changed_lines_come_before_those_of_hot_functions(toolbox: Toolbox) -> None:
    desk = toolbox.desk
    use(toolbox, "edit", path="shop/cart.py", search="return 0", replace="return 1")
    busy, own = tuple(range(2, 4)), (6,)
    desk.equipment = replace(
        desk.equipment,
        ran=(
            outcome("t::file", lines=(("shop/cart.py", busy),)),
            outcome("t::large", lines=(("shop/cart.py", own), ("big.py", tuple(range(90))))),
            outcome("t::elsewhere", lines=(("big.py", (1,)),)),
            outcome("t::small", lines=(("shop/cart.py", own),)),
            outcome("t::broken", "failed", lines=(("shop/cart.py", own),)),
        ),
    )
    assert impacted(desk) == ("t::broken", "t::small", "t::large", "t::file")


def test_what_a_removed_line_was_run_by_comes_first(toolbox: Toolbox) -> None:
    desk = toolbox.desk
    use(
        toolbox,
        "write_file",
        path="big.py",
        text="".join(f"line_{n} = {n}\n" for n in range(1000) if n not in (3, 990)),
    )
    hot = [outcome(f"t::{n}", lines=(("big.py", (4, 500)),)) for n in range(9)]
    between = outcome("t::between", lines=(("big.py", (500,)),))
    rare = outcome("t::rare", lines=(("big.py", tuple(range(900, 1000))),))
    desk.equipment = replace(desk.equipment, ran=(between, *hot, rare))
    assert impacted(desk) == ("t::rare", *(o.test for o in hot), "t::between")


def test_a_scratch_file_may_be_made_and_is_no_repair(toolbox: Toolbox) -> None:
    assert use(toolbox, "edit", path=SCRATCH, search="", replace="def test_x(): pass\n").ok
    assert "no file was changed" in refused(toolbox, "finish")
    assert "test" in refused(toolbox, "edit", path="tests/fixbot_scratch_test.py", search="", replace="x = 1\n")


def test_a_wrong_test_is_to_be_named_not_changed(toolbox: Toolbox) -> None:
    said = refused(toolbox, "edit", path="tests/test_cart.py", search="pass", replace="return")
    assert "name it in 'outdated_tests' when you call finish" in said
    assert "outdated" not in refused(toolbox, "edit", path="../x.py", search="", replace="x")


def test_ends(toolbox: Toolbox) -> None:
    assert "no file was changed" in refused(toolbox, "finish")
    use(toolbox, "edit", path="shop/cart.py", search="return 0", replace="return 1")
    assert use(toolbox, "finish", summary="done") == Outcome("noted", end=End.FINISHED, said="done")
    assert use(toolbox, "give_up", reason="no idea") == Outcome("noted", end=End.GAVE_UP, said="no idea")


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("shell", "{}", "there is no tool 'shell'; there are: view, search"),
        ("view", "{", "not valid JSON"),
        ("view", "[1]", "one JSON object"),
        ("view", "{}", "give 'path' or 'symbol'"),
        ("edit", "{}", "argument 'path' is missing"),
        ("view", '{"path": 3}', "'path' must be of type string"),
        ("view", '{"path": "a", "start_line": "1"}', "'start_line' must be of type integer"),
        ("view", '{"path": "a", "start_line": true}', "integer"),
        ("view", '{"path": "a", "mode": "x"}', "unknown argument 'mode'"),
        ("view", '{"path": "a", "path": "b"}', "twice"),
        ("view", '{"path": "a", "start_line": NaN}', "NaN"),
        ("view", "[" * 100_000, "not valid JSON"),
        ("view", '"' + "x" * 300_000 + '"', "longer than"),
        ("run_tests", '{"tests": "one"}', "'tests' must be of type array"),
        ("run_tests", '{"tests": [1]}', "array"),
    ],
)
def test_nonsense_is_answered_in_words(toolbox: Toolbox, name: str, arguments: str, why: str) -> None:
    outcome = toolbox.use(ToolCall("1", name, arguments))
    assert not outcome.ok
    assert why in outcome.text
    assert toolbox.refused == 1


@given(st.sampled_from(sorted(TOOLS)), st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "search", "replace", "tests", "query"]), inner),
).map(json.dumps))  # fmt: skip
def test_any_call_is_answered(name: str, arguments: str) -> None:
    toolbox = Toolbox(Desk(Files({"a.py": CART}), Tests(), Symbols()))
    assert isinstance(toolbox.use(ToolCall("1", name, arguments)), Outcome)
