from datetime import datetime

import pytest

from crontide.fields import FIELDS, FieldError
from crontide.schedule import Schedule


def at(*parts):
    return datetime(*parts)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("minute", "*/20", {0, 20, 40}),
        ("minute", "1,3-5", {1, 3, 4, 5}),
        ("hour", "9-17/4", {9, 13, 17}),
        ("month", "jan,Mar", {1, 3}),
        ("weekday", "mon-fri", {1, 2, 3, 4, 5}),
    ],
)
def test_fields(name, text, values):
    assert FIELDS[name].parse(text) == values


@pytest.mark.parametrize("text", ["60", "5-1", "x", "*/0"])
def test_bad_fields(text):
    with pytest.raises(FieldError):
        FIELDS["minute"].parse(text)


def test_next():
    schedule = Schedule.parse("30 9 * * mon-fri")
    assert schedule.after(at(2024, 3, 1, 9, 30)) == at(2024, 3, 4, 9, 30)
    assert schedule.after(at(2024, 3, 4, 9, 29, 59)) == at(2024, 3, 4, 9, 30)


def test_leap_day():
    assert Schedule.parse("0 12 29 feb *").after(at(2024, 3, 1)) == at(2028, 2, 29, 12)
    assert Schedule.parse("0 12 30 feb *").after(at(2024, 3, 1)) is None


def test_between():
    times = list(Schedule.parse("@hourly").between(at(2024, 1, 1, 10), at(2024, 1, 1, 12)))
    assert times == [at(2024, 1, 1, 10), at(2024, 1, 1, 11), at(2024, 1, 1, 12)]
