"""Templates: each finds the fix of its own examples, and nothing that any of them proposes is broken code."""

import ast
import inspect
import re
import shlex
import textwrap
from importlib.metadata import EntryPoint

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, Naturalness, proposals
from fixbot_repair.candidates.symptoms import read
from fixbot_repair.candidates.templates import Rewrite, Template, builtin, load, template
from fixbot_repair.candidates.templates.base import Example
from fixbot_repair.candidates.templates.evidence import SEEN

EVERYWHERE = dict.fromkeys(range(1, 2000), 1.0)


def results(source: str, templates: tuple[Template, ...] | None = None, error: str = "") -> list[str]:
    data = source.encode()
    code = Code("a.py", data, symptoms=read([error]))
    found = Generator(code).candidates(proposals(code, EVERYWHERE, templates))
    return [c.patch.apply({"a.py": data})["a.py"].decode() for c in found if c.source != "template:pair"]


@pytest.mark.parametrize("one", builtin(), ids=lambda one: one.name)
def test_a_template_finds_the_fix_of_each_of_its_examples(one):
    def is_found(example: Example) -> bool:
        wanted = ast.dump(ast.parse(example.after))
        return any(ast.dump(ast.parse(text)) == wanted for text in results(example.before, (one,), example.error))

    assert [example for example in one.examples if not is_found(example)] == []


def test_there_are_at_least_twelve_families_with_two_examples_each():
    assert len({t.family for t in builtin()}) >= 12
    assert all(len(t.examples) >= 2 for t in builtin())
    assert len({t.name for t in builtin()}) == len(builtin())


SAMPLE = inspect.getsource(shlex.join) + inspect.getsource(textwrap.indent) + inspect.getsource(shlex.quote)


@settings(max_examples=8, deadline=None)
@given(line=st.integers(1, SAMPLE.count("\n")))
def test_every_candidate_parses_and_differs_from_all_others(line):
    data = SAMPLE.encode()
    code = Code("a.py", data)
    texts = [c.patch.apply({"a.py": data})["a.py"] for c in Generator(code).candidates(proposals(code, {line: 1.0}))][
        :500
    ]

    assert len({*texts, data}) == len(texts) + 1
    for text in texts[::5]:
        ast.parse(text)


def test_the_likeliest_comes_first_and_pairs_come_late():
    code = Code("a.py", b"def f(a, n):\n    if a < n:\n        return a + 1\n    return n\n")
    found = list(Generator(code).candidates(proposals(code, {2: 1.0, 3: 0.2})))

    pairs = [c for c in found if c.source == "template:pair"]
    assert found[0].note == "operator.comparison at line 2"
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert pairs
    assert found.index(pairs[0]) > 20


def test_naturalness_changes_the_order():
    code = Code("a.py", b"def f(a, n):\n    return a < n\n")

    def prefers_or_equal(path: str, data: bytes, lines: Span, text: str) -> float:
        assert data[lines.start : lines.end] in (b"    return a < n", b"def f(a, n):")
        return 1.0 if "a >= n" in text else 0.01

    def order(naturalness: Naturalness | None) -> list[bytes]:
        made = Generator(code, naturalness).candidates(proposals(code, EVERYWHERE))
        texts = [c.patch.apply({"a.py": code.data})["a.py"] for c in made]
        head = b"def f(a, n):\n    return "
        return [sign for text in texts for sign in (b"a > n", b"a >= n") if text == head + sign + b"\n"]

    assert order(None) == [b"a > n", b"a >= n"]
    assert order(prefers_or_equal) == [b"a >= n", b"a > n"]


@pytest.mark.parametrize(
    ("source", "absent"),
    [
        (
            "def f(a):\n    for i in range(3):\n        pass\n    return a\n\ndef g(b):\n    return b\n",
            "return a\n\ndef g(b):\n    return a\n",
        ),
        ("def f(a):\n    x = a\n    later = 1\n    return later\n", "x = later\n    later"),
        ("def f(n: int, names: list):\n    return names[n]\n", "names[names]"),
        ("class A:\n    k = 1\n    def f(self):\n        return self.g(2)\n", "return k"),
    ],
)
def test_names_are_used_only_where_they_are_in_scope_and_fit(source, absent):
    assert not [text for text in results(source) if absent in text]


