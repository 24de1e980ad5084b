from datetime import datetime, timezone

import pytest

from recurring import Rule, RuleError, format_rule, parse_rule


def test_parse_rule():
    rule = parse_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=5")
    assert rule == Rule("WEEKLY", interval=2, count=5, by_weekday=((0, 0), (0, 3)))


def test_until_of_a_day_is_its_end():
    rule = parse_rule("FREQ=DAILY;UNTIL=20240310")
    assert rule.until == datetime(2024, 3, 10, 23, 59, 59, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;COUNT=2;UNTIL=20240310",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;COLOUR=RED",
    ],
)
def test_parse_rule_refuses(text):
    with pytest.raises(RuleError):
        parse_rule(text)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SU",
        "FREQ=MONTHLY;COUNT=4;BYDAY=-1FR",
        "FREQ=MONTHLY;UNTIL=20240310T120000Z;BYMONTHDAY=1,-1",
    ],
)
def test_format_rule(text):
    assert format_rule(parse_rule(text)) == text
