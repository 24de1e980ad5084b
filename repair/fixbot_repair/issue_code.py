"""Code as issues show it, made runnable: prompts and answers taken out, output below it cut off, comments that tell a value."""

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from fixbot_repair.issue_blocks import exchanges, is_output, is_session
from fixbot_repair.issue_source import modern, parsed
from fixbot_repair.issue_traces import is_crash

_DOING = (
    ast.Call,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.FunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.Assert,
)
_RESULT = re.compile(r"^(\s*)(?:>>|=>|->|==>|→)\s+(.*)$")  # what came of the line above, where it is no comment
_BEGINS_OUTPUT = re.compile(r"^(?:Traceback \(most recent call last\)|-{20,}|={20,}|E {2,8}\S)")


def runnable(block: str) -> str:
    """The code of `block` as a program; "" where none can be made of it."""
    if is_session(block):
        return "\n".join(source for source, _ in exchanges(block))
    return _above_output(block)


def is_data(block: str) -> bool:
    """Whether `block` is neither code nor the error that a program ended in: lines of a file, or text to be read.

    Lines such as "port = 80" may be either.
    """
    ends = is_session(block) or is_output(block) or is_crash(block)
    nodes = (node for one in does(_above_output(block)) for node in ast.walk(one))
    return (
        bool(block.strip())
        and not ends
        and not any(isinstance(n, _DOING) and not isinstance(n, ast.Assign) for n in nodes)
    )


def does(source: str) -> list[ast.stmt]:
    """The statements of `source` when it is Python that does something; [] when it is text or a plain value."""
    body = parsed(source)
    return body if any(isinstance(node, _DOING) for one in body for node in ast.walk(one)) else []


def set_up(block: str) -> str:
    """The code of `block` without what a session shows to fail: what a later block builds upon."""
    if not is_session(block):
        return _above_output(block)
    return "\n".join(source for source, answer in exchanges(block) if not is_crash(answer))


def _above_output(block: str) -> str:
    lines = block.split("\n")
    end = next((n for n, line in enumerate(lines) if _BEGINS_OUTPUT.match(line)), len(lines))
    source = modern("\n".join(lines[:end]).rstrip("\n")) if end else ""
    if source and not parsed(source):
        noted = "\n".join(_RESULT.sub(r"\1# \2", line) for line in source.split("\n"))
        return noted if parsed(noted) else source
    return source


def last_expression(block: str, body: Sequence[ast.stmt]) -> tuple[str, str]:
    """The text before the last statement, and that statement when it is an expression (what it prints, for a print)."""
    last = body[-1]
    if not isinstance(last, ast.Expr):
        return block, ""
    head = block.split("\n")[: last.lineno - 1]
    if any(above.end_lineno == last.lineno for above, _ in pairwise([*body[-2:], last]) if above is not last):
        return block, ""
    return "\n".join(head).strip("\n"), printed(block, last.value)


def printed(source: str, value: ast.expr) -> str:
    """The source of `value`; of what it prints, for a print of one thing."""
    is_print = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
    if is_print and isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        value = value.args[0]
    return ast.get_source_segment(source, value) or ""
