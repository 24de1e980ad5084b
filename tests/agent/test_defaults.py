"""An issue that speaks of a default points at the parameter's line, which no test's trace shows."""

from fixbot_agent.solving.proving.defaults import defaults

SHOP = """def receipt(
    prices,
    width=30,
    indent=4,
):
    return " " * indent + ", ".join(map(str, prices))[:width]


class Till:
    def __init__(self, rate, *, indent=4):
        self.rate = rate


def other(indent, width=9):
    return indent
"""
FILES = {"shop.py": SHOP, "odd.py": "def f(indent=1:\n"}


def told(text: str, *paths: str) -> set[tuple[str, int]]:
    return set(defaults(text, paths or tuple(FILES), lambda p: FILES[p].encode() if p in FILES else None))


def test_the_line_of_the_parameter_is_meant() -> None:
    assert told("The default of `indent` should be 2 in `receipt`") == {("shop.py", 4)}
    assert told("`Till` has the wrong default for indent") == {("shop.py", 10)}
    assert told("`receipt` 的 `indent` 默认值应为 2") == {("shop.py", 4)}


def test_without_a_function_every_parameter_of_the_name_may_be_meant() -> None:
    assert told("indent should default to 2") == {("shop.py", 4), ("shop.py", 10)}


def test_nothing_is_meant_where_no_default_is_spoken_of() -> None:
    assert told("`receipt` uses the wrong `indent`") == set()
    assert told("The default of `colour` is wrong") == set()
    assert told(f"`indent` is wrong. {'x' * 100} By default nothing else is.") == set()
    assert told("The default of `indent` is wrong", "gone.py", "odd.py", "notes.txt") == set()
