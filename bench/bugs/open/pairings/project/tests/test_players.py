import pytest

from pairings import Roster


def roster(*entries):
    made = Roster()
    for name, rating in entries:
        made.add(name, rating)
    return made


def test_find_ignores_case_and_spacing():
    made = roster(("Ana  Lima", 1800))
    assert made.find(" ana lima ").id == 1
    assert made.find("Ana") is None


def test_no_second_entry():
    made = roster(("Ana", 1800))
    with pytest.raises(ValueError):
        made.add("ANA")
    with pytest.raises(ValueError):
        made.add("  ")


def test_seeded():
    made = roster(("Ana", 1800), ("bo", 2100), ("Cy", 1500), ("Al", 2100))
    made.withdraw(3)
    assert [player.name for player in made.seeded()] == ["Al", "bo", "Ana"]
