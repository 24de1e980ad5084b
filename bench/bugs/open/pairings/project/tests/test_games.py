import pytest

from pairings import Game, ResultError, parse_result


@pytest.mark.parametrize(
    "text, expected",
    [("1-0", "1-0"), (" 0 : 1 ", "0-1"), ("½–½", "1/2-1/2"), ("=", "1/2-1/2"), ("+--", "+/-"), ("---", "-/-")],
)
def test_parse_result(text, expected):
    assert parse_result(text) == expected


def test_parse_result_refuses():
    for text in ("", "1", "1-1", "2-0"):
        with pytest.raises(ResultError):
            parse_result(text)


def test_points():
    assert [Game(1, 2, "1/2-1/2").points(id) for id in (1, 2)] == [0.5, 0.5]
    assert [Game(1, 2, "-/+").points(id) for id in (1, 2)] == [0, 1]
    assert Game(1, 2).points(1) == 0
    assert Game(1, None).points(1, bye_points=0.5) == 0.5
