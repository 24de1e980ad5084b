"""Sentences that tell a goal, and the many that use the same words and tell none."""

import pytest

from fixbot_repair.issue_reader import read

SHOWN = "```pycon\n>>> from geo import area\n>>> area(2)\n12\n```\n"
SCRIPT = "```python\nfrom geo import area\nr = area(2)\nprint(r)\n```\n"


def goals(text: str) -> list[tuple[str, str]]:
    return [(e.expression, e.expected) for e in read(text).expectations if e.expected]


@pytest.mark.parametrize("example", [SHOWN, SCRIPT])
@pytest.mark.parametrize(
    "said",
    [
        "The parameter `width` must be `10` or more.",
        "I expect `area` to be faster than `volume`.",
        "It should not be `3`.",
        "It must be a bug in `area`.",
        "You should use `volume(2)` instead of `area(2)`.",
        "I want `area(2)` to accept texts.",
        "Please see `volume(2)` please.",
        "With `x = 2` this should be quick.",
        "`None` should be allowed as an argument.",
        "An empty list should be accepted.",
        "`area(2)` has to be called twice.",
        "The first should be in capitals.",
        "The order should be kept.",
        "Both are the same.",
        "They should not be the same.",
        "The input should not be changed by hand.",
        "I'd like to see `3` more options.",
        "It prints the same thing twice, that is as it should be.",
        "`area(2)` is right, as it should be.",
        "The number of options should be at least 3.",
        "This should be the same problem as #12.",
        "That should have been fixed in 1.2.",
        "It should come back next week.",
        "The README says nothing about it.",
        "The docs have 3 examples.",
        "I would have thought so.",
        "It should be possible to give 2 numbers.",
        "We need 4 of them.",
        "I expected `ValueError: bad (expected 3)` to be caught.",
        "`r` should be documented.",
    ],
)
def test_words_of_wishes_without_a_value_for_the_example(example: str, said: str) -> None:
    assert goals(f"Area is odd\n\n{example}\n{said}\n") == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("It used to be `13`.", "13"),
        ("It must be 13.", "13"),
        ("That has to be `13` of course.", "13"),
        ("What I need is `13`.", "13"),
        ("`13` would be right.", "13"),
        ("I'd have thought that's 13.", "13"),
        ("`ValueError` should be raised.", "ValueError"),
        ("The manual says `13`.", "13"),
        ("The correct result would be `13`.", "13"),
        ("Please make it 13.", "13"),
        ("Nobody can live in it, i.e. it should be smaller, that is `13`.", "13"),
        ("I was expecting it to still be 13.", "13"),
        ("It ought to return 13.", "13"),
        ("I'd rather get `13` here.", "13"),
        ("'13' please.", "'13'"),
    ],
)
def test_many_words_for_what_should_come(said: str, found: str) -> None:
    assert goals(f"Area is odd\n\n{SHOWN}\n{said}\n") == [("area(2)", found)]


def test_a_text_or_a_number_is_no_goal_for_a_whole_list_or_mapping() -> None:
    shown = SHOWN.replace("\n12\n", "\n{'name': 'x', 'age': 3}\n")
    assert goals(f"Area is odd\n\n{shown}\nI expected `4`.\n") == []
    assert goals(f"Area is odd\n\n{shown}\nI expected the age to be `4`.\n") == [("area(2)['age']", "4")]
    assert goals(f"Area is odd\n\n{shown}\nI expected the size to be `4`.\n") == []


def test_an_error_before_what_is_told_is_no_fault() -> None:
    crash = "Traceback (most recent call last):\n  ...\nValueError: no"
    session = f"```pycon\n>>> x = [1]\n>>> area(x)\n{crash}\n>>> x\n[]\n```\n"
    issue = read(f"Area is odd\n\n{session}\nI expected `[1]`.\n")
    (found,) = (e for e in issue.expectations if e.expected)
    assert (found.expression, found.expected, issue.error) == ("x", "[1]", "")
    assert "try:" in found.setup[-1]
    assert read(f"Area is odd\n\n{session.replace('[]', '[1]')}\nI expected `[1]`.\n").error == "ValueError: no"


def test_whether_something_is_meant_to_fail_is_a_question() -> None:
    assert read("Area\n\n`area('x')` raises a TypeError. It is a nuisance.\n").crashing == ("area('x')",)
    assert read("Area\n\n`area('x')` raises a TypeError. Are texts not supported?\n").crashing == ()
