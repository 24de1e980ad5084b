"""Which remarks on one place say one thing."""

import pytest

from fixbot_agent.remarking.critic import Held, Remark, merged
from fixbot_agent.remarking.reading import Claim
from fixbot_repair.checks import Severity

ONE = "`bool(cookies)` is False for a jar with exactly one cookie."


def at(text: str, line: int = 7, held: Held = Held.NONE) -> Remark:
    return Remark(Claim("a.py", line, line, text, Severity.ERROR), held)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("`bool(cookies)` is False for a jar that has exactly one cookie.", True),
        ("`bool(cookies)` of one cookie is False.", True),
        ("`bool(cookies)` is not False for a jar with exactly one cookie.", False),
        ("`bool(cookies)` is False for a jar with exactly 2 cookies.", False),
        ("`len(cookies)` is False for a jar with exactly one cookie.", False),
        ("`bool(cookies)` is False after one cookie was deleted.", False),
        ("`cookies`.", False),
    ],
)
def test_what_says_the_same_is_shown_once(text: str, again: bool) -> None:
    kept, repeated = merged([at(text), at(ONE, held=Held.TEST)])
    assert kept[-1].claim.text == ONE
    assert [claim.text for claim, _ in repeated] == ([text] if again else [])
    assert len(merged([at(text, line=20), at(ONE)])[0]) == 2, "elsewhere it is another"


def test_of_two_that_nothing_proves_the_one_is_shown_that_says_more() -> None:
    first = at("`total` raises `ValueError` for an empty list.")
    kept, _ = merged([first, at("`bool(cookies)` of one cookie is False."), at(ONE)])
    assert [r.claim.text for r in kept] == [first.claim.text, ONE], "in the order of the model"
