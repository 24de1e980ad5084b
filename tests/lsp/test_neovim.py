"""Neovim, headless, with the plugin that ships and keys typed into it. FIXBOT_NVIM names another Neovim than the one on PATH."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "editors" / "nvim"
SCENARIOS = ROOT / "tests" / "editors"
FIXBOT = str(Path(sys.executable).parent / "fixbot")
NVIM = os.environ.get("FIXBOT_NVIM") or "nvim"

Drive = Callable[..., Any]

pytestmark = pytest.mark.needs("nvim")


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """Run a scenario of tests/editors in a Neovim of its own, and return what it saw."""

    def run(scenario: str, folder: Path, command: str) -> Any:
        own = tmp_path_factory.mktemp("nvim")
        given = {
            "command": command,
            "scenario": str(SCENARIOS / f"neovim_{scenario}.lua"),
            "folder": str(folder),
            "out": str(own / "seen.json"),
            "heard": str(own / "heard.jsonl"),
        }
        script = [
            f"GIVEN = vim.fn.json_decode([==[{json.dumps(given)}]==])",
            f"vim.opt.runtimepath:append([==[{PLUGIN}]==])",
            f"local H = dofile([==[{SCENARIOS / 'neovim_harness.lua'}]==])",
            "local scenario = dofile(GIVEN.scenario)",
            "H.run(function() scenario(H) end)",
        ]
        (own / "x.lua").write_text("\n".join(script))
        homes = {f"XDG_{name}_HOME": str(own / name) for name in ("STATE", "CACHE", "DATA", "CONFIG")}
        arguments = [NVIM, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {own / 'x.lua'}"]
        env = {name: value for name, value in os.environ.items() if not name.startswith("FIXBOT_")}
        env |= {**homes, "FIXBOT_HOME": str(own / "home"), "FAKE_HEARD": given["heard"]}
        try:
            done = subprocess.run(
                arguments, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False, cwd=folder
            )
            said = (done.stdout + done.stderr).decode(errors="replace")
        except subprocess.TimeoutExpired as late:
            said = f"late: {late.stdout!r} {late.stderr!r}"
        assert (own / "seen.json").exists(), said
        seen = json.loads((own / "seen.json").read_text())
        assert not seen.get("problem"), f"{seen['problem']}\n{said}"
        heard = Path(given["heard"])
        seen["home"] = env["FIXBOT_HOME"]
        seen["heard"] = [json.loads(line) for line in heard.read_text().splitlines()] if heard.exists() else []
        return seen

    return run


LINE = "    logger.warning('could not read %s', path)"


@pytest.fixture(scope="module")
def real(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user sees of two projects with the real server."""
    folder = tmp_path_factory.mktemp("projects")
    for name in "ab":
        (folder / name).mkdir()
        (folder / name / "pyproject.toml").touch()
    functions = "".join(f"def f{n}(path):\n{LINE}\n\n" for n in range(9))
    habit = f"import logging\nlogger = logging.getLogger()\n{functions}def g(path):  # 🦊\n    "
    (folder / "a" / "habit.py").write_text(habit)
    (folder / "b" / "other.py").write_text("x = 1\n")
    return drive("real", folder, FIXBOT)


def test_grey_text_is_typed_along_and_accepted_by_word_and_whole_and_undone_alone(real: Any) -> None:
    rest = LINE.strip().removeprefix("log")
    assert (real["ghost"], real["along"]) == (rest, rest[1:])
    assert real["word"] == "    logger"
    assert real["accepted"] == LINE
    assert real["undone"] == "    logger"


def test_what_was_taken_is_counted_once_and_whole(real: Any) -> None:
    env = {**os.environ, "FIXBOT_HOME": real["home"]}
    done = subprocess.run([FIXBOT, "stats", "--json"], env=env, capture_output=True, text=True, check=True)
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["engine"], row["accepted"], row["partly"]) == ("built-in", 1, 0)  # by word, then the rest
    assert row["characters"] == len(LINE.strip())


def test_the_key_is_the_users_again_when_nothing_is_shown(real: Any) -> None:
    assert real["left"] == ""
    assert "fixbot" not in real["key"]


def test_the_list_holds_names_in_scope_and_no_whole_line(real: Any) -> None:
    assert "logger" in real["labels"]
    assert LINE.strip() not in real["labels"]


def test_a_squiggle_stands_behind_an_emoji(real: Any) -> None:
    assert real["mark"] == [0, len('fox = "🦊"; x = '.encode())]


def test_nothing_is_asked_while_somebody_types(real: Any) -> None:
    assert real["asked_typing"] == 0
    assert real["typed"] == "11"


def test_each_project_is_asked_about_once_and_not_trusted_before(real: Any) -> None:
    assert [question.rpartition("/")[2] for question in real["asked"]] == ["a?", "a?", "b?"]  # once by :FixbotTrust
    assert "(not trusted)" in real["before_trust"]
    assert "(not trusted)" not in real["after_trust"]
    assert real["roots"] == {"a": True, "b": False}


def test_a_killed_server_is_started_again_and_that_is_said(real: Any) -> None:
    assert real["after_kill"]
    assert any("started again" in text for text in real["told"])


def test_the_health_check_names_the_server_and_both_projects(real: Any) -> None:
    assert FIXBOT in real["health"]
    assert real["install"][0] == f"uv tool install '{ROOT}'"
    assert "trust not answered yet" in real["health"]
    assert "ERROR" not in real["health"]


