import datetime

import pytest

from sprig import Engine, RenderError, SyntaxFault, Template, TemplateError


def render(source, **values):
    return Template(source).render(values)


def test_values():
    assert render("Hello {{ name }}!", name="world") == "Hello world!"
    assert render("{{ a.b.1 }}", a={"b": [1, 2]}) == "2"
    assert render("[{{ nothing.at.all }}]") == "[]"


def test_escaping():
    assert render("{{ x }}", x="<b>") == "&lt;b&gt;"
    assert render("{{ x|safe }}", x="<b>") == "<b>"
    assert Engine({"t": "{{ x }}"}, autoescape=False).render("t", x="<b>") == "<b>"


def test_conditions():
    source = "{% if n > 10 %}many{% elif n == 1 %}one{% else %}some{% endif %}"
    assert [render(source, n=n) for n in (11, 1, 5)] == ["many", "one", "some"]
    assert render("{% if not a and b %}yes{% endif %}", b=1) == "yes"
    assert render("{% if 'x' in letters %}in{% endif %}", letters="xyz") == "in"


def test_loops():
    assert render("{% for x in xs %}{{ loop.index }}:{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}", xs="ab") == "1:a, 2:b"
    assert render("{% for k, v in d %}{{ k }}={{ v }};{% endfor %}", d={"a": 1, "b": 2}) == "a=1;b=2;"
    assert render("{% for x in xs %}{{ x }}{% empty %}none{% endfor %}", xs=[]) == "none"


def test_too_few_names():
    with pytest.raises(RenderError):
        render("{% for a, b in xs %}{% endfor %}", xs=[(1, 2, 3)])


def test_set():
    assert render("{% set n = 0 %}{% for x in xs %}{% set n = n + x %}{% endfor %}{{ n }}", xs=[1, 2, 3]) == "6"


def test_white_space():
    assert render("a {%- if true -%} b {%- endif %} c") == "ab c"
    assert render("a {# note #} b") == "a  b"


def test_include():
    engine = Engine({"page": "{% for i in items %}{% include 'row' %}{% endfor %}", "row": "<{{ i }}>"})
    assert engine.render("page", items=[1, 2]) == "<1><2>"
    engine.add("row", "[{{ i }}]")
    assert engine.render("page", items=[1, 2]) == "[1][2]"
    with pytest.raises(TemplateError):
        engine.render("missing")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\n{% if x %}", 2),
        ("{{ a b }}", 1),
        ("\n\n{% what %}", 3),
        ("{% for in x %}{% endfor %}", 1),
        ("one\n{{ never", 2),
        ("{% if a %}{% else %}\n{% elif b %}{% endif %}", 2),
    ],
)
def test_faults_name_the_line(source, line):
    with pytest.raises(SyntaxFault) as caught:
        Template(source)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("x|default:'?'", "?"),
        ("words|join:' '|upper", "A LONG DAY"),
        ("words|length", "3"),
        ("'hello wide world'|truncate:10", "hello..."),
        ("day|date", "05 Mar 2024"),
        ("1234567.891|number:2", "1,234,567.89"),
        ("words|first", "a"),
        ("'item' + words|plural", "items"),
        ("people|sort:'age'|first.name", None),
    ],
)
def test_filters(expression, text):
    values = {"words": ["a", "long", "day"], "day": datetime.date(2024, 3, 5)}
    if text is None:
        with pytest.raises(RenderError):
            render("{{ %s }}" % expression, **values)
    else:
        assert render("{{ %s }}" % expression, **values) == text


def test_own_filter():
    engine = Engine()

    @engine.filter
    def double(value):
        return value * 2

    assert Template("{{ x|double }}", engine).render(x=4) == "8"
