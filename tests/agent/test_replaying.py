"""A run with a model from its first request to its replay, page and export, in a project full of keys: none of them leaves."""

import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fixbot_agent.cli.unplugged import Unplugged, unplugged
from fixbot_agent.schemas import load

KEYS = {
    "environment": "canary-env-5f1d2a90",
    "dotenv": "canary-dotenv-81b2ff",
    "git": "canarygit0remote9",
    "issue": "sk-canaryissue0123456789abcdef",
    "model": "canary-key-of-the-model-77",
}
CODE = "def scale(a, b):\n    return a - b\n"
TESTS = """\
import os
from pathlib import Path

from calc import scale


def test_scale():
    print(Path(".env").read_text(), dict(os.environ))
    if Path(".git/config").exists():
        print(Path(".git/config").read_text())
    assert scale(1, 2) == "plugh", Path(".env").read_text()
"""
SCRIPT = [
    {"tool": "view", "with": {"path": "calc.py"}, "text": "I look </script><script>alert(1)</script> first"},
    {"tool": "view", "with": {"path": ".env"}},
    {"tool": "run_tests", "with": {}},
    {"tool": "edit", "with": {"path": "calc.py", "search": "return a - b", "replace": "return 'plugh'"}},
    {"tool": "run_tests", "with": {}},
    {"tool": "finish", "with": {"summary": "it says plugh"}},
]


def fixbot(cwd: Path, *args: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", *args], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert not [where for where, key in KEYS.items() if key in done.stdout + done.stderr]
    return done.stdout


def git(root: Path, *args: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    return subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEPLOY_TOKEN", KEYS["environment"])
    monkeypatch.setenv("MODEL_KEY", KEYS["model"])
    return Path(os.environ["FIXBOT_HOME"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    top.mkdir()
    (top / "calc.py").write_text(CODE)
    (top / "test_calc.py").write_text(TESTS)
    git(top, "init", "-q", "-b", "main")
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    (top / "notes.py").write_text("not = committed\n")
    (top / ".env").write_text(f"API_SECRET={KEYS['dotenv']}\n")
    git(top, "remote", "add", "origin", f"https://me:{KEYS['git']}@example.invalid/x.git")
    return top.resolve()


def configured(home: Path, served: Any) -> None:
    (home / "config").mkdir()
    table = f'[models.m]\nbase_url = "{served.url}"\nmodel = "x"\napi_key_env = "MODEL_KEY"\nprice_in = 1.0\n'
    (home / "config" / "config.toml").write_text(table)


def test_no_key_leaves_and_a_replay_tells_the_first_difference(
    root: Path, home: Path, tmp_path: Path, endpoint: Callable[[Sequence[Any]], Any]
) -> None:
    configured(home, served := endpoint(SCRIPT))
    issue = tmp_path / "issue.md"
    issue.write_text(f"scale(1, 2) should be 'plugh'; my key is {KEYS['issue']} and {KEYS['environment']}\n")
    report = json.loads(fixbot(root, "solve", str(issue), "--model", "m", "--json", "--timeout", "90"))
    assert (report["status"], report["source"]) == ("plausible", "model:m")
    assert KEYS["model"].encode() in served.raw[0], "where it belongs: in the header"
    bodies = b"".join(raw.partition(b"\n{")[2] for raw in served.raw)
    everything = b"".join(path.read_bytes() for path in (home / "state").rglob("*") if path.is_file())
    for where, key in KEYS.items():
        assert key.encode() not in bodies, f"the key in {where} was sent"
        assert key.encode() not in everything, f"the key in {where} was kept"
    assert b"[redacted: " in bodies
    asked = len(served.raw)

    fixbot(root, "runs", "show", "last")
    fixbot(root, "runs", "show", "last", "--html", str(tmp_path / "run.html"))
    fixbot(root, "runs", "export", "last", str(tmp_path / "run.zip"))
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        given = b"".join(archive.read(name) for name in archive.namelist())
    page = (tmp_path / "run.html").read_bytes()
    assert b"it says plugh" in page
    for where, key in KEYS.items():
        assert key.encode() not in page + given, f"the key in {where} is in the page or the export"
    assert str(root).encode() not in given

    (root / "calc.py").write_text(CODE.replace("a - b", "a - b  # or so"))
    done = json.loads(fixbot(root, "runs", "replay", "last", "--json", code=1))
    jsonschema.validate(done, load("replayed"), jsonschema.Draft202012Validator)
    assert (done["tree"], done["answers"]) == ("changed", 6)
    assert "left out: .env" in done["changed"], "a file with keys is not kept, so the tree cannot be had as it was"
    assert done["divergence"]["ask"] == 1, "the task quotes the line"
    assert done["divergence"]["about"] == "what the model is told"
    assert "+" in done["divergence"]["diff"]
    assert "# or so" in done["divergence"]["diff"]
    assert "# or so" in done["patch"]
    assert len(served.raw) == asked, "nobody was asked"


def test_a_replay_works_on_the_files_as_they_were(
    root: Path, home: Path, endpoint: Callable[[Sequence[Any]], Any]
) -> None:
    (root / ".env").unlink()
    (root / "test_calc.py").write_text(
        "from calc import scale\n\n\ndef test_scale():\n    assert scale(1, 2) == 'plugh'\n"
    )
    configured(home, served := endpoint(SCRIPT[3:]))
    report = json.loads(fixbot(root, "solve", "--model", "m", "--json", "--timeout", "90"))
    assert report["status"] == "plausible"
    (root / "calc.py").write_text("def scale(a, b):\n    return a * b\n")
    (root / "notes.py").unlink()
    (home / "config" / "config.toml").unlink()
    asked = len(served.raw)
    told = fixbot(root, "runs", "replay", "last")
    assert "3 answers of models came from the run; nobody was asked" in told
    assert "it came to the same patch" in told
    assert "difference" not in told
    assert len(served.raw) == asked
    assert (root / "calc.py").read_text().endswith("a * b\n"), "and nothing was written"


def test_a_process_reaches_nobody_while_it_is_unplugged_and_whom_it_likes_afterwards(tmp_path: Path) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX)
    ways: list[Callable[[], object]] = [
        lambda: socket.create_connection(server.getsockname()).close(),
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: local.bind(str(tmp_path / "socket")),
    ]
    with server, local:
        for way in ways:
            with unplugged(), pytest.raises(Unplugged):
                way()
        with unplugged(), unplugged():
            pass
        for way in ways:
            way()
