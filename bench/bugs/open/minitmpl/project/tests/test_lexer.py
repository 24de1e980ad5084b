import pytest

from minitmpl import TemplateSyntaxError
from minitmpl.lexer import tokenize


def kinds(source):
    return [(token.kind, token.value) for token in tokenize(source)]


def test_text_output_and_block():
    assert kinds("a {{ b }}{% c %}") == [("text", "a "), ("output", " b "), ("block", " c ")]


def test_comments_vanish():
    assert kinds("a{# {{ no }} #}b") == [("text", "a"), ("text", "b")]


def test_dashes_strip_space():
    assert kinds("a \n {%- x -%} \n b") == [("text", "a"), ("block", " x "), ("text", "b")]


def test_lines():
    assert [token.line for token in tokenize("a\nb{{ c }}\n{# x\ny #}{{ d }}")] == [1, 2, 2, 4]


def test_line_after_stripped_space():
    assert [token.line for token in tokenize("{{ a -}}\n\n  b\n{{ c }}")] == [1, 3, 4]


@pytest.mark.parametrize("text", ["}}", "%}", "a '}}' b"])
def test_closers_in_strings(text):
    source = '{{ "' + text + '" }}'
    assert kinds(source) == [("output", ' "' + text + '" ')]


def test_escaped_quote_in_string():
    assert kinds(r"{{ 'it\'s }}' }}.") == [("output", r" 'it\'s }}' "), ("text", ".")]


@pytest.mark.parametrize("source", ["{{ a", "x\n{% if", "{# never"])
def test_unclosed(source):
    with pytest.raises(TemplateSyntaxError):
        tokenize(source)
