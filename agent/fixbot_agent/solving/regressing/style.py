"""A regression test in a project's own style: which file, which form, which name."""

import ast
import builtins
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixbot_agent.solving.reproducing.names import binds, module_of
from fixbot_agent.solving.reproducing.reproduction import Example, Kind
from fixbot_repair.issue_source import parsed

_MOST_WORDS = 8
_LONGEST_LINE = 88  # characters
_FUNCTION = re.compile(r"^(?:async )?def test", re.MULTILINE)
_CASE = re.compile(r"^class \w+\([^)\n]*TestCase\)", re.MULTILINE)
_FILLING = frozenset(["a", "an", "the", "is", "are", "was", "in", "on", "of", "to", "for", "with", "and", "or", "it"])


@dataclass(frozen=True, slots=True)
class Home:
    """Where a test goes: the file, its text as it is ("" for a new one), and whether its tests are unittest's."""

    path: str
    text: str
    is_case: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a test down: imports for the file's head, statements of the body, a fixture that it takes."""

    imports: tuple[str, ...]
    body: str
    fixture: str = ""


def home(texts: Mapping[str, str], changed: str, *, has_pytest: bool) -> Home:
    """The file of `texts` (the project's test files, path -> text) that tests the module at `changed`; else a new one."""
    stem = PurePosixPath(changed).stem
    stem = PurePosixPath(changed).parent.name or stem if stem == "__init__" else stem
    named = [
        p for p in texts if PurePosixPath(p).stem in (f"test_{stem}", f"{stem}_test", f"tests_{stem}", f"test{stem}")
    ]
    importing = re.compile(rf"^\s*(?:from|import) {re.escape(module_of(changed))}\b", re.MULTILINE)
    using = [p for p in texts if importing.search(texts[p])]
    if chosen := min(
        named or using, key=lambda p: (-_shared(p, changed), -len(importing.findall(texts[p])), p), default=""
    ):
        return Home(chosen, texts[chosen], _is_case(texts[chosen]) or not has_pytest)
    folders = Counter(str(PurePosixPath(p).parent) for p in texts)
    folder = min(folders, key=lambda f: (-_shared(f, changed), -folders[f], f), default="tests")
    styles = Counter(_is_case(text) for text in texts.values())
    return Home(str(PurePosixPath(folder) / f"test_{stem}.py"), "", not has_pytest or styles[True] > styles[False])


def _shared(path: str, other: str) -> int:
    return len(set(PurePosixPath(path).parts) & set(PurePosixPath(other).parent.parts))


def _is_case(text: str) -> bool:
    return bool(_CASE.search(text)) and not _FUNCTION.search(text)


def name(title: str, text: str, fallback: str) -> str:
    """The name of a test for an issue of this `title` that `text` does not have yet."""
    words = [w for w in re.findall(r"[a-z0-9]+", re.sub(r"^\[\w+\]:?", "", title.lower())) if w not in _FILLING]
    words = words[1:] if words[:1] == ["test"] else words
    plain = "_".join(["test", *(words[:_MOST_WORDS] or ["issue", *re.findall(r"\w+", fallback)])])
    taken = set(re.findall(r"def (\w+)", text))
    return next(n for n in (plain, *(f"{plain}_{i}" for i in range(2, 1000))) if n not in taken)


def given(home: Home, example: Example) -> tuple[str, str]:
    """Name and file text for a test that the issue brings along, as it stands there; ("", "") where its name is taken."""
    head, _, method = example.expected.partition(".")
    if re.search(rf"^(?:def|class) {re.escape(head)}\b", home.text, re.MULTILINE):
        return "", ""
    imports, rest = _split(example)
    text = _at_end(_with_imports(home.text or _docstring(home), imports), rest + "\n")
    return method or head, text


def forms(example: Example, *, is_case: bool) -> Iterator[Form]:
    """Ways to write `example` down, the plainest first: which of them holds is found out by running them."""
    imports, above = _split(example)
    found = _checks(example, imports, above, is_case=is_case)
    yield from (_beside(form, example.files) for form in found) if example.files else found


