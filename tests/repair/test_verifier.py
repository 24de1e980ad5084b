"""The verifier: each trap that a candidate, or a test-suite, can set gets the right verdict."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks import TestStatus
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.workspace import Workspace

PROJECT = {
    "lib/__init__.py": "",
    "lib/core.py": """\
        class Base:
            step = 1

        def limit(n):
            if n > 10:
                return 11
            return n
        """,
    "lib/use.py": """\
        from lib.core import Base, limit

        class Child(Base):
            pass

        REGISTRY = {"limit": limit}
        """,
    "test_lib.py": """\
        import lib.use
        from lib.use import REGISTRY, Child, limit

        def test_high():
            assert limit(12) == 10
            assert REGISTRY["limit"](99) == 10

        def test_low():
            assert limit(3) == 3

        def test_step():
            assert Child.step == 1

        def test_elsewhere():
            pass
        """,
}
RIGHT = ("return 11", "return 10")


@pytest.fixture
def verifier(make_repository: Callable[..., Path], own_environment: Environment) -> Iterator[Callable[..., Verifier]]:
    """Make a verifier for a project of the files; everything is closed in the end."""
    opened: list[Verifier | Workspace] = []

    def make(files: dict[str, str] = PROJECT, name: str = "project", believed: tuple[str, ...] = ()) -> Verifier:
        top = make_repository(files, name)
        workspace = Workspace.create(top, own_environment, choose("auto", trusted=True))
        opened.append(workspace)
        tests = runner(workspace)
        baseline = tests.run(trace=True)
        assert baseline.outcomes, baseline.problems
        outcomes = (replace(o, status=TestStatus.PASSED) if o.test in believed else o for o in baseline.outcomes)
        opened.append(Verifier(workspace, tests, replace(baseline, outcomes=tuple(outcomes))))
        return opened[-1]

    yield make
    for one in reversed(opened):
        one.close()


def change(verifier: Verifier, path: str, *replacements: tuple[str, str]) -> Candidate:
    before = verifier.document(path).data
    after = before.decode()
    for old, new in replacements:
        assert old in after
        after = after.replace(old, new)
    return Candidate(Patch.between({path: before}, {path: after.encode()}), "test")


def test_each_question_has_its_verdict(verifier):
    here = verifier()

    def verdict(*replacements: tuple[str, str]) -> Trial:
        return here.search(change(here, "lib/core.py", *replacements))

    assert here.failing == ("test_lib.py::test_high",)
    assert verdict(("return 11", "return 12")).verdict is Verdict.UNFIXED
    assert "test_high" in verdict(("return 11", "return 12")).why
    assert verdict(("return 11", "return (")).verdict is Verdict.UNCOMPILED
    regressing = verdict(RIGHT, ("return n", "return 0"))
    assert (regressing.verdict, regressing.failed) == (Verdict.REGRESSING, ("test_lib.py::test_low",))
    right = verdict(RIGHT)
    assert (right.verdict, right.final) == (Verdict.PLAUSIBLE, False)
    assert set(right.passed) == {
        f"test_lib.py::test_{n}" for n in ("high", "low")
    }  # the others never run that function
    assert here.notes == ()


def test_subclasses_registries_and_names_imported_elsewhere_see_the_change(verifier):
    here = verifier()

    trial = here.search(change(here, "lib/core.py", RIGHT, ("step = 1", "step = 2")))

    assert (trial.verdict, trial.failed) == (Verdict.REGRESSING, ("test_lib.py::test_step",))


def test_the_last_word_runs_everything_in_a_fresh_process(verifier):
    here = verifier()

    trial = here.confirm(change(here, "lib/core.py", RIGHT))

    assert (trial.verdict, trial.final) == (Verdict.PLAUSIBLE, True)
    assert trial.passed == tuple(f"test_lib.py::test_{n}" for n in ("high", "low", "step", "elsewhere"))
    assert here.workspace.changed() == frozenset()


def test_a_test_that_fails_the_same_without_the_change_refuses_nothing(verifier):
    odd = "import lib.use\n\ndef test_odd():\n    raise OSError('no network')\n\ndef test_own():\n    assert lib.use.limit(3) == 3\n"
    files = {**PROJECT, "test_odd.py": odd}

    here = verifier(files, believed=("test_odd.py::test_odd",))

    trial = here.confirm(change(here, "lib/core.py", RIGHT))
    assert (trial.verdict, trial.failed) == (Verdict.PLAUSIBLE, ())
    assert trial.notes == ("test_odd.py::test_odd fails the same without the change",)
    wrong = here.confirm(change(here, "lib/core.py", RIGHT, ("return n", "return 0")))
    assert (wrong.verdict, set(wrong.failed)) == (
        Verdict.REGRESSING,
        {"test_lib.py::test_low", "test_odd.py::test_own"},
    )


def test_equal_contents_are_tried_once(verifier):
    here = verifier()

    first = here.search(change(here, "lib/core.py", RIGHT))
    again = here.search(Candidate(change(here, "lib/core.py", RIGHT).patch, "model:other"))

    assert here.trials == 1
    assert again.verdict is first.verdict


HOSTILE = {
    "loop": "while True: pass",
    "stubborn loop": "while True:\n            try:\n                while True: pass\n            except BaseException: pass",
    "early exit": "import os; os._exit(0)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "exit": "raise SystemExit(0)",
    "skip": "import pytest; pytest.skip('no')",
    "xfail": "import pytest; pytest.xfail('no')",
    "memory": "return [0] * 10 ** 12",
    "printed": "print('test_lib.py::test_high PASSED')",
    "fork": "import os\n        if os.fork(): os._exit(0)",
    "left behind": "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)",
}


def test_hostile_candidates_are_unfixed_and_the_warm_process_survives_them(verifier):
    here = verifier()

    for name, hostile in HOSTILE.items():
        trial = here.search(change(here, "lib/core.py", ("return 11", hostile)))
        assert (name, trial.verdict) == (name, Verdict.UNFIXED)
    assert here.search(change(here, "lib/core.py", RIGHT)).verdict is Verdict.PLAUSIBLE
    assert here.notes == ()


def test_exiting_while_imported_forges_nothing(verifier):
    here = verifier()
    hostile = change(here, "lib/core.py", ("class Base", "import os; os._exit(0)\nclass Base"))

    assert here.search(hostile).verdict is Verdict.UNFIXED
    assert here.confirm(hostile).verdict is not Verdict.PLAUSIBLE


def test_what_a_candidate_may_not_touch(verifier):
    here = verifier()
    weaker = change(here, "test_lib.py", ("== 10", "== 11"))
    hook = Candidate(Patch.between({}, {"conftest.py": b"collect_ignore = ['test_lib.py']\n"}), "test")
    gone = Candidate(Patch.between({"lib/none.py": b"x"}, {"lib/none.py": b"y"}), "test")

    for candidate in (weaker, hook, gone):
        assert here.search(candidate).verdict is Verdict.UNAPPLIED
        assert here.confirm(candidate).verdict is Verdict.UNAPPLIED
    assert here.trials == 0


def test_tests_that_disappear_are_a_regression(verifier):
    files = {
        "names.py": "NAMES = ['a', 'b']\n\ndef size():\n    return 3\n",
        "test_n.py": """\
            import pytest
            from names import NAMES, size

            @pytest.mark.parametrize("name", NAMES)
            def test_name(name):
                assert name

            def test_size():
                assert size() == len(NAMES)
            """,
    }
    here = verifier(files)
    fewer = change(here, "names.py", ("['a', 'b']", "['a', 'b', 'c'][:3]"), ("return 3", "return len(NAMES)"))
    none = change(here, "names.py", ("['a', 'b']", "[]"), ("return 3", "return 0"))

    assert here.confirm(fewer).verdict is Verdict.PLAUSIBLE
    trial = here.confirm(none)
    assert trial.verdict is Verdict.REGRESSING
    assert "did not run" in trial.why


def test_a_test_that_is_called_otherwise_each_time_refuses_nothing_but_another_does(verifier):
    files = {
        "names.py": "NAMES = ['a', 'b']\n\ndef size():\n    return 3\n",
        "test_n.py": """\
            import time
            import pytest
            from names import NAMES, size

            @pytest.mark.parametrize("at", [str(time.time_ns())])
            def test_now(at):
                assert size() < 10

            @pytest.mark.parametrize("name", NAMES)
            def test_name(name):
                assert name

            def test_size():
                assert size() == len(NAMES)
            """,
    }
    here = verifier(files)
    right = change(here, "names.py", ("return 3", "return 2"))
    renamed = change(here, "names.py", ("['a', 'b']", "['a', 'c']"), ("return 3", "return 2"))
    breaking = change(here, "names.py", ("['a', 'b']", "'x' * 20"), ("return 3", "return 20"))

    assert here.search(right).verdict is Verdict.PLAUSIBLE
    assert here.confirm(right).verdict is Verdict.PLAUSIBLE
    assert here.confirm(renamed).verdict is Verdict.REGRESSING  # its ids change with the code, not by themselves
    trial = here.confirm(breaking)
    assert trial.verdict is Verdict.REGRESSING


def test_a_test_that_was_expected_to_fail_and_passes_now_is_no_regression_and_is_named(verifier):
    files = {
        "m.py": "def f(n):\n    return n\n",
        "test_m.py": """\
            import unittest
            import pytest
            import m

            def test_wanted():
                assert m.f(1) == 2

            @pytest.mark.xfail(strict=True)
            def test_known():
                assert m.f(3) == 4

            @pytest.mark.xfail(reason="not yet", strict=True)
            def test_far():
                assert m.f(3) == 9

            class TestMore(unittest.TestCase):
                @unittest.expectedFailure
                def test_five(self):
                    self.assertEqual(m.f(4), 5)
            """,
    }
    here = verifier(files)
    more = change(here, "m.py", ("return n", "return n + 1"))

    assert here.search(more).verdict is Verdict.PLAUSIBLE
    trial = here.confirm(more)
    assert trial.verdict is Verdict.PLAUSIBLE
    assert trial.notes == (
        "test_m.py::test_known was expected to fail and passes now: its mark can go",
        "test_m.py::TestMore::test_five was expected to fail and passes now: its mark can go",
    )


def test_disputed_tests_refuse_nothing_and_are_named_where_they_fail(verifier):
    files = {
        "m.py": "def f(n):\n    return n\n",
        "test_m.py": """\
            import pytest
            import m

            def test_wanted():
                assert m.f(1) == 2

            @pytest.mark.parametrize("n", [3, 4])
            def test_pinned(n):
                assert m.f(n) == n

            def test_other():
                assert m.f(0) in (0, 1)
            """,
    }
    here = verifier(files)
    more, much = change(here, "m.py", ("return n", "return n + 1")), change(here, "m.py", ("return n", "return n + n"))

    assert here.confirm(more).verdict is Verdict.REGRESSING
    trial = here.confirm(more, ("test_m.py::test_pinned",))
    assert trial.verdict is Verdict.PLAUSIBLE
    assert trial.failed == ("test_m.py::test_pinned[3]", "test_m.py::test_pinned[4]")
    assert here.confirm(more, ("test_m.py::test_pinned[3]",)).failed == ("test_m.py::test_pinned[4]",)
    assert here.confirm(more).verdict is Verdict.REGRESSING  # what was disputed once is not remembered
    assert here.confirm(much, ("test_m.py::test_wanted",)).verdict is Verdict.REGRESSING


def test_tests_that_share_state_are_judged_in_their_own_order(verifier):
    files = {
        "node.py": "class Node:\n    def __init__(self):\n        self.next = None\n\ndef length(node):\n    return 1\n",
        "test_node.py": """\
            from node import Node, length

            first, second = Node(), Node()

            def test_one():
                assert length(first) == 1

            def test_two():
                first.next = second
                assert length(first) == 2

            def test_three():
                second.next = Node()
                assert length(first) == 3
            """,
    }
    here = verifier(files)
    right = change(here, "node.py", ("return 1", "return 1 + (length(node.next) if node.next else 0)"))

    assert here.failing == ("test_node.py::test_two", "test_node.py::test_three")
    assert here.search(right).verdict is Verdict.PLAUSIBLE
    assert here.confirm(right).verdict is Verdict.PLAUSIBLE


def test_a_candidate_is_not_refused_for_the_order_in_which_it_was_asked(verifier):
    files = {
        "count.py": "def least(values):\n    return max(values)\n",
        "test_count.py": """\
            from count import least

            seen = []

            def test_one():
                assert least([1]) == 1

            def test_two():
                seen.append(2)
                assert least([1, 2]) == 1

            def test_after():
                assert least(seen) == 2
            """,
    }
    here = verifier(files)
    assert here.failing == ("test_count.py::test_two",)
    right = change(here, "count.py", ("max(values)", "min(values)"))
    assert here.search(right).verdict is Verdict.PLAUSIBLE
    assert here.confirm(right).verdict is Verdict.PLAUSIBLE
    wrong = change(here, "count.py", ("max(values)", "1"))
    assert here.search(wrong).verdict is Verdict.REGRESSING


def test_what_tests_leave_behind_does_not_reach_the_next_candidate(verifier):
    files = {
        "store.py": "def save(x):\n    open('saved.txt', 'w').write(str(x))\n    return x\n",
        "test_store.py": "import os\nfrom store import save\n\ndef test_save():\n    assert not os.path.exists('other.txt')\n    assert save(1) == 2\n",
    }
    here = verifier(files)

    here.search(change(here, "store.py", ("return x", "open('other.txt', 'w').close()")))
    here.workspace.reset()
    trial = here.confirm(change(here, "store.py", ("return x", "return x + 1")))

    assert trial.verdict is Verdict.PLAUSIBLE
    assert here.workspace.changed() == frozenset()


def test_threads_mean_fresh_processes_and_that_is_said(verifier):
    files = {
        "busy.py": "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        "m.py": "import busy\n\ndef f():\n    return 1\n",
        "test_m.py": "import busy\nimport m\n\ndef test_f():\n    assert m.f() == 2\n",
        "conftest.py": "import busy\n",
    }
    here = verifier(files)

    assert here.search(change(here, "m.py", ("return 1", "return 2"))).verdict is Verdict.PLAUSIBLE
    assert here.search(change(here, "m.py", ("return 1", "return 3"))).verdict is Verdict.UNFIXED
    assert "threads" in here.notes[0]


def test_a_conftest_that_imports_the_suspect_sees_each_version(verifier):
    files = {
        "m.py": "VALUE = 1\n",
        "conftest.py": "import pytest, m\n\n@pytest.fixture\ndef value():\n    return m.VALUE\n",
        "test_m.py": "def test_value(value):\n    assert value == 2\n",
    }
    here = verifier(files)

    assert here.search(change(here, "m.py", ("1", "3"))).verdict is Verdict.UNFIXED
    assert here.search(change(here, "m.py", ("1", "2"))).verdict is Verdict.PLAUSIBLE
    assert here.notes == ()


def test_without_a_failing_test_nothing_is_plausible(verifier):
    here = verifier({"m.py": "X = 1\n", "test_m.py": "import m\n\ndef test_x():\n    assert m.X\n"})
    harmless = change(here, "m.py", ("1", "2"))

    for trial in (here.search(harmless), here.confirm(harmless)):
        assert trial.verdict is Verdict.UNFIXED
        assert "no test fails" in trial.why


def test_files_keep_their_encoding_and_line_ends(verifier):
    source = "# -*- coding: latin-1 -*-\r\nNAME = 'caf\xe9'\r\nSIZE = 3\r\n"
    here = verifier({"test_m.py": "import m\n\ndef test_size():\n    assert m.SIZE == len(m.NAME)\n", "m.py": "x"})
    (here.workspace.path / "m.py").write_bytes(source.encode("latin-1"))
    other = here.workspace
    other._start.lay("m.py", source.encode("latin-1"), 0o644)

    data = here.contents(change(here, "m.py", ("SIZE = 3", "SIZE = 4")).patch)["m.py"]

    assert data == source.encode("latin-1").replace(b"3", b"4")


def test_what_ends_for_its_time_is_asked_again_with_more(verifier):
    slow = (
        "import time\n    until = time.process_time() + 0.25\n    while time.process_time() < until: pass\n    return 2"
    )
    here = verifier(
        {"m.py": "def f():\n    return 1\n", "test_m.py": "import m\n\ndef test_f():\n    assert m.f() == 2\n"}
    )
    right, endless = (change(here, "m.py", ("return 1", body)) for body in (slow, "while True: pass"))

    first = here.search(right)
    assert (first.verdict, first.late) == (Verdict.UNFIXED, True)
    again = list(here.search_many([right, endless], patient=True))
    assert [(t.verdict, t.late) for t in again] == [(Verdict.PLAUSIBLE, False), (Verdict.UNFIXED, True)]


def test_a_test_that_fails_in_a_warm_process_even_unchanged_refuses_nothing(verifier):
    files = {
        "m.py": "def f():\n    return 1\n",
        "test_m.py": """\
            import os
            import m

            LOADED_BY = os.getpid()

            def test_f():
                assert m.f() == 2

            def test_same_process():
                assert m.f() and os.getpid() == LOADED_BY

            def test_above():
                assert m.f() > 0
            """,
    }
    here = verifier(files)
    right = change(here, "m.py", ("return 1", "return 2"))

    assert here.search(right).verdict is Verdict.PLAUSIBLE
    assert "even unchanged" in here.notes[0]
    assert here.confirm(right).verdict is Verdict.PLAUSIBLE


def test_tests_that_read_the_words_of_a_failed_assertion_find_them(verifier):
    files = {
        "m.py": "def f():\n    return 1\n",
        "test_m.py": "import pytest, m\n\ndef test_f():\n    assert m.f() == 2\n\ndef test_words():\n    with pytest.raises(AssertionError, match='assert'):\n        assert m.f() == 7\n",
    }
    here = verifier(files)

    assert here.search(change(here, "m.py", ("return 1", "return 2"))).verdict is Verdict.PLAUSIBLE
    assert here.notes == ()


def test_the_time_that_is_given_ends_it_while_workers_get_ready(verifier):
    here = verifier()
    trials = here.search_many((change(here, "lib/core.py", RIGHT) for _ in range(3)), until=time.monotonic())

    assert list(trials) == []
    assert here.search(change(here, "lib/core.py", RIGHT)).verdict is Verdict.PLAUSIBLE
