"""The application: finds the command that was asked for, loads only that one, and turns every error into one shape."""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from fixbot_agent.cli.ending import drop_stdout, flush, interruptible
from fixbot_agent.cli.envelope import ExitCode, show_error, without_keys
from fixbot_agent.cli.storage import refusal
from fixbot_agent.errors import InternalError, Interrupted, UsageFailure
from fixbot_agent.settings.places import Places
from fixbot_analysis.errors import FixbotError

# Name -> one line of help. The module is fixbot_agent.cli.commands.NAME; it is imported when the command runs.
COMMANDS = {
    "solve": "Solve an issue or failing tests: a verified patch as a diff.",
    "check": "Compiler, linter and Semgrep findings in one list.",
    "watch": "Check, test and look for fixes after every save, in the background.",
    "cover": "Write tests until a module's branches are covered; each is kept only if it notices something.",
    "review": "Review a change: what is newly wrong between two commits.",
    "ask": "Answer a question about the code from facts, with the lines it rests on.",
    "locate": "Rank files, symbols and lines for an issue.",
    "context": "Show the context a model would be given for a place or an issue.",
    "complete": "Show what the editor would be offered at a place.",
    "index": "Build or refresh the index of a project.",
    "graph": "Ask and draw the dependency graph.",
    "runs": "The audit trail: what was asked, tried, checked, spent.",
    "memory": "What is remembered of a repository; forgetting it.",
    "models": "Configured models and whether they answer.",
    "doctor": "What works here, and what to do about what does not.",
    "trust": "Say that a workspace may run its own code and settings.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules, and entry points of the group ``fixbot.commands``, loaded when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, ours first."""
        from importlib.metadata import entry_points  # slow to load, and our own commands need it not

        return [*COMMANDS, *sorted(e.name for e in entry_points(group="fixbot.commands") if e.name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Effect: import and return the command, None when there is none of that name."""
        if cmd_name in COMMANDS:
            return _command(importlib.import_module(f"fixbot_agent.cli.commands.{cmd_name}").command)
        from importlib.metadata import entry_points

        for entry in entry_points(group="fixbot.commands", name=cmd_name):
            return _command(entry.load())
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing ours."""
        rows = [(n, COMMANDS.get(n) or self._short_help(ctx, n)) for n in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _short_help(self, ctx: click.Context, name: str) -> str:
        loaded = self.get_command(ctx, name)
        return loaded.get_short_help_str(70) if loaded else ""


def _command(loaded: object) -> click.Command:
    if not isinstance(loaded, click.Command):
        raise UsageFailure(f"a plug-in offers {loaded!r} as a command", "it must be a click.Command; ask its author")
    return loaded


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: fixbot solve issue.md",
)
@click.version_option(package_name="fixbot", message="fixbot %(version)s")
def application() -> None:
    """Find, fix and verify: nothing is called a fix before it was checked."""


def run(argv: Sequence[str]) -> int:
    """Effect: run the command line `argv`; returns the exit code. Every error leaves in one shape."""
    as_json = "--json" in argv
    with interruptible():
        try:
            code = _run(argv, as_json)
            refused = flush()
        except BrokenPipeError:  # the reader (head, less) went away: not our error
            drop_stdout()
            return ExitCode.OK
        except OSError as error:  # an error that stdout did not take
            drop_stdout()
            return _refused(error.strerror or str(error))
        except (click.Abort, KeyboardInterrupt):
            return show_error(Interrupted("interrupted", "run it again"), as_json)
        return _refused(refused) if refused else code


def _run(argv: Sequence[str], as_json: bool) -> int:
    try:
        result = application.main(list(argv), prog_name="fixbot", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.ClickException as error:
        return show_error(UsageFailure(error.format_message(), _usage_hint(error)), as_json)
    except FixbotError as error:
        return show_error(error, as_json)
    except (click.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - our own bug: the user gets a line and a file, not our stack
        if isinstance(error, OSError):
            if refused := flush("\n"):
                return _refused(refused)
            if known := refusal(error):
                return show_error(known, as_json)
        return show_error(_internal(error), as_json)
    return result if isinstance(result, int) else ExitCode.OK


def _refused(why: str) -> int:
    """Effect: say that stdout takes nothing, where it can still be said."""
    return show_error(UsageFailure(f"cannot write output: {why}", "see where stdout goes"), as_json=False)


def _internal(error: Exception) -> InternalError:
    """Effect: keep the traceback in a file of the user's state folder; FIXBOT_DEBUG shows it instead."""
    import traceback

    trace = without_keys("".join(traceback.format_exception(error)))
    if os.environ.get("FIXBOT_DEBUG"):
        sys.stderr.write(trace)
    try:
        where = f"the traceback is in {_kept(trace)}"
    except OSError:
        where = "run it again with FIXBOT_DEBUG=1 to see the traceback"
    return InternalError(f"a bug in fixbot: {type(error).__name__}: {error}", f"please report it; {where}")


def _kept(trace: str) -> Path:
    """Effect: write the file of the last crash, which nobody else may read; returns its path."""
    path = Places.current().state / "last-crash.txt"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)  # an older one keeps its mode, and may be a link
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(trace)
    return path


def _usage_hint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"see '{context.command_path} --help'" if context else "see 'fixbot --help'"
