"""Several workers: the answers of one, in the order of the questions, and nothing left behind however it ends."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.verification import Verdict, Verifier
from fixbot_repair.workspace import Workspace

SOURCE = "def double(x):\n    return x\n"
FILES = {
    "m.py": SOURCE,
    "test_m.py": """\
        import os
        from m import double

        def test_double():
            open("seen", "a").write(".")
            assert len(open("seen").read()) == 1
            assert double(2) == 4

        def test_zero():
            assert double(0) == 0
        """,
}

UNITTESTS = (
    "import unittest\nfrom m import double\n\n\nclass T(unittest.TestCase):\n"
    "    def test_double(self):\n        self.assertEqual(double(2), 4)\n"
)


@pytest.fixture
def workspace(make_repository: Callable[..., Path], own_environment: Environment) -> Iterator[Workspace]:
    with Workspace.create(make_repository(FILES), own_environment, choose("auto", trusted=True)) as made:
        yield made


def candidate(body: str) -> Candidate:
    after = f"def double(x):\n    {body}\n"
    return Candidate(Patch.between({"m.py": SOURCE.encode()}, {"m.py": after.encode()}), body)


def verifier(workspace: Workspace, **options: object) -> Verifier:
    tests = runner(workspace)
    baseline = tests.run(trace=True)
    workspace.reset()
    return Verifier(workspace, tests, baseline, workers=2, **options)


def children() -> set[str]:
    """Processes that this one has started."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def folders(workspace: Workspace) -> set[Path]:
    return set(workspace.path.parent.parent.glob(f"fixbot-{os.getpid()}-*"))


def test_answers_come_in_order_and_equal_contents_are_tried_once(workspace):
    bodies = [f"return x * {n}" for n in range(12)]
    bodies += ["return (", "return 2 * x", "while True: pass", "return x + x if x else 0", "return x * 2"]
    with verifier(workspace) as here:
        trials = list(here.search_many(candidate(b) for b in bodies))

        assert [t.candidate.source for t in trials] == bodies
        good = [t.candidate.source for t in trials if t.verdict is Verdict.PLAUSIBLE]
        assert good == ["return x * 2", "return 2 * x", "return x + x if x else 0", "return x * 2"]
        assert trials[12].verdict is Verdict.UNCOMPILED
        assert trials[2] is trials[-1]
        assert here.confirm(trials[2].candidate).verdict is Verdict.PLAUSIBLE
        assert here.notes == ()
    assert workspace.changed() == frozenset()


def test_whoever_stops_early_leaves_nothing(workspace):
    before, places = children(), folders(workspace)
    with verifier(workspace) as here:
        trials = here.search_many(candidate(f"return x + {n}") for n in range(10_000))
        assert next(trials).verdict is Verdict.UNFIXED
        trials.close()
        assert here.search(candidate("return 2 * x")).verdict is Verdict.PLAUSIBLE  # it still works
        trials = here.search_many(candidate(f"return x - {n}") for n in range(10_000))
        next(trials)
        with pytest.raises(KeyboardInterrupt):
            trials.throw(KeyboardInterrupt())
    assert children() <= before
    assert folders(workspace) == places
    assert workspace.changed() == frozenset()


def test_a_clone_holds_the_start_state_not_what_was_done_since(workspace):
    workspace.write({"m.py": b"broken", "new.py": b"x"})
    with workspace.clone() as other:
        assert other.read("m.py") == SOURCE.encode()
        assert other.changed() == frozenset()
        assert set(other.paths) == set(workspace.paths)
        assert other.seen_at in (workspace.seen_at, other.path)
        other.write({"m.py": b"else"})
        assert workspace.read("m.py") == b"broken"


def test_without_anything_to_mend_only_what_breaks_counts(workspace):
    files = {"m.py": SOURCE, "test_m.py": "from m import double\n\ndef test_zero():\n    assert double(0) == 0\n"}
    workspace.write({"test_m.py": files["test_m.py"].encode()})
    tests = runner(workspace)
    baseline = tests.run(trace=True)
    workspace._start.lay("test_m.py", files["test_m.py"].encode(), 0o644)
    with Verifier(workspace, tests, baseline, mending=False, workers=2) as here:
        found = {b: here.search(candidate(b)) for b in ("return x * 3", "return 1", "return x  # same")}
    assert {b: t.verdict for b, t in found.items()} == {
        "return x * 3": Verdict.PLAUSIBLE, "return 1": Verdict.REGRESSING, "return x  # same": Verdict.PLAUSIBLE,
    }  # fmt: skip
    assert "same code" in found["return x  # same"].why


def test_whoever_stops_early_ends_commands_of_the_project_too(workspace):
    """Such a command may go on for minutes, and no server stands between that could be told to end."""
    tests = runner(workspace, ("python", "-m", "unittest", "-v", "test_u"))
    workspace._start.lay("test_u.py", UNITTESTS.encode(), 0o644)
    baseline = tests.run()
    before = children()
    with Verifier(workspace, tests, baseline, workers=2) as here:
        trials = here.search_many(candidate(b) for b in ["return x + 5", *["while True: pass"] * 4])
        assert next(trials).verdict is Verdict.UNFIXED
        began = time.monotonic()
        trials.close()
        assert here.search(candidate("return 2 * x")).verdict is Verdict.PLAUSIBLE  # it still works
        assert time.monotonic() - began < 30
    assert children() <= before
    assert not workspace.over.is_set()
