"""Fixes that type checkers' words determine: each message against the edit that it means, and against what is too unclear."""

import ast
from dataclasses import replace

import pytest

from fixbot_analysis.source import Document
from fixbot_repair import checks
from fixbot_repair.candidates import Patch
from fixbot_repair.checks import Finding, Severity
from fixbot_repair.checks.hints import suggested
from fixbot_repair.checks.versions import Ground
from fixbot_repair.fixing import fix


def after(tool, rule, message, text, mark, target=(3, 11)):
    """`text` after the fix for a remark on `mark` in it ("" for a whole line), and whether it is safe; None where there is none."""
    document = Document("a.py", text.encode())
    at = document.position(text.encode().index(mark.encode()))
    end = at.column + 1 + len(mark)
    found = Finding("a.py", at.line + 1, at.column + 1, at.line + 1, end, tool, rule, Severity.ERROR, message)
    (finding,) = suggested([found], {"a.py": document}, target)
    edits = finding.fix or finding.unsafe
    if not edits:
        return None
    changed = Patch(edits).apply({"a.py": document.data})["a.py"].decode()
    ast.parse(changed)
    return changed, bool(finding.fix)


def default(tool):
    return {
        "mypy": (
            "assignment",
            'Incompatible default for argument "x" (default has type "None", argument has type "int")',
        ),
        "pyright": ("reportArgumentType", 'Expression of type "None" cannot be assigned to parameter of type "int"'),
        "ty": ("invalid-parameter-default", "Default value of type `None` is not assignable to annotated parameter"),
        "pyrefly": ("bad-function-definition", "Default `None` is not assignable to parameter `x` with type `int`"),
    }[tool]


@pytest.mark.parametrize("tool", ["mypy", "pyright", "ty", "pyrefly"])
def test_a_default_of_none_is_in_the_annotation(tool):
    mark = "x: int" if tool == "ty" else "None"
    said = default(tool)
    assert after(tool, *said, "def f(x: int = None): ...\n", mark) == ("def f(x: int | None = None): ...\n", True)
    assert after(tool, *said, "def f(*, x: 'int' = None): ...\n", mark.replace("int", "'int'"))[0] == (
        "def f(*, x: 'int | None' = None): ...\n"
    )
    old = after(tool, *said, '"""D."""\nimport os\n\ndef f(x: int = None): ...\n', mark, (3, 8))
    assert old == ('"""D."""\nfrom typing import Optional\nimport os\n\ndef f(x: Optional[int] = None): ...\n', True)


IGNORE = [
    ("mypy", "unused-ignore", 'Unused "type: ignore" comment', "x = 1  # type: ignore\n", "x = 1\n"),
    (
        "mypy",
        "unused-ignore",
        'Unused "type: ignore[a]" comment',
        "x = 1  # type: ignore[a] # noqa\n",
        "x = 1  # noqa\n",
    ),
    (
        "mypy",
        "unused-ignore",
        'Unused "type: ignore[a]" comment',
        "x = 1 # type: ignore[a, b]\n",
        "x = 1 # type: ignore[b]\n",
    ),
    ("mypy", "unused-ignore", 'Unused "type: ignore" comment', "x = 1  # type: ignore, as it must be\n", None),
    (
        "pyright",
        "reportUnnecessaryTypeIgnoreComment",
        'Unnecessary "# pyright: ignore" rule: "reportX"',
        "x = 1  # pyright: ignore[reportX, reportY]\n",
        "x = 1  # pyright: ignore[reportY]\n",
    ),
    (
        "ty",
        "unused-type-ignore-comment",
        "Unused blanket `type: ignore` directive",
        "é = 1  # type: ignore\r\n",
        "é = 1\r\n",
    ),
]


@pytest.mark.parametrize(("tool", "rule", "message", "text", "expected"), IGNORE)
def test_a_comment_that_ignores_nothing_goes_and_others_stay(tool, rule, message, text, expected):
    changed = after(tool, rule, message, text, text[0])
    assert changed == (None if expected is None else (expected, True))


