from datetime import timedelta
import pytest
from settle import Layers, Option, Schema, SettingsError, text
from settle.convert import boolean, integer, list_of, one_of, size, span
from settle.errors import Invalid, ParseError
from settle.interpolation import resolve


VALUES = [
    {}, {"a": "1"}, {"s.a": "1", "a": "2", "s.t.a": "3"}, {"a": []}, {"a": ["x", "", " y", "z # w"]}, {"a": " x "}, {"a": ""}, {"a": "x # y"}, {"a": "x ; y"}, {"a": '"'}, {"a": '"x"'}, {"a": "#x"}, {"b": "1", "a": ["q"], "c.d": []},
]


@pytest.mark.parametrize("value", ["${}", "${a b}", "${a", "${a:x}", "${none}", "${k}", "${c1}", ["${c1}"], ["${k}"], ["${none}"]])
def test_bad_references(value):
    known = {"a": "A", "c1": "${c2}", "c2": "x${c1}", "k": value}
    with pytest.raises(SettingsError):
        resolve("k", known.get)


def test_circles_are_shown_without_what_leads_to_them():
    known = {"a": "${b}", "b": "${c}", "c": "${b}"}
    with pytest.raises(SettingsError, match="^goes round in a circle: b -> c -> b$"):
        resolve("a", known.get)
    with pytest.raises(SettingsError, match="^nothing is set for x$"):
        resolve("x", known.get)


@pytest.mark.parametrize(("given", "number"), [("0", 0), ("-5", -5), ("+7", 7), ("1_000", 1000), ("0xff", 255), ("0b11", 3), ("0o17", 15), (" 12 ", 12), ("007", 7), ("-08", -8)])
def test_integers(given, number):
    assert integer(given) == number


@pytest.mark.parametrize("given", ["", "1.0", "x", "0x", "1e3", "1 2"])
def test_no_integers(given):
    with pytest.raises(ValueError):
        integer(given)


def test_booleans():
    assert all(boolean(t) is True for t in ("1", "yes", "TRUE", " On "))
    assert not any(boolean(t) for t in ("0", "No", "false", "OFF", "", "  "))
    for bad in ("2", "y", "none"):
        with pytest.raises(ValueError):
            boolean(bad)


@pytest.mark.parametrize(("given", "count"), [("0", 0), ("1b", 1), ("2 kb", 2000), ("2K", 2000), ("2Ki", 2048), ("2kib", 2048), ("1.5MiB", 1572864), ("3 m", 3000000), ("1t", 10**12), ("1 TiB", 2**40), ("0.5k", 500), ("1.0005k", 1000)])
def test_sizes(given, count):
    assert size(given) == count


@pytest.mark.parametrize("given", ["", "k", "1 kk", "-1", "1ib", "1,5k", "1p", "1 k b"])
def test_no_sizes(given):
    with pytest.raises(ValueError):
        size(given)


@pytest.mark.parametrize(("given", "seconds"), [("0", 0), ("90", 90), ("1.5", 1.5), ("250ms", 0.25), ("1m", 60), ("1h30m", 5400), ("1H 30M", 5400), ("2d 1s", 172801), ("1w", 604800), ("1m 1m", 120), ("0.5h", 1800), ("1m500ms", 60.5), (" 5 s ", 5)])
def test_spans(given, seconds):
    assert span(given) == timedelta(seconds=seconds)


@pytest.mark.parametrize("given", ["", "h", "1y", "1h 30", "-1s", "1 2", "1hx"])
def test_no_spans(given):
    with pytest.raises(ValueError):
        span(given)


def test_lists():
    convert = list_of(integer)
    assert convert("1, 2,,3 ") == [1, 2, 3]
    assert convert(["4", "5"]) == [4, 5]
    assert convert("") == [] and convert([]) == []
    with pytest.raises(ValueError):
        convert("1,x")
    with pytest.raises(ValueError):
        one_of(iter(["a", "b"]))("c")
    chosen = one_of(iter(["a", "b"]))
    assert [chosen("b"), chosen("a"), chosen("b")] == ["b", "a", "b"]


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


