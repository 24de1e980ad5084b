"""Completion from the open document alone."""

import pytest

from fixbot_lsp.text.words import complete_from_words


def labels(source: str) -> list[str]:
    before, _, after = source.partition("|")
    data = (before + after).encode()
    return [item.label for item in complete_from_words(data, len(before.encode())).items]


def test_the_nearest_word_comes_first() -> None:
    assert labels("alpha_far = 1\nfiller = 2\nalpha_near = 3\nal|") == ["alpha_near", "alpha_far"]


def test_the_word_under_way_is_not_offered() -> None:
    assert labels("value = 1\nval|") == ["value"]
    assert labels("val|") == []


def test_letters_beyond_ascii_are_part_of_words() -> None:
    assert labels("größe = 1\ngrö|") == ["größe"]


@pytest.mark.parametrize("source", ["|", "🦊|", "\x00|\x00", "a" * 300_000 + " aab|"])
def test_odd_documents_give_no_error(source: str) -> None:
    labels(source)


def test_after_a_dot_only_what_stands_after_dots() -> None:
    assert labels("notify = 1\nif not x:\n    cart.notes.append(1)\ncart.not|") == ["notes"]
