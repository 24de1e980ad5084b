import pytest

from confmerge import ConfigError, CycleError, MissingKey, resolve


def test_texts_and_types():
    tree = {
        "host": "h",
        "db": {"port": 5, "url": "http://${host}:${.port}/", "same": "${.port}", "on": True},
        "flag": "is ${db.on}",
        "all": ["${host}", "x"],
    }
    assert resolve(tree, ("db", "url")) == "http://h:5/"
    assert resolve(tree, ("db", "same")) == 5
    assert resolve(tree, ("flag",)) == "is true"
    assert resolve(tree, ("all",)) == ["h", "x"]


def test_chain_and_section():
    tree = {"a": "${b}", "b": "<${c}>", "c": "1", "copy": "${part}", "part": {"x": "${c}"}}
    assert resolve(tree, ("a",)) == "<1>"
    assert resolve(tree, ("copy",)) == {"x": "1"}


def test_defaults():
    tree = {"a": "${none:-5}", "b": "x${none.more:-}y"}
    assert resolve(tree) == {"a": "5", "b": "xy"}
    with pytest.raises(MissingKey, match="none"):
        resolve({"a": "${none}"})


def test_escape():
    assert resolve({"a": "$${b} costs $5"}) == {"a": "${b} costs $5"}


@pytest.mark.parametrize(
    "tree",
    [
        {"a": "${a}"},
        {"a": "${b}", "b": "x${c}", "c": "${a}"},
        {"a": {"b": "${a}"}},
    ],
)
def test_cycles(tree):
    with pytest.raises(CycleError):
        resolve(tree)


def test_cycle_names_its_members():
    with pytest.raises(CycleError) as caught:
        resolve({"a": "${b}", "b": "${c.d}", "c": {"d": "${b}"}}, ("a",))
    assert caught.value.trail == ["b", "c.d", "b"]


def test_section_within_text():
    with pytest.raises(ConfigError):
        resolve({"a": "x${b}", "b": {"c": 1}})
