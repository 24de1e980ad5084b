import pytest

from confmerge import ConfigError
from confmerge.values import to_bool, to_duration, to_float, to_int, to_list, to_size


@pytest.mark.parametrize(
    "convert, value, wanted",
    [
        (to_bool, " Yes", True),
        (to_bool, "off", False),
        (to_bool, 1, True),
        (to_int, " 012 ", 12),
        (to_int, "0x1f", 31),
        (to_int, "1_000", 1000),
        (to_int, 3.0, 3),
        (to_float, "2.5", 2.5),
        (to_list, "a, b,,c\nd", ["a", "b", "c", "d"]),
        (to_list, 5, [5]),
        (to_list, None, []),
        (to_duration, "1h 30m", 5400000),
        (to_duration, "1.5s", 1500),
        (to_duration, "2m250ms", 120250),
        (to_duration, "3", 3000),
        (to_duration, 0.25, 250),
        (to_size, "10k", 10240),
        (to_size, "1.5 MiB", 1572864),
        (to_size, 100, 100),
    ],
)
def test_good(convert, value, wanted):
    assert convert(value) == wanted


@pytest.mark.parametrize(
    "convert, value",
    [
        (to_bool, "maybe"),
        (to_int, "1.5"),
        (to_int, True),
        (to_int, [1]),
        (to_float, "x"),
        (to_duration, "5 weeks"),
        (to_duration, "1h and 2m"),
        (to_duration, ""),
        (to_size, "10 kilo"),
    ],
)
def test_bad(convert, value):
    with pytest.raises(ConfigError):
        convert(value)
