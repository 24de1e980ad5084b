"""Edits and patches: applied all or not at all, and what a patch between two states is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Span
from fixbot_repair.candidates import Candidate, Edit, Patch
from fixbot_repair.candidates.minimise import minimised

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "naïve\n", "    x = 1\n"]), max_size=12).map("".join)


def test_edits_are_applied_together_whatever_their_order():
    patch = Patch((Edit("a", Span(4, 5), "Z"), Edit("a", Span(0, 1), "XX"), Edit("b", Span(0, 0), "new ")))

    assert patch.apply({"a": b"0123456", "b": b"file"}) == {"a": b"XX123Z56", "b": b"new file"}
    assert patch.paths == ("a", "b")


@pytest.mark.parametrize(
    "edits", [(Span(0, 3), Span(2, 4)), (Span(5, 9),), (Span(3, 2),)], ids=["overlap", "outside", "backwards"]
)
def test_edits_that_cannot_be_applied_are_refused(edits):
    with pytest.raises(ValueError, match="edits overlap or lie outside a"):
        Patch(tuple(Edit("a", span, "") for span in edits)).apply({"a": b"0123456"})


@given(before=LINES, after=LINES)
def test_the_patch_between_two_states_leads_from_one_to_the_other(before, after):
    patch = Patch.between({"f.py": before.encode()}, {"f.py": after.encode()})

    assert patch.apply({"f.py": before.encode()}).get("f.py", before.encode()) == after.encode()
    assert bool(patch.edits) == (before != after)


def test_files_are_created_and_deleted():
    patch = Patch.between({"old.py": b"x\n", "same.py": b"1\n"}, {"new.py": b"y\n", "same.py": b"1\n"})

    assert patch.created == ("new.py",)
    assert patch.deleted == ("old.py",)
    assert patch.apply({"old.py": b"x\n", "same.py": b"1\n"}) == {"new.py": b"y\n"}


def test_a_patch_loses_the_edits_that_it_does_not_need():
    edits = tuple(Edit("a", Span(i, i + 1), "x") for i in range(6))

    def holds(candidate: Candidate) -> bool:
        return {edits[1], edits[4]} <= set(candidate.patch.edits)

    smaller = minimised(Candidate(Patch(edits), "test"), holds)

    assert smaller.patch.edits == (edits[1], edits[4])
