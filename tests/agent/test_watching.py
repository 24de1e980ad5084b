"""The background agent: what a round says, when it runs, and that it ends with whoever asked for it."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from fixbot_agent.cli.commands.watch import _words
from fixbot_agent.schemas import load
from fixbot_agent.watching.agent import Agent, play_in_child
from fixbot_agent.watching.events import (
    Broken,
    Checked,
    Ended,
    Event,
    Failed,
    Request,
    Searching,
    Solved,
    Stepped,
    Tested,
    decode,
    encode,
)  # fmt: skip
from fixbot_agent.watching.files import Files
from fixbot_agent.watching.offer import offer_of, why_not
from fixbot_repair.checks import Finding, Severity

FINDING = Finding("a.py", 1, 1, 1, 2, "ruff", "F401", Severity.WARNING, "é", "x", also=("semgrep y",))
EVENTS: list[Event] = [
    Checked((FINDING,), ("tsc: not there",)), Tested(3, ("t.py::test_a",), (FINDING,)), Tested(0), Tested(1, broken=(Broken("t.py::test_a", "no", "more", (("t.py", 2), ("a.py", 1))),)), Searching(("t.py::test_a",)),
    Solved({"status": "none", "exit_code": 1}, "/project"), Stepped("running tests", 1, 2), Failed("no", "do"), Ended(1.5),
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.kind)
def test_events_come_back_as_they_were_sent(event: Event) -> None:
    assert decode(encode(event)) == event


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b'{"event": "none"}', b'{"event": "ended"}', b"[" * 9000, b'{"event": []}']
)
def test_what_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)


def test_an_offer_says_how_it_was_verified() -> None:
    how = {"failed_before": ["t.py::test_a", "t.py::test_b"], "passed_after": ["t.py::test_a"], "tests_run": 7}
    report = {
        "status": "plausible",
        "patch": "diff",
        "verification": how,
        "sandbox": "bwrap",
        "source": "donor",
        "run": "1",
    }
    offer = offer_of(report)
    assert offer is not None
    assert offer.title == "Fix: test_a passes (and 1 more)"
    assert offer.evidence.startswith("Verified in the bwrap sandbox: 2 failing before, 1 of them pass now, 7 tests run")
    assert offer_of({**report, "status": "unverified"}) is None
    assert (
        why_not({"status": "none", "exit_code": 1, "question": "Which?"}) == "no verified fix was found (none): Which?"
    )


class Rounds:
    """Rounds that last until they are let go, and never two at once."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.told: list[Event] = []
        self.running = 0
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.agent = Agent(lambda _, event: self.told.append(event), self.play, calm=0)

    async def play(self, request: Request) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        self.running += 1
        assert self.running == 1
        self.begun.set()
        try:
            yield Checked(())
            await self.go.wait()
            yield Ended(0.0)
        finally:
            await asyncio.sleep(0.01)  # a child takes its time to end
            self.running -= 1

    async def save(self, *paths: str) -> None:
        self.begun.clear()
        self.agent.saved(Request("/project", paths))
        await asyncio.wait_for(self.begun.wait(), 10)

    async def finish(self) -> None:
        self.go.set()
        await self.agent.wait()


async def test_a_newer_save_takes_over_and_forgets_nothing() -> None:
    rounds = Rounds()
    await rounds.save("a.py")
    await rounds.save("b.py", "a.py")
    await rounds.finish()
    assert [r.paths for r in rounds.asked] == [("a.py",), ("a.py", "b.py")]
    assert sum(isinstance(e, Ended) for e in rounds.told) == 1
    await rounds.save("c.py")
    assert rounds.asked[-1].paths == ("c.py",)
    await rounds.agent.stop()


async def test_an_edit_ends_the_round_and_the_next_one_makes_up_for_it() -> None:
    rounds = Rounds()
    await rounds.save("a.py")
    rounds.agent.interrupt()
    await rounds.agent.stop()
    assert not rounds.agent.busy
    rounds.go.set()
    assert not any(isinstance(e, Ended) for e in rounds.told)
    await rounds.save("b.py")
    assert rounds.asked[-1].paths == ("a.py", "b.py")
    await rounds.agent.stop()


