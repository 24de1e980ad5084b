"""``fixbot runs`` as a user runs it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_agent.cli.happening import rows
from fixbot_agent.runs import Redactor, Run
from fixbot_agent.runs.run import held
from fixbot_agent.schemas import load
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.keeping import keep
from fixbot_agent.solving.delivering.placing import Solved, Wish, place
from fixbot_agent.solving.delivering.undoing import reversed_of
from fixbot_agent.solving.reporting.report import Report, Status
from fixbot_repair.candidates.diff import apply, parse, unified

OLD, NEW = b"def add(a, b):\r\n    return a - b\r\n", b"def add(a, b):\r\n    return a + b\r\n"


def fixbot(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", *args], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "calc.py").write_bytes(OLD)
    for args in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "s"],
    ):
        subprocess.run(["git", *args], cwd=root, check=True)
    return root.resolve()


def fits(done: subprocess.CompletedProcess[str], name: str) -> None:
    jsonschema.validate(json.loads(done.stdout), load(name), jsonschema.Draft202012Validator)


def made(repo: Path, status: Status = Status.PLAUSIBLE, after: bytes = NEW) -> str:
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    patch = unified({"calc.py": OLD}, {"calc.py": after})
    report = Report(status, 0, patch=patch, files=("calc.py",), seconds=1.25, run=run.id)
    keep(run, report, (Change("calc.py", OLD, after),), allow_tests=False)
    return run.id


def test_list_and_show(repo: Path) -> None:
    assert fixbot("runs", "list", cwd=repo).stdout == "no runs were kept yet\n"
    name = made(repo)
    assert f"{name}  solve  verified       1.2 s  {repo}" in fixbot("runs", "list", cwd=repo).stdout
    document = json.loads(fixbot("runs", "list", "--json", cwd=repo).stdout)
    assert document["runs"] == [
        {"id": name, "command": "solve", "root": str(repo), "status": "plausible", "seconds": 1.25}
    ]
    shown = fixbot("runs", "show", "last", cwd=repo).stdout
    assert "started" in shown
    assert "+    return a + b" in shown
    assert json.loads(fixbot("runs", "show", name[:18], "--json", cwd=repo).stdout)["report"]["status"] == "plausible"
    missing = fixbot("runs", "show", "nothing", cwd=repo)
    assert missing.returncode == 2
    assert "fixbot runs list" in missing.stderr


def test_apply(repo: Path, tmp_path: Path) -> None:
    made(repo)
    done = fixbot("runs", "apply", "last", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == ["calc.py"]
    assert (repo / "calc.py").read_bytes() == NEW
    again = fixbot("runs", "apply", "last", cwd=repo)
    assert (again.returncode, again.stderr) == (0, "already applied to calc.py: nothing was written\n")
    told = fixbot("runs", "apply", "last", "--json", cwd=repo)
    fits(told, "applied")
    assert (json.loads(told.stdout)["files"], json.loads(told.stdout)["already"]) == ([], ["calc.py"])
    (repo / "calc.py").write_bytes(NEW + b"# mine\r\n")
    changed = fixbot("runs", "apply", "last", cwd=repo)
    assert changed.returncode == 2
    assert "not what the patch was verified against" in changed.stderr


@pytest.mark.parametrize("command", ["ask", "review", "solve"])
def test_a_run_without_a_patch_says_so(repo: Path, command: str) -> None:
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command=command, root=str(repo))
    run.keep("report.json", {"status": "none"})
    run.close()
    done = fixbot("runs", "apply", run.id, cwd=repo)
    assert done.returncode == 2
    assert f"the run {run.id} has no patch: this {command} " in done.stderr
    assert "verified" not in done.stderr


def test_a_run_that_was_cut_short_or_goes_on_says_how_to_go_on(repo: Path) -> None:
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    going = fixbot("runs", "apply", run.id, cwd=repo)
    assert "this solve is still running" in going.stderr
    run.close()
    killed = fixbot("runs", "apply", run.id, cwd=repo)
    assert "this solve was cut short before it had one" in killed.stderr
    assert f"go on with it: fixbot solve --resume {run.id}" in killed.stderr


def test_apply_keeps_uncommitted_work(repo: Path) -> None:
    made(repo)
    (repo / "calc.py").write_bytes(OLD + b"# mine\r\n")
    for extra in ([], ["--allow-dirty"]):
        assert fixbot("runs", "apply", "last", *extra, cwd=repo).returncode == 2
        assert (repo / "calc.py").read_bytes() == OLD + b"# mine\r\n"


def test_apply_refuses_what_was_not_verified(repo: Path) -> None:
    made(repo, Status.UNVERIFIED)
    done = fixbot("runs", "apply", "last", cwd=repo)
    assert done.returncode == 2
    assert "not verified" in done.stderr
    assert (repo / "calc.py").read_bytes() == OLD
    assert fixbot("runs", "apply", "last", "--unverified", cwd=repo).returncode == 0


def test_a_patch_that_was_tampered_with_reaches_no_protected_file(repo: Path) -> None:
    name = made(repo)
    folder = Path(os.environ["FIXBOT_HOME"]) / "state" / "runs" / name
    text = "--- /dev/null\n+++ b/conftest.py\n@@ -0,0 +1 @@\n+import os\n"
    (folder / "patch.diff").write_text(text)
    (folder / "patch.json").write_text('{"before": {"conftest.py": ""}}')
    done = fixbot("runs", "apply", "last", cwd=repo)
    assert done.returncode == 2
    assert "protected" in done.stderr
    assert not (repo / "conftest.py").exists()


def test_undo_puts_back_exactly_what_was_there(repo: Path, tmp_path: Path) -> None:
    made(repo)
    assert "is left to take back" in fixbot("runs", "undo", "last", cwd=repo).stderr
    fixbot("runs", "apply", "last", cwd=repo)
    done = fixbot("runs", "undo", "last", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    fits(done, "undone")
    assert json.loads(done.stdout)["files"] == ["calc.py"]
    assert (repo / "calc.py").read_bytes() == OLD
    assert "is left to take back" in fixbot("runs", "undo", "last", cwd=repo).stderr
    fixbot("runs", "apply", "last", cwd=repo)
    (repo / "calc.py").write_bytes(NEW + b"# mine\r\n")
    refused = fixbot("runs", "undo", "last", cwd=repo)
    assert refused.returncode == 2
    assert "calc.py has changed since" in refused.stderr
    assert "git apply -R" in refused.stderr
    assert (repo / "calc.py").read_bytes() == NEW + b"# mine\r\n"
    shown = fixbot("runs", "show", "last", cwd=repo).stdout
    assert [word in shown for word in ("applied", "undone")] == [True, True]


CHANGES = [
    ({"a.py": b"1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n"}, {"a.py": b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n"}),
    ({"a.py": b"x\n"}, {"a.py": b"x\n", "new.py": b"no end"}),
    ({"a.py": b"x\n", "old.py": b"gone\n\xff"}, {"a.py": b"y"}),
    ({"a.py": b"x\n" * 40}, {"a.py": b"x\n" * 10 + b"y\n" + b"x\n" * 20 + b"z\n" + b"x\n" * 9}),
    ({"a.py": b""}, {"a.py": b"one\n"}),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_every_patch_can_be_taken_back(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    reverse = tuple(reversed_of(d) for d in parse(unified(before, after)))
    was = apply(reverse, after)
    assert {**after, **was} == {**dict.fromkeys(after), **before}


@settings(max_examples=60)
@given(*[st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=30)] * 2)
def test_any_change_of_lines_can_be_taken_back(one: list[bytes], other: list[bytes]) -> None:
    old, new = b"".join(one), b"".join(other)
    if old != new:
        reverse = tuple(reversed_of(d) for d in parse(unified({"a": old}, {"a": new})))
        assert apply(reverse, {"a": new}) == {"a": old}


def branched(repo: Path, source: str, note: str = "Add: do not take away") -> tuple[str, str]:
    """A run whose patch lies on the branch 'fix'; its id and the commit's message."""
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    patch = unified({"calc.py": OLD}, {"calc.py": NEW})
    report = Report(Status.PLAUSIBLE, 0, patch=patch, files=("calc.py",), source=source, note=note, run=run.id)
    solved = Solved(report, (Change("calc.py", OLD, NEW),))
    place(solved, Wish(branch="fix"), repo, Path(os.environ["FIXBOT_HOME"]) / "state", run)
    run.close()
    return run.id, git(repo, "log", "-1", "--format=%B", "fix")


