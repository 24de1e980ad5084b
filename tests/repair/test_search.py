"""Search: from failing tests to a patch, and every way in which it may end."""

import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from fixbot_analysis.source import Span
from fixbot_analysis.source.document import Document
from fixbot_repair import baseline as first_run
from fixbot_repair import trying
from fixbot_repair.candidates import Candidate, Patch, diff
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import runner
from fixbot_repair.choosing import Field
from fixbot_repair.environment import Environment
from fixbot_repair.issue import Issue, Task
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.search import Repair, repair
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.workspace import Workspace

BUGGY = {
    "shop/__init__.py": "",
    "shop/prices.py": """\
        def total(prices, discount):
            result = 0
            for price in prices:
                result -= price
            return result - discount
        """,
    "shop/cart.py": "from shop.prices import total\n\n\ndef show(prices):\n    return f'{total(prices, 0)} EUR'\n",
    "tests/test_cart.py": """\
        from shop.cart import show
        from shop.prices import total

        def test_show():
            assert show([1, 2]) == "3 EUR"

        def test_empty():
            assert show([]) == "0 EUR"

        def test_discount():
            assert total([5], 2) == 3
        """,
}
FIX = "diff --git a/shop/prices.py b/shop/prices.py\n--- a/shop/prices.py\n+++ b/shop/prices.py\n@@ -4 +4 @@\n-        result -= price\n+        result += price\n"


@pytest.fixture
def repaired(
    make_repository: Callable[..., Path], own_environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Repair]:
    """Search in a project of the files; the workspace must be as it was afterwards."""
    monkeypatch.setattr(trying, "_MORE_TRIALS", 5)  # alternatives are not what is tested here

    def run(files: dict[str, str] = BUGGY, issue: Issue | None = None, **options: object) -> Repair:
        top = make_repository(files)
        with Workspace.create(top, own_environment, choose("auto", trusted=True)) as workspace:
            result = repair(Task(top, issue), workspace, runner(workspace), **options)
            assert workspace.changed() == frozenset()
        return result

    return run


def shown(result: Repair, files: dict[str, str]) -> str:
    best = result.plausible[0].candidate.patch
    before = {p: textwrap.dedent(files[p]).encode() for p in best.paths}
    return diff.unified(before, best.apply(before))


def test_a_slip_across_two_files_is_found(repaired):
    seen: list[Trial] = []
    result = repaired(deadline=time.monotonic() + 60, on_event=seen.append)

    assert result.failing == ("tests/test_cart.py::test_show", "tests/test_cart.py::test_discount")
    assert "+        result += price" in shown(result, BUGGY)
    best = result.plausible[0]
    assert (best.verdict, best.final) == (Verdict.PLAUSIBLE, True)
    assert best.candidate.source == "template:operator"
    assert result.localisation.suspects[0].path == "shop/prices.py"
    assert result.stopped_by in ("found", "exhausted")
    assert result.trials == len({id(t.candidate) for t in seen if not t.final})


def test_a_default_that_instances_share_is_not_mended_by_dropping_elements(repaired):
    files = {
        "box.py": """\
            class Box:
                def __init__(self, items=[]):
                    self.items = items

                def put(self, item):
                    self.items.append(item)
            """,
        "test_box.py": """\
            from box import Box

            def test_boxes_share_nothing():
                one, two = Box(), Box()
                one.put(1)
                assert two.items == []

            def test_put():
                box = Box()
                box.put(2)
                assert box.items[-1] == 2
            """,
    }
    best = repaired(files).plausible[0].candidate.patch
    text = best.apply({"box.py": textwrap.dedent(files["box.py"]).encode()})["box.py"].decode()
    scope: dict[str, type] = {}
    exec(text, scope)  # our own candidate

    assert scope["Box"]([1, 2]).items == [1, 2]


def test_what_holds_at_one_place_is_tried_at_those_alike_too(repaired, monkeypatch):
    monkeypatch.setattr(trying, "_MORE_TRIALS", 60)  # some are under way already when the first one holds
    files = {
        "sizes.py": """\
            def small(rows):
                return [row for row in rows if row <= 3]

            def largest_small(rows):
                return max([row for row in rows if row <= 3])
            """,
        "test_sizes.py": """\
            from sizes import largest_small, small

            def test_small():
                assert small([1, 2, 3]) == [1, 2]

            def test_largest_small():
                assert largest_small([1, 2]) == 2
            """,
    }
    found = [t.candidate.patch.edits for t in repaired(files).plausible]

    assert [e.text for e in max(found, key=len)] == ["<", "<"]


def test_a_patch_quoted_in_the_issue_is_tried_first(repaired):
    result = repaired(issue=Issue("see patch", patches=("not a diff", FIX)), deadline=time.monotonic() + 60)

    assert result.plausible[0].candidate.source == "issue"


def test_nothing_to_do_where_nothing_fails(repaired):
    result = repaired({"m.py": "X = 1\n", "test_m.py": "import m\n\ndef test_x():\n    assert m.X\n"})

    assert (result.stopped_by, result.plausible, result.trials) == ("nothing fails", (), 0)