async def test_a_round_is_told_what_files_were_when_their_tests_passed(tmp_path: Path) -> None:
    asked: list[Request] = []

    async def play(request: Request) -> AsyncGenerator[Event, None]:
        asked.append(request)
        yield Tested(2) if len(asked) == 1 else Tested(2, ("t.py::test_a",))
        yield Ended(0.0)

    agent = Agent(lambda *_: None, play, calm=0)
    (tmp_path / "a.py").write_text("good = 1\n")
    for text in ("good = 1\n", "bad = 1\n", "worse = 1\n"):
        (tmp_path / "a.py").write_text(text)
        agent.saved(Request(str(tmp_path), ("a.py",)))
        await agent.wait()
    assert [dict(request.passed) for request in asked] == [{}, {"a.py": "good = 1\n"}, {"a.py": "good = 1\n"}]


async def test_another_folder_begins_anew() -> None:
    rounds = Rounds()
    await rounds.save("a.py")
    rounds.begun.clear()
    rounds.agent.saved(Request("/other", ("b.py",)))
    await asyncio.wait_for(rounds.begun.wait(), 10)
    assert rounds.asked[-1].paths == ("b.py",)
    await rounds.agent.stop()


CODE = "def least(a, b):\n    return a if a < b else b\n\n\ndef most(a, b):\n    return a if a > b else b\n"
TESTS = """from code_ import least, most


def test_least():
    assert least(1, 2) == 1


def test_most():
    assert most(1, 2) == 2
    assert most(3, 2) == 3


def test_never():
    assert "spring" == "winter"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("watched")
    (root / "code_.py").write_text(CODE)
    (root / "test_code.py").write_text(TESTS)
    (root / "alone.py").write_text("import os\n")
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for args in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(["git", *who, *args], cwd=root, check=True)
    return root.resolve()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path))
    return tmp_path


async def events(request: Request) -> list[Event]:
    return [event async for event in play_in_child(request) if not isinstance(event, Stepped)]


async def test_a_round_sees_what_is_open_and_mends_what_that_breaks(project: Path, home: Path) -> None:
    """The bug is in an open document only; a test that nothing can mend fails beside it and keeps nothing from being mended."""
    broken = CODE.replace("a if a > b", "a if a < b")
    request = Request(str(project), ("code_.py",), {"code_.py": broken}, ("compiler",), seconds=90)
    checked, tested, searching, solved, ended = await events(request)
    assert isinstance(solved, Solved)
    offer = offer_of(solved.report)
    assert offer is not None
    assert "-    return a if a < b else b" in offer.patch
    assert offer.title.startswith("Take back: ")  # it was right before somebody changed it
    assert "takes back a change that is not committed" in offer.evidence
    assert "Found by" not in offer.evidence
    assert (home / "state" / "runs" / offer.run).is_dir()
    assert checked == Checked(())
    assert isinstance(tested, Tested)
    assert set(tested.failing) == {"test_code.py::test_most", "test_code.py::test_never"}
    assert {(f.path, f.tool) for f in tested.findings} == {("test_code.py", "tests")}
    assert Broken(
        "test_code.py::test_never", "AssertionError: assert 'spring' == 'winter'", "", (("test_code.py", 14),)
    ) in [replace(each, more="") for each in tested.broken]
    assert searching == Searching(("test_code.py::test_most",))
    assert isinstance(ended, Ended)
    assert (project / "code_.py").read_text() == CODE


async def test_nothing_sees_the_file(project: Path, home: Path) -> None:
    checked, tested, ended = await events(Request(str(project), ("alone.py",), tools=("ruff",)))
    assert isinstance(checked, Checked)
    assert [(f.path, f.rule) for f in checked.findings] == [("alone.py", "F401")]
    assert tested == Tested(0)
    assert isinstance(ended, Ended)


async def test_without_a_repository_the_tools_run_and_that_no_test_does_is_said(tmp_path: Path, home: Path) -> None:
    (tmp_path / "a.py").write_text("import os\n")
    checked, failed = await events(Request(str(tmp_path), ("a.py",), tools=("ruff",)))
    assert isinstance(checked, Checked)
    assert [f.rule for f in checked.findings] == ["F401"]
    assert isinstance(failed, Failed)
    assert failed.hint


async def test_a_round_that_says_nothing_is_a_failure(project: Path) -> None:
    async def end_of(*code: str) -> Event:
        return [event async for event in play_in_child(Request(str(project), ()), (sys.executable, "-c", *code))][-1]

    assert isinstance(await end_of("pass"), Failed)
    assert isinstance(await end_of("print('rubbish')"), Failed)


def gone(process: int) -> bool:
    """Whether it has ended, at the latest in five seconds: a signal takes a busy machine a moment to carry out."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.1)
    return False


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