def _beside(form: Form, files: Sequence[tuple[str, bytes]]) -> Form:
    """`form` in a folder with these files. It takes pytest's fixtures: where they are not, it is found not to hold."""
    folders = sorted({str(PurePosixPath(name).parent) for name, _ in files} - {"."})
    lines = ["monkeypatch.chdir(tmp_path)", *(f'(tmp_path / "{folder}").mkdir(parents=True)' for folder in folders)]
    lines += [f'(tmp_path / "{name}").write_bytes({data!r})' for name, data in files]
    fixture = ", ".join(filter(None, ["monkeypatch", "tmp_path", form.fixture]))
    return Form(form.imports, "\n".join([*lines, form.body]), fixture)


def _split(example: Example) -> tuple[tuple[str, ...], str]:
    """The imports of `example`, its own and guessed ones, one a line; and its other statements as they are written."""
    body = parsed(example.statements)
    inner = [one for one in body if not isinstance(one, ast.Import | ast.ImportFrom)]
    heads = [ast.unparse(one) for one in body if one not in inner]
    guessed = [line for line in "\n".join(example.imports).splitlines() if line]
    return tuple(dict.fromkeys([*heads, *guessed])), _kept(example.statements, body, inner)


def _checks(example: Example, imports: tuple[str, ...], above: str, *, is_case: bool) -> Iterator[Form]:
    expression, expected = example.expression, example.expected
    if example.kind is Kind.RAISES:
        told = expected if hasattr(builtins, expected) else "Exception"
        opened = f"with self.assertRaises({told}):" if is_case else f"with pytest.raises({told}):"
        inside = textwrap.indent(expression or above, "    ")
        body = "\n".join(filter(None, [above if expression else "", opened, inside]))
        yield Form((*imports, *(() if is_case else ("import pytest",))), body)
    elif example.kind is Kind.ENDS:
        yield Form(imports, "\n".join(filter(None, [above, expression])))
    elif example.kind is Kind.VALUE and expression:
        for check, more, fixture in _equal(expression, expected, is_case=is_case):
            yield Form((*imports, *more), "\n".join(filter(None, [above, check])), fixture)


def _equal(expression: str, expected: str, *, is_case: bool) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(check, imports, fixture) that hold `expression` against `expected`: as a value, nearly, as text, as what it prints."""
    value = parsed(expected.strip())
    if len(value) == 1 and isinstance(value[0], ast.Expr):
        plain = expected.strip()
        is_one = plain in ("True", "False", "None")
        yield _assertion(expression, plain, "assertIs" if is_one else "assertEqual", is_case=is_case), (), ""
        if isinstance(value[0].value, ast.Constant) and isinstance(value[0].value.value, float):
            if is_case:
                yield f"self.assertAlmostEqual({expression}, {plain})", (), ""
            else:
                yield f"assert {expression} == pytest.approx({plain})", ("import pytest",), ""
    for show in ("repr", "str"):
        yield _assertion(f"{show}({expression})", _quoted(expected.strip("\n")), "assertEqual", is_case=is_case), (), ""
    printed = _quoted(expected.strip("\n") + "\n")
    if is_case:
        lines = f"with contextlib.redirect_stdout(io.StringIO()) as out:\n    {expression}\nself.assertEqual(out.getvalue(), {printed})"
        yield lines, ("import contextlib", "import io"), ""
    else:
        yield f"{expression}\nassert capsys.readouterr().out == {printed}", (), "capsys"


def _assertion(left: str, right: str, method: str, *, is_case: bool) -> str:
    if is_case:
        return f"self.{method}({left}, {right})"
    return f"assert {left} {'is' if method == 'assertIs' else '=='} {right}"


def _quoted(text: str) -> str:
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted and "\\'" not in quoted else quoted


def _kept(source: str, body: Sequence[ast.stmt], kept: Sequence[ast.stmt]) -> str:
    """The text of the statements `kept` of `body`, with what stands between them but for the others' lines."""
    lines = source.splitlines()
    for one in body:
        if one not in kept:
            lines[one.lineno - 1 : one.end_lineno] = [""] * ((one.end_lineno or one.lineno) - one.lineno + 1)
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def inserted(home: Home, test: str, form: Form) -> str:
    """The file's text with the test of this name in it. Raises SyntaxError where what came out is no Python."""
    text = home.text or _docstring(home)
    text = _with_imports(
        text, (*form.imports, *(("import unittest",) if home.is_case and not _CASE.search(text) else ()))
    )
    arguments = ", ".join(filter(None, ["self" if home.is_case else "", form.fixture]))
    written = f"def {test}({arguments}):\n{textwrap.indent(form.body, '    ')}\n"
    written = _in_case(text, written) if home.is_case else _at_end(text, written)
    ast.parse(written)
    return written