@pytest.mark.parametrize(("value", "fault"), [("1", None), ("10", None), ("0", "n: 0 is less than 1 (from file)"), ("11", "n: 11 is more than 10 (from file)"), ("x", "n: ")])
def test_limits(value, fault):
    option = Option("n", integer, least=1, most=10)
    if fault is None:
        assert read([option], {"n": value}) == {"n": int(value)}
    else:
        assert faults([option], {"n": value})[0].startswith(fault)


def test_limits_of_nothing():
    assert read([Option("n", integer, least=0)], {"n": "0"}) == {"n": 0}
    assert faults([Option("n", integer, least=0)], {"n": "-1"}) == ["n: -1 is less than 0 (from file)"]
    assert faults([Option("n", integer, most=0)], {"n": "1"}) == ["n: 1 is more than 0 (from file)"]
    assert read([Option("t", span, least=timedelta(seconds=1))], {"t": "1s"}) == {"t": timedelta(seconds=1)}
    assert read([Option("n", integer, default=99, most=10)], {}) == {"n": 99}


def test_defaults():
    assert Option("a") == Option("a", str, None, None, None, False, False, "")
    assert read([Option("a"), Option("b", integer, 0), Option("c", boolean, False)], {}) == {"a": None, "b": 0, "c": False}
    assert read([Option("a", default="d")], {"a": ""}) == {"a": ""}
    assert read([Option("a", required=True)], {"a": ""}) == {"a": ""}
    assert Schema().options is not Schema().options


def test_default_lists_are_not_shared():
    schema = Schema().option("l", list_of(str), default=["a"])
    first = schema.read(Layers())
    first["l"].append("b")
    assert schema.read(Layers()) == {"l": ["a"]}


def test_strictness():
    assert Schema().strict is True
    assert faults([Option("server.port")], {"server.prot": "1", "zzz": "2"}) == ["server.prot is not known (from file); did you mean server.port?", "zzz is not known (from file)"]
    assert read([Option("a")], {"b": "1"}, strict=False) == {"a": None}
    with pytest.raises(ValueError):
        Schema().option("a").option("a")


def test_references_that_lead_nowhere_are_faults():
    assert faults([Option("a"), Option("b", integer)], {"a": "${x}", "b": "x"}) == [
        "nothing is set for x, which a refers to",
        "b: invalid literal for int() with base 0: 'x' (from file)",
    ]


def test_lists_for_single_options():
    assert faults([Option("a")], {"a": []}) == ["a: one value is wanted, not 0 (from file)"]
    assert read([Option("a", list_of(str))], {"a": []}) == {"a": []}
    layers = Layers().add("one", {"a": ["x"]}).add_arguments(["a+=y"])
    assert Schema().option("a", list_of(str)).read(layers) == {"a": ["x", "y"]}


def test_show():
    schema = Schema().option("a", secret=True).option("long.name", integer, default=5).option("b", secret=True).option("c", boolean)
    layers = Layers().add("f", {"b": "s", "c": "no"})
    assert schema.show(layers) == ["a         = None  (default)", "long.name = 5  (default)", "b         = ***  (f)", "c         = False  (f)"]
    assert Schema().show(Layers()) == []


def test_whole_way(tmp_path):
    path = tmp_path / "app.conf"
    path.write_text("[db]\nhost = h\nurl = db://${db.host}/${db.name:-main}\nsizes =\n    4k\n    1KiB\n")
    schema = Schema().option("db.host").option("db.url").option("db.sizes", list_of(size)).option("db.name")
    layers = Layers().add_file(path).add_environment("X", {"X_DB__NAME": "e"}).add_arguments(["db.host=z", "db.sizes+=1"])
    assert schema.read(layers) == {"db.host": "z", "db.url": "db://z/e", "db.sizes": [4000, 1024, 1], "db.name": "e"}
    assert layers.origin("db.url") == str(path)