def git(repo: Path, *args: str, stdin: str = "") -> str:
    return subprocess.run(["git", *args], cwd=repo, input=stdin, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("source", "trailer"),
    [
        ("model:m\nFixbot-Run: forged", "Fixbot-Model: m Fixbot-Run: forged"),
        ("template:off-by-one", "Fixbot-Source: template:off-by-one"),
    ],
)
def test_a_commit_says_who_made_it(repo: Path, source: str, trailer: str) -> None:
    name, message = branched(repo, source)
    told = git(repo, "interpret-trailers", "--parse", stdin=message).splitlines()
    assert told == [trailer, f"Fixbot-Run: {name}"]


def test_a_commits_first_line_is_short_and_nothing_of_a_longer_note_is_lost(repo: Path) -> None:
    note = f"add() took away. {'It adds now, as its name says, for all numbers that there are. ' * 4}".strip()
    _, message = branched(repo, "model:m", note)
    title, body = message.split("\n\n", 1)
    assert title.startswith("add() took away. It adds now")
    assert title.endswith("…")
    assert len(title) <= 100
    assert note in " ".join(body.split())
    assert max(map(len, body.split("Held against")[0].splitlines())) <= 72


def test_undo_deletes_the_branch_unless_somebody_went_on_with_it(repo: Path) -> None:
    branched(repo, "model:m")
    assert fixbot("runs", "undo", "last", cwd=repo).returncode == 0
    assert git(repo, "branch", "--list", "fix") == ""
    branched(repo, "model:m")
    git(repo, "switch", "-q", "fix")
    assert "checked out" in fixbot("runs", "undo", "last", cwd=repo).stderr
    git(repo, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "--allow-empty", "-m", "more")
    git(repo, "switch", "-q", "-")
    refused = fixbot("runs", "undo", "last", cwd=repo)
    assert refused.returncode == 2
    assert "went on with it" in refused.stderr
    assert git(repo, "branch", "--list", "fix").strip() == "fix"