def test_what_cannot_be_mended_is_said_to_be_so(repaired):
    files = {
        "m.py": "def f():\n    return 1\n",
        "test_m.py": "import m\n\ndef test_x():\n    assert m.f() == 'no such thing'\n",
    }
    result = repaired(files, deadline=time.monotonic() + 90)

    assert (result.stopped_by, result.plausible) == ("exhausted", ())
    assert result.candidates > 5
    assert result.localisation.files == ("m.py",)


def test_the_deadline_ends_it(repaired):
    result = repaired(deadline=time.monotonic() - 1)

    assert (result.stopped_by, result.candidates, result.plausible) == ("deadline", 0, ())


def test_ctrl_c_ends_it_with_what_was_found_so_far(repaired):
    def interrupt(trial: Trial) -> None:
        if trial.verdict is Verdict.PLAUSIBLE:
            raise KeyboardInterrupt

    result = repaired(on_event=interrupt)

    assert result.stopped_by == "interrupted"
    assert result.plausible == ()


def test_a_test_that_only_seemed_to_hang_gets_a_second_chance(repaired, monkeypatch):
    monkeypatch.setattr(first_run, "_SECONDS", 0.2)
    files = {
        "m.py": "import time\n\n\ndef slow():\n    time.sleep(0.5)\n    return 1\n\n\ndef f(x):\n    return x < 3\n",
        "test_m.py": "import m\n\ndef test_slow():\n    assert m.slow() == 1\n\ndef test_f():\n    assert m.f(3)\n    assert not m.f(4)\n",
    }
    result = repaired(files, deadline=time.monotonic() + 60)

    assert result.failing == ("test_m.py::test_f",)
    assert b"x <= 3" in result.plausible[0].candidate.patch.apply({"m.py": files["m.py"].encode()})["m.py"]


def test_a_test_that_passes_without_a_patch_proves_nothing(repaired, tmp_path):
    """It fails until the search has come to its first candidates."""
    text = f"import time\nimport m\n\ndef test_late():\n    m.limit(3)\n    assert time.time() > {time.time() + 9}\n\ndef test_always():\n    assert m.limit(9) == 10\n"
    files = {"m.py": "def limit(x):\n    y = x * 2\n    if y > 10:\n        y = 10\n    return y\n", "test_m.py": text}
    result = repaired(files, deadline=time.monotonic() + 40)
    assert result.plausible == ()
    if result.unconfirmed:
        assert any("hangs on chance or time" in note for note in result.notes)


def test_the_search_goes_on_where_the_last_word_refuses_what_was_found(repaired, monkeypatch):
    monkeypatch.setattr(trying, "_MORE_TRIALS", 0)
    tests = """\
        import os
        from shop.prices import total

        PROCESS = os.getpid()

        def test_total():
            assert total([1, 2], 0) == 3

        def test_in_a_fresh_process_only():
            assert os.getpid() == PROCESS
            assert abs(total([5], 0)) == 5
        """
    files = {"shop/__init__.py": "", "shop/prices.py": BUGGY["shop/prices.py"], "tests/test_prices.py": tests}
    wrong = FIX.replace("+        result += price", "+        result = 3")
    result = repaired(files, Issue(wrong, patches=(wrong,)))
    assert [t.candidate.source for t in result.unconfirmed] == ["issue"]
    assert result.plausible
    assert result.plausible[0].final


class Refusing:
    """A verifier whose last word is no, and how often it was asked for."""

    def __init__(self, path: str, source: bytes) -> None:
        self.files = {path: Document(path, source)}
        self.workspace = SimpleNamespace(paths=(path,))
        self.asked: list[Candidate] = []

    def document(self, path: str) -> Document:
        return self.files[path]

    def search(self, candidate: Candidate) -> Trial:
        return Trial(candidate, Verdict.UNFIXED)

    def confirm(self, candidate: Candidate) -> Trial:
        self.asked.append(candidate)
        return Trial(candidate, Verdict.REGRESSING)


@pytest.mark.parametrize(("seconds", "asked"), [(-1.0, 1), (60.0, 3)])
def test_once_the_time_is_over_one_patch_gets_the_last_word(seconds, asked):
    """Each takes as long as the whole suite."""
    verifier = Refusing("m.py", b"def f(x):\n    return x < 3\n")
    edits = [Edit("m.py", Span(23, 24), text) for text in ("<=", ">", ">=")]
    trials = [Trial(Candidate(Patch((edit,)), "template:operator", 0.5), Verdict.PLAUSIBLE) for edit in edits]
    search = trying.Search(cast("Verifier", verifier), time.monotonic() + seconds, lambda _trial: None)
    search.plausible, search.stopped_by = trials, "found"
    field = Field(cast("Verifier", verifier), None, Feedback(()), (), lambda _path: None)

    assert search.confirmed(field) == ()
    assert len(verifier.asked) == asked
