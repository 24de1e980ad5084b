import json
from datetime import date, datetime, timedelta, timezone
from itertools import islice

from recurring import (
    Calendar,
    Event,
    parse_instant,
    parse_rule,
    parse_zone,
    render_agenda,
    zone_name,
)
from recurring.expand import instants

UTC = timezone.utc


def calendar(*events):
    made = Calendar()
    for event in events:
        made.add(event)
    return made


def test_zones_of_all_offsets():
    for minutes in range(-23 * 60 - 45, 24 * 60, 15):
        sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
        for text in ("%s%02d:%02d" % (sign, size // 60, size % 60), "%s%02d%02d" % (sign, size // 60, size % 60)):
            zone = parse_zone(text)
            assert zone.utcoffset(None) == timedelta(minutes=minutes), text
            assert parse_zone(zone_name(zone)) == zone
    for hours in range(-12, 13):
        assert parse_zone("%+03d" % hours).utcoffset(None) == timedelta(hours=hours)
    assert parse_instant("2024-01-01T00:00-00:30") == datetime(2024, 1, 1, 0, 30, tzinfo=UTC)
    assert parse_instant("2024-01-01T00:00+00:30") == datetime(2023, 12, 31, 23, 30, tzinfo=UTC)


def expected_weeks(start, interval, wanted, week_start, limit):
    first = start - timedelta(days=(start.weekday() - week_start) % 7)
    found, week = [], first
    while len(found) < limit:
        for offset in range(7):
            day = week + timedelta(days=offset)
            if day.weekday() in wanted and day >= start:
                found.append(day)
        week += timedelta(days=7 * interval)
    return found[:limit]


def test_weeks_are_those_of_the_calendar():
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    for offset in range(7):
        start = date(2024, 1, 1) + timedelta(days=offset)
        for interval in (1, 2, 3):
            for wanted in ((0, 3), (1,), (5, 6), (0, 2, 4), (6, 0)):
                for week_start in (0, 6, 3):
                    text = "FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s;WKST=%s" % (
                        interval,
                        ",".join(names[day] for day in wanted),
                        names[week_start],
                    )
                    moment = datetime(start.year, start.month, start.day, 8, tzinfo=UTC)
                    found = [when.date() for when in islice(instants(parse_rule(text), moment), 9)]
                    assert found == expected_weeks(start, interval, wanted, week_start, 9), (text, start)
    moment = datetime(2024, 1, 3, 8, tzinfo=UTC)
    assert [when.day for when in instants(parse_rule("FREQ=WEEKLY;INTERVAL=2;COUNT=3"), moment)] == [3, 17, 31]


def test_other_frequencies():
    start = datetime(2024, 1, 31, 8, tzinfo=UTC)
    found = [when.date().isoformat() for when in instants(parse_rule("FREQ=MONTHLY;COUNT=4"), start)]
    assert found == ["2024-01-31", "2024-03-31", "2024-05-31", "2024-07-31"]
    found = list(instants(parse_rule("FREQ=DAILY;UNTIL=20240202"), start))
    assert [when.day for when in found] == [31, 1, 2]


def daily(hour=9, **more):
    start = datetime(2024, 3, 1, hour, tzinfo=parse_zone("+02:00"))
    return Event("d", "Daily", start, timedelta(hours=1), parse_rule("FREQ=DAILY;COUNT=10"), **more)


def window(first, last):
    return datetime(2024, 3, first, tzinfo=UTC), datetime(2024, 3, last, tzinfo=UTC)


def begun(event, first=1, last=30):
    return [one.start.strftime("%d %H") for one in event.between(*window(first, last))]


def test_skip_and_move_by_any_spelling():
    regular = ["%02d 09" % day for day in range(1, 11)]
    for day in range(1, 11):
        for when in (
            datetime(2024, 3, day, 9),
            datetime(2024, 3, day, 7, tzinfo=UTC),
            datetime(2024, 3, day, 9, tzinfo=parse_zone("+02:00")),
            datetime(2024, 3, day, 3, 30, tzinfo=parse_zone("-03:30")),
        ):
            event = daily()
            event.skip(when)
            assert begun(event) == [text for text in regular if text != "%02d 09" % day]
            event = daily()
            event.move(when, datetime(2024, 3, day, 11))
            assert begun(event) == ["%02d 11" % day if text == "%02d 09" % day else text for text in regular]
            event.skip(datetime(2024, 3, day, 9))
            assert begun(event) == [text for text in regular if text != "%02d 09" % day]
            event.move(when, datetime(2024, 3, day, 11))
            assert len(begun(event)) == 10
            json.dumps(calendar(event).to_dict())
    event = daily()
    event.skip(datetime(2024, 3, 4, 7))
    event.skip(datetime(2024, 3, 4, 9, tzinfo=UTC))
    assert begun(event) == regular
    event.add_date(datetime(2024, 3, 20, 9))
    assert begun(event) == regular + ["20 09"]


def test_moved_across_the_window():
    for source in range(1, 11):
        for target in range(1, 29):
            for first, last in ((1, 30), (1, 5), (4, 8), (6, 7), (9, 12), (20, 29)):
                event = daily()
                event.move(datetime(2024, 3, source, 9), datetime(2024, 3, target, 15), timedelta(minutes=30), "Moved")
                days = sorted([(day, 9) for day in range(1, 11) if day != source] + [(target, 15)])
                expected = ["%02d %02d" % one for one in days if first <= one[0] < last]
                assert begun(event, first, last) == expected, (source, target, first, last)
                assert begun(event, first, last).count("%02d 15" % target) == (first <= target < last)
    event = daily()
    event.move(datetime(2024, 3, 9, 9), datetime(2024, 3, 2, 9, 30), title="Early")
    found = event.between(*window(2, 3))
    assert [one.title for one in found] == ["Daily", "Early"]
    assert found[1].duration == timedelta(hours=1)
    event.move(datetime(2024, 3, 1, 9), datetime(2024, 3, 1, 10), timedelta(days=3))
    assert begun(event, 3, 4) == ["01 10", "03 09"]
    assert begun(daily(), 11, 20) == []


def test_moved_without_end():
    event = Event("x", "X", datetime(2024, 3, 1, 9, tzinfo=UTC), rule=parse_rule("FREQ=WEEKLY"))
    event.move(datetime(2024, 6, 7, 9, tzinfo=UTC), datetime(2024, 3, 5, 9, tzinfo=UTC))
    assert begun(event, 1, 9) == ["01 09", "05 09", "08 09"]
    event.skip(datetime(2024, 3, 8, 9))
    assert begun(event, 1, 9) == ["01 09", "05 09"]


def test_lengths_are_stored():
    for minutes in (0, 1, 45, 60, 1439, 1440, 1441, 2880, 3 * 1440 + 90, 7 * 1440, 40 * 1440):
        length = timedelta(minutes=minutes)
        event = Event("e", "E", datetime(2024, 3, 1, 9, tzinfo=UTC), length, parse_rule("FREQ=MONTHLY"))
        event.move(datetime(2024, 4, 1, 9), datetime(2024, 4, 2, 9), length + timedelta(days=1))
        event.move(datetime(2024, 5, 1, 9), datetime(2024, 5, 2, 9))
        data = json.loads(json.dumps(calendar(event).to_dict()))
        assert data["events"][0]["minutes"] == minutes
        again = Calendar.from_dict(data)["e"]
        assert again.duration == length
        assert again.changes == event.changes
        assert [change.duration for change in again.changes.values()] == [length + timedelta(days=1), None]


def under(text):
    found, day = {}, None
    for line in text.splitlines()[1:]:
        if line.startswith("  "):
            found[day].append(line.strip())
        else:
            day = int(line[-2:])
            found[day] = []
    return found


def test_agenda_ends():
    for hours, expected in (
        (3, {1: ["21:00-00:00  E"]}),
        (2, {1: ["21:00-23:00  E"]}),
        (4, {1: ["21:00-...    E"], 2: ["...-01:00    E"]}),
        (27, {1: ["21:00-...    E"], 2: ["...-00:00    E"]}),
        (28, {1: ["21:00-...    E"], 2: ["all day      E"], 3: ["...-01:00    E"]}),
        (0, {1: ["21:00        E"]}),
    ):
        event = Event("e", "E", datetime(2024, 3, 1, 21, tzinfo=UTC), timedelta(hours=hours))
        assert under(render_agenda(calendar(event), date(2024, 3, 1), 6)) == expected, hours
    for days in (1, 2, 3):
        event = Event("e", "E", datetime(2024, 3, 1, tzinfo=UTC), timedelta(days=days), all_day=True)
        expected = {day: ["all day      E"] for day in range(1, 1 + days)}
        assert under(render_agenda(calendar(event), date(2024, 3, 1), 6)) == expected
    point = Event("e", "E", datetime(2024, 3, 2, tzinfo=UTC), timedelta(0))
    assert under(render_agenda(calendar(point), date(2024, 3, 1), 6)) == {2: ["00:00        E"]}
    event = Event("e", "E", datetime(2024, 3, 1, 20, tzinfo=UTC), timedelta(hours=2))
    assert under(render_agenda(calendar(event), date(2024, 3, 1), 3, parse_zone("+02:00"))) == {1: ["22:00-00:00  E"]}
    assert under(render_agenda(calendar(event), date(2024, 3, 1), 3, parse_zone("+03:00"))) == {
        1: ["23:00-...    E"],
        2: ["...-01:00    E"],
    }
    assert under(render_agenda(calendar(event), date(2024, 3, 1), 3, parse_zone("+04:00"))) == {2: ["00:00-02:00  E"]}


def test_rest_of_the_calendar():
    event = daily(tags={"x"})
    one = calendar(event)
    other = Calendar()
    other.merge(one)
    other["d"].skip(datetime(2024, 3, 1, 9))
    assert len(one.between(*window(1, 30), tag="x")) == 10
    assert len(other.between(*window(1, 30))) == 9
    assert one.next_after(datetime(2024, 3, 1, 9, tzinfo=UTC)).start.day == 2
    assert one.next_after(datetime(2024, 3, 10, 9, tzinfo=UTC)) is None
