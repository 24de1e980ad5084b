"""What an issue states in general is told apart from what it only shows."""

import pytest

from fixbot_repair.issue_reader import read
from fixbot_repair.issue_rules import rules

SHOWN = "```python\nprint(rank('b'))\n```\n\nprints `2`, it should print `1`.\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Names without a number should come after all the others.",
        "Two equal ones must never swap places.",
        "The same should hold for groups, even when they are empty.",
    ],
)
def test_a_rule_beyond_the_example_is_told(sentence: str) -> None:
    assert rules(read(f"# Wrong rank\n\n{SHOWN}\n{sentence}\n")) == (sentence,)


@pytest.mark.parametrize("text", ["Should all of them be sorted?", "I use all of version 3.", "It should print `1`."])
def test_questions_remarks_and_the_example_s_own_wish_are_none(text: str) -> None:
    assert rules(read(f"# Wrong rank\n\n{SHOWN}\n{text}\n")) == ()


def test_code_is_no_prose() -> None:
    assert rules(read("# Wrong\n\n```\n# all of these should never fail\nf(1)\n```\n")) == ()
