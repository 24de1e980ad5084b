"""``fixbot trust`` and ``fixbot models`` as a user runs them."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest


def fixbot(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", *args], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    return root.resolve()


def test_trust_list_revoke(repo: Path) -> None:
    assert fixbot("trust", "--list", cwd=repo).stdout == "no workspace is trusted\n"
    assert fixbot("trust", ".", cwd=repo).stdout == f"{repo} is trusted\n"
    listed = json.loads(fixbot("trust", "--list", "--json", cwd=repo).stdout)
    assert listed == {"schema": 1, "status": "ok", "trusted": [str(repo)]}
    assert fixbot("trust", "--list", cwd=repo).stdout == f"{repo}\n"
    assert "not trusted any more" in fixbot("trust", "--revoke", ".", cwd=repo).stdout
    assert "was not trusted" in fixbot("trust", "--revoke", ".", cwd=repo).stdout


@pytest.mark.parametrize("args", [[], ["--revoke"], ["nowhere"]])
def test_wrong_use(repo: Path, args: list[str]) -> None:
    done = fixbot("trust", *args, cwd=repo)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("fixbot: ")


def test_trust_kept_inside_the_repository_is_refused(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIXBOT_HOME", str(repo / "home"))
    done = fixbot("trust", ".", cwd=repo)
    assert done.returncode == 2
    assert "inside" in done.stderr
    assert not (repo / "home").exists()


def test_control_characters_in_a_name_do_not_reach_the_terminal(tmp_path: Path) -> None:
    odd = tmp_path / "a\x1b[31mb"
    (odd / ".git").mkdir(parents=True)
    done = fixbot("trust", str(odd), cwd=tmp_path)
    assert "\x1b" not in done.stdout
    assert "a\\x1b[31mb" in done.stdout


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        body = json.dumps({"data": [{"id": "m"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_no_models_is_normal(repo: Path) -> None:
    done = fixbot("models", cwd=repo)
    assert done.returncode == 0
    assert "normal way to run" in done.stdout
    told = json.loads(fixbot("models", "--json", cwd=repo).stdout)
    assert (told["schema"], told["models"], told["today"]["tokens"]) == (1, [], 0)


def test_models_that_answer_and_that_do_not(repo: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}/v1"
    settings = Path(os.environ["FIXBOT_HOME"]) / "config" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        f'[models.near]\nbase_url = "{here}"\nmodel = "m"\nabilities = ["tools"]\n'
        '[models.gone]\nbase_url = "http://127.0.0.1:1/v1"\n'
        '[models.far]\nbase_url = "https://models.example/v1"\n'
    )
    offline = subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", "models", "--json"],
        cwd=repo, capture_output=True, text=True, check=True, env={**os.environ, "FIXBOT_OFFLINE": "1"},
    )  # fmt: skip
    server.shutdown()
    server.server_close()
    near, gone = json.loads(offline.stdout)["models"]
    assert near["reachable"]
    assert near["error"] is None
    assert near["abilities"]["tools"] is True
    assert all(near["abilities"][a] is None for a in ("stream", "fim", "json_schema", "vision"))
    assert near["latency_ms"] > 0
    assert not gone["reachable"]
    assert "cannot be reached" in gone["error"]


def test_settings_of_an_untrusted_repository_are_ignored_aloud(repo: Path) -> None:
    (repo / "fixbot.toml").write_text('[models.evil]\nbase_url = "http://127.0.0.1:1/v1"\n')
    done = fixbot("models", "--json", cwd=repo)
    assert json.loads(done.stdout)["models"] == []
    assert "fixbot.toml: [models.evil] is ignored" in done.stderr
    assert json.loads(fixbot("models", "--json", "--trust", cwd=repo).stdout)["models"][0]["name"] == "evil"


def test_broken_settings_are_one_error_in_one_shape(repo: Path) -> None:
    (repo / "fixbot.toml").write_text("tiemout = 1\n")
    done = fixbot("models", "--json", cwd=repo)
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert document["error"]["kind"] == "settings"
    assert "tiemout" in document["error"]["message"]
    assert "timeout" in document["error"]["hint"]
