"""One way out for every command: one JSON document on stdout, one shape of error, one table of exit codes."""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Union

from fixbot_agent.errors import AllModelsFailed, BudgetSpent, InternalError, ModelError
from fixbot_analysis.errors import FixbotError
from fixbot_repair.errors import EnvironmentFailure, SandboxError, Untrusted

Json = Union[Mapping[str, "Json"], Sequence["Json"], str, int, float, bool, None]

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
)


def exit_code_of(error: FixbotError) -> ExitCode:
    """The exit code that stands for `error`; what is not in the table is a matter of usage or configuration."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.USAGE)


def emit(document: Mapping[str, Json]) -> None:
    """Effect: write one JSON document, with the schema's number first, to stdout."""
    text = json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")


def show_error(error: FixbotError, as_json: bool) -> int:
    """Effect: show `error` (JSON on stdout, or words on stderr); returns its exit code."""
    code = exit_code_of(error)
    if as_json:
        shape = {"kind": error.kind, "message": error.message, "hint": error.hint}
        emit({"status": "error", "exit_code": int(code), "error": shape})
        return code
    sys.stderr.write(f"fixbot: {printable(error.message)}\n")
    if error.hint:
        sys.stderr.write(f"  {printable(error.hint)}\n")
    return code


def printable(text: str) -> str:
    """`text` with every control character but newline and tab spelled out, so that no name can drive a terminal."""
    return "".join(c if c in "\n\t" or (c.isprintable() or c == " ") else f"\\x{ord(c):02x}" for c in text)
