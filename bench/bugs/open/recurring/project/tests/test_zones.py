from datetime import datetime, timedelta, timezone

import pytest

from recurring import ZoneError, format_instant, parse_instant, parse_zone, zone_name


@pytest.mark.parametrize(
    "text, minutes",
    [("UTC", 0), ("Z", 0), ("+02:00", 120), ("+0530", 330), ("-05", -300)],
)
def test_parse_zone(text, minutes):
    assert parse_zone(text).utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "+2", "+24:00", "+01:75", "Berlin"])
def test_parse_zone_refuses(text):
    with pytest.raises(ZoneError):
        parse_zone(text)


@pytest.mark.parametrize("name", ["UTC", "+02:00", "+05:45", "-08:00", "-03:30"])
def test_zone_name_is_read_back(name):
    assert zone_name(parse_zone(name)) == name


def test_parse_instant():
    assert parse_instant("2024-03-01T09:00Z") == datetime(2024, 3, 1, 9, tzinfo=timezone.utc)
    assert parse_instant("2024-03-01 09:00:30 +01:00").second == 30


def test_parse_instant_with_default():
    moment = parse_instant("2024-03-01T09:00", parse_zone("+02:00"))
    assert format_instant(moment) == "2024-03-01T09:00:00+02:00"
    with pytest.raises(ZoneError):
        parse_instant("2024-03-01T09:00")
