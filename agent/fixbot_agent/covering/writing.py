"""The text of a test file: cases with names, several inputs of one behaviour as parameters, imports at its head."""

import ast
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixbot_agent.covering import wording
from fixbot_agent.covering.cases import Case
from fixbot_agent.covering.home import Home
from fixbot_agent.covering.importing import with_imports
from fixbot_agent.covering.names import GIVEN
from fixbot_agent.covering.probe import Step

_RESERVED = frozenset({"request", "expected", "message", "self", "cls"}) | GIVEN


@dataclass(frozen=True, slots=True)
class Test:
    """One test function: its name, its text, the imports that it needs, the cases that it holds."""

    __test__ = False
    name: str
    text: str
    imports: tuple[str, ...]
    cases: tuple[Case, ...]


def tests(cases: Sequence[Case], taken: set[str]) -> list[Test]:
    """Test functions for `cases`, in their order; alike ones become one with parameters. Effect: names are `taken`."""
    groups: dict[object, list[Case]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(_alike(case) or number, []).append(case)
    return [_several(those, taken) if len(those) > 1 else _single(those[0], taken) for those in groups.values()]


def _single(case: Case, taken: set[str]) -> Test:
    name = wording.distinct(wording.name(case), taken)
    body = textwrap.indent("\n".join(case.body), "    ")
    return Test(name, f"def {name}({', '.join(case.fixtures)}):\n{body}\n", case.imports, (case,))


def _alike(case: Case) -> object:
    """What cases have in common that can be one test; None for one that stands for itself."""
    probe, outcome = case.found.probe, case.found.outcome
    names = [p.name for p, _ in probe.step.given]
    if not names or probe.before or probe.around or case.fixtures or outcome.printed or outcome.after:
        return None
    if len(probe.parts()[0]) > (1 if probe.receiver else 0):  # files
        return None
    if probe.making is not None and probe.receiver in names:
        return None
    if _RESERVED.intersection(names) or any(p.is_rest for p, _ in probe.step.given):
        return None
    if any(name in probe.step.target.name.split(".") for name in names):
        return None
    if outcome.kind == "returns" and outcome.value is None:
        return None
    made = probe.making.arguments() if probe.making else ""
    error = (outcome.error, bool(outcome.message)) if outcome.kind == "raises" else None
    return (probe.step.target.name, made, tuple(names), error)


def _several(cases: Sequence[Case], taken: set[str]) -> Test:
    first = cases[0].found
    names = [p.name for p, _ in first.probe.step.given]
    step = Step(
        first.probe.step.target, tuple(p.name if p.name in names else None for p in first.probe.step.target.parameters)
    )
    setup = list(first.probe.parts()[0])
    receiver = first.probe.receiver or (
        first.probe.making.target.call("", first.probe.making.arguments()) if first.probe.making else ""
    )
    call = step.target.call(receiver, step.arguments())
    rows, extra, body = _rows(cases, call)
    what = wording.subject(cases[0])
    name = wording.distinct(f"test_{what}" if not extra or extra == "expected" else f"test_{what}_refuses", taken)
    columns = [*names, *([extra] if extra else [])]
    heading = repr(columns[0]) if len(columns) == 1 else "(" + ", ".join(map(repr, columns)) + ")"
    lines = "".join(f"        {row},\n" for row in rows)
    text = f"@pytest.mark.parametrize(\n    {heading},\n    [\n{lines}    ],\n)\n"
    text += f"def {name}({', '.join(columns)}):\n" + textwrap.indent("\n".join([*setup, *body]), "    ") + "\n"
    imports = tuple(sorted({line for case in cases for line in case.imports} | {"import pytest"}))
    return Test(name, text, imports, tuple(cases))


def _rows(cases: Sequence[Case], call: str) -> tuple[list[str], str, list[str]]:
    """Rows of parameters, the name of the last column beside the arguments ("" for none), the statements of the test."""
    outcome = cases[0].found.outcome
    arguments = [[text for _, text in case.found.probe.step.given] for case in cases]
    if outcome.kind == "returns":
        expected = [case.found.outcome.value or "" for case in cases]
        compared = f"({call})" if isinstance(ast.parse(call, mode="eval").body, ast.Compare) else call
        if len(set(expected)) == 1 and expected[0] in ("True", "False", "None"):
            check = {"True": f"assert {call}", "False": f"assert not {compared}"}.get(
                expected[0], f"assert {compared} is None"
            )
            if expected[0] == "None" or _gives_bool(cases):
                return [_row(row) for row in arguments], "", [check]
        told = [_near(text) for text in expected]
        return (
            [_row([*row, t]) for row, t in zip(arguments, told, strict=True)],
            "expected",
            [f"assert {compared} == expected"],
        )
    heads = [case.body[-1].partition("\n")[0] for case in cases]
    if len(set(heads)) == 1:
        return [_row(row) for row in arguments], "", [f"{heads[0]}\n    {call}"]
    matches = [_match(head) for head in heads]
    opened = f"with pytest.raises({outcome.error[1]}, match=message):\n    {call}"
    return [_row([*row, m]) for row, m in zip(arguments, matches, strict=True)], "message", [opened]


def _gives_bool(cases: Sequence[Case]) -> bool:
    return all(case.found.outcome.type == "bool" for case in cases)


def _match(head: str) -> str:
    """What ``match=`` says in an opening line; a text that fits every message where it says nothing."""
    opened = ast.parse(f"{head}\n    pass").body[0]
    assert isinstance(opened, ast.With)
    call = opened.items[0].context_expr
    keywords = call.keywords if isinstance(call, ast.Call) else []
    return next((ast.unparse(k.value) for k in keywords if k.arg == "match"), "''")


def _near(text: str) -> str:
    told = ast.parse(text, mode="eval").body
    is_long = isinstance(told, ast.Constant) and isinstance(told.value, float) and len(text) > 8
    return f"pytest.approx({text})" if is_long else text


def _row(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "(" + ", ".join(values) + ")"


def file_text(home: Home, found: Sequence[Test], module: str, tidy: Callable[[str], str]) -> str:
    """The whole file with the tests in it; only what is new is put in form by `tidy`."""
    imports = list(dict.fromkeys(line for test in found for line in test.imports))
    bodies = "\n\n".join(test.text for test in found)
    alone = tidy(f'"""Tests of {module}."""\n\n' + "\n".join(imports) + "\n\n\n" + bodies)
    if home.before is None:
        return alone
    heads = [node for node in ast.parse(alone).body if isinstance(node, ast.Import | ast.ImportFrom)]
    below = "\n".join(alone.split("\n")[max((node.end_lineno or 0 for node in heads), default=1) :])
    whole = with_imports(home.before.decode(), heads, module.partition(".")[0])
    above, program = _parted(whole)
    return above.rstrip("\n") + "\n\n\n" + below.strip("\n") + "\n" + (f"\n\n{program}" if program else "")


def _parted(text: str) -> tuple[str, str]:
    """`text` up to what runs only where it is run as a program, at its end, and that."""
    last = ast.parse(text).body[-1:]
    if last and isinstance(last[0], ast.If) and "__name__" in ast.unparse(last[0].test):
        lines = text.splitlines(keepends=True)
        return "".join(lines[: last[0].lineno - 1]), "".join(lines[last[0].lineno - 1 :])
    return text, ""
