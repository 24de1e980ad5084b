import pytest

from hdrkit import RangeNotSatisfiable, coalesce, content_range, parse_range


@pytest.mark.parametrize(
    "header, spans",
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=10-19, 30-", [(10, 20), (30, 100)]),
        ("bytes=-10", [(90, 100)]),
        ("bytes=-1000", [(0, 100)]),
        ("bytes=90-2000", [(90, 100)]),
        ("bytes=200-300, 5-6", [(5, 7)]),
        ("lines=1-2", None),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes", None),
    ],
)
def test_parse(header, spans):
    assert parse_range(header, 100) == spans


def test_not_satisfiable():
    with pytest.raises(RangeNotSatisfiable) as caught:
        parse_range("bytes=100-", 100)
    assert caught.value.content_range == "bytes */100"
    with pytest.raises(RangeNotSatisfiable):
        parse_range("bytes=-0", 100)


def test_coalesce():
    assert coalesce([(20, 30), (0, 5), (5, 8), (22, 25)]) == [(0, 8), (20, 30)]
    assert coalesce([(0, 5), (8, 9)], gap=3) == [(0, 9)]
    assert coalesce([]) == []


def test_content_range():
    assert content_range((0, 10), 50) == "bytes 0-9/50"
    assert content_range((3, 4), None) == "bytes 3-3/*"
