from datetime import datetime
from itertools import islice

import pytest

from recurring import parse_instant, parse_rule
from recurring.expand import instants


def days(rule, start, limit=6):
    found = instants(parse_rule(rule), parse_instant(start))
    return [when.strftime("%m-%d") for when in islice(found, limit)]


@pytest.mark.parametrize(
    "rule, start, expected",
    [
        ("FREQ=DAILY;COUNT=3", "2024-02-28T08:00Z", ["02-28", "02-29", "03-01"]),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", "2024-01-25T08:00Z", ["01-25", "02-04", "02-14"]),
        ("FREQ=WEEKLY;COUNT=3", "2024-01-03T08:00Z", ["01-03", "01-10", "01-17"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", "2024-01-03T08:00Z", ["01-03", "01-08", "01-10", "01-15"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", "2024-01-01T08:00Z", ["01-01", "01-15", "01-29"]),
        ("FREQ=MONTHLY;COUNT=3", "2024-01-31T08:00Z", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2024-01-01T08:00Z", ["01-26", "02-23", "03-29"]),
        ("FREQ=MONTHLY;BYDAY=5MO;COUNT=2", "2024-01-01T08:00Z", ["01-29", "04-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2024-01-01T08:00Z", ["01-31", "02-29", "03-31"]),
    ],
)
def test_instants(rule, start, expected):
    assert days(rule, start) == expected


def test_yearly_leap_day():
    found = instants(parse_rule("FREQ=YEARLY;COUNT=3"), parse_instant("2020-02-29T08:00Z"))
    assert [when.year for when in found] == [2020, 2024, 2028]


def test_until_is_included():
    rule = "FREQ=DAILY;UNTIL=20240103T080000Z"
    assert days(rule, "2024-01-01T08:00Z") == ["01-01", "01-02", "01-03"]
