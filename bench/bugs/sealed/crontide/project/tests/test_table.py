from datetime import timedelta

import pytest

from crontide import TableError, read_table
from crontide.table import parse_span

TABLE = """
# nightly work
retries = 2

0 3 * * *   backup  wait=5m tags=disk,night target='the big disk'
@hourly     poll    retries=0   # cheap
"""


def test_table():
    backup, poll = read_table(TABLE)
    assert (backup.name, backup.retries, backup.wait) == ("backup", 2, timedelta(minutes=5))
    assert backup.tags == ["disk", "night"]
    assert backup.options == {"target": "the big disk"}
    assert (poll.name, poll.retries, poll.tags) == ("poll", 0, [])


@pytest.mark.parametrize("line", ["0 3 * * *", "0 99 * * * x", "@hourly x retries", "@hourly x wait=soon"])
def test_errors_name_the_line(line):
    with pytest.raises(TableError) as caught:
        read_table("# first\n" + line)
    assert caught.value.line == 2


def test_span():
    assert parse_span("1h30m") == timedelta(minutes=90)
    assert parse_span("45") == timedelta(seconds=45)
