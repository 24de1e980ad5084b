import datetime
import pytest
from sprig import Engine, RenderError, SyntaxFault, Template, TemplateError
from sprig.filters import FILTERS
from sprig.lexer import tokens, words
from sprig.scope import Safe, Scope, lookup


def render(source, **values):
    return Template(source).render(values)


class Person:
    kind = "person"

    def __init__(self, name, age):
        self.name = name
        self.age = age
        self._secret = "s"

    def shout(self):
        return self.name.upper()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("p.name", "kim"),
        ("p.kind", "person"),
        ("p.shout", "KIM"),
        ("p._secret", None),
        ("p.missing", None),
        ("p.missing.more", None),
        ("d.a", 1),
        ("d.items", None),
        ("d.zero", 0),
        ("xs.0", "x"),
        ("xs.2", None),
        ("xs.1.deep.1", 8),
        ("call", 5),
        ("nothing", None),
        ("none.x", None),
        ("t.1", 2),
    ],
)
def test_find(path, value):
    scope = Scope({"p": Person("kim", 3), "d": {"a": 1, "zero": 0}, "xs": ["x", {"deep": [7, 8]}], "call": lambda: 5, "none": None, "t": (1, 2)})
    assert scope.find(path) == value
    assert scope.inner(other=1).find(path) == value


def test_lookup_of_nothing():
    assert lookup(None, "x") is None
    assert lookup([], "0") is None
    assert lookup("abc", "upper")() == "ABC"


def test_layers():
    outer = Scope({"a": 1})
    inner = outer.inner(b=2)
    inner.set("a", 5)
    inner.set("c", 6)
    inner.set("b", 7)
    assert outer.values == {"a": 5}
    assert inner.values == {"b": 7, "c": 6}
    given = {"x": 1}
    Scope(given).set("x", 2)
    assert given == {"x": 1}


def test_a_none_hides_the_outer_value():
    assert Scope({"a": 1}).inner(a=None).find("a") is None


def test_rendering_leaves_the_given_values_alone():
    values, engine = {"n": 1}, Engine({"t": "{% set n = n + 1 %}{% set site = 'b' %}{{ n }}{{ site }}"}, shared={"site": "a"})
    assert engine.render("t", values) == "2b"
    assert engine.render("t", values) == "2b"
    assert values == {"n": 1}
    assert engine.shared == {"site": "a"}
    assert engine.render("t", values, n=5) == "6b"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 1 + 2 - 4 }}", "-1"),
        ("{{ -n }}", "-3"),
        ("{{ 1.50 }}", "1.5"),
        ("{{ (1 + 2) == n }}", "True"),
        ("{{ 'a' + \"b\" }}", "ab"),
        (r"{{ 'it\'s' |safe }}", "it's"),
        (r"{{ 'a\nb' }}", "a\nb"),
        ("{{ none }}", ""),
        ("{{ zero }}", "0"),
        ("{{ true or n }}", "True"),
        ("{{ zero or 'x' }}", "x"),
        ("{{ n and 'x' }}", "x"),
        ("{{ not n or 'y' }}", "y"),
        ("{{ not not n }}", "True"),
        ("{{ 0 or 1 and 0 }}", "0"),
        ("{{ missing > 3 }}", "False"),
        ("{{ missing <= 3 }}", "False"),
        ("{{ missing == none }}", "True"),
        ("{{ missing != 3 }}", "True"),
        ("{{ 1 in missing }}", "False"),
        ("{{ n >= 3 }}{{ n <= 2 }}{{ n < 3 }}{{ n != 3 }}", "TrueFalseFalseFalse"),
        ("{{ 'or' }}", "or"),
        ("{{ order }}", "first"),
        ("{{ '|' + ':' }}", "|:"),
    ],
)
def test_expressions(source, text):
    assert render(source, n=3, zero=0, order="first") == text


@pytest.mark.parametrize("source", ["{{ }}", "{{ 1 + }}", "{{ (1 }}", "{{ a|'x' }}", "{{ a ? b }}", "{{ , }}", "{% if %}x{% endif %}", "{% %}", "{% set x %}", "{% set 1 = 2 %}", "{% endif %}", "{% for x in y %}{% else %}{% endfor %}", "{% if a %}{% endfor %}", "{# open", "{% include %}"])
def test_faults(source):
    with pytest.raises(SyntaxFault):
        Template(source)


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\nb\n{{ c", 3), ("{{ a\n}}\n{{ ! }}", 3), ("{% if a %}\n{% for x in y %}\n\n{% endif %}", 4), ("{# \n\n #}{% nope %}", 3), ("x\n{% for a in b %}\n{% if c %}\n{% endif %}", 2), ("\n{% if a %}{% else %}\n\n{% else %}{% endif %}", 4)],
)
def test_lines(source, line):
    with pytest.raises(SyntaxFault) as caught:
        Template(source)
    assert caught.value.line == line
    assert str(caught.value).startswith("line %d: " % line)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n{%- if true %}\n b{% endif -%}\n\n c", "a\n bc"),
        ("a {{- 'x' -}} b", "axb"),
        ("a {#- note -#} b", "ab"),
        ("a {#- note #} b", "a b"),
        ("  {{ 1 }}  ", "  1  "),
        ("{{ 3 -}} {{ 4 }}", "34"),
        ("{}%} }}", "{}%} }}"),
        ("", ""),
        ("{{ 'a' }}{{ 'b' }}", "ab"),
    ],
)
def test_white_space(source, text):
    assert render(source) == text


def test_tokens():
    assert [(t.kind, t.text, t.line) for t in tokens("a\n{{ b }}{# c #}\n{% d %}")] == [
        ("text", "a\n", 1), ("value", "b", 2), ("text", "\n", 2), ("tag", "d", 3),
    ]
    assert words(" a.b|c:'x' <= 2.5 ", 1) == [("name", "a.b"), ("sign", "|"), ("name", "c"), ("sign", ":"), ("string", "'x'"), ("sign", "<="), ("number", "2.5")]


def test_nested_loops_and_loop_values():
    source = "{% for row in rows %}{{ loop.index }}/{{ loop.length }}{% if loop.first %}f{% endif %}({% for x in row %}{{ x }}{% if loop.last %}l{% endif %}{% endfor %}){% endfor %}"
    assert render(source, rows=[[1, 2], [], [3]]) == "1/3f(12l)2/3()3/3(3l)"
