import itertools
import json

import pytest

from pairings import Game, Roster, Tournament, TournamentError, standings, standings_table
from pairings.drawing import History, round_robin, swiss_round
from pairings.standings import buchholz


def make(system="swiss", ratings=(2000, 1900, 1800, 1700), **more):
    made = Tournament("Open", system, **more)
    for number, rating in enumerate(ratings):
        made.add_player("P%d" % (number + 1), rating)
    return made


def test_seeding_with_unrated():
    entries = [("Ana", 1800), ("bo", None), ("Cy", 0), ("Al", 2100), ("Zed", None), ("Eve", 1800), ("abe", None)]
    for order in itertools.islice(itertools.permutations(entries), 0, 5040, 97):
        roster = Roster()
        for name, rating in order:
            roster.add(name, rating)
        names = [player.name for player in roster.seeded()]
        assert names == ["Al", "Ana", "Eve", "Cy", "abe", "bo", "Zed"]
        roster.withdraw(roster.find("Eve").id)
        assert len(roster.seeded()) == 6
    assert all(player.rating is None for player in roster if player.name in ("bo", "Zed", "abe"))


def test_unrated_tournaments():
    for system in ("swiss", "roundrobin"):
        for ratings in ((None,) * 4, (None, 1500, None, 1600), (1500, None, 0, None, 1700)):
            made = make(system, ratings)
            games = made.pair_round()
            assert len(games) == (len(ratings) + 1) // 2
            assert Tournament.loads(made.dumps()).dumps() == made.dumps()
            table = standings_table(made)
            assert [line.split()[2] for line in table.splitlines()[1:]].count("-") == ratings.count(None)
    made = make("swiss", (None, 1500, None, 1600))
    assert [(game.white, game.black) for game in made.pair_round()] == [(4, 1), (2, 3)]


def test_equal_players_are_listed_by_name():
    names = ["Dora", "abel", "Cleo", "bert", "Ella"]
    for order in itertools.islice(itertools.permutations(names), 0, 120, 7):
        made = Tournament("Blitz")
        for name in order:
            made.add_player(name, 1500)
        assert [row.player.name for row in standings(made)] == ["abel", "bert", "Cleo", "Dora", "Ella"]
        assert {row.rank for row in standings(made)} == {1}
        made.adjust(made.roster.find("cleo").id, 2)
        made.adjust(made.roster.find("bert").id, 1)
        made.adjust(made.roster.find("dora").id, 1)
        rows = standings(made, [])
        assert [(row.rank, row.player.name) for row in rows] == [
            (1, "Cleo"), (2, "bert"), (2, "Dora"), (4, "abel"), (4, "Ella"),
        ]


def test_breaks_come_before_names():
    made = make()
    made.pair_round()
    made.record(1, 1, "0-1")
    made.record(1, 2, "1-0")
    made.adjust(1, 1)
    rows = standings(made, ["wins"])
    assert [(row.rank, row.player.id) for row in rows] == [(1, 2), (1, 3), (3, 1), (4, 4)]
    assert buchholz(made, 1) == 1


def test_adjustments_are_stored():
    for changes in ({1: -1}, {2: 0.5, 4: -0.5}, {1: 1, 2: 2, 3: 3, 4: 4}, {}):
        made = make()
        made.pair_round()
        made.record(1, 1, "1-0")
        for player, points in changes.items():
            made.adjust(player, points)
        again = Tournament.loads(made.dumps())
        assert again.scores() == made.scores()
        assert again.adjustments == changes
        for player in (1, 2, 3, 4):
            made.adjust(player, 0.5)
            again.adjust(player, 0.5)
        assert again.scores() == made.scores()
        assert json.loads(again.dumps()) == json.loads(made.dumps())
        assert repr(standings(again)) == repr(standings(made))
        with pytest.raises(KeyError):
            again.adjust("1", 1)
        third = Tournament.loads(again.dumps())
        assert third.scores() == made.scores()


def test_cycles_are_apart():
    for size in (2, 3, 4, 5, 6):
        for cycles in (1, 2, 3, 4, 5):
            rounds = round_robin(range(1, size + 1), cycles)
            length = len(rounds) // cycles
            assert length == (size - 1 if size % 2 == 0 else size)
            assert len({id(game) for games in rounds for game in games}) == sum(map(len, rounds))
            assert len({id(games) for games in rounds}) == len(rounds)
            for number, games in enumerate(rounds):
                first = rounds[number % length]
                turned = number // length % 2
                for game, model in zip(games, first):
                    if model.is_bye:
                        assert game.is_bye and game.white == model.white
                    else:
                        expected = (model.black, model.white) if turned else (model.white, model.black)
                        assert (game.white, game.black) == expected


