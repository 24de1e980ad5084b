"""The command line as a whole: what it lists, loads, says and exits with."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from fixbot_agent.cli.app import COMMANDS, LazyGroup, application, run
from fixbot_agent.cli.envelope import ExitCode, emit, exit_code_of, printable
from fixbot_agent.errors import AllModelsFailed, BudgetSpent, SettingsError
from fixbot_analysis.errors import FixbotError
from fixbot_repair.errors import EnvironmentFailure, GitError, SandboxError, Untrusted

FIXBOT = (sys.executable, "-m", "fixbot_agent.cli")


def loaded_modules(*arguments: str) -> set[str]:
    """Modules that a run of fixbot has loaded when it ends."""
    program = (
        "import sys\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "from fixbot_agent.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ended.stderr.splitlines())


def test_the_version_loads_next_to_nothing() -> None:
    heavy = {"click", "rich", "openai", "git", "tree_sitter", "libcst", "pygls", "fixbot_analysis"}
    assert not heavy & loaded_modules("--version")


def test_help_loads_no_engine() -> None:
    heavy = {"rich", "openai", "git", "tree_sitter", "libcst", "pygls", "lsprotocol"}
    assert not heavy & loaded_modules("--help")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in (*COMMANDS, "bench", "lsp"))


def all_commands() -> list[str]:
    assert isinstance(application, LazyGroup)
    return application.list_commands(click.Context(application))


@pytest.mark.parametrize("name", all_commands())
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command = application.get_command(click.Context(application), name)
    assert command is not None
    assert command.help
    assert "fixbot" in (command.epilog or "")


def test_an_unknown_command_is_a_matter_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nosuch", "--json"]) == ExitCode.USAGE
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert document["exit_code"] == 2
    assert document["error"]["kind"] == "usage"
    assert "nosuch" in document["error"]["message"]


def test_an_unknown_option_points_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "--nosuch"]) == ExitCode.USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "fixbot index --help" in shown.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), 2),
        (GitError("x"), 2),
        (BudgetSpent("x"), 4),
        (AllModelsFailed("x"), 5),
        (EnvironmentFailure("x"), 6),
        (SandboxError("x"), 6),
        (Untrusted("x"), 7),
    ],
)
def test_exit_codes_are_those_of_the_contract(error: FixbotError, code: int) -> None:
    assert exit_code_of(error) == code


def test_our_own_bug_is_a_line_and_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(self: LazyGroup, ctx: click.Context, cmd_name: str) -> click.Command:
        raise ZeroDivisionError("in our code")

    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path))
    monkeypatch.setattr(LazyGroup, "get_command", broken)
    assert run(["index"]) == ExitCode.INTERNAL
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "last-crash.txt" in shown.err
    assert "ZeroDivisionError" in (tmp_path / "state" / "last-crash.txt").read_text()


def test_a_reader_that_goes_away_is_no_error() -> None:
    ended = subprocess.run(
        ["sh", "-c", f"{' '.join(FIXBOT)} --help | head -1; exit 0"], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x1b]52;c;aGk=\x07", "\x9b31m", "a\rb", "\u202egpj.exe"])
def test_names_cannot_drive_the_terminal(hostile: str) -> None:
    assert all(c.isprintable() or c in "\n\t" for c in printable(hostile))


def test_what_is_harmless_is_shown_as_it_is() -> None:
    assert printable("naïve 文件.py\n\tok") == "naïve 文件.py\n\tok"


KEY = "sk-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def test_keys_are_shown_nowhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(self: LazyGroup, ctx: click.Context, cmd_name: str) -> click.Command:
        raise ZeroDivisionError(f"it said {KEY}")

    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path))
    monkeypatch.setenv("FIXBOT_DEBUG", "1")
    monkeypatch.setattr(LazyGroup, "get_command", broken)
    crash = tmp_path / "state" / "last-crash.txt"
    crash.parent.mkdir()
    crash.write_text("an older one")
    crash.chmod(0o644)
    assert run(["index"]) == run(["index", "--json"]) == ExitCode.INTERNAL
    emit({"warnings": [{KEY: f"line\n{KEY}"}]})
    shown = capsys.readouterr()
    assert "[redacted: api key]" in shown.out
    assert "[redacted: api key]" in shown.err
    assert KEY not in shown.out + shown.err + crash.read_text() + printable(KEY)
    assert crash.stat().st_mode & 0o777 == 0o600


INTERRUPTED = """
import os, signal, sys, tempfile
import click
# Whatever ran the tests may have left signals ignored.
signal.signal(signal.{name}, signal.default_int_handler if "{name}" == "SIGINT" else signal.SIG_DFL)
from fixbot_agent.cli import main
from fixbot_agent.cli.app import LazyGroup

@click.command()
@click.option("--json", is_flag=True)
def endless(json):
    with tempfile.TemporaryDirectory() as folder:
        os.kill(os.getpid(), signal.{name})
        signal.sigtimedwait([], 10)

LazyGroup.get_command = lambda *_: endless
sys.argv[1:] = {arguments!r}
main.main()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
@pytest.mark.parametrize("arguments", [["index"], ["check", "--json"]])
def test_an_interrupt_ends_tidily_and_says_so(name: str, arguments: list[str], tmp_path: Path) -> None:
    program = INTERRUPTED.format(name=name, arguments=arguments)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert ended.returncode == ExitCode.INTERRUPTED
    assert ended.stderr.strip() == "fixbot: interrupted"
    assert list(tmp_path.iterdir()) == []
    if "--json" in arguments:
        document = json.loads(ended.stdout)
        assert (document["status"], document["exit_code"]) == ("error", 130)
        assert document["error"]["kind"] == "interrupted"
    else:
        assert ended.stdout == ""


def test_handlers_are_as_before_when_a_command_has_ended() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    run(["--help"])
    run(["nosuch", "--json"])
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_an_interrupt_after_the_last_word_is_passed_over() -> None:
    program = (
        "import atexit, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "sys.argv[1:] = ['--help']\n"
        "from fixbot_agent.cli.main import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_interrupt_while_it_is_loaded_has_the_same_shape() -> None:
    program = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'fixbot_agent.cli.app': os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv[1:] = ['index', '--json']\n"
        "from fixbot_agent.cli.main import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "fixbot: interrupted\n")
    assert json.loads(ended.stdout)["error"]["kind"] == "interrupted"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["graph", "--json"], ["nosuch", "--json"], ["index"]])
def test_a_stdout_that_takes_nothing_is_said_once(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def total(): return 1\n" * 4000)
    environment = {**os.environ, "FIXBOT_HOME": str(tmp_path / "home")}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*FIXBOT, *arguments],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, env=environment,
        )  # fmt: skip
    assert ended.returncode == ExitCode.USAGE
    first, *rest = ended.stderr.splitlines()
    assert first == "fixbot: cannot write output: No space left on device"
    assert len(rest) == 1
