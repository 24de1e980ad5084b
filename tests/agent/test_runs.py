"""The audit trail: events on disk as they happen, private, without keys; and a run that goes on when the disk does not."""

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.errors import RunNotFound, UsageFailure
from fixbot_agent.runs import Redactor, Run, Trail
from fixbot_agent.solving.delivering.keeping import kept_changes
from fixbot_agent.solving.resuming import Asked, Stood
from fixbot_repair.errors import DirtyTree, PatchError

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh\nijkl\n-----END RSA PRIVATE KEY-----"
KEYS = [
    "sk-abcdefghijklmnopqrstuvwxyz012345",
    "sk-proj-abcdefghijkl_mnopqrstuvwxyz-012345",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "github_pat_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    JWT,
    PEM,
    'my "own" secret',
]


@pytest.fixture
def redact() -> Redactor:
    return Redactor(["MY_KEY", "SHORT", "ABSENT"], {"MY_KEY": 'my "own" secret', "SHORT": "abc"})


@pytest.mark.parametrize("key", KEYS)
def test_keys_leave_every_file_of_a_run(tmp_path: Path, redact: Redactor, key: str) -> None:
    run = Run.start(tmp_path, redact, pytest.fail)
    run.event("prompt", text=f"before {key} after", nested={"list": [f"x{os.sep} {key}"], key: 1})
    run.keep("report.json", {"patch": f"+ {key}", "n": 1})
    run.keep("patch.diff", f"+{key}")
    assert run.folder is not None
    written = "".join(p.read_text() for p in run.folder.iterdir())
    assert key not in written
    assert json.dumps(key)[1:-1] not in written
    assert "[redacted: " in written
    assert "before " in written


def test_words_that_look_a_little_like_keys_stay(redact: Redactor) -> None:
    for text in (
        "task-runner-configuration",
        "risk-assessment-of-everything",
        "sk-learn",
        "ghp_short",
        "abc",
        "eyJ.x.y",
    ):
        assert redact(text) == text


@given(st.text(), st.sampled_from(KEYS), st.text())
def test_redaction_is_idempotent(before: str, key: str, after: str) -> None:
    redact = Redactor(["K"], {"K": 'my "own" secret'})
    once = redact(f"{before} {key} {after}")
    assert redact(once) == once
    assert key not in once