def test_list_can_be_narrowed(repo: Path, tmp_path: Path) -> None:
    good, bad = made(repo), made(tmp_path / "elsewhere", Status.NONE)
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    run.event("model", name="m", cost=0)
    run.keep("report.json", {"status": "error", "exit_code": 130, "seconds": 1.0, "models": [{"name": "m"}]})

    def ids(*args: str) -> list[str]:
        return [row["id"] for row in json.loads(fixbot("runs", "list", "--json", *args, cwd=repo).stdout)["runs"]]

    assert ids() == [run.id, bad, good]
    assert ids("--status", "plausible,none") == ids("--status", "verified,none") == [bad, good]
    assert ids("--status", "interrupted") == ids("--model", "m") == [run.id]
    assert ids("--root", ".") == [run.id, good]
    assert ids("--root", ".", "--status", "none") == []
    strange = fixbot("runs", "list", "--status", "bogus,none", cwd=repo)
    assert (strange.returncode, "no run ends as bogus" in strange.stderr) == (2, True)
    assert "known are verified, unverified, none" in strange.stderr
    assert "no such runs" in fixbot("runs", "list", "--model", "other", cwd=repo).stdout


def test_prune_keeps_what_is_asked_and_what_is_going_on(repo: Path) -> None:
    runs = Path(os.environ["FIXBOT_HOME"]) / "state" / "runs"
    old = runs / "20200101T000000000-abcdef"
    going = runs / "20200102T000000000-abcdef"
    for folder in (old, going):
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_text("{}\n" * 1000)
    (runs / "notes").mkdir()
    new = [made(repo), made(repo)]
    holds = held(going)
    assert fixbot("runs", "prune", cwd=repo).returncode == 2
    assert fixbot("runs", "prune", "--older-than", "soon", cwd=repo).returncode == 2
    dry = fixbot("runs", "prune", "--older-than", "30d", "--dry-run", "--json", cwd=repo)
    fits(dry, "pruned")
    told = json.loads(dry.stdout)
    assert told["pruned"] == [{"id": old.name, "bytes": 3000}]
    assert old.exists()
    assert "1 run deleted (0.0 MB), 3 stay" in fixbot("runs", "prune", "--older-than", "30d", cwd=repo).stderr
    assert sorted(p.name for p in runs.iterdir()) == sorted([going.name, *new, "notes"])
    fixbot("runs", "prune", "--keep", "1", "--older-than", "1h", cwd=repo)
    assert len(list(runs.iterdir())) == 4, "both must hold"
    fixbot("runs", "prune", "--keep", "1", cwd=repo)
    assert sorted(p.name for p in runs.iterdir()) == sorted([going.name, new[1], "notes"])
    assert holds is not None
    os.close(holds)
    checks = {c["name"]: c for c in json.loads(fixbot("doctor", "--json", cwd=repo).stdout)["checks"]}
    assert checks["runs"]["detail"].startswith("2 kept, ")


