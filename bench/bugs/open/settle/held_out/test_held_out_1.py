from datetime import timedelta
import pytest
from settle import Layers, Option, Schema, SettingsError, text
from settle.convert import boolean, integer, list_of, one_of, size, span
from settle.errors import Invalid, ParseError
from settle.interpolation import resolve


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("a = 1 # c", "a = 1"), ("a = 1 ; c", "a = 1"), ("# all", ""), ("; all", ""), ("a = x#y", "a = x#y"), ("a = x;y", "a = x;y"), ("a = #", "a ="), ("a = 1\t# c", "a = 1"),
        ('a = "x # y"', 'a = "x # y"'), ('a = "x" # y "z"', 'a = "x"'), ('a = "x # y" # z', 'a = "x # y"'), ('a = "open # y', 'a = "open # y'), ("a  ", "a"), ("", ""), ('"a" ;', '"a"'),
    ],
)
def test_comments(line, bare):
    assert text.strip_comment(line) == bare


@pytest.mark.parametrize(("quoted", "bare"), [('"a"', "a"), ('" a "', " a "), ('""', ""), ('"', '"'), ('a"b', 'a"b'), (' "x" ', "x"), ('"a" "b"', 'a" "b')])
def test_unquote(quoted, bare):
    assert text.unquote(quoted) == bare


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("", {}), ("a=1", {"a": "1"}), ("a = b = c", {"a": "b = c"}), ("a = 1\na = 2", {"a": "2"}), ("[x]\n[y]\nk=1", {"y.k": "1"}), ("[x]\nk=1\n[y]\nj=1\n[x]\nl=1", {"x.k": "1", "y.j": "1", "x.l": "1"}),
        ("a =", {"a": []}), ("a =\nb = 1", {"a": [], "b": "1"}), ("a =\n  x\n\ty\nb = 1", {"a": ["x", "y"], "b": "1"}), ("a =\n  x\n\n# c\n  y\n\n[s]\nb=2", {"a": ["x", "y"], "s.b": "2"}), ('a = ""', {"a": ""}), ('a =\n  ""\n  " b"', {"a": ["", " b"]}), ("a = # nothing\n  x # one", {"a": ["x"]}), ("a.b-c_d = 1", {"a.b-c_d": "1"}),
    ],
)
def test_parse(source, values):
    assert text.parse(source) == values


@pytest.mark.parametrize(("source", "line"), [("x", 1), ("a=1\n\n  b=2", 3), ("[]", 1), ("a b = 1", 1), ("= 1", 1), ("a =\n  x\nb\n", 3), ("[x] y", 1)])
def test_faults(source, line):
    with pytest.raises(ParseError) as caught:
        text.parse(source, "my.conf")
    assert caught.value.line == line
    assert str(caught.value).startswith("my.conf:%d: " % line)


def test_entries_know_their_lines():
    found = list(text.entries("a = 1\nb =\n  x\n\n[s]\nc = 2".splitlines(), "n"))
    assert found == [("a", "1", 1), ("b", ["x"], 2), ("s.c", "2", 6)]


VALUES = [
    {}, {"a": "1"}, {"s.a": "1", "a": "2", "s.t.a": "3"}, {"a": []}, {"a": ["x", "", " y", "z # w"]}, {"a": " x "}, {"a": ""}, {"a": "x # y"}, {"a": "x ; y"}, {"a": '"'}, {"a": '"x"'}, {"a": "#x"}, {"b": "1", "a": ["q"], "c.d": []},
]


@pytest.mark.parametrize("values", VALUES)
def test_dumped_and_read(values):
    assert text.parse(text.dump(values)) == values


def test_dump_order():
    assert text.dump({"z.b": "1", "y.c": "2", "m": "3", "z.a": "4"}) == "m = 3\n\n[y]\nc = 2\n\n[z]\na = 4\nb = 1\n"
    assert text.dump({}) == ""


def test_includes(tmp_path):
    (tmp_path / "a.conf").write_text('x = 0\n[s]\ny = 1\ninclude "b c.conf" # note\nz = 1\n', encoding="utf-8")
    (tmp_path / "b c.conf").write_text("\ufeffy = ü\n[s]\nz = 2\n[t]\nq = 2\n", encoding="utf-8")
    assert text.load(tmp_path / "a.conf") == {"x": "0", "y": "ü", "s.y": "1", "s.z": "1", "t.q": "2"}
    (tmp_path / "twice.conf").write_text("include b c.conf\ninclude b c.conf\n")
    assert text.load(tmp_path / "twice.conf") == {"y": "ü", "s.z": "2", "t.q": "2"}
    (tmp_path / "bad.conf").write_text("include b c.conf\n\noops\n")
    with pytest.raises(ParseError) as caught:
        text.load(tmp_path / "bad.conf")
    assert caught.value.line == 3
    (tmp_path / "me.conf").write_text("include me.conf\n")
    with pytest.raises(ParseError, match="includes itself"):
        text.load(tmp_path / "me.conf")
    (tmp_path / "lost.conf").write_text("include nowhere.conf\n")
    with pytest.raises(SettingsError):
        Layers().add_file(tmp_path / "lost.conf")
    with pytest.raises(SettingsError):
        Layers().add_file(tmp_path / "lost.conf", required=False)


