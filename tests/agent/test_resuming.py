"""A solve that is cut short, by a signal, by its time or by kill -9, and gone on with: as a user meets it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from fixbot_agent.cli.refusing import refuse
from fixbot_agent.errors import UsageFailure
from fixbot_repair.errors import GitError

# Many candidates, none of which does: 'plugh' stands nowhere.
CODE = """\
def scale(a, b, c, d):
    x = a + b
    y = c - d
    if x > y:
        z = x - y
    else:
        z = y + x
    return "xyzzy" if z == 4711 else z
"""
TESTS = "from calc import scale\n\n\ndef test_scale():\n    assert scale(1, 2, 3, 4) == 'plugh'\n"
ARGV = [sys.executable, "-m", "fixbot_agent.cli", "solve", "--no-model"]


def git(root: Path, *args: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    def project(files: Mapping[str, str]) -> Path:
        root = tmp_path / "project"
        root.mkdir()
        for path, text in files.items():
            (root / path).write_text(text)
        git(root, "init", "-q", "-b", "main")
        git(root, "add", ".")
        git(root, "commit", "-qm", "start")
        return root.resolve()

    return project


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def begin(root: Path, *args: str) -> "subprocess.Popen[str]":
    """A solve in a session of its own, as a terminal's foreground job is a group of its own."""
    return subprocess.Popen(
        [*ARGV, *args], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def runs() -> list[Path]:
    return sorted((Path(os.environ["FIXBOT_HOME"]) / "state" / "runs").glob("*"))


def trials() -> list[str]:
    """The keys of all trials that are on disk, in the order in which they were made."""
    files = [run / "trials.jsonl" for run in runs()]
    return [json.loads(line)["key"] for f in files if f.exists() for line in f.read_text().splitlines()]


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)


