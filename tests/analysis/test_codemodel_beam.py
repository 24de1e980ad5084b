"""Whole lines from the code model: the parts that names play, which word may follow which, layout of other languages, the search."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.codemodel import CodeModel, tokenize
from fixbot_analysis.codemodel.beam import Beam, Start, search
from fixbot_analysis.codemodel.grammar import Brackets, Grammar
from fixbot_analysis.codemodel.manner import Manner
from fixbot_analysis.codemodel.roles import PARTS, SAME, Roles, roles_of
from fixbot_analysis.codemodel.tokens import LAYOUT, open_text

FUNCTION = "def {0}({1}):\n    {2} = load({1})\n    {2}.check({1})\n    return {2}\n"


def test_functions_that_differ_in_their_names_play_the_same_parts() -> None:
    one, other = (
        roles_of(tokenize(FUNCTION.format(*names))) for names in (("f", "path", "data"), ("g", "url", "page"))
    )
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    assert differing == [("f", "g"), ("path", "url"), ("data", "page")]  # where they are bound


def test_a_value_called_like_what_it_is_given_to_is_the_same() -> None:
    tokens = tokenize("def f(self, name, size):\n    self.size = size\n    make(name=name, size=self.size)\n")
    assert roles_of(tokens).count(SAME) == 3


@pytest.mark.parametrize(
    ("text", "braces"),
    [
        ("def f(a, b):\n    c = a\n    for d in b:\n        c += d\n    return c\n", False),
        ("func f(a int, b int) int {\n    c := a\n    return c + b\n}\n", True),
        ("const f = (a) => {\n let b = a;\n return b;\n}", True),
    ],
)
def test_a_part_is_written_as_the_name_it_stands_for(text: str, braces: bool) -> None:
    reader = Roles(braces=braces)
    for token in tokenize(text, "go" if braces else "python"):
        before = reader.copy()
        part = reader.add(token)
        assert before.written(part) == token


@given(st.text(alphabet="ab=(),:.{}[]\n def forin", max_size=80), st.booleans())
@settings(max_examples=80)
def test_any_text_has_a_part_for_each_token_whatever_follows(text: str, braces: bool) -> None:
    tokens = tokenize(text, "go" if braces else "python")
    parts = roles_of(tokens, braces=braces)
    half = len(tokens) // 2
    assert roles_of(tokens[:half], braces=braces) == parts[:half]
    assert all(part == token or part in (*PARTS, SAME) for part, token in zip(parts, tokens, strict=True))


SOURCE = """
import os
from . import names as other
class A(B, metaclass=C):
    x: int = 1
    def f(self, *args, key=None, **rest) -> dict[str, int]:
        if key is not None and key not in self.x or not rest:
            return [y for y in args if y], {1: 2, **rest}, (yield), lambda z: z
        elif "a" "b":
            ...
        async with a as b, c:
            await d
        while (n := f()) and -n ** 2:
            n += 1
        @property
        def g():
            yield from h[1:2, ...]
        raise E from None
        print(*args, sep="")
        del a[0], b
"""


def test_what_python_parses_is_admitted() -> None:
    ast.parse("".join(line for line in SOURCE.splitlines(keepends=True) if "@property" not in line))
    grammar = Grammar()
    for token in tokenize(SOURCE):
        if token in LAYOUT:
            grammar = Grammar()
            continue
        assert grammar.admits(token), token
        grammar.add(token)


@pytest.mark.parametrize(
    ("line", "word"),
    [("f(a", "]"), ("f(a]", "b"), ("a", "b"), ("a.", "."), ("x = ", ")"), ("if a:", "b"), ("f(", "<newline>"), ("if a", "<newline>"), ("a +=", "=")],
)  # fmt: skip
def test_what_never_parses_is_refused(line: str, word: str) -> None:
    assert not Grammar(tokenize(line)).admits(word)


def test_brackets_of_any_language_close_as_they_were_opened() -> None:
    brackets = Brackets(tokenize("f(a[0", "go"))
    assert brackets.admits("]")
    assert not brackets.admits(")")
    assert brackets.admits("x")


GO = "func f() error {\n\tx := g(1, 2)\n\ty := g(3, 4)\n\tz := g(5, x)\n\treturn h(x, y, z)\n}\n"


def test_a_text_says_where_lines_end_and_blanks_stand() -> None:
    manner = Manner(GO * 3)
    assert manner.breaks(")", "z") > 0.5 > manner.breaks("(", "x")
    assert manner.write_out("=", ("g", "(", "1", ",", "x", ")")) == " g(1, x)"
    assert Manner("").write_out("", ("a", ".", "b", "(", ")", ";")) == "a.b();"


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ('x = "a', True),
        ("x = 'a'", False),
        ("// a", True),
        ("// a\n", False),
        ("/* a", True),
        ("/* a */", False),
        ("`a", True),
        ("a(", False),
    ],
)
def test_the_inside_of_texts_and_remarks_is_known(text: str, is_open: bool) -> None:
    assert open_text(text) is is_open


@pytest.fixture(scope="module")
def model() -> CodeModel:
    found = CodeModel()
    names = [("load", "path", "data"), ("fetch", "url", "page"), ("grab", "key", "item"), ("take", "row", "cell")]
    for number, each in enumerate(names):
        found.learn(f"p/m{number}.py", (FUNCTION.format(*each) * 3).encode())
    return found


def _anything(*_: object) -> bool:
    return True


def _search(model: CodeModel, text: str, **options: object) -> list[Beam]:
    model.update("p/now.py", text.encode())
    return search(model, Start("p/now.py", tokenize(text), **options), _anything)  # type: ignore[arg-type]


def test_a_line_seen_with_other_names_is_told_with_the_names_of_here(model: CodeModel) -> None:
    beams = _search(model, "def bring(place):\n    thing = load(place)\n    thing.")
    assert beams[0].tokens == ("check", "(", "place", ")")
    assert beams[0].ends
    assert 0 < beams[0].chance <= 1


def test_lines_come_likeliest_first_and_beginnings_after_them(model: CodeModel) -> None:
    beams = _search(model, "def bring(place):\n    thing = ")
    ends = [beam.ends for beam in beams]
    assert ends == sorted(ends, reverse=True)
    chances = [beam.chance for beam in beams if beam.ends]
    assert chances == sorted(chances, reverse=True)


def test_what_is_not_admitted_is_not_told(model: CodeModel) -> None:
    text = "def bring(place):\n    thing = load("
    model.update("p/now.py", text.encode())
    beams = search(model, Start("p/now.py", tokenize(text)), lambda _, word: word != "place")
    assert all("place" not in beam.tokens for beam in beams)


def test_a_search_that_nobody_waits_for_ends(model: CodeModel) -> None:
    text = "def bring(place):\n    thing = load("
    assert search(model, Start("p/now.py", tokenize(text)), _anything, _anything) == []
