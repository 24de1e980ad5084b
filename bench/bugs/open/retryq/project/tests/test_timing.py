import pytest

from retryq import ManualClock, parse_duration


@pytest.mark.parametrize(
    "text, seconds",
    [("90", 90.0), ("1m30s", 90.0), ("250ms", 0.25), ("1.5h", 5400.0), (" 2 d ", 172800.0), (3, 3.0)],
)
def test_parse_duration(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("bad", ["", "soon", "5 parsecs", -1, "-3s", float("nan")])
def test_bad_durations(bad):
    with pytest.raises(ValueError):
        parse_duration(bad)


def test_manual_clock_moves_when_told():
    clock = ManualClock(100)
    clock.advance(5)
    clock.sleep(2.5)
    clock.sleep(-1)
    assert clock.now() == 107.5
    with pytest.raises(ValueError):
        clock.advance(-1)
