from datetime import date, timedelta

from recurring import Calendar, Event, parse_instant, parse_rule, parse_zone, render_agenda


def calendar(*events):
    made = Calendar()
    for event in events:
        made.add(event)
    return made


def test_agenda():
    text = render_agenda(
        calendar(
            Event("a", "Standup", parse_instant("2024-01-01T09:00Z"), rule=parse_rule("FREQ=DAILY;COUNT=2")),
            Event("b", "Fair", parse_instant("2024-01-02T00:00Z"), timedelta(hours=18), all_day=True),
            Event("c", "Call", parse_instant("2024-01-04T07:00Z"), timedelta(0)),
        ),
        date(2024, 1, 1),
        4,
    )
    assert text == (
        "Agenda (UTC)\n"
        "Mon 2024-01-01\n"
        "  09:00-10:00  Standup\n"
        "Tue 2024-01-02\n"
        "  all day      Fair\n"
        "  09:00-10:00  Standup\n"
        "Thu 2024-01-04\n"
        "  07:00        Call\n"
    )


def test_over_several_days():
    trip = Event("t", "Trip", parse_instant("2024-01-01T15:00Z"), timedelta(days=2))
    assert render_agenda(calendar(trip), date(2024, 1, 1)).splitlines()[1:] == [
        "Mon 2024-01-01",
        "  15:00-...    Trip",
        "Tue 2024-01-02",
        "  all day      Trip",
        "Wed 2024-01-03",
        "  ...-15:00    Trip",
    ]


def test_days_of_the_zone():
    late = Event("l", "Late show", parse_instant("2024-01-01T23:30Z"))
    text = render_agenda(calendar(late), date(2024, 1, 1), 2, parse_zone("+02:00"), empty_days=True)
    assert text == (
        "Agenda (+02:00)\n"
        "Mon 2024-01-01\n"
        "  (nothing)\n"
        "Tue 2024-01-02\n"
        "  01:30-02:30  Late show\n"
    )


def test_west_of_greenwich():
    lunch = Event("n", "Lunch", parse_instant("2024-01-01T12:00-03:30"))
    text = render_agenda(calendar(lunch), date(2024, 1, 1), 1, parse_zone("UTC"))
    assert text.splitlines()[2] == "  15:30-16:30  Lunch"


def test_until_midnight():
    party = Event("p", "Party", parse_instant("2024-01-01T21:00Z"), timedelta(hours=3))
    assert render_agenda(calendar(party), date(2024, 1, 1), 3).splitlines()[1:] == [
        "Mon 2024-01-01",
        "  21:00-00:00  Party",
    ]
