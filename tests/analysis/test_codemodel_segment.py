"""A part of a segment says the same whichever way its tokens are found."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.codemodel import segment
from fixbot_analysis.codemodel.segment import BOUNDARY, Segment, View

# Numbers whose bytes, read from a wrong place, look like other numbers of the list.
TOKENS = st.sampled_from([1, 2, 256, 257, 512, 65536])


@pytest.mark.parametrize("steps", [0.0, 1e9], ids=["by search", "by a walk along the whole"])
@given(files=st.lists(st.lists(TOKENS, max_size=30), min_size=1, max_size=4), data=st.data())
def test_a_file_has_its_own_places_in_the_order_of_the_whole(
    steps: float, files: list[list[int]], data: st.DataObject
) -> None:
    whole = Segment.of(files)
    bounds = [at for at, token in enumerate(whole.tokens) if token == BOUNDARY]
    first = data.draw(st.sampled_from(bounds))
    last = data.draw(st.sampled_from([at for at in bounds if at >= first]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "_SEARCHED", steps)
        patch.setattr(segment, "_SORTED", steps)
        part = View(whole, first, last)
        for token in {token for file in files for token in file}:
            places = array("I", [at for at in whole.group(token) if first <= at < last])
            assert array("I", part.group(token)) == places
            assert part.occurrences(token) == len(places)
