"""Trials that are kept: read back instead of made again, by whoever stands on the same ground, and by nobody else."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.verification import Record, Trial, Verdict, Verifier, digest_of_environment, digest_of_files
from fixbot_repair.workspace import Workspace

SOURCE = "def double(x):\n    return x\n"
FILES = {
    "m.py": SOURCE,
    "test_m.py": "from m import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
}
BODIES = ["return x * 0", "return x * 2", "return x * 3", "return ("]


@pytest.fixture
def workspace(make_repository: Callable[..., Path], own_environment: Environment) -> Iterator[Workspace]:
    with Workspace.create(make_repository(FILES), own_environment, choose("auto", trusted=True)) as made:
        yield made


def candidate(body: str) -> Candidate:
    after = f"def double(x):\n    {body}\n"
    return Candidate(Patch.between({"m.py": SOURCE.encode()}, {"m.py": after.encode()}), body)


def verifier(workspace: Workspace, record: Record) -> Verifier:
    tests = runner(workspace)
    baseline = tests.run(trace=True)
    workspace.reset()
    return Verifier(workspace, tests, baseline, workers=2, record=record)


def tried(workspace: Workspace, file: Path) -> tuple[list[Trial], int]:
    """The trials of all bodies, and how many of them had to be made."""
    record = Record(file, "ground")
    with verifier(workspace, record) as here:
        trials = list(here.search_many(candidate(b) for b in BODIES))
        made = here.trials
    record.close()
    return trials, made


def test_what_was_tried_is_not_tried_again(workspace: Workspace, tmp_path: Path) -> None:
    first, made = tried(workspace, tmp_path / "trials.jsonl")
    assert made == len(BODIES)
    assert not any(t.remembered for t in first)
    again, made = tried(workspace, tmp_path / "trials.jsonl")
    assert made == 0
    assert all(t.remembered for t in again)
    assert [(t.verdict, t.failed, t.why) for t in again] == [(t.verdict, t.failed, t.why) for t in first]
    assert [t.candidate.source for t in again] == BODIES


def test_a_refusal_stands_and_praise_is_earned_anew(workspace: Workspace, tmp_path: Path) -> None:
    for remembered in (False, True):
        record = Record(tmp_path / "trials.jsonl", "ground")
        with verifier(workspace, record) as here:
            bad, good = (here.confirm(candidate(b)) for b in ("return x * 3", "return x * 2"))
        record.close()
        assert (bad.verdict, good.verdict) == (Verdict.UNFIXED, Verdict.PLAUSIBLE)
        assert bad.final
        assert (bad.remembered, good.remembered) == (remembered, False)


def test_what_was_stopped_midway_leaves_no_verdict(workspace: Workspace, tmp_path: Path) -> None:
    record = Record(tmp_path / "trials.jsonl", "ground")
    hangs = "import signal, time; signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(60)"
    with verifier(workspace, record) as here:
        trials = here.search_many(candidate(b) for b in ["return 1", *[hangs] * 9])
        assert next(trials).verdict is Verdict.UNFIXED
        trials.close()
        assert record.known(record.key(here.contents(candidate("return 1").patch), here.failing), candidate(""))
        hung = candidate(hangs)
        assert record.known(record.key(here.contents(hung.patch), here.failing), hung) is None


def test_lines_that_a_crash_cut_short_or_garbled_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    record = Record(file, "ground")
    keys = [record.key({"m.py": body.encode()}, ["t"]) for body in "abc"]
    for key in keys[:2]:
        record.keep(key, Trial(candidate("a"), Verdict.UNFIXED, why="no"))
    record.close()
    file.write_bytes(file.read_bytes()[:-9])
    after = Record(file, "ground")
    assert [after.known(k, candidate("a")) is not None for k in keys] == [True, False, False]
    after.keep(keys[2], Trial(candidate("a"), Verdict.UNFIXED))
    after.close()
    file.write_bytes(b'\xff\n[1]\n{"key": 1}\n' + file.read_bytes() + b'{"key": "x", "verdict": "great"}\n')
    last = Record(file, "ground")
    assert [last.known(k, candidate("a")) is not None for k in keys] == [True, False, True]
    assert last.known("x", candidate("a")) is None
    last.close()


def test_every_trial_is_there_when_the_process_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom fixbot_repair.candidates import Candidate, Patch\n"
        "from fixbot_repair.verification import Record, Trial, Verdict\n"
        "record = Record(Path(sys.argv[1]), 'g')\n"
        "trial = Trial(Candidate(Patch(()), 's'), Verdict.UNFIXED)\n"
        "for n in range(500):\n    record.keep(record.key({'m.py': b'%d' % n}, []), trial)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == -9
    record = Record(file, "g")
    assert record.kept == 500
    record.close()


def test_a_key_names_everything_that_a_verdict_hangs_on(tmp_path: Path) -> None:
    record, other = Record(tmp_path / "a", "one"), Record(tmp_path / "b", "two")
    keys = [
        record.key({"a.py": b"x"}, ["t"]), other.key({"a.py": b"x"}, ["t"]), record.key({"a.py": b"y"}, ["t"]),
        record.key({"b.py": b"x"}, ["t"]), record.key({"a.py": None}, ["t"]), record.key({"a.py": b""}, ["t"]),
        record.key({"a.py": b"x"}, ["t", "u"]), record.key({"a.py": b"x"}, ["t"], final=True),
        record.key({"a.py": b"x", "b.py": b""}, ["t"]), record.key({"a.py": b"x1:+b.py"}, ["t"]),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)
    assert record.key({"a.py": b"x", "b.py": b"y"}, ["t"]) == record.key({"b.py": b"y", "a.py": b"x"}, ["t"])
    record.close()
    other.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_costs_the_record_and_nothing_else() -> None:
    record = Record(Path("/dev/full"), "ground")
    key = record.key({"m.py": b""}, [])
    record.keep(key, Trial(candidate("a"), Verdict.UNFIXED))
    record.close()
    assert "No space" in record.lost
    assert record.known(key, candidate("a")) is not None


def test_digests_change_with_files_and_packages(workspace: Workspace, tmp_path: Path) -> None:
    before = digest_of_files(workspace)
    workspace.write({"m.py": b"touched by a test"})
    assert digest_of_files(workspace) == before, "it is about the start"
    workspace._start.lay("extra.py", b"", 0o644)
    assert digest_of_files(workspace) != before
    assert digest_of_files(workspace, without=["extra.py"]) == before
    (tmp_path / "a-1.0.dist-info").mkdir()
    environment = Environment(Path(sys.executable), (3, 11, 0), "given", site=(tmp_path,))
    known = digest_of_environment(environment)
    assert digest_of_environment(environment) == known
    (tmp_path / "b-1.0.dist-info").mkdir()
    assert digest_of_environment(environment) != known