def _docstring(home: Home) -> str:
    return f'"""Tests of {PurePosixPath(home.path).stem.removeprefix("test_")}."""\n'


def _with_imports(text: str, imports: Sequence[str]) -> str:
    """`text` with the imports that it lacks: beside those from the same module, else below the last one at its head."""
    for line in dict.fromkeys(imports):
        body = ast.parse(text).body
        bound = {name for one in body for node in [one, *getattr(one, "names", [])] for name in binds(node)}
        heads = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
        if line in map(ast.unparse, heads) or _bound_by(line) <= bound:
            continue
        lines = text.split("\n")
        if same := next((one for one in heads if _is_from_there(one, line, lines)), None):
            names = sorted({*(alias.name for alias in same.names), *_bound_by(line)}, key=str.lower)
            lines[same.lineno - 1] = f"{line.partition(' import ')[0]} import {', '.join(names)}"
        else:
            docstring = body[0].end_lineno if body and isinstance(body[0], ast.Expr) else 0
            after = (heads[-1].end_lineno if heads else docstring) or 0
            lines[after:after] = [*([""] if after and not heads else []), line]
        text = "\n".join(lines)
    return text


def _is_from_there(one: ast.stmt, line: str, lines: Sequence[str]) -> bool:
    """Whether `one` is a plain import on a line of its own from the module that `line` imports a name from."""
    written = lines[one.lineno - 1]
    plain = isinstance(one, ast.ImportFrom) and not any(alias.asname or alias.name == "*" for alias in one.names)
    fits = len(written) + len(line.partition(" import ")[2]) < _LONGEST_LINE
    return (
        plain
        and fits
        and written == ast.unparse(one)
        and written.partition(" import ")[0] == line.partition(" import ")[0]
    )


def _bound_by(line: str) -> set[str]:
    return {name for one in ast.parse(line).body for node in getattr(one, "names", []) for name in binds(node)}


def _at_end(text: str, test: str) -> str:
    body = ast.parse(text).body
    main = next(
        (one.lineno - 1 for one in body if isinstance(one, ast.If) and "__main__" in ast.unparse(one.test)), None
    )
    lines = text.split("\n")
    above, below = ("\n".join(lines[:main]), "\n".join(lines[main:])) if main is not None else (text, "")
    return above.rstrip("\n") + "\n\n\n" + test + ("\n\n" + below if below else "")


def _in_case(text: str, test: str) -> str:
    cases = [
        c
        for c in ast.parse(text).body
        if isinstance(c, ast.ClassDef) and any("TestCase" in ast.unparse(b) for b in c.bases)
    ]
    method = textwrap.indent(test, "    ")
    if not cases:
        return _at_end(text, "class RegressionTests(unittest.TestCase):\n" + method)
    lines = text.split("\n")
    end = cases[-1].end_lineno or len(lines)
    lines[end:end] = ["", *method.rstrip("\n").split("\n")]
    return "\n".join(lines)
