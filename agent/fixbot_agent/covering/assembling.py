"""The test file as it will stand: new tests put in form below what the file holds already."""

import ast
from collections.abc import Sequence

from fixbot_agent.covering import writing
from fixbot_agent.covering.ground import Ground
from fixbot_repair.checks.tidy import line_length, tidied


def assembled(here: Ground, tests: Sequence[writing.Test]) -> bytes:
    """Effect: runs ruff. The bytes of the file with `tests` in it. Raises CheckFailed, SyntaxError where they are no Python."""
    length = line_length(here.workspace.original("pyproject.toml"))
    package = here.subject.module.partition(".")[0]
    text = writing.file_text(here.home, tests, here.subject.module, lambda made: tidied(made, package, length))
    ast.parse(text)
    return text.encode()
