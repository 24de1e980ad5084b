import pytest

from meetings import Span, clock, merge, overlap


def test_the_same_span_overlaps_wholly():
    assert overlap(Span(60, 90), Span(60, 90)) == 30


def test_spans_that_start_together():
    assert overlap(Span(60, 90), Span(60, 75)) == 15


def test_merge_joins_what_touches():
    assert merge([Span(80, 90), Span(60, 70), Span(70, 75)]) == [Span(60, 75), Span(80, 90)]


@pytest.mark.parametrize("text, minutes", [("0:00", 0), ("9:05", 545), ("14", 840)])
def test_clock(text, minutes):
    assert clock(text) == minutes