def test_many_cycles_played():
    for size, cycles in ((2, 5), (3, 3), (4, 4)):
        made = make("roundrobin", [1500] * size, cycles=cycles)
        total = cycles * (size - 1 if size % 2 == 0 else size)
        for number in range(1, total + 1):
            games = made.pair_round()
            assert all(game.result is None for game in games)
            before = sum(made.scores().values())
            for board, game in enumerate(games, 1):
                if not game.is_bye:
                    made.record(number, board, "1-0" if number % 3 else "=")
            boards = sum(not game.is_bye for game in games)
            assert sum(made.scores().values()) == before + boards
        with pytest.raises(TournamentError):
            made.pair_round()
        made.undo_round()
        assert all(game.is_done for games in made.rounds for game in games)


def test_free_points():
    for result, white, black in (
        ("1-0", False, False), ("0-1", False, False), ("1/2-1/2", False, False),
        ("+/-", True, False), ("-/+", False, True), ("-/-", False, False), (None, False, False),
    ):
        history = History([[Game(1, 2, result), Game(3, None)]])
        assert history.had_free_point(1) is white
        assert history.had_free_point(2) is black
        assert history.had_free_point(3) is True
        assert history.had_free_point(4) is False
    history = History([[Game(1, 2, "1-0")], [Game(2, 1, "-/+")], [Game(1, 3, "0-1")]])
    assert history.had_free_point(1) and not history.had_free_point(2) and not history.had_free_point(3)


def test_who_rests():
    flat = dict.fromkeys(range(1, 6), 0)

    def resting(ranked, rounds):
        return swiss_round(ranked, flat, rounds)[-1].white

    everyone = [1, 2, 3, 4, 5]
    assert resting(everyone, []) == 5
    assert resting(everyone, [[Game(1, None)]]) == 5
    assert resting(everyone, [[Game(5, None)]]) == 4
    assert resting(everyone, [[Game(5, 1, "+/-"), Game(4, None)]]) == 3
    assert resting(everyone, [[Game(1, 5, "-/+")], [Game(4, 2, "+/-")]]) == 3
    assert resting(everyone, [[Game(1, 5, "+/-")]]) == 5
    assert resting(everyone, [[Game(1, 5, "-/-")]]) == 5
    assert resting(everyone, [[Game(5, 1, "1-0")]]) == 5
    assert resting([1, 2, 3], [[Game(3, None)], [Game(2, None)], [Game(1, None)]]) == 3
    games = swiss_round([1, 2], flat, [[Game(1, 2, "+/-")]])
    assert [(game.white, game.black) for game in games] == [(1, 2)]
    assert swiss_round([1, 2], flat, [[Game(1, 2, "1-0")]]) is None


def test_scores_are_never_old():
    made = make()
    assert made.scores() == {1: 0, 2: 0, 3: 0, 4: 0}
    made.adjust(2, 1)
    assert made.scores()[2] == 1
    made.adjust(2, -0.5)
    assert made.scores()[2] == 0.5
    made.adjust(2, -0.5)
    made.pair_round()
    made.scores()
    made.record(1, 1, "1-0")
    assert made.scores() == {1: 1, 2: 0, 3: 0, 4: 0}
    made.record(1, 2, "=")
    assert made.scores() == {1: 1, 2: 0.5, 3: 0, 4: 0.5}
    made.record(1, 1, "0-1", correct=True)
    assert made.scores() == {1: 0, 2: 0.5, 3: 1, 4: 0.5}
    made.adjust(3, 2)
    assert made.scores() == {1: 0, 2: 0.5, 3: 3, 4: 0.5}
    made.undo_round()
    assert made.scores() == {1: 0, 2: 0, 3: 2, 4: 0}
    made.add_player("Late", 1000)
    assert made.scores() == {1: 0, 2: 0, 3: 2, 4: 0, 5: 0}
    made.pair_round()
    assert sum(made.scores().values()) == 3
    made.undo_round()
    assert sum(made.scores().values()) == 2
    made.scores()[1] = 99
    assert made.scores()[1] == 0
    assert standings(made)[0].player.id == 3
    made.adjust(1, 5)
    assert standings(made)[0].player.id == 1
    with pytest.raises(KeyError):
        made.adjust(9, 1)
    made = make()
    with pytest.raises(TournamentError):
        made.undo_round()


def test_pairing_follows_the_arbiter():
    made = make()
    made.scores()
    made.adjust(4, 3)
    made.adjust(2, 3)
    pairs = {frozenset((game.white, game.black)) for game in made.pair_round()}
    assert pairs == {frozenset((2, 4)), frozenset((1, 3))}