def test_ids_sort_by_time_and_files_are_private(tmp_path: Path, redact: Redactor) -> None:
    runs = [Run.start(tmp_path / "runs", redact, pytest.fail) for _ in range(3)]
    for run in runs:
        run.event("started", command="solve", root="/r")
    assert [r.id[:18] for r in runs] == sorted(r.id[:18] for r in runs)
    assert runs[0].folder is not None
    assert stat.S_IMODE(runs[0].folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((runs[0].folder / "events.jsonl").stat().st_mode) == 0o600


def test_events_are_there_as_they_happen(tmp_path: Path, redact: Redactor) -> None:
    run = Run.start(tmp_path, redact, pytest.fail)
    for number in range(3):
        run.event("step", number=number)
        assert [e["number"] for e in Trail(tmp_path).find(run.id).events()] == list(range(number + 1))


def test_a_line_cut_by_a_crash_is_left_out(tmp_path: Path, redact: Redactor) -> None:
    run = Run.start(tmp_path, redact, pytest.fail)
    run.event("a")
    run.event("b")
    assert run.folder is not None
    events = run.folder / "events.jsonl"
    events.write_bytes(events.read_bytes()[:-5])
    assert [e["kind"] for e in Trail(tmp_path).find("last").events()] == ["a"]


def test_a_line_cut_by_a_full_disk_does_not_take_the_next_one_with_it(tmp_path: Path, redact: Redactor) -> None:
    run = Run.start(tmp_path / "runs", redact, pytest.fail)
    run.event("started", command="solve")
    assert run.folder
    folder = run.folder
    del run
    with (folder / "events.jsonl").open("a") as out:
        out.write('{"at": 5, "kind": "tri')
    Run.resume(folder, redact, pytest.fail).event("resumed")
    assert [event["kind"] for event in Trail(tmp_path / "runs").find("last").events()] == ["started", "resumed"]


def test_run_goes_on_in_memory_when_the_place_cannot_be_made(tmp_path: Path, redact: Redactor) -> None:
    (tmp_path / "file").write_text("in the way")
    said: list[str] = []
    run = Run.start(tmp_path / "file" / "runs", redact, said.append)
    run.event("a")
    run.event("b", key='my "own" secret')
    run.keep("report.json", "{}")
    assert len(said) == 1
    assert "not kept" in said[0]
    assert run.folder is None
    assert [json.loads(line)["kind"] for line in run.files["events.jsonl"].splitlines()] == ["a", "b"]
    assert 'own\\" secret' not in run.files["events.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_run_goes_on_in_memory_when_the_disk_is_full(tmp_path: Path, redact: Redactor) -> None:
    said: list[str] = []
    run = Run.start(tmp_path, redact, said.append)
    assert run.folder is not None
    (run.folder / "events.jsonl").symlink_to("/dev/full")
    run.event("a")
    run.event("b")
    assert len(said) == 1
    assert "No space left" in said[0]
    assert len(run.files["events.jsonl"].splitlines()) == 2


def test_runs_inside_the_repository_are_not_written(tmp_path: Path, redact: Redactor) -> None:
    said: list[str] = []
    run = Run.start(tmp_path / "repo" / "state" / "runs", redact, said.append, forbidden=tmp_path / "repo")
    run.event("a")
    assert "inside the repository" in said[0]
    assert not (tmp_path / "repo").exists()


def test_a_discarded_run_leaves_nothing(tmp_path: Path, redact: Redactor) -> None:
    run = Run.start(tmp_path, redact, pytest.fail)
    run.event("started")
    run.discard()
    run.event("late")
    assert list(tmp_path.iterdir()) == []


def test_trail_lists_newest_first_and_finds(tmp_path: Path, redact: Redactor) -> None:
    assert Trail(tmp_path / "none").listed() == []
    first = Run.start(tmp_path, redact, pytest.fail)
    first.event("started", command="solve", root="/r")
    first.keep("report.json", {"status": "plausible", "seconds": 1.5})
    first.keep("patch.diff", "diff")
    second = Run.start(tmp_path, redact, pytest.fail)
    (tmp_path / "notes").mkdir()
    trail = Trail(tmp_path)
    assert [r.id for r in trail.listed()] == sorted([first.id, second.id], reverse=True)
    kept = trail.find(first.id)
    assert (kept.command, kept.root, kept.status, kept.seconds, kept.patch) == ("solve", "/r", "plausible", 1.5, "diff")
    begun = second.id
    assert trail.find(begun[-6:]).status == "running", "while its process lives"
    del second
    assert trail.find(begun[-6:]).status == "unfinished"
    for bad in ("nothing", "", "2", "../etc"):
        with pytest.raises(RunNotFound):
            trail.find(bad)


def test_a_run_that_was_cut_short_took_the_time_of_its_events(tmp_path: Path) -> None:
    folder = tmp_path / "20261124T000000000-abcdef"
    folder.mkdir()
    at = [("started", 100.0), ("model", 580.5), ("resumed", 9000.0), ("model", 9001.0)]
    events = "".join(json.dumps({"at": when, "kind": kind, "command": "solve"}) + "\n" for kind, when in at)
    (folder / "events.jsonl").write_text(events)
    (kept,) = Trail(tmp_path).listed()
    assert (kept.status, kept.seconds) == ("unfinished", 481.5), "not the hours between"


def test_the_last_run_of_a_command_is_one_of_this_project(tmp_path: Path, redact: Redactor) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    ids = {}
    for command, root in (("cover", here), ("solve", here), ("cover", there)):
        run = Run.start(tmp_path / "runs", redact, pytest.fail)
        run.event("run", command=command, root=str(root))
        ids[command, root] = run.id
    trail = Trail(tmp_path / "runs")
    assert trail.of_command("cover", "last", here).id == ids["cover", here]
    assert trail.of_command("cover", ids["solve", here], there).id == ids["solve", here], "a name is a name"
    with pytest.raises(RunNotFound, match=r"no solve of .*there was kept") as failed:
        trail.of_command("solve", "last", there)
    assert f"{ids['solve', here]} (in {here})" in failed.value.hint


@pytest.mark.parametrize(
    "name", ["events.jsonl", "report.json", "patch.diff", "patch.json", "asked.json", "ground.json"]
)
def test_a_pipe_in_the_folder_of_a_run_keeps_nobody_waiting(tmp_path: Path, name: str) -> None:
    run = Run.start(tmp_path / "runs", Redactor((), {}), pytest.fail)
    run.event("started", command="solve", root="/r")
    run.keep("patch.diff", "+x")
    Asked("text", {"repo": "."}).keep(run)
    assert run.folder is not None
    (run.folder / name).unlink(missing_ok=True)
    os.mkfifo(run.folder / name)
    (kept,) = Trail(tmp_path / "runs").listed()
    assert (kept.report, Stood.read(kept)) == (None, None)
    assert (list(kept.events()) == [], kept.patch == "") == (name == "events.jsonl", name == "patch.diff")
    with pytest.raises((UsageFailure, DirtyTree, PatchError)):
        kept_changes(kept, tmp_path)
    if name == "asked.json":
        with pytest.raises(UsageFailure, match="did not keep"):
            Asked.read(kept)


def test_a_pipe_is_not_written_to(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "20260101T000000000-000000"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "events.jsonl")
    with pytest.raises(UsageFailure, match="cannot be written"):
        Run.resume(folder, Redactor((), {}), pytest.fail)
    reader = os.open(folder / "events.jsonl", os.O_RDONLY | os.O_NONBLOCK)
    lost = list[str]()
    again = Run.start(tmp_path / "runs", Redactor((), {}), lost.append)
    assert again.folder is not None
    (folder / "events.jsonl").rename(again.folder / "events.jsonl")
    again.event("started")
    os.close(reader)
    assert "not a file" in lost[0]
    assert "started" in again.files["events.jsonl"]
