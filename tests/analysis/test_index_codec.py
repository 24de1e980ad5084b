"""Stored facts say what was extracted, whichever part is asked for first."""

import pickle
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.index.codec import DamagedFactsError, decode, encode
from fixbot_analysis.symbols import FileFacts, extract

SHOP = b'''
"""A shop."""
from os import path as where, sep
import json.decoder

__all__ = ["Cart"]

class Cart(dict):
    """What is bought."""
    limit: int = 3

    @property
    def total(self) -> int:
        """Sum of all prices."""
        self.seen = where.join("a", sep)
        return sum(p for p in self.values())

def make(*, of=Cart, **rest): return of(rest)
'''
FACTS = extract(SHOP)
NAMES = [field.name for field in fields(FileFacts)]


@given(st.permutations(NAMES))
def test_facts_come_back_as_they_were_whatever_is_asked_first(order: list[str]) -> None:
    again = decode(encode(FACTS))
    assert [getattr(again, name) for name in order] == [getattr(FACTS, name) for name in order]
    assert again.calls[0].callee == FACTS.calls[0].callee  # named, not only equal
    assert again.bindings[0].value == FACTS.bindings[0].value


def test_stored_facts_equal_extracted_ones_and_no_others() -> None:
    assert decode(encode(FACTS)) == FACTS
    assert [FACTS].index(decode(encode(FACTS))) == 0  # from the other side
    assert hash(decode(encode(FACTS))) == hash(FACTS)
    assert decode(encode(replace(FACTS, calls=()))) != FACTS


def test_stored_facts_can_be_copied_changed_and_handed_on() -> None:
    assert pickle.loads(pickle.dumps(decode(encode(FACTS)))) == FACTS
    assert replace(decode(encode(FACTS)), language="cython") == replace(FACTS, language="cython")
    assert encode(decode(encode(FACTS))) == encode(FACTS)


def test_facts_know_nothing_but_what_facts_have() -> None:
    with pytest.raises(AttributeError, match="colour"):
        decode(encode(FACTS)).colour  # type: ignore[attr-defined]  # noqa: B018


@given(st.integers(0, len(encode(FACTS)) - 1), st.integers(1, 255))
def test_a_changed_byte_is_told_before_anything_is_read(at: int, by: int) -> None:
    blob = bytearray(encode(FACTS))
    blob[at] = (blob[at] + by) % 256
    with pytest.raises(DamagedFactsError):
        decode(bytes(blob))


def test_bindings_of_a_scope_are_the_same_whether_all_were_read_or_none() -> None:
    untouched, whole, copied = (
        decode(encode(FACTS)),
        decode(encode(FACTS)),
        pickle.loads(pickle.dumps(decode(encode(FACTS)))),
    )
    assert whole.bindings == FACTS.bindings
    wanted = {scope: list(rows) for scope, rows in FACTS.bindings_by_scope().items()}
    assert len(wanted) > 3
    for facts in (untouched, whole, copied):
        assert {scope: list(rows) for scope, rows in facts.bindings_by_scope().items()} == wanted
    assert untouched.bindings_by_scope().get("nowhere", ()) == ()


@pytest.mark.parametrize("body", ["pass", "print(self.a)"])
def test_stored_facts_know_whether_isinstance_says_more_of_a_dotted_name(body: str) -> None:
    source = f"class A:\n    def f(self):\n        if isinstance(self.a, int):\n            {body}\n".encode()
    for text, narrows in ((source, True), (source.replace(b"self.a, int", b"self, int"), False)):
        facts = extract(text)
        assert decode(encode(facts)).narrows is facts.narrows
        assert facts.narrows is narrows
