import pytest

from minitmpl import (
    DictLoader,
    Environment,
    FilterError,
    Markup,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)


def render(source, **variables):
    return Environment().from_string(source).render(**variables)


def test_names_and_attributes():
    assert render("{{ a.b }} {{ a['b'] }} {{ c[0] }}", a={"b": 1}, c=[2]) == "1 1 2"


def test_methods_are_called():
    assert render("{{ name.upper }}", name="ada") == "ADA"


def test_none_and_undefined_print_nothing():
    assert render("[{{ a }}{{ b }}]", a=None) == "[]"


def test_escaping():
    assert render("{{ a }}", a="<'\"&>") == "&lt;&#39;&#34;&amp;&gt;"
    assert render("{{ a }}", a=Markup("<b>")) == "<b>"
    assert Environment(autoescape=False).from_string("{{ a }}").render(a="<") == "<"


def test_operators():
    assert render("{{ 1 + 2 - 4 }} {{ 'a' ~ 1 }} {{ 'a' in 'abc' }} {{ 2 not in [1, 3] }}") == "-1 a1 True True"
    assert render("{{ a and not b or 'n' }}{{ b or 'n' }}", a=1, b=0) == "Truen"


@pytest.mark.parametrize("n, expected", [(0, "none"), (1, "one"), (5, "many")])
def test_if(n, expected):
    source = "{% if n == 0 %}none{% elif n == 1 %}one{% else %}many{% endif %}"
    assert render(source, n=n) == expected


def test_for():
    source = "{% for x in xs %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% else %}-{% endfor %}"
    assert render(source, xs="abc") == "1a,2b,3c"
    assert render(source, xs=[]) == "-"


def test_for_unpacks():
    assert render("{% for k, v in d %}{{ k }}={{ v }};{% endfor %}", d={"a": 1, "b": 2}) == "a=1;b=2;"


def test_for_takes_any_iterable():
    source = "{% for x in xs %}{{ x }}/{{ loop.length }} {% else %}nothing{% endfor %}"
    assert render(source, xs={"a": 1}) == "a/1 "
    assert render(source, xs=(n * n for n in range(3))) == "0/3 1/3 4/3 "
    assert render(source, xs=iter(())) == "nothing"


def test_loop_variables_end_with_the_loop():
    assert render("{% for x in [1] %}{% set y = 2 %}{{ y }}{% endfor %}[{{ x }}{{ y }}]") == "2[]"


def test_filters():
    assert render("{{ ' a b ' | trim | upper }}") == "A B"
    assert render("{{ x | default('-') }}{{ 0 | default('-') }}{{ 0 | default('-', true) }}") == "-0-"
    assert render("{{ [1, 2] | join(', ') }}") == "1, 2"
    assert render("{{ ['b', 'A', 'c'] | sort | join }}") == "Abc"
    assert render("{{ 2.5 | round }} {{ 2.345 | round(1) }}") == "3 2.3"


def test_none_in_joined_text():
    assert render("{{ a ~ '-' ~ b }}", a=None, b=1) == "-1"
    assert render("{{ [1, none, 2] | join(',') }}") == "1,,2"


def test_join_escapes_beside_markup():
    assert render("{{ [a, b] | join }}", a=Markup("<br>"), b="<i>") == "<br>&lt;i&gt;"


def test_own_filters():
    environment = Environment()
    environment.filters["twice"] = lambda value: value * 2
    assert environment.from_string("{{ 'ab' | twice }}").render() == "abab"
    with pytest.raises(FilterError):
        Environment().from_string("{{ 'ab' | twice }}").render()


def test_include():
    loader = DictLoader({"page": "{% include 'part' with b=2 %}{{ b }}", "part": "{{ a }}{{ b }}"})
    assert Environment(loader).get("page").render(a=1) == "12"


def test_missing_include():
    environment = Environment(DictLoader({"a": "{% include 'b' %}", "c": "[{% include 'b' ignore missing %}]"}))
    assert environment.get("c").render() == "[]"
    with pytest.raises(TemplateNotFound) as caught:
        environment.get("a").render()
    assert str(caught.value).startswith("a:1:")


def test_changed_sources_are_parsed_again():
    sources = {"a": "1"}
    environment = Environment(DictLoader(sources))
    assert environment.get("a") is environment.get("a")
    sources["a"] = "2"
    assert environment.get("a").render() == "2"


def test_recursion_ends():
    with pytest.raises(TemplateError, match="deeply"):
        Environment(DictLoader({"a": "{% include 'a' %}"})).get("a").render()


def test_strict():
    template = Environment(strict=True).from_string("\n{{ a }}")
    with pytest.raises(UndefinedError) as caught:
        template.render()
    assert caught.value.line == 2


def test_error_names_the_included_template():
    loader = DictLoader({"page": "\n\n{% include 'part' %}", "part": "\n{{ x.y }}"})
    with pytest.raises(UndefinedError) as caught:
        Environment(loader).get("page").render()
    assert str(caught.value) == "part:2: 'x' is undefined"


@pytest.mark.parametrize(
    "source, line",
    [("{% if a %}\n", 1), ("\n{% endif %}", 2), ("{{ a b }}", 1), ("{{\n a\n ! }}", 3), ("{% for in x %}", 1)],
)
def test_syntax_errors(source, line):
    with pytest.raises(TemplateSyntaxError) as caught:
        Environment().from_string(source)
    assert caught.value.line == line
