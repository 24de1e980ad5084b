import pytest

from pairings import Tournament, format_points, standings, standings_table
from pairings.standings import buchholz, sonneborn_berger


@pytest.fixture
def made():
    made = Tournament("Club", "roundrobin")
    for name, rating in (("Dora", 1900), ("Abel", 1850), ("Cleo", 1800), ("Bert", 1750)):
        made.add_player(name, rating)
    for number in (1, 2, 3):
        for board, game in enumerate(made.pair_round(), 1):
            made.record(number, board, "1-0" if game.white < game.black else "0-1")
    return made


def ranking(made, breaks=None):
    return [(row.rank, row.player.name) for row in standings(made, breaks)]


def test_ranking(made):
    assert ranking(made) == [(1, "Dora"), (2, "Abel"), (3, "Cleo"), (4, "Bert")]


def test_tie_breaks(made):
    assert [buchholz(made, id) for id in (1, 2, 3, 4)] == [3, 4, 5, 6]
    assert buchholz(made, 4, cut=1) == 5
    assert [sonneborn_berger(made, id) for id in (1, 2, 3, 4)] == [3, 1, 0, 0]


def test_equal_players_by_name():
    made = Tournament("Blitz")
    for name in ("Dora", "abel", "Cleo", "Bert"):
        made.add_player(name, 1500)
    assert ranking(made) == [(1, "abel"), (1, "Bert"), (1, "Cleo"), (1, "Dora")]


def test_adjusted_score(made):
    assert ranking(made, ["wins"])[0] == (1, "Dora")
    made.adjust(1, -2.5)
    assert ranking(made, ["wins"]) == [(1, "Abel"), (2, "Cleo"), (3, "Dora"), (4, "Bert")]


def test_round_dropped(made):
    before = standings(made)[0].points
    made.undo_round()
    assert sum(row.points for row in standings(made)) == 4
    assert before == 3


def test_unknown_tie_break(made):
    with pytest.raises(ValueError):
        standings(made, ["height"])


def test_format_points():
    assert [format_points(value) for value in (0, 0.5, 1, 2.5, -0.5, 0.75)] == ["0", "½", "1", "2½", "-½", "0.75"]


def test_table(made):
    made.roster.withdraw(4)
    made.adjust(3, 0.5)
    assert standings_table(made, ["wins"]) == (
        "#  Name         Rtg  Pts  wins\n"
        "1  Dora        1900    3     3\n"
        "2  Abel        1850    2     2\n"
        "3  Cleo        1800   1½     1\n"
        "4  Bert (out)  1750    0     0\n"
    )
