import itertools

import pytest

from meetings.spans import Span, overlap

SPANS = [Span(a, b) for a, b in itertools.combinations(range(0, 50, 10), 2)]


@pytest.mark.parametrize("first", SPANS)
def test_overlap_counts_the_minutes_of_both(first):
    for second in SPANS:
        both = set(range(first.start, first.end)) & set(range(second.start, second.end))
        assert overlap(first, second) == len(both), (first, second)