NAME = 'Name "List" is not defined (Did you forget to import it from "typing"? (Suggestion: "from typing import List"))'
IMPORTS = [
    ("def f() -> List[int]: ...\n", "from typing import List\ndef f() -> List[int]: ...\n"),
    (
        "from typing import (\n    Any,\n)\n\nx: List[Any]\n",
        "from typing import (\n    Any, List,\n)\n\nx: List[Any]\n",
    ),
    (
        "from __future__ import annotations\n\nimport os\nx: List[int]\n",
        "from __future__ import annotations\n\nfrom typing import List\nimport os\nx: List[int]\n",
    ),
    ("from typing import *\nx: List[int]\n", "from typing import List\nfrom typing import *\nx: List[int]\n"),
]


@pytest.mark.parametrize(("text", "expected"), IMPORTS)
def test_a_name_of_typing_is_imported_where_imports_stand(text, expected):
    assert after("mypy", "name-defined", NAME, text, "List[") == (expected, True)
    assert after("pyright", "reportUndefinedVariable", '"List" is not defined', text, "List[") == (expected, True)
    assert after("pyright", "reportUndefinedVariable", '"Lisp" is not defined', text, "List[") is None


NOTHING = 'Function is missing a return type annotation (Use "-> None" if function does not return a value)'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    pass\n", "def f() -> None:\n    pass\n"),
        (
            "def f(a={1: ':'}, b: int = 2):  # x: y\n    pass\n",
            "def f(a={1: ':'}, b: int = 2) -> None:  # x: y\n    pass\n",
        ),
        ("async def f(\n    a,  # é:\n): pass\n", "async def f(\n    a,  # é:\n) -> None: pass\n"),
        ("def f() -> int:\n    pass\n", None),
    ],
)
def test_what_returns_nothing_says_so(text, expected):
    changed = after("mypy", "no-untyped-def", NOTHING, text, "f(")
    assert changed == (expected and (expected, True))
    assert after("mypy", "no-untyped-def", "Function is missing a type annotation", text, "f(") is None


def test_a_missing_return_is_none_where_none_is_allowed():
    text = "def f(x) -> {}:\n    if x:\n        return 1  # one"
    ends = text + "\n    return None"
    for annotation in ("Optional[int]", "int | None", "typing.Optional[int]"):
        done = after("mypy", "return", "Missing return statement", text.format(annotation), "f(")
        assert done == (ends.format(annotation), True)
    assert after("mypy", "return", "Missing return statement", text.format("int"), "f(") is None


def test_a_cast_to_what_it_is_goes():
    text = "y = typing.cast(int, {})[0]\n"
    assert after("mypy", "redundant-cast", 'Redundant cast to "int"', text.format("x.y"), "int") == (
        "y = x.y[0]\n",
        True,
    )
    assert after("pyright", "reportUnnecessaryCast", 'Unnecessary "cast" call; type', text.format("a or b"), "typing")[
        0
    ] == ("y = (a or b)[0]\n")


def test_an_override_is_marked_where_python_or_the_file_has_the_mark():
    text = "import os\n\n\nclass B(A):\n    @property\n    def f(self): ...\n"
    said = ("pyright", "reportImplicitOverride", 'Method "f" is not marked as override but is overriding')
    marked = "    @property\n    @override\n    def f(self): ...\n"
    assert after(*said, text, "f(", (3, 12)) == (
        f"from typing import override\nimport os\n\n\nclass B(A):\n{marked}",
        True,
    )
    assert after(*said, text, "f(", (3, 11)) is None
    known = after(*said, "from typing_extensions import Self\n" + text, "f(", (3, 11))
    assert known[0].startswith("from typing_extensions import Self, override\n")


