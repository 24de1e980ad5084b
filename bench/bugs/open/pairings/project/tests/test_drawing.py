from itertools import combinations

import pytest

from pairings.drawing import History, round_robin, swiss_round
from pairings.games import Game


def pairs(games):
    return [(game.white, game.black) for game in games]


@pytest.mark.parametrize("size", [2, 4, 5, 8])
def test_round_robin_meets_all_once(size):
    ids = range(1, size + 1)
    games = [game for games in round_robin(ids) for game in games if not game.is_bye]
    assert sorted(tuple(sorted(pair)) for pair in pairs(games)) == list(combinations(ids, 2))


def test_two_cycles_reverse_colours():
    rounds = round_robin([1, 2, 3, 4], cycles=2)
    assert len(rounds) == 6
    for first, second in zip(rounds[:3], rounds[3:]):
        assert pairs(second) == [(black, white) for white, black in pairs(first)]


def test_first_swiss_round():
    games = swiss_round([1, 2, 3, 4], dict.fromkeys([1, 2, 3, 4], 0), [])
    assert pairs(games) == [(1, 3), (2, 4)]


def test_no_second_meeting():
    rounds = [[Game(1, 3, "1-0"), Game(2, 4, "1-0")], [Game(2, 1, "0-1"), Game(3, 4, "1-0")]]
    games = swiss_round([1, 2, 3, 4], {1: 2, 2: 1, 3: 1, 4: 0}, rounds)
    assert sorted(tuple(sorted(pair)) for pair in pairs(games)) == [(1, 4), (2, 3)]


def test_bye_goes_to_the_last_without_one():
    scores = {1: 1, 2: 1, 3: 0}
    rounds = [[Game(1, 2, "1/2-1/2"), Game(3, None)]]
    assert pairs(swiss_round([1, 2, 3], scores, rounds))[-1] == (2, None)


def test_no_bye_after_a_win_by_forfeit():
    rounds = [[Game(1, 2, "1-0"), Game(4, 3, "-/+"), Game(5, None)]]
    scores = {1: 1, 2: 0, 3: 1, 4: 0, 5: 1}
    assert pairs(swiss_round([1, 2, 4, 5, 3], scores, rounds))[-1] == (4, None)


def test_colours():
    history = History([[Game(1, 2, "1-0")], [Game(1, 3, "+/-")], [Game(4, 1, "0-1")]])
    assert history.colours(1) == "WB"
