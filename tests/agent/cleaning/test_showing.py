"""The filter before a suggestion is shown: what speaks for it raises its chance, and nothing is unknown to it."""

import pytest

from fixbot_agent.completing.cleaning.showing import Before, Showing, Where, acceptance, is_worth_showing, where


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("    ", Where.START),
        ("x = ", Where.VALUE),
        ("    return ", Where.VALUE),
        ("f(", Where.ARGUMENT),
        ("f(a, ", Where.ARGUMENT),
        ("os.", Where.MEMBER),
        ("impo", Where.WORD),
        ("x + ", Where.OTHER),
    ],
)
def test_the_place_is_read_from_the_line(head, place):
    assert where(head) is place


def test_the_engines_own_score_counts():
    chances = [acceptance(Showing("value", score, "x = ", "")) for score in (0.0, 0.3, 0.6, 1.0)]
    assert chances == sorted(chances)
    assert 0 < chances[0] < chances[-1] < 1
    assert is_worth_showing(Showing("value", 0.99, "x = ", ""))
    assert not is_worth_showing(Showing("value", 0.01, "x = ", ""))


def test_what_has_no_weight_counts_nothing():
    showing = Showing("value", 0.5, "x = ", ")", Before.REJECTED, pause=2.0)
    assert acceptance(showing, {}, 0.0) == 0.5
    assert acceptance(showing, {"before rejected": -1.0}, 0.0) < 0.5 < acceptance(showing, {"pause": 1.0}, 0.0)
