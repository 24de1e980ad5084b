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


def test_loops_over_other_things():
    assert render("{% for x in d %}{{ x }}{% endfor %}", d={"a": 1, "b": 2}) == "ab"
    assert render("{% for x in none %}{{ x }}{% empty %}e{% endfor %}") == "e"
    assert render("{% for x in missing %}{{ x }}{% endfor %}") == ""
    assert render("{% for x in g %}{{ x }}{% if not loop.last %}-{% endif %}{% endfor %}", g=(c for c in "abc")) == "a-b-c"
    assert render("{% for a, b in pairs %}{{ a }}{{ b }} {% endfor %}", pairs=[("x", 1), ["y", 2]]) == "x1 y2 "
    assert render("{% for a,b,c in rows %}{{ c }}{% endfor %}", rows=["xyz"]) == "z"
    assert render("{% for k, v in d %}{{ v }}{% empty %}no{% endfor %}", d={}) == "no"
    assert render("{% for x in (xs|sort) %}{{ x }}{% endfor %}", xs=[2, 1]) == "12"
    with pytest.raises(RenderError):
        render("{% for a, b in xs %}{% endfor %}", xs=[(1,)])


def test_loop_names_end_with_the_loop():
    assert render("{% for x in xs %}{% set last = x %}{% endfor %}[{{ x }}{{ last }}]", xs=[1, 2]) == "[]"
    assert render("{% for x in xs %}{% endfor %}{{ x }}", xs=[1], x="kept") == "kept"


def test_if_in_if():
    source = "{% if a %}{% if b %}ab{% else %}a{% endif %}{% elif b %}b{% endif %}!"
    assert [render(source, a=a, b=b) for a in (0, 1) for b in (0, 1)] == ["!", "b!", "a!", "ab!"]


def test_include():
    engine = Engine({"a": "{% set n = 1 %}{% include name %}{{ n }}{{ own }}", "b": "{% set n = 2 %}{% set own = 3 %}{{ own }}", "loop": "x{% include 'loop' %}"})
    assert engine.render("a", {"name": "b"}) == "32"
    with pytest.raises(RenderError, match="too deeply"):
        engine.render("loop")
    with pytest.raises(TemplateError, match="no template 'c'"):
        engine.render("a", {"name": "c"})
    engine.add("deep", "{% if n %}{% set n = n - 1 %}{% include 'deep' %}{{ n }}{% endif %}")
    assert engine.render("deep", n=3) == "000"
    assert engine.render("deep", n=19) == "0" * 19
    with pytest.raises(RenderError):
        engine.render("deep", n=30)


def test_engines_do_not_share_filters():
    one, other = Engine(), Engine()
    one.filter(lambda value: "x")
    one.filters["upper"] = lambda value: "mine"
    assert Template("{{ 'a'|upper }}", other).render() == "A"
    assert Template("{{ 'a'|upper }}", one).render() == "mine"
    assert FILTERS["upper"]("a") == "A"


@pytest.mark.parametrize("value", ["<a href=\"x\">'&", Safe("<b>"), 3, None, ["<"]])
def test_escaping(value):
    expected = {0: "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;", 1: "<b>", 2: "3", 3: "", 4: "[&#x27;&lt;&#x27;]"}
    index = [isinstance(value, Safe), value == 3, value is None, isinstance(value, list)]
    assert render("{{ v }}", v=value) == expected[index.index(True) + 1 if True in index else 0]


def test_escaped_once():
    assert render("{{ '<'|escape }}{{ '<'|escape|escape }}") == "&lt;&lt;"
    assert render("{{ '<b>'|safe|upper }}") == "&lt;B&gt;"


@pytest.mark.parametrize(
    ("text", "length", "result"),
    [
        ("short", 5, "short"),
        ("hello wide world", 10, "hello..."),
        ("hello wide world", 13, "hello wide..."),
        ("hello wide world", 14, "hello wide..."),
        ("hello wide world", 16, "hello wide world"),
        ("hello wide world", 15, "hello wide..."),
        ("unbreakable", 8, "unbre..."),
        ("", 5, ""),
        ("a b c d e f", 6, "a b..."),
        ("ab cd ef", 5, "ab..."),
    ],
)
def test_truncate(text, length, result):
    assert FILTERS["truncate"](text, length) == result
    assert len(result) <= length


def test_truncate_defaults():
    assert FILTERS["truncate"]("x" * 41) == "x" * 37 + "..."
    assert FILTERS["truncate"]("x" * 40) == "x" * 40
    assert FILTERS["truncate"](None) == ""
    assert FILTERS["truncate"]("hello world", 7, "") == "hello"


@pytest.mark.parametrize(("value", "ending"), [(1, ""), (0, "s"), (2, "s"), ([1], ""), ([], "s"), ("ab", "s"), (1.0, "")])
def test_plural(value, ending):
    assert FILTERS["plural"](value) == ending
    assert FILTERS["plural"](value, "y", "ies") == ("ies" if ending else "y")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("none|default:'d'", "d"),
        ("0|default:'d'", "0"),
        ("false|default:'d'", "False"),
        ("''|default:'d'", "d"),
        ("none|default", ""),
        ("none|join", ""),
        ("xs|join", "3, 1, 2"),
        ("xs|sort|join:''", "123"),
        ("none|sort|join", ""),
        ("none|date", ""),
        ("day|date:'%Y'", "2024"),
        ("none|number:2", ""),
        ("1999.5|number", "2,000"),
        ("12|number:1", "12.0"),
        ("none|length", "0"),
        ("xs|length", "3"),
        ("xs|first:2|join", "3, 1"),
        ("none|first", ""),
        ("none|first:3|length", "0"),
        ("none|upper", ""),
        ("'ABC'|lower", "abc"),
        ("'the end  of McX'|title", "The End  Of McX"),
        ("'a\nb'|indent:2", "  a\n  b"),
        ("'a'|indent", "    a"),
    ],
)
def test_filters(expression, text):
    assert render("{{ %s }}" % expression, xs=[3, 1, 2], day=datetime.date(2024, 3, 5)) == text


def test_sort_by_key():
    people = [Person("b", 30), Person("a", None), Person("c", 4), Person("d", 0)]
    assert render("{% for p in people|sort:'age' %}{{ p.name }}{% endfor %}", people=people) == "dcba"
    assert render("{% for p in people|sort:'n' %}{{ p.n }}{% endfor %}", people=[{"n": 2}, {"n": 1}]) == "12"


def test_unknown_filter_and_sum():
    with pytest.raises(RenderError, match="no filter nope"):
        render("{{ 1|nope }}")
    with pytest.raises(RenderError, match="work out"):
        render("{{ 1 + 'a' }}")
    assert render("{% if false %}{{ 1|nope }}{% endif %}") == ""