def test_an_export_can_be_given_to_others(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = made(repo)
    folder = Path(os.environ["FIXBOT_HOME"]) / "state" / "runs" / name
    key = "canary-7f3d9a21"
    run = Run.resume(folder, Redactor(), pytest.fail)
    said = [
        {
            "role": "user",
            "text": f"look at {repo}/calc.py and /tmp/x/fixbot-ab12cd/tree/calc.py in {Path.home()}/x; {key}",
        }
    ]
    run.event("ground", python=f"{sys.executable} (PATH)", base="abc")
    run.event("message", role="user", said=run.blobs(said)[0])
    run.event("model", name="m", endpoint="http://inner.example:8080/v1", error="http://inner.example:8080/v1 is down")
    run.event("overlay", files={"secret_plan.py": run.blobs([{"text": "my plan"}])[0]})
    run.keep("asked.json", {"text": f"see {repo}/x.py", "options": {"repo": str(repo), "model": "m"}, "digest": "d"})
    run.close()
    monkeypatch.setenv("SOME_TOKEN", key)  # it was not known as a key when the run was written
    done = fixbot("runs", "export", "last", str(tmp_path / "run.zip"), "--json", cwd=repo)
    assert done.returncode == 0, done.stderr
    fits(done, "written")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        files = {Path(n).name: archive.read(n).decode() for n in archive.namelist()}
    assert {"events.jsonl", "blobs.jsonl", "report.json", "patch.diff", "asked.json", "page.html"} <= set(files)
    whole = "\n".join(files.values())
    for private in (
        key,
        str(repo),
        str(Path.home()) + "/",
        sys.executable,
        "inner.example",
        "/tmp/x",
        "my plan",
        "fixbot-ab12cd",
    ):
        assert private not in whole, private
    assert "look at calc.py and " in files["blobs.jsonl"]
    assert "look at calc.py" in files["page.html"]
    assert "+    return a + b" in files["patch.diff"]


def test_many_patches_in_a_row_that_did_not_hold_are_one_line() -> None:
    failed = [{"at": 60.0 + n, "kind": "trial", "source": "search", "verdict": v} for n, v in enumerate(["unfixed"] * 8 + ["regressing"])]  # fmt: skip
    held = {"at": 70.0, "kind": "trial", "source": "search", "verdict": "plausible"}
    shown = [*rows([*failed, held, *failed[:2], {"at": 80.0, "kind": "overlay"}])]
    assert shown[0].startswith("00:01:00  trials  9 patches until 00:01:08: 8 not fixing it, 1 breaking a test")
    assert [line[:15] for line in shown[1:]] == ["00:01:10  trial", "00:01:00  trial", "00:01:01  trial"]
