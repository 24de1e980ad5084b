"""A solve that may be cut short: its command line kept and taken up again, and its two hard ends."""

import dataclasses
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept, Run
    from fixbot_agent.settings import Loaded
    from fixbot_agent.solving.resuming import Stood

_OF_ONE_CALL = ("issue", "log", "output", "report", "print_unverified", "as_json", "resume")  # not the run's
_LIMITS = ("timeout", "max_cost", "max_steps", "max_tokens", "max_calls")
_GIVEN_ANEW = (*_LIMITS, "apply", "branch", "allow_dirty", "trust", "repo")
_SETTINGS = ("sandbox", "strategy", "samples", "prompts", *_LIMITS, "no_model", "offline", "allow_test_edits")
_PATHS = ("repo", "config")

Options = TypeVar("Options")


def options(given: object, loaded: "Loaded") -> dict[str, Json]:
    """The command line `given` (a dataclass of options) as the run keeps it: places absolute, settings as they were weighed."""
    own = {name: value for name, value in _values(given).items() if name not in _OF_ONE_CALL}
    kept: dict[str, Json] = {n: str(Path(v).absolute()) if isinstance(v, Path) else v for n, v in own.items()}
    settings = loaded.settings
    weighed = {name: getattr(settings, name) for name in _SETTINGS}
    named = {"test_cmd": shlex.join(settings.test_cmd) or None, "python": whole_path(settings.python) or None}
    return {**kept, **weighed, **named, "repo": str(loaded.root)}


def whole_path(python: str) -> str:
    """An interpreter as it was named, with its whole path where it stands below this folder: a run may be gone on with from another."""
    there = Path(python).expanduser()
    return str(there.absolute()) if python and there.exists() else python


def no_others(given: object) -> None:
    """Raise UsageFailure for what `given` says besides --resume that would make it another run, or be ignored."""
    now = _values(given)
    stray = [n for n, v in now.items() if v and n not in (*_GIVEN_ANEW, *_OF_ONE_CALL)]
    stray += [name for name in ("issue", "log") if now.get(name)]
    if stray:
        named = ", ".join("ISSUE" if n == "issue" else f"--{n.replace('_', '-')}" for n in stray)
        raise UsageFailure(f"--resume and {named} exclude each other", "a run goes on with what it was asked")


def taken_up(given: Options, kept: "Kept", *, whole: bool = True) -> "tuple[Options, str | None, Stood | None]":
    """Effect: reads the run. The command line of `kept` with what `given` says anew, its issue, and what it stood on.

    Without `whole`, keys that its issue held may be lacking.

    Raises UsageFailure for a run that cannot be gone on with, and for options that would make it another.
    """
    from fixbot_agent.solving.resuming import Asked, Stood, check

    check(kept)
    no_others(given)
    now = _values(given)
    asked, stood = Asked.read(kept, whole=whole), Stood.read(kept)
    again = {n: asked.options[n] for n in now if n in asked.options and (n == "repo" or not now[n])}
    if (now["apply"], now["branch"]) != (False, ""):
        again |= {"apply": now["apply"], "branch": now["branch"]}
    if again.get("base") and stood:
        again["base"] = stood.commit
    told: dict[str, Any] = {n: Path(str(v)) if n in _PATHS and v else v for n, v in again.items()}
    return dataclasses.replace(given, **told), asked.text, stood  # type: ignore[type-var]


def at_once(run: "Run", go_on: str, as_json: bool) -> Callable[[], None]:
    """What ends the process when somebody asks for the second time; what was tried is on disk, and all children end with us."""

    def end() -> None:
        try:
            run.event("ended at once")
            sys.stderr.write(printable(f"fixbot: interrupted, ended at once; {go_on}\n"))
            sys.stderr.flush()
            if as_json:
                error = {"kind": "interrupted", "message": "interrupted, ended at once", "hint": go_on}
                emit({"status": "error", "exit_code": int(ExitCode.INTERRUPTED), "error": error})
        finally:
            os._exit(ExitCode.INTERRUPTED)

    return end


def _values(given: object) -> dict[str, Any]:
    return {f.name: getattr(given, f.name) for f in dataclasses.fields(given)}  # type: ignore[arg-type]
