import pytest

from confmerge import ConfigError, merge


def test_nested():
    lower = {"db": {"host": "a", "port": 1}, "x": 1}
    assert merge(lower, {"db": {"port": 2}, "y": 3}) == {
        "db": {"host": "a", "port": 2},
        "x": 1,
        "y": 3,
    }
    assert lower == {"db": {"host": "a", "port": 1}, "x": 1}


@pytest.mark.parametrize(
    "upper, wanted",
    [
        ({"l": [3]}, {"l": [3]}),
        ({"l+": [3]}, {"l": [1, 2, 3]}),
        ({"+l": [0]}, {"l": [0, 1, 2]}),
        ({"l+": 3}, {"l": [1, 2, 3]}),
        ({"-l": None}, {}),
        ({"-none": None}, {"l": [1, 2]}),
        ({"m+": [3]}, {"l": [1, 2], "m": [3]}),
    ],
)
def test_lists(upper, wanted):
    assert merge({"l": [1, 2]}, upper) == wanted


def test_replace():
    assert merge({"a": {"x": 1}}, {"a!": {"y": 2}}) == {"a": {"y": 2}}
    assert merge({"a": 1}, {"a": {"-b": None, "c+": [1]}}) == {"a": {"c": [1]}}


def test_section_is_no_list():
    with pytest.raises(ConfigError):
        merge({"a": {"x": 1}}, {"a+": [1]})


def test_nothing_is_shared():
    lower, upper = {"a": {"b": [1]}}, {"c": {"d": [2]}}
    result = merge(lower, upper)
    result["a"]["b"].append(9)
    result["c"]["d"].append(9)
    assert (lower, upper) == ({"a": {"b": [1]}}, {"c": {"d": [2]}})