def processes(mark: Path) -> list[int]:
    """Ids of all processes whose command line or folder names `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            said = (entry / "cmdline").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(mark) in said:
            found.append(int(entry.name))
    return found


def group(leader: int) -> list[int]:
    """Processes that descend from `leader`, itself left out, also those in sessions of their own."""
    found, rows = [leader], []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                rows.append((int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])))
            except OSError:
                continue
    for _ in range(20):
        found += [pid for pid, parent in rows if parent in found and pid not in found]
    return found[1:]


def alive(pids: list[int]) -> list[int]:
    """Those that still run; one that is dead and waits for whoever adopted it does not."""
    found = []
    for pid in pids:
        try:
            state = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        found += [pid] if state != "Z" else []
    return found


def solve(root: Path, *args: str) -> "tuple[int, dict[str, object], str]":
    done = subprocess.run([*ARGV[:-1], *args, "--json"], cwd=root, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def test_killed_and_gone_on_with_nothing_is_tried_twice_and_nothing_is_left(
    make: Callable[[Mapping[str, str]], Path], temporary: Path
) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    process = begin(root, "--timeout", "120")
    wait_for(lambda: len(trials()) > 20)
    children = group(process.pid)
    assert children
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    wait_for(lambda: not alive(children), 10)
    before = trials()
    assert len(set(before)) == len(before) > 20
    code, report, _ = solve(root, "--resume", "last", "--timeout", "8")
    assert code in (1, 4), report
    after = trials()
    assert after[: len(before)] == before
    assert len(set(after)) == len(after) > len(before), "none of those before was tried again"
    assert any(f"({len(before)} trials)" in str(w) for w in report["warnings"])  # type: ignore[attr-defined]
    assert report["run"] == runs()[0].name
    assert len(runs()) == 1
    assert list(temporary.iterdir()) == [], "the next start cleared up what was left"
    (root / "calc.py").write_text(CODE + "\n\nnew = 1\n")
    if code == 4:
        code, refused, _ = solve(root, "--resume", "last")
        assert code == 2
        assert "files have changed" in refused["error"]["message"]  # type: ignore[index]
        assert trials() == after
        assert (runs()[0] / "report.json").exists(), "and the old report is still there"


@pytest.mark.parametrize("stage", ["copying", "tests", "trials"])
def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(
    make: Callable[[Mapping[str, str]], Path], temporary: Path, stage: str
) -> None:
    hang = "import time\n\n\ndef test_hang():\n    time.sleep(60)\n"
    root = make({"calc.py": CODE, "test_calc.py": TESTS} | ({"test_x.py": hang} if stage == "tests" else {}))
    process = begin(root, "--json", "--timeout", "120")
    if stage == "copying":
        wait_for(lambda: any(temporary.glob("fixbot-*")))
    elif stage == "tests":
        wait_for(lambda: any((run / "ground.json").exists() for run in runs()))
        time.sleep(1.0)
    else:
        wait_for(lambda: len(trials()) > 5)
    children = group(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # a terminal tells all of the group
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["error"]["hint"] == f"go on with: fixbot solve --resume {report['run']}"
    wait_for(lambda: not alive(children), 3)
    assert list(temporary.iterdir()) == []


def test_who_asks_twice_is_heard_at_once(make: Callable[[Mapping[str, str]], Path], temporary: Path) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    process = begin(root, "--timeout", "120")
    wait_for(lambda: len(trials()) > 5)
    children = group(process.pid)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert f"fixbot solve --resume {runs()[0].name}" in err
    assert time.monotonic() - began < 5
    wait_for(lambda: not alive(children), 10)


HANGS = {
    "import": ({"calc.py": "import time\ntime.sleep(600)\n"}, ()),
    "collection": ({"conftest.py": "import time\ntime.sleep(600)\n"}, ()),
    "deaf": ({"test_x.py": "import signal, time\n\n\ndef test_x():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\n    while True:\n        pass\n"}, ()),
    "command": ({"run.py": "import time\ntime.sleep(600)\n"}, ("--test-cmd", "python run.py")),
}  # fmt: skip


@pytest.mark.parametrize("what", HANGS)
def test_the_time_holds_whatever_hangs(make: Callable[[Mapping[str, str]], Path], temporary: Path, what: str) -> None:
    files, args = HANGS[what]
    root = make({"calc.py": CODE, "test_calc.py": TESTS, **files})
    process = begin(root, "--json", "--timeout", "2", *args)
    out, err = process.communicate(timeout=40)
    report = json.loads(out)
    assert (process.returncode, report["status"]) == (4, "budget"), err
    assert report["seconds"] < 7
    assert group(process.pid) == []
    assert processes(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_git_that_hangs_is_ended_too(
    make: Callable[[Mapping[str, str]], Path], temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    real = shutil.which("git")
    script = f'#!/bin/sh\ncase "$*" in *ls-files*--others*) sleep 600;; esac\nexec {real} "$@"\n'
    (bin_folder / "git").write_text(script)
    (bin_folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    process = begin(root, "--json", "--timeout", "2")
    out, err = process.communicate(timeout=40)
    assert (process.returncode, json.loads(out)["status"]) == (4, "budget"), err
    assert json.loads(out)["seconds"] < 7
    assert list(temporary.iterdir()) == []


def test_what_cannot_be_gone_on_with_is_said(make: Callable[[Mapping[str, str]], Path]) -> None:
    root = make({"calc.py": "def f():\n    return 1\n", "test_f.py": "from calc import f\n\n\ndef test_f():\n    assert f() == 2\n"})  # fmt: skip
    code, missing, _ = solve(root, "--resume", "nothing")
    assert code == 2
    assert "no runs" in missing["error"]["hint"]  # type: ignore[index]
    code, report, _ = solve(root, "--no-model", "--timeout", "60")
    assert (code, report["status"]) == (0, "plausible")
    assert len(report["found"]) >= 1  # type: ignore[arg-type]
    assert 0 < report["found"][0] <= report["seconds"]  # type: ignore[index,operator]
    before = trials()
    code, again, said = solve(root, "--resume", "last")
    assert (code, again) == (0, report)
    assert "come to its end" in said
    shown = subprocess.run([*ARGV[:-1], "--resume", "last"], cwd=root, capture_output=True, text=True, check=False)
    assert shown.stdout == report["patch"]
    assert "Fixed and verified" in shown.stderr
    assert trials() == before
    code, missing, _ = solve(root, "--resume", "nothing")
    assert report["run"] in missing["error"]["hint"]  # type: ignore[index]
    for args, named in ((["--base", "HEAD", "issue.md"], "--base, ISSUE"),):
        for is_over in (True, False):
            if not is_over:
                (runs()[0] / "report.json").unlink()
            code, refused, _ = solve(root, "--resume", "last", *args)
            assert code == 2
            assert f"--resume and {named} exclude" in refused["error"]["message"]  # type: ignore[index]


def test_what_cannot_be_written_at_the_end_is_refused_at_the_beginning(
    make: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    root = make({"calc.py": CODE})
    git(root, "branch", "taken")
    for name in ("taken", "a..b", "-x", "with space", "a.lock"):
        with pytest.raises(GitError) as caught:
            refuse(root, name)
        assert caught.value.hint
    for path in (tmp_path, tmp_path / "nowhere" / "x"):
        with pytest.raises(UsageFailure, match="cannot be written"):
            refuse(root, "", path)
    refuse(root, "free/name", tmp_path / "new", None)
    assert not (tmp_path / "new").exists()
    code, refused, _ = solve(root, "--branch", "taken")
    assert (code, refused["error"]["kind"]) == (2, "git")  # type: ignore[index]
    assert runs() == [], "nothing was begun"


def test_what_no_exception_reaches_is_ended_too() -> None:
    program = (
        "import os, time\nfrom fixbot_agent.solving import alarm\n"
        "alarm._GRACE, alarm._LAST = (0.0, 0.0), (0.3, 0.0)\n"
        "with alarm.alarm(0.1, lambda: os._exit(4)):\n"
        "    while True:\n"
        "        try:\n            time.sleep(60)\n        except BaseException:\n            pass\n"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, timeout=50, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 4


def test_keys_are_not_kept_and_so_what_held_one_is_not_gone_on_with(
    make: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    key = "sk-abcdefghijklmnopqrstuvwxyz012345"
    issue = tmp_path / "issue.md"
    issue.write_text(f"scale fails in test_scale with the key {key}\n")
    process = begin(root, str(issue), "--timeout", "60")
    wait_for(lambda: any((run / "ground.json").exists() for run in runs()))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    assert key not in "".join(p.read_text() for p in runs()[0].iterdir())
    code, refused, _ = solve(root, "--resume", "last")
    assert code == 2
    assert "keys are not kept" in refused["error"]["message"]  # type: ignore[index]


def test_a_talk_with_a_model_that_was_killed_goes_on_and_pays_for_no_answer_twice(
    make: Callable[[Mapping[str, str]], Path], endpoint: Callable[[Sequence[object]], Any]
) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    served = endpoint(
        [
            {"tool": "view", "with": {"path": "calc.py"}},
            {"tool": "edit", "with": {"path": "calc.py", "search": "else z", "replace": "else 'plugh'"}},
            {"tool": "run_tests", "with": {}},
            {"tool": "finish", "with": {"summary": "it says plugh"}},
        ]
    )
    config = Path(os.environ["FIXBOT_HOME"]) / "config"
    config.mkdir()
    table = f'[models.m]\nbase_url = "{served.url}"\nmodel = "x"\nprice_in = 1.0\nprice_out = 0.0\n'
    (config / "config.toml").write_text(table)
    served.holds = lambda number: number == 4
    process = subprocess.Popen([*ARGV[:-1], "--model", "m", "--timeout", "100"], cwd=root, start_new_session=True)
    wait_for(lambda: len(served.raw) == 4)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    code, report, _ = solve(root, "--resume", "last")
    assert (code, report["status"], report["source"]) == (0, "plausible", "model:m")
    assert len(served.raw) == 5, "the fourth had no answer"
    assert len(served.answered) == 4
    (spent,) = report["models"]  # type: ignore[misc]
    assert (spent["calls"], round(spent["cost"], 4)) == (4, 0.004), "what the first process spent counts"
    assert any("3 answers of models were on disk" in w for w in report["warnings"])  # type: ignore[attr-defined]


def test_a_run_that_goes_on_elsewhere_is_left_alone(make: Callable[[Mapping[str, str]], Path]) -> None:
    root = make({"calc.py": CODE, "test_calc.py": TESTS})
    process = begin(root, "--timeout", "60")
    try:
        wait_for(lambda: any((run / "asked.json").exists() for run in runs()))
        code, refused, _ = solve(root, "--resume", "last")
        assert code == 2
        assert "still going on" in refused["error"]["message"]  # type: ignore[index]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
