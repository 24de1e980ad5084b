from decimal import Decimal

import pytest

from confmerge import Config, ConfigError, CycleError, MissingKey, resolve
from confmerge.values import to_duration, to_size

UNITS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}


@pytest.mark.parametrize(
    "text",
    ["2.01s", "1.013s", "4.14m", "8.37m", "1.013m", "1.13h", "2.28h", "4.10h", "0.566h", "8.62h"]
    + ["0.009d", "1.38d", "3.01d", "5.60d", "1.259d", "1s", "0.001s", "1.5s", "7ms", "0ms", "2.5h"],
)
def test_exact_durations(text):
    number = text.rstrip("msdh")
    assert to_duration(text) == Decimal(number) * UNITS[text[len(number) :]]
    config = Config().add({"t": text})
    assert config.get_duration("t") == Decimal(number) * UNITS[text[len(number) :]]
    assert isinstance(to_duration(text), int)


def test_every_millisecond():
    for number in range(1, 5000):
        text = "%d.%03d" % divmod(number, 1000)
        assert to_duration(text + "s") == number
        assert to_duration(text) == number
        assert to_duration(float(text)) == number
        assert to_duration("%dms" % number) == number


@pytest.mark.parametrize(
    "value, wanted",
    [
        ("1h 2.01s", 3602010),
        ("0.4ms", 0),
        ("0.6ms", 1),
        ("1.0004s", 1000),
        ("1.0006s", 1001),
        ("1m 0.9ms", 60001),
        (2, 2000),
    ],
)
def test_nearest(value, wanted):
    assert to_duration(value) == wanted


@pytest.mark.parametrize(
    "value, wanted",
    [("0.7k", 717), ("1.1k", 1126), ("0.9kb", 922), ("1.5k", 1536), ("10", 10), ("3 MiB", 3 << 20)]
    + [("1.3b", 1), ("1.7", 2), ("0.3m", 314573), ("0.2G", 214748365), ("2t", 2 << 40)],
)
def test_sizes(value, wanted):
    assert to_size(value) == wanted


# references that are used more than once

TREE = {
    "host": "h",
    "n": 5,
    "url": "${host}/${host}",
    "base": "http://${host}",
    "twice": "${base}?back=${base}&host=${host}",
    "list": ["${host}", "${host}", "${n}"],
    "sec": {"a": "${host}", "b": "${.a}", "c": "${.a}${.b}${host}"},
    "copy": ["${sec}", "${sec}"],
    "default": "${none:-1}${none:-2}${host}${host:-x}",
    "escaped": "$${host} ${host} $${host} ${host}",
}


@pytest.mark.parametrize(
    "key, wanted",
    [
        ("url", "h/h"),
        ("twice", "http://h?back=http://h&host=h"),
        ("list", ["h", "h", 5]),
        ("sec", {"a": "h", "b": "h", "c": "hhh"}),
        ("copy", [{"a": "h", "b": "h", "c": "hhh"}] * 2),
        ("default", "12hh"),
        ("escaped", "${host} h ${host} h"),
    ],
)
def test_repeated(key, wanted):
    assert resolve(TREE, (key,)) == wanted
    assert Config().add(TREE).get(key) == wanted
    assert resolve(TREE)[key] == wanted


def test_repeated_many_times():
    tree = {"x": "1"}
    for depth in range(8):
        tree["k%d" % depth] = "${x}" if depth == 0 else "${k%d}${k%d}" % (depth - 1, depth - 1)
    assert resolve(tree, ("k7",)) == "1" * 128


@pytest.mark.parametrize(
    "tree, trail",
    [
        ({"a": "${a}"}, ["a", "a"]),
        ({"a": "${h}${h}${b}", "b": "${h}${a}", "h": "1"}, ["b", "a", "b"]),
        ({"a": "${b}", "b": "${c.d}", "c": {"d": "${h}${b}"}, "h": "1"}, ["b", "c.d", "b"]),
        ({"a": ["${b}"], "b": {"x": ["${b}"]}}, ["b", "b"]),
        ({"a": "${s.x}", "s": {"x": "${.y}", "y": "${.x}"}}, ["s.x", "s.y", "s.x"]),
        ({"a": "${a:-1}"}, ["a", "a"]),
    ],
)
def test_cycles_stay_errors(tree, trail):
    for _ in range(2):
        with pytest.raises(CycleError) as caught:
            resolve(tree, ("a",))
        assert caught.value.trail == trail


def test_missing_and_sections():
    with pytest.raises(MissingKey):
        resolve({"a": "${h}${h}${none}", "h": "1"}, ("a",))
    with pytest.raises(ConfigError):
        resolve({"a": "${h}${s}", "h": "1", "s": {"x": "${h}"}}, ("a",))
