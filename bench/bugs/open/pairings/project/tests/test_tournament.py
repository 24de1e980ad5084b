import pytest

from pairings import Tournament, TournamentError


def make(system="swiss", players=4, **more):
    made = Tournament("Open", system, **more)
    for number in range(players):
        made.add_player("P%d" % (number + 1), 2000 - 10 * number)
    return made


def test_course_of_a_swiss():
    made = make()
    made.pair_round()
    with pytest.raises(TournamentError):
        made.pair_round()
    made.record(1, 1, "1-0")
    made.record(1, 2, "=")
    assert made.scores() == {1: 1, 2: 0.5, 3: 0, 4: 0.5}
    assert len(made.pair_round()) == 2


def test_record_refuses():
    made = make(players=3)
    made.pair_round()
    made.record(1, 1, "1-0")
    for round_no, board in ((1, 1), (1, 2), (1, 3), (2, 1)):
        with pytest.raises(TournamentError):
            made.record(round_no, board, "1-0")


def test_correct():
    made = make()
    made.pair_round()
    made.record(1, 1, "1-0")
    assert made.scores()[3] == 0
    made.record(1, 1, "0-1", correct=True)
    assert made.scores()[3] == 1


def test_round_robin_ends():
    made = make("roundrobin", players=2, cycles=2)
    for number in (1, 2):
        made.pair_round()
        made.record(number, 1, "1-0")
    assert made.scores() == {1: 1, 2: 1}
    with pytest.raises(TournamentError):
        made.pair_round()


def test_saved_and_loaded():
    made = make("roundrobin", players=4)
    made.pair_round()
    made.record(1, 1, "1-0")
    made.record(1, 2, "=")
    made.roster.withdraw(2)
    again = Tournament.loads(made.dumps())
    assert again.dumps() == made.dumps()
    assert again.scores() == made.scores()
    assert repr(again.pair_round()) == repr(made.pair_round())
