"""One way out for every command: one JSON document on stdout, one shape of error, one table of exit codes."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from fixbot_agent.cli.ending import drop_stdout, settle
from fixbot_agent.errors import AllModelsFailed, BudgetSpent, InternalError, Interrupted, ModelError
from fixbot_agent.schemas import Json
from fixbot_analysis.errors import FixbotError
from fixbot_repair.errors import EnvironmentFailure, SandboxError, Untrusted

if TYPE_CHECKING:
    from fixbot_agent.runs import Redactor

SCHEMA = 1


class ExitCode(IntEnum):
    """Exit codes of the contract."""

    OK = 0
    NO_PATCH = 1
    USAGE = 2
    UNVERIFIED = 3
    BUDGET = 4
    MODELS = 5
    ENVIRONMENT = 6
    UNTRUSTED = 7
    INTERNAL = 70  # a bug in fixbot (EX_SOFTWARE of sysexits.h); an addition to the contract
    INTERRUPTED = 130


# The most particular class first.
_CODES: tuple[tuple[type[FixbotError], ExitCode], ...] = (
    (Untrusted, ExitCode.UNTRUSTED),
    (SandboxError, ExitCode.ENVIRONMENT),
    (EnvironmentFailure, ExitCode.ENVIRONMENT),
    (AllModelsFailed, ExitCode.MODELS),
    (ModelError, ExitCode.MODELS),
    (BudgetSpent, ExitCode.BUDGET),
    (InternalError, ExitCode.INTERNAL),
    (Interrupted, ExitCode.INTERRUPTED),
)


def exit_code_of(error: FixbotError) -> ExitCode:
    """The exit code that stands for `error`; what is not in the table is a matter of usage or configuration."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.USAGE)


def emit(document: Mapping[str, Json]) -> None:
    """Effect: write one JSON document, with the schema's number first and without keys, to stdout.

    An interrupt in the midst of it drops the rest; one that comes later comes too late.
    """
    text = json.dumps({"schema": SCHEMA, **_clean(document)}, ensure_ascii=False, indent=1, allow_nan=False)
    try:
        sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
        sys.stdout.flush()
    except KeyboardInterrupt:
        drop_stdout()
        raise
    settle()


def show_error(error: FixbotError, as_json: bool) -> int:
    """Effect: show `error` (JSON on stdout, or words on stderr; an interrupt on both, as one line); returns its exit code."""
    code = exit_code_of(error)
    if not as_json or isinstance(error, Interrupted):
        sys.stderr.write(f"fixbot: {printable(error.message)}\n")
        if error.hint and not isinstance(error, Interrupted):
            sys.stderr.write(f"  {printable(error.hint)}\n")
    if as_json:
        shape = {"kind": error.kind, "message": error.message, "hint": error.hint}
        emit({"status": "error", "exit_code": int(code), "error": shape})
    return code


def printable(text: str) -> str:
    """`text` fit to be shown: without keys, and with every control character but newline and tab spelled out.

    So no name can drive a terminal, nor turn the direction of writing.
    """
    clean = without_keys(text)
    return "".join(c if c in "\n\t" or (c.isprintable() or c == " ") else _spelled(c) for c in clean)


def printable_line(text: str) -> str:
    """The same of what stands within a line, such as a file's name: with its line breaks and tabs spelled out, so that it begins none."""
    return "".join(_spelled(c) if c in "\n\t" else c for c in printable(text))


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def without_keys(text: str) -> str:
    """`text` without what looks like a key, and without the values of variables that hold one."""
    return _redactor()(text)


@cache
def _redactor() -> "Redactor":
    from fixbot_agent.runs.secrets import redactor

    return redactor((), os.environ)


def _clean(document: Mapping[str, Json]) -> dict[str, Json]:
    return {without_keys(name): _clean_value(value) for name, value in document.items()}


def _clean_value(value: Json) -> Json:
    if isinstance(value, str):
        return without_keys(value)
    if isinstance(value, Mapping):
        return _clean(value)
    return [_clean_value(part) for part in value] if isinstance(value, Sequence) else value