@pytest.mark.parametrize(
    ("rule", "message", "text", "mark", "expected"),
    [
        ("call-arg", 'Unexpected keyword argument "colour" for "f"; did you mean "color"?', "f(colour=colour)\n", "f(colour=colour)", "f(color=colour)\n"),
        ("attr-defined", '"A" has no attribute "sise"; maybe "size"?', "x = a().sise\n", "a().sise", "x = a().size\n"),
        ("attr-defined", '"A" has no attribute "sise"; maybe "size"?', "x = a(b.sise).sise\n", "a(b.sise).sise", None),
        ("attr-defined", 'Module "m" has no attribute "a"; maybe "b"?', "from m import (a as c, d)\n", "from m import (a as c, d)", "from m import (b as c, d)\n"),
        ("attr-defined", '"A" has no attribute "sise"; maybe "size" or "side"?', "x = a.sise\n", "a.sise", None),
        ("unused-coroutine", 'Value of type "Coroutine[Any, Any, int]" must be used', "async def f():\n    g()\n", "g()", "async def f():\n    await g()\n"),
        ("unused-coroutine", 'Value of type "Coroutine[Any, Any, int]" must be used', "async def f():\n    def h():\n        g()\n", "g()", None),
        ("union-attr", 'Item "None" of "A | None" has no attribute "b"', "def f(a):\n    return a.b\n", "a.b", "def f(a):\n    assert a is not None\n    return a.b\n"),
        ("union-attr", 'Item "None" of "A | None" has no attribute "b"', "def f(a):\n    return a.c and a.b\n", "a.b", None),
        ("union-attr", 'Item "None" of "A | None" has no attribute "b"', "def f(a):\n    return a().b\n", "a().b", None),
        ("union-attr", 'Item "None" of "A | None" has no attribute "b"', "def f(a):\n    if a.b: pass\n", "a.b", None),
        ("union-attr", 'Item "None" of "A | None" has no attribute "b"', "if x: a.b\n", "a.b", None),
    ],
)  # fmt: skip
def test_what_changes_what_runs_is_offered_as_unsafe_or_not_at_all(rule, message, text, mark, expected):
    assert after("mypy", rule, message, text, mark) == (expected and (expected, False))


def test_of_many_uses_of_none_in_a_function_the_first_is_asserted():
    text = "def f(a):\n    a.b()\n    a.c()\n\ndef g(a):\n    a.b()\n"
    document = Document("a.py", text.encode())
    first = Finding(
        "a.py", 2, 5, 2, 8, "mypy", "union-attr", Severity.ERROR, 'Item "None" of "A | None" has no attribute "b"'
    )
    findings = [first, replace(first, line=3, end_line=3), replace(first, line=6, end_line=6)]
    assert [bool(f.unsafe) for f in suggested(findings, {"a.py": document}, (3, 11))] == [True, False, True]


@pytest.mark.parametrize(
    "text", ["def f(x: int = None\n", "x = 1\rdef f(x: int = None): ...\n", "\f\ndef f(x: int = None): ...\n"]
)
def test_what_cannot_be_read_as_it_is_counted_offers_nothing(text):
    assert after("mypy", *default("mypy"), text, "None") is None


def test_mypys_own_words_lead_to_fixes_that_hold(tmp_path, plain):
    text = "def main(n: {} = None) -> None:\n    print(n)\n\n\ndef f(x: int = None) -> int:\n    return x + 1\n"
    (tmp_path / "a.py").write_text(text.format("int"))
    tools = checks.chosen(["mypy"])
    feedback = checks.run(tmp_path, ["a.py"], only=tools, sandbox=plain)
    fixed = fix(Ground(tmp_path, sandbox=plain), ["a.py"], tools, feedback)
    assert fixed.after["a.py"].decode() == text.format("int | None")
    # To let x be None would break what is done with it.
    assert [(r.finding.line, "Unsupported operand" in r.why) for r in fixed.refused] == [(5, True)]
