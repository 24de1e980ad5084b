from decimal import Decimal

import pytest

from minitmpl import DictLoader, Environment, FilterError, Markup, TemplateError, TemplateSyntaxError, UndefinedError
from minitmpl.lexer import tokenize


def render(source, **variables):
    return Environment().from_string(source).render(**variables)


@pytest.mark.parametrize(
    "value, digits, expected",
    [(1.005, 2, "1.01"), (2.675, 2, "2.68"), (0.285, 2, "0.29"), (1.115, 2, "1.12"), (8.345, 2, "8.35"),
     (-1.005, 2, "-1.01"), (2.5, 0, "3"), (3.5, 0, "4"), (-2.5, 0, "-3"), (0.5, 0, "1"), (7, 2, "7.00"),
     (125, -1, "130"), (1.45, 1, "1.5"), (Decimal("1.005"), 2, "1.01"), ("2.675", 2, "2.68"), (10.1, 1, "10.1")],
)
def test_round(value, digits, expected):
    assert render("{{ x | round(d) }}", x=value, d=digits) == expected


def test_round_of_what_is_no_number():
    with pytest.raises((FilterError, ArithmeticError)):
        render("{{ x | round }}", x=[1])


@pytest.mark.parametrize("key", ["items", "keys", "values", "get", "copy", "pop", "update", "clear"])
@pytest.mark.parametrize("form", ["{{ x.KEY }}", "{{ x['KEY'] }}"])
def test_keys_before_methods(key, form):
    data = {key: "mine", "other": 1}
    assert render(form.replace("KEY", key), x=data) == "mine"
    assert data == {key: "mine", "other": 1}


def test_keys_of_an_order():
    order = {"items": [{"name": "pen"}, {"name": "ink"}], "count": 2}
    assert render("{% for i in o.items %}{{ i.name }};{% endfor %}{{ o.count }}", o=order) == "pen;ink;2"


class Thing:
    size = 3
    _hidden = "secret"

    def name(self):
        return "thing"


class Row(dict):
    label = "row"


def test_look_up_elsewhere():
    assert render("{{ t.size }}{{ t.name }}{{ t._hidden }}{{ t.nothing }}", t=Thing()) == "3thing"
    assert render("{{ d.keys | join }}{{ d.x }}", d={"a": 1}) == "a"
    assert render("{% for k, v in d.items %}{{ k }}{{ v }}{% endfor %}", d={"a": 1}) == "a1"
    assert render("{{ r.label }}{{ r.a }}", r=Row(a=1)) == "row1"
    assert render("{{ r.label }}", r=Row(label="own")) == "own"
    assert render("{{ x[0] }}{{ x[7] }}{{ s[1] }}{{ s.upper }}", x=[1], s="ab") == "1bAB"
    assert render("{{ d._k }}", d={"_k": 5}) == "5"
    with pytest.raises(UndefinedError):
        render("{{ a.b.c }}", a={})


@pytest.mark.parametrize(
    "source",
    [r"{{ 'it\'s }}' }}", r'{{ "say \"}}\"" }}', r"{% set a = 'x\'%}' %}", r"{{ 'a\\' }}", r"{{ '\'' }}",
     r"{{ '\\\'}}' }}", '{{ "\'}}" }}', "{{ '\"}}' }}", r"{{ 'a\n}}' }}"],
)
def test_one_tag(source):
    tokens = tokenize(source + "tail")
    assert [token.value for token in tokens] == [source[2:-2], "tail"]
    assert [token.kind for token in tokens][1] == "text"


def test_escaped_strings_render():
    plain = Environment(autoescape=False)
    assert plain.from_string(r"{{ 'it\'s }}' }}{{ 'b' }}").render() == "it's }}b"
    assert plain.from_string(r"{{ 'c:\\' }}{{ 'd' }}").render() == "c:\\d"
    assert plain.from_string("it's {{ 1 }} o'clock {# don't #}").render() == "it's 1 o'clock "


@pytest.mark.parametrize("source", [r"{{ 'a\' }}", "{{ 'a }}", "{{ \"", "{{", "{% x", r"{{ 'a\\\' }}"])
def test_never_closed(source):
    with pytest.raises(TemplateSyntaxError):
        tokenize(source)


LOOP = "{% for x in xs %}{{ loop.index }}/{{ loop.length }}{{ x }}{% if loop.last %}!{% endif %}{% else %}none{% endfor %}"