@pytest.mark.parametrize(
    ("name", "key"),
    [("APP_A", "a"), ("APP_A_B", "a-b"), ("APP_A__B", "a.b"), ("APP_A__B_C__D", "a.b-c.d"), ("APPLE", None), ("XAPP_A", None), ("APP", None), ("app_a", None), ("APP_APP_X", "app-x")],
)
def test_environment(name, key):
    found = Layers().add_environment("APP", {name: "v"})
    assert found.flat() == ({} if key is None else {key: "v"})


def test_the_real_environment(monkeypatch):
    monkeypatch.setenv("SETTLE_T__X", "5")
    assert Layers().add_environment("SETTLE_T").get(".x") == "5" or Layers().add_environment("SETTLE").get("t.x") == "5"
    assert Layers().add_environment("SETTLE", {}).keys() == []


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ([], {"l": ["a"], "t": "xyz"}), (["l+=b"], {"l": ["a", "b"], "t": "xyz"}), (["t+=y"], {"l": ["a"], "t": ["xyz", "y"]}), (["new+=1", "new+=2"], {"l": ["a"], "t": "xyz", "new": ["1", "2"]}), (["l=b", "l+=c"], {"l": ["b", "c"], "t": "xyz"}), (["l+=b", "l=c"], {"l": "c", "t": "xyz"}), (["t=a=b"], {"l": ["a"], "t": "a=b"}), ([" t = z"], {"l": ["a"], "t": " z"}), (["t="], {"l": ["a"], "t": ""}), (["t +=y"], {"l": ["a"], "t": ["xyz", "y"]}),
    ],
)
def test_arguments(arguments, values):
    base = {"l": ["a"], "t": "xyz"}
    layers = Layers().add("base", base)
    assert layers.add_arguments(arguments).flat() == values
    assert layers.history("l")[0] == ("base", ["a"])
    assert base == {"l": ["a"], "t": "xyz"}


@pytest.mark.parametrize("argument", ["x", "", "=1", "+=1", " =2"])
def test_bad_arguments(argument):
    with pytest.raises(SettingsError):
        Layers().add_arguments([argument])


def test_an_empty_text_is_a_value():
    layers = Layers().add("one", {"a": "x"}).add("two", {"a": ""})
    assert layers.get("a") == "" and layers.value("a") == "" and layers.origin("a") == "two"
    assert layers.get("b", "d") == "d" and layers.origin("b") is None and layers.history("b") == []
    assert layers.add("three", {"b": "${a:-z}|${c:-z}|${c:-}"}).value("b") == "|z|"


def test_sections():
    layers = Layers().add("x", {"s.a": "1", "s.t.b": "${s.a}", "sx.c": "3", "s": "4"})
    assert layers.section("s") == {"a": "1", "t.b": "1"}
    assert layers.section("s.t") == {"b": "1"}
    assert layers.section("q") == {}
    assert layers.keys() == ["s", "s.a", "s.t.b", "sx.c"]


def test_copies_are_deep_enough():
    one = Layers().add("x", {"a": "1"})
    other = one.copy()
    other._layers[0].values["a"] = "2"
    other.add("y", {"a": "3"})
    assert one.flat() == {"a": "1"}
    values = {"a": "1"}
    layers = Layers().add("x", values)
    values["a"] = "2"
    assert layers.value("a") == "1"


@pytest.mark.parametrize(
    ("value", "result"),
    [("$", "$"), ("$$", "$"), ("$$${a}", "$A"), ("$${a}", "${a}"), ("${a}${a}", "AA"), ("${l}!", "x, y!"), ("${b}", "<A>"), ("${none:-a b}", "a b"), ("${none:-}", ""), ("${a:-z}", "A"), ("$a", "$a"), ("5$", "5$"), ("{a}", "{a}"), (["${l}", "z"], ["x", "y", "z"]), (["${a}", "${l}s"], ["A", "x, ys"]), ([], []), (["$$"], ["$"]), (["${none:-q}"], ["q"]), ("${d}", "$A"), ("${x.y-z}", "ok")],
)
def test_references(value, result):
    known = {"a": "A", "b": "<${a}>", "l": ["x", "y"], "d": "$$A", "x.y-z": "ok", "k": value}
    assert resolve("k", known.get) == result
    assert Layers().add("l", known).value("k") == result


def read(options, values, **more):
    schema = Schema(**more)
    for option in options:
        schema.options.append(option)
    return schema.read(Layers().add("file", values))


def faults(options, values, **more):
    with pytest.raises(Invalid) as caught:
        read(options, values, **more)
    assert str(caught.value) == "; ".join(caught.value.faults)
    return caught.value.faults
