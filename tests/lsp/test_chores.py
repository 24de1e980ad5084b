"""What is written for the user: docstrings in each style, tests in each form, that say what they are."""

import pytest

from fixbot_agent.solving.regression_style import Home
from fixbot_analysis.source import Span
from fixbot_analysis.symbols import Symbol, SymbolKind
from fixbot_lsp.features.chores.documenting import docstring
from fixbot_lsp.features.chores.skeletons import written

NOWHERE = Span(0, 0)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("google", '"""Pay.\n\n    Args:\n        amount:\n\n    Returns:\n        int:\n\n    Raises:\n        Odd:\n    """'),
        ("numpy", '"""Pay.\n\n    Parameters\n    ----------\n    amount\n\n    Returns\n    -------\n    int\n\n    Raises\n    ------\n    Odd\n    """'),
        ("sphinx", '"""Pay.\n\n    :param amount:\n    :returns: int\n    :raises Odd:\n    """'),
        ("plain", '"""Pay.\n\n    Raises Odd.\n    """'),
    ],
)  # fmt: skip
def test_a_docstring_has_what_is_known_in_the_projects_style(style: str, text: str) -> None:
    symbol = Symbol("pay", "Cart.pay", SymbolKind.METHOD, NOWHERE, NOWHERE, NOWHERE, 1, 2, parameters=("self", "amount"), returns="int")  # fmt: skip
    assert docstring(symbol, ("Odd",), style, "    ") == text


@pytest.mark.parametrize("is_case", [False, True])
def test_a_test_in_the_projects_form_says_that_it_records(is_case: bool) -> None:
    before = "import unittest\n\n\nclass TestOld(unittest.TestCase):\n    pass\n" if is_case else ""
    recorded = [("half(4)", "2"), ("half(0)", "False"), ("half('')", "!TypeError")]
    text = written(
        Home("tests/test_m.py", before, is_case), "from m import half", "test_half_records", "half", recorded
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