@pytest.mark.parametrize(
    "make",
    [lambda: ["a", "b"], lambda: ("a", "b"), lambda: iter("ab"), lambda: (c for c in "ab"), lambda: map(str, "ab"),
     lambda: {"a": 1, "b": 2}, lambda: {"a": 1, "b": 2}.keys(), lambda: "ab", lambda: filter(None, ["a", "", "b"])],
)
def test_loops(make):
    assert render(LOOP, xs=make()) == "1/2a2/2b!"


@pytest.mark.parametrize("make", [list, tuple, dict, str, lambda: iter(()), lambda: (x for x in ()), lambda: range(0)])
def test_empty_loops(make):
    assert render(LOOP, xs=make()) == "none"


def test_other_loops():
    assert render(LOOP) == "none"
    assert render("{% for k, v in d %}{{ k }}{{ v }}{% endfor %}", d={"a": 1}) == "a1"
    assert render("{% for k, v in d %}{{ k }}{{ v }}{% endfor %}", d=zip("ab", [1, 2])) == "a1b2"
    with pytest.raises(TemplateError) as caught:
        render("\n{% for x in 5 %}{% endfor %}")
    assert caught.value.line == 2
    with pytest.raises(TemplateError):
        render("{% for a, b in [1] %}{% endfor %}")


@pytest.mark.parametrize("name", ["shout", "upper", "zzz", "length", "escape"])
def test_filters_are_of_one_environment(name):
    first, other = Environment(), Environment()
    before = set(other.filters)
    original = other.filters.get(name)
    first.filters[name] = lambda value: "own"
    try:
        assert first.from_string("{{ 'a' | " + name + " }}").render() == "own"
        assert set(other.filters) == before and other.filters.get(name) is original
        assert Environment().filters.get(name) is original
    finally:
        if original is None:
            first.filters.pop(name, None)
        else:
            first.filters[name] = original


def test_removed_filters_and_globals():
    first = Environment()
    original = first.filters.pop("trim")
    try:
        assert Environment().from_string("{{ ' a ' | trim }}").render() == "a"
        with pytest.raises(FilterError):
            first.from_string("{{ ' a ' | trim }}").render()
    finally:
        first.filters["trim"] = original
    first.globals["site"] = "s"
    assert first.from_string("{{ site }}").render() == "s"
    assert Environment().from_string("{{ site }}").render() == ""
    template = first.from_string("{{ 'a' | late }}")
    first.filters["late"] = lambda value: value + "!"
    try:
        assert template.render() == "a!"
    finally:
        del first.filters["late"]


@pytest.mark.parametrize(
    "source, expected",
    [("{{ n ~ 'a' }}", "a"), ("{{ 'a' ~ n }}", "a"), ("{{ n ~ n }}", ""), ("{{ n ~ 1 ~ n }}", "1"),
     ("{{ [n] | join(',') }}", ""), ("{{ [n, n] | join(',') }}", ","), ("{{ ['a', n] | join('-') }}", "a-"),
     ("{{ [0, false, n] | join(',') }}", "0,False,"), ("{{ 0 ~ false }}", "0False"), ("{{ 'None' ~ n }}", "None"),
     ("{{ ['None'] | join }}", "None"), ("{{ u ~ 'a' }}", "a"), ("{{ ['a', u] | join('-') }}", "a-"),
     ("{{ m ~ n }}", "<b>"), ("{{ m ~ '<' }}", "<b>&lt;"), ("{{ [m, n, '<'] | join }}", "<b>&lt;"),
     ("{{ n }}", ""), ("{{ 'a' ~ '<' }}", "a&lt;"), ("{{ d | join(',', 'k') }}", "1,,")],
)
@pytest.mark.parametrize("autoescape", [True, False])
def test_none_in_text(source, expected, autoescape):
    if not autoescape and expected == "a&lt;":
        expected = "a<"
    template = Environment(autoescape=autoescape).from_string(source)
    assert template.render(n=None, m=Markup("<b>"), d=[{"k": 1}, {"k": None}, {}]) == expected


def test_includes_still_work():
    loader = DictLoader({"a": "{% set x = 1 %}{% include 'b' %}{{ x }}", "b": "{% set x = 2 %}{{ x }}"})
    assert Environment(loader).get("a").render() == "21"