@pytest.fixture(scope="module")
def offers(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user sees of a server that offers much, and what the server hears."""
    folder = tmp_path_factory.mktemp("offers")
    (folder / "m.py").touch()
    own = folder / ".venv" / "bin" / "fixbot"
    own.parent.mkdir(parents=True)
    own.touch(mode=0o755)
    return drive("offers", folder, str(SCENARIOS / "neovim_server.py"))


def test_text_of_several_lines_is_shown_chosen_and_taken(offers: Any) -> None:
    first = ["for each in every:", "    print(each)"]
    assert offers["several"] == "\n".join(first).removeprefix("for")
    assert offers["second"] == " other in others:\n    pass"
    assert (offers["lines"], offers["cursor"]) == (first, [2, len(first[1])])


def test_text_before_a_bracket_is_shown_and_taken_off(offers: Any) -> None:
    assert offers["inside"] == "first, second"


def test_the_server_hears_what_was_shown_and_taken_under_the_agreed_names(offers: Any) -> None:
    told = [(name, about) for name, about in offers["heard"] if name.startswith("textDocument/did")]
    assert ("textDocument/didShowCompletion", "for each") in [
        (n, a["item"]["insertText"][:8]) for n, a in told if "item" in a
    ]
    (partly,) = [about for name, about in told if name == "textDocument/didPartiallyAcceptCompletion"]
    assert partly["acceptedLength"] == len("for each in every:")
    assert ["fixbot.accepted", {"id": "o-1"}] in offers["heard"]


def test_commands_are_sent_as_agreed_and_their_answers_shown(offers: Any) -> None:
    heard = dict(offers["heard"])
    assert heard["fixbot.solve"] == {"issue": "the last day lacks"}
    assert heard["fixbot.runTest"]["id"] == "tests/test_a.py::test_b"
    assert [sorted(about) for name, about in offers["heard"] if name == "fixbot.fixAll"] == [[], ["uri"]]
    assert offers["answer"].startswith("A statement leaves out the last day")
    assert heard["fixbot.explain"]["range"]["end"] == {"line": 0, "character": len("for each in every:")}
    assert offers["statusline"] == "fixbot coder-7b"


def test_options_that_cannot_be_used_are_named(offers: Any) -> None:
    said = " ".join(offers["told"])
    assert "no option 'unknown'" in said
    assert "'inline' cannot be 3" in said


def test_neovims_own_inline_completion_is_switched_on_and_its_key_falls_back(offers: Any) -> None:
    assert offers["tabbed"].lstrip() == "for each in every:"
    assert offers["tabbed"] != "for each in every:"
    assert offers["native"] == offers["tabbed"]  # accepted: no tab was typed


def test_a_server_that_the_project_brings_is_started_only_where_it_is_trusted(offers: Any) -> None:
    assert offers["untrusted"] == "none"
    assert offers["trusted"][0].endswith("/.venv/bin/fixbot")


def test_another_server_of_the_file_is_told_so_that_nothing_is_listed_twice(offers: Any) -> None:
    assert offers["beside"] == ["pyright"]


def test_the_test_at_the_cursor_is_named_as_pytest_does(offers: Any) -> None:
    assert offers["tests"] == ["t.py::TestA::test_b", "t.py::test_c", "none"]


@pytest.fixture(scope="module")
def broken(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user is told whose options cannot be used."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "a.py").write_text("")
    return drive("broken", folder, "/nowhere/fixbot")


def test_options_that_cannot_be_used_are_named_and_the_defaults_stay(broken: Any) -> None:
    told = "\n".join(broken["told"])
    for wrong in (
        "setup() takes a table",
        "'cmd' cannot be {}",
        "'cmd' cannot be 5",
        "'keys' cannot be",
        "no option 'nope'",
    ):
        assert wrong in told
    assert broken["accept"] == "<Tab>"


def test_the_health_check_says_what_to_do_about_a_command_that_is_not_there(broken: Any) -> None:
    assert "'/nowhere/fixbot', which `cmd` names, cannot be run" in broken["health"]
    assert "uv tool install" in broken["health"]
    assert "Failed to run healthcheck" not in broken["health"]
    missing = [text for text in broken["told"] if "cannot be run" in text]
    assert len(missing) == 1, "once, not for each file"


CART = '''"""Carts."""

import os


class Cart:
    """Holds things."""

    def total(self, rate):
        return rate * 2


def checkout(cart: Cart):
    return cart.total(3)
'''


@pytest.fixture(scope="module")
def fixing(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user sees of findings, fixes and answers with the real server."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "cart.py").write_text(CART)
    user = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "-A"], [*user, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return drive("fixing", folder, FIXBOT)


def test_a_fix_is_shown_as_a_diff_and_made_only_when_the_user_says_so(fixing: Any) -> None:
    assert "\n-import os\n" in fixing["diff"]
    assert "Verified" in fixing["diff"]
    assert "import os" not in fixing["fixed"]
    assert "class Cart:" in fixing["fixed"]


def test_questions_are_answered_from_the_project(fixing: Any) -> None:
    assert "`checkout`" in fixing["answer"]
    assert "Nothing was sent" in fixing["sent"]
    assert "built in, no model" in fixing["status"]
    assert fixing["log"].endswith("lsp.log")
