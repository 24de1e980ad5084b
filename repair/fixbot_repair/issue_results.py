"""Results that an issue shows: an expression, what came of it, and the statements before it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_repair.issue import Expectation
from fixbot_repair.issue_code import printed
from fixbot_repair.issue_source import parsed
from fixbot_repair.issue_traces import is_crash
from fixbot_repair.issue_values import is_literal
from fixbot_repair.issue_wording import Role

SURVIVED = "except Exception:\n    pass"  # the end of a statement that raised, and what followed showed results


@dataclass(frozen=True, slots=True)
class Shown:
    """An expression with what the issue shows below it."""

    expression: str
    output: str
    role: Role
    setup: tuple[str, ...]

    @property
    def crashes(self) -> bool:
        """Whether it ended in an error."""
        return is_crash(self.output)


def prints(source: str, body: Sequence[ast.stmt], setup: Sequence[str]) -> tuple[Shown, ...]:
    """What a program prints line by line, when its last statements print one thing each: without output yet."""
    found = list(_prints(source, body))
    return tuple(
        Shown(expression, "", Role.UNSAID, tuple(filter(None, [*setup, above]))) for expression, above in found
    )


def _prints(source: str, body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    lines = source.split("\n")
    for one in body:
        call = one.value if isinstance(one, ast.Expr) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "print" and len(call.args) == 1:
            yield printed(source, call), "\n".join(lines[: one.lineno - 1]).strip("\n")


def bound_before(setup: Sequence[str], expression: str, name: str) -> tuple[str, ...]:
    """`setup` with the value of `expression` kept under `name`: where it is a statement, or is printed, else at its end."""
    for at in reversed(range(len(setup))):
        source = setup[at]
        for one in reversed(parsed(source)):
            if isinstance(one, ast.Expr) and expression in (printed(source, one.value), ast.unparse(one.value)):
                lines = source.split("\n")
                lines[one.lineno - 1 : one.end_lineno] = [f"{name} = {expression}"]
                return (*setup[:at], "\n".join(lines), *setup[at + 1 :])
    return (*setup, f"{name} = {expression}")


def kept_before_last(setup: Sequence[str], expression: str, name: str) -> tuple[str, ...]:
    """`setup` with a copy of `expression` kept under `name` before its last statement that calls something; () where nothing
    is bound before that.
    """
    root = expression.replace("[", ".").partition(".")[0]
    copied = f"{name} = __import__('copy').deepcopy({expression})"
    for at in reversed(range(len(setup))):
        body = parsed(setup[at])
        calling = [one for one in body if _acts_on(one)]
        if calling:
            lines = setup[at].split("\n")
            above = "\n".join(lines[: calling[-1].lineno - 1])
            before = [*setup[:at], above]
            if not any(_binds(text, root) for text in before):
                return ()
            return (*filter(None, before), copied, "\n".join(lines[calling[-1].lineno - 1 :]), *setup[at + 1 :])
    return ()


def _acts_on(one: ast.stmt) -> bool:
    """Whether a statement does something that may change what there is: an assignment to a part, or a call for its own sake."""
    if isinstance(one, ast.Assign | ast.AugAssign):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target]
        if any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets):
            return True
    is_call = isinstance(one, ast.Expr | ast.Assign) and isinstance(one.value, ast.Call)
    return is_call and not (isinstance(one, ast.Expr) and ast.unparse(one.value).startswith("print("))


def _binds(text: str, name: str) -> bool:
    nodes = (node for one in parsed(text) for node in ast.walk(one))
    return any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in nodes)


def fitting(told: Expectation) -> Expectation:
    """`told` without its goal where that cannot be meant of the whole: a text or number in the place of a list or mapping."""
    if not (is_literal(told.actual) and is_literal(told.expected)):
        return told
    actual, expected = (ast.literal_eval(text.strip()) for text in (told.actual, told.expected))
    is_other = isinstance(actual, dict | list | tuple | set) and isinstance(expected, str | int | float)
    return replace(told, expected="") if is_other and not isinstance(expected, bool) and actual else told


def of_part(told: Expectation, part: str) -> Expectation:
    """`told` of the part of that name, where what comes now is a mapping that has it; without a goal where it is not."""
    if not part:
        return told
    value = ast.literal_eval(told.actual.strip()) if is_literal(told.actual) else None
    if not isinstance(value, dict) or part not in value:
        return replace(told, expected="")
    return replace(told, expression=f"{told.expression}[{part!r}]", actual=repr(value[part]))