@pytest.mark.parametrize("call", ["sum(x for x in xs)", "f(x for x in xs)(1)", "sum((x for x in xs), 2)"])
def test_the_brackets_of_a_generator_that_are_its_calls_stay(call):
    names = {n.id for text in results(f"def g(xs):\n    return {call}\n") for n in ast.walk(ast.parse(text))
             if isinstance(n, ast.Name)}  # fmt: skip

    assert not {n for n in names if n != "sum" and n.startswith("sum")}
    assert not {n for n in names if len(n) > 1 and n.startswith("f") and n not in ("float", "frozenset")}


def test_what_is_called_is_not_taken_for_a_value():
    texts = results('def f(words, n):\n    return "-".join(words[n:])\n')

    assert not [t for t in texts if ".join[" in t or ".join)" in t or ".join -" in t or ".join." in t]
    assert 'def f(words, n):\n    return "-".join(words[:n])\n' in texts[:20]


def test_expressions_inside_an_f_string_are_seen():
    source = """class A:
    def area(self):
        return 2
    def show(self, n, total):
        return f"{self.area:.1f} of {n - 1!r:>{total}}"
"""
    texts = results(source)

    for wanted in ("{self.area():.1f}", "{n + 1!r:>{total}}", "{total - 1!r:>{total}}", ":>{n}}"):
        assert [t for t in texts if wanted in t], wanted


def test_the_rest_of_the_file_keeps_its_bytes():
    source = 'def f( a ,n ):  # why\r\n    return a<n   # naïve ☃\r\n\r\nX = "\t"\r\n'
    code = Code("a.py", source.encode())

    for candidate in Generator(code).candidates(proposals(code, {2: 1.0})):
        text = candidate.patch.apply({"a.py": code.data})["a.py"].decode()
        assert text.endswith('# naïve ☃\r\n\r\nX = "\t"\r\n')
        assert candidate.source == "template:pair" or "def f( a ,n ):" in text or "return a<n   # naïve" in text
        assert "  # why\r\n" in text
        assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def f(:\n    return a <\n",
        "x = " + "(" * 300 + ")" * 300,
        "x = " + "1 + " * 3000 + "1\n",
        "lambda: " * 400 + "0",
    ],
    ids=["empty", "broken", "brackets", "long sum", "lambdas"],
)
def test_odd_files_give_few_candidates_and_no_error(source):
    results(source)


def test_a_plug_in_adds_templates_and_a_broken_one_is_left_out(caplog):
    broken = EntryPoint("broken", "no_such_module_here:x", "fixbot.templates")
    wrong = EntryPoint("wrong", "math:pi", "fixbot.templates")
    good = EntryPoint("good", f"{__name__}:none", "fixbot.templates")

    class Loaded:
        name = "ours"

        def load(self) -> object:
            return extra

    found = load([broken, wrong, good, Loaded()])  # type: ignore[list-item]

    assert found[-1] is extra
    assert len(found) == len(builtin()) + 1
    assert "broken" in caplog.text
    assert "wrong" in caplog.text


@template("test.extra", 1.0, "integer", ("x = 1\n", "x = 42\n"), ("y = 2\n", "y = 42\n"))
def extra(site):
    yield Rewrite(((Span(site.node.start_byte, site.node.end_byte), "42"),))


def test_what_justifies_a_template_is_of_two_bugs_and_names_one_that_there_is():
    names = {t.name for t in builtin()}

    assert SEEN.keys() <= names
    assert all(len({*bugs}) >= 2 for bugs in SEEN.values())
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+(@[0-9a-f]{7,40}|#\d+)", bug) for bugs in SEEN.values() for bug in bugs)


@pytest.mark.parametrize(
    ("before", "never"),
    [
        ("def f(x):\n    return x is None\n", "x == None"),
        ("def f(x):\n    kept = {}\n    return x in kept\n", "x == kept"),
        ("def f(a, b):\n    return a is b\n", "return a is a\n"),
        ("def f(a, b):\n    return a or b\n", "return b or b\n"),
        ("def f(a, b):\n    return a - b\n", "return b - b\n"),
    ],
)
def test_what_nobody_means_is_not_proposed(before, never):
    assert not [text for text in results(before) if never in text]


def test_a_sum_of_equals_may_be_meant():
    assert "return b + b" in "".join(results("def f(a, b):\n    return a + b\n"))
