"""What is written for the user: docstrings in each style, tests in each form, that say what they are."""

import ast

import pytest

from fixbot_agent.asking.assigning import Function
from fixbot_agent.solving.regressing.style import Home
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores.arguments import calls, target
from fixbot_lsp.features.chores.describing import described, sentence
from fixbot_lsp.features.chores.documenting import docstring
from fixbot_lsp.features.chores.skeletons import written
from fixbot_lsp.talking.headers import head, headers, says_more

PAY = """
def pay_all(self, amount, rate: float = 0.5, *rest):
    if amount < 0:
        raise Odd(amount)
    def inner():
        raise Never
    return amount * rate
"""


def function(text: str) -> Function:
    (found,) = (node for node in ast.parse(text).body if isinstance(node, Function))
    return found


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("google", '"""Pay all.\n\n    Args:\n        amount (int):\n        rate (float): Defaults to ``0.5``.\n        *rest:\n\n    Returns:\n        ``amount * rate``\n\n    Raises:\n        Odd: If ``amount < 0``.\n        Deep:\n    """'),
        ("numpy", '"""Pay all.\n\n    Parameters\n    ----------\n    amount : int\n    rate : float, default 0.5\n    *rest\n\n    Returns\n    -------\n    object\n        ``amount * rate``\n\n    Raises\n    ------\n    Odd\n        If ``amount < 0``.\n    Deep\n    """'),
        ("sphinx", '"""Pay all.\n\n    :param amount:\n    :type amount: int\n    :param rate: Defaults to ``0.5``.\n    :type rate: float\n    :param rest:\n    :returns: ``amount * rate``\n    :raises Odd: If ``amount < 0``.\n    :raises Deep:\n    """'),
        ("plain", '"""Pay all.\n\n    Returns ``amount * rate``.\n    Raises Odd if ``amount < 0``.\n    Raises Deep.\n    """'),
    ],
)  # fmt: skip
def test_a_docstring_has_what_is_known_in_the_projects_style(style: str, text: str) -> None:
    known = described(function(PAY), {"amount": "int"}, ("Odd", "Deep"))
    assert docstring(known, style, "    ") == text


@pytest.mark.parametrize(
    ("name", "gives", "title"),
    [
        ("login_user", False, "Login user."), ("total_price", True, "Return the total price."), ("is_open", True, "Tell whether it is open."),
        ("to_json", True, "Convert to json."), ("on_close", False, "Handle close."), ("_parseHTML", True, "Parse HTML."), ("grow", True, "Grow."),
    ],
)  # fmt: skip
def test_a_name_as_a_sentence(name: str, gives: bool, title: str) -> None:
    assert sentence(name, gives=gives) == title


@pytest.mark.parametrize(
    ("body", "kind", "returned"),
    [
        ("return a == b", "bool", ("a == b",)), ("return None", "", ()), ("if a:\n        return 1\n    return None", "int | None", ("1",)),
        ("yield a", "", ()), ("return f(a)", "", ("f(a)",)), ("return Cart(a)", "Cart", ("Cart(a)",)),
    ],
)  # fmt: skip
def test_what_is_returned(body: str, kind: str, returned: tuple[str, ...]) -> None:
    known = described(function(f"def f():\n    {body}\n"), {}, ())
    assert (known.type, known.returned) == (kind, returned)


HEADS = b"""@decorated
@again(1)
def first(
    a: "x:y" = ")",
    b=2,
) -> int:
    return a


class Empty:
    def go(self):
        self.x()


class Made:
    def __init__(self, size):
        pass
"""


def test_a_head_is_everything_before_the_body_and_what_it_tells() -> None:
    found = {h.name: (head(HEADS, h), says_more(HEADS, h)) for h in headers(HEADS)}
    assert found["first"] == (range(6), True)
    assert found["Empty"] == (range(9, 10), False)
    assert found["Empty.go"] == (range(10, 11), False)
    assert found["Made"] == (range(14, 15), True)


def test_of_a_name_alone_nothing_is_known() -> None:
    assert not described(function("def go(self):\n    self.x()\n"), {}, ()).is_known


CALLED = """
def clamp(value, low, high): ...
def typed(a: int, b: "str | None" = None, *, c: list[int]): ...
def none(): ...
def needs(request: Request): ...
async def later(a: str): ...
def many(n: int):
    yield n
class Cart:
    def __init__(self, size: int): ...
    def total(self, rate: float): ...
    @property
    def full(self): ...
    @staticmethod
    def empty(): ...
    @classmethod
    def of(cls, a: bool): ...
class Plain:
    def go(self): ...
class Heir(Base):
    def go(self): ...
@dataclass
class Point:
    x: int
    y: int = 0
    def far(self): ...
def outer():
    def inner(): ...
"""


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("def clamp", "clamp(0, 0, 0)"), ("def typed", "typed(0, c=[1, 2])"), ("def none", "none()"), ("async def later", "asyncio.run(later(''))"),
        ("def many", "list(many(0))"), ("def total", "Cart(0).total(0.0)"), ("def full", "Cart(0).full"), ("def empty", "Cart.empty()"),
        ("def of", "Cart.of(False)"), ("    def go", "Plain().go()"), ("def far", "Point(0).far()"),
    ],
)  # fmt: skip
def test_calls_are_made_up_for_whatever_can_be_called(header: str, first: str) -> None:
    line = 1 + CALLED[: CALLED.index(header)].count("\n")
    found = calls(target(CALLED, line))
    assert found[0] == first
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("def needs", "no value of type Request"),
        ("class Heir(Base):\n    def go", "how a Heir is made"),
        ("    def inner", "defined inside"),
    ],
)
def test_why_nothing_can_be_called_is_said(header: str, why: str) -> None:
    line = 1 + CALLED[: CALLED.index(header) + len(header)].count("\n")
    with pytest.raises(CommandRefused, match=why):
        calls(target(CALLED, line))


@pytest.mark.parametrize("is_case", [False, True])
def test_a_test_in_the_projects_form_says_that_it_records(is_case: bool) -> None:
    before = "import unittest\n\n\nclass TestOld(unittest.TestCase):\n    pass\n" if is_case else ""
    recorded = [("half(4)", "2"), ("half(0)", "False"), ("half('')", "!TypeError")]
    text = written(
        Home("tests/test_m.py", before, is_case), ["from m import half"], "test_half_records", "half", recorded
    )
    compile(text, "test_m.py", "exec")
    assert "Records today's behaviour of half" in text
    assert text.startswith(before.partition("\n")[0])
    if is_case:
        assert "        self.assertEqual(half(4), 2)\n" in text
        assert "        with self.assertRaises(TypeError):\n            half('')\n" in text
    else:
        assert text.startswith("from m import half\nimport pytest\n\n\ndef test_half_records():\n")
        assert "    assert half(0) is False\n" in text
        assert "    with pytest.raises(TypeError):\n        half('')\n" in text