HOLDER = """
import subprocess, sys, time
from fixbot_agent.watching import leash
leash.lower()
sys.stdin.buffer.readline()
leash.hold()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
try:
    sys.stdout.write('{"event": "searching", "tests": ["%d"]}\\n' % child.pid)
    sys.stdout.flush()
    time.sleep(600)
finally:
    child.kill()
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
async def test_closing_a_round_ends_what_it_started(project: Path) -> None:
    stream = play_in_child(Request(str(project), ()), (sys.executable, "-c", HOLDER))
    event = await anext(stream)
    assert isinstance(event, Searching)
    child = int(event.tests[0])
    assert is_alive(child)
    affinity = getattr(os, "sched_getaffinity", None)
    if affinity is not None:
        assert len(affinity(child)) == 1
    await stream.aclose()
    assert gone(child)


SLOW = "import subprocess\n\ndef test_slow():\n    subprocess.run(['sleep', '600'])\n"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_a_watch_that_is_killed_leaves_nothing_running(project: Path, home: Path, tmp_path: Path) -> None:
    """Not ended: killed, so that it can clear up nothing. A round, its sandbox, the tests and what they started end by themselves."""
    project = shutil.copytree(project, tmp_path / "slow")
    (project / "test_slow.py").write_text(SLOW)
    watch = subprocess.Popen(
        [sys.executable, "-m", "fixbot_agent.cli", "watch", "--now", "--only", ""],
        cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ends = time.monotonic() + 100
    started = descendants(watch.pid)
    while not any("sleep" in command for command in started.values()):
        assert time.monotonic() < ends, started
        time.sleep(0.05)
        started = descendants(watch.pid)
    watch.kill()
    watch.wait()
    assert all(gone(process) for process in started), started


def descendants(process: int) -> dict[int, str]:
    """What `process` started and what that did, with their command lines; who ends while one looks is left out."""
    found: dict[int, str] = {}
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found[child] = Path(f"/proc/{child}/cmdline").read_text()
                found |= descendants(child)
    return found


def test_files_that_were_saved(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "b.py").write_text("b = 1\n")
    files = Files(tmp_path)
    assert files.saved() == ()
    (tmp_path / "a.py").write_text("a = 12\n")
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.py").write_text("")
    (tmp_path / "picture.bin").write_bytes(b"\0")
    assert files.saved() == ("a.py", "b.py", "c.py")
    assert files.saved() == ()
    assert files.wait > 0


def test_what_tools_and_what_tests_found_are_told_apart() -> None:
    assert list(_words(Checked(()))) == ["  the tools found nothing"]
    failing = Tested(3, ("t.py::test_a",), (FINDING,))
    assert list(_words(failing)) == ["  1 of 3 tests that see it fail:", "  a.py:1:1: ruff F401: é"]
    assert list(_words(Tested(3))) == ["  3 tests that see it pass"]
    assert list(_words(Tested(0))) == ["  no test sees it"]


def test_the_command_says_each_event_as_a_line(project: Path, home: Path) -> None:
    (project / "alone.py").write_text("import os\nimport sys\n")
    done = subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", "watch", "--now", "--once", "--json", "--only", "ruff", "--no-search"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    validator = jsonschema.Draft202012Validator(load("watch"))
    for line in lines:
        validator.validate(line)
    assert [line["event"] for line in lines] == ["checked", "tested", "ended"]
    assert {f["rule"] for f in lines[0]["findings"] if f["path"] == "alone.py"} == {"F401"}
    assert done.returncode == 1, done.stderr
