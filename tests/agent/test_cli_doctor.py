"""``fixbot doctor``: what it shows, and when it says that solve cannot run."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.cli.commands import doctor
from fixbot_agent.settings import Places
from fixbot_repair.sandbox import Probe, machine, survey

WORKS = any(p.works for p in survey())


def test_shows_a_line_a_check_and_exits_cleanly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == (0 if WORKS else 1)
    shown = capsys.readouterr().out
    for name in ("python", "git", "sandbox bwrap", "sandbox landlock", "semgrep", "cache", "terminal", "containment"):
        assert name in shown


@pytest.mark.skipif(not WORKS, reason="no sandbox works on this machine")
def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "ok"
    assert document["exit_code"] == 0
    assert {c["status"] for c in document["checks"]} <= {"ok", "warn", "missing"}
    assert all(c["hint"] for c in document["checks"] if c["status"] == "missing")
    working = [s for s in document["sandboxes"] if s["works"]]
    assert "no network" in working[0]["promises"]


def test_without_a_sandbox_solve_cannot_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    probes = (
        Probe("bwrap", None, "bubblewrap is not installed", "apt install"),
        Probe("landlock", None, "too old", ""),
    )
    monkeypatch.setattr(doctor, "survey", lambda: probes)
    assert run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "bubblewrap is not installed" in shown
    assert "fixbot trust" in shown


def test_without_git_solve_cannot_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["doctor"]) == 1
    assert "install git" in capsys.readouterr().out


def test_an_old_git_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.9.1 '(Apple Git-99)'\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    tool = machine.tool("git")
    assert tool.version == "2.9.1"
    assert not tool.at_least(2, 32)


def test_a_tool_that_hangs_or_breaks_is_only_of_unknown_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "nvim").write_text("#!/no/such/interpreter\n")
    (tmp_path / "nvim").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.tool("nvim").path
    assert machine.tool("nvim").version == ""


def test_sizes_and_rights_of_the_state_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = Places.current()
    places.index.mkdir(parents=True)
    (places.index / "store").write_bytes(bytes(2_000_000))
    (tmp_path / "file").write_text("")
    assert doctor.size_of(places.cache) == 2_000_000
    run(["doctor"])
    assert "2.0 MB" in capsys.readouterr().out
    assert not list(places.state.parent.glob("state"))  # asking makes no folders
    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path / "file" / "home"))
    run(["doctor"])
    assert "FIXBOT_HOME" in capsys.readouterr().out


def test_says_which_switch_closes_namespaces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    switch = tmp_path / "restrict"
    switch.write_text("1\n")
    monkeypatch.setattr(machine, "_SWITCHES", ((str(switch), "1", "open it"),))
    assert machine.namespaces_hint() == "open it"
    switch.write_text("0\n")
    assert machine.namespaces_hint() == ""


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_told_what_works(
    platform: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor.sys, "platform", platform)
    run(["doctor"])
    assert "editor" in capsys.readouterr().out
