import pytest

from meetings import Calendar, Span


def test_a_free_day_is_the_working_day():
    assert Calendar("kim").free() == [Span(540, 1020)]


def test_free_time_lies_between_meetings():
    calendar = Calendar("kim")
    calendar.plan(Span(600, 660))
    calendar.plan(Span(500, 560))
    assert calendar.free() == [Span(560, 600), Span(660, 1020)]


def test_a_meeting_ends_after_it_starts():
    with pytest.raises(ValueError):
        Calendar("kim").plan(Span(600, 600))
