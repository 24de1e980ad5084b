"""Editors' units and bytes: one arithmetic, held against Python's own encoders."""

from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Span
from fixbot_lsp.text.positions import Encoding, Place, Text

FOX = 'fox = "🦊"; é = 1\r\nnext = fox\n'


def test_the_place_behind_an_emoji_in_each_encoding() -> None:
    text = Text.of(FOX)
    quote = FOX.encode().index(b'"; ')
    assert text.place(quote, Encoding.UTF8) == Place(0, 11)
    assert text.place(quote, Encoding.UTF16) == Place(0, 9)
    assert text.place(quote, Encoding.UTF32) == Place(0, 8)


def test_a_place_inside_a_surrogate_pair_is_rounded_down() -> None:
    text = Text.of(FOX)
    assert text.offset(Place(0, 8), Encoding.UTF16) == text.offset(Place(0, 7), Encoding.UTF16) == 7


def test_places_outside_of_the_text_are_moved_to_its_edges() -> None:
    text = Text.of(FOX)
    assert text.offset(Place(0, 10_000_000), Encoding.UTF16) == FOX.encode().index(b"\r\n")
    assert text.offset(Place(2**31, 5), Encoding.UTF16) == len(FOX.encode())
    assert text.offset(Place(-1, -7), Encoding.UTF16) == 0


def test_only_the_protocols_line_ends_end_lines() -> None:
    text = Text.of("a\x0cb\u2028c\x85d\re\nf\r\ng")
    assert [text.line(n).decode() for n in range(5)] == ["a\x0cb\u2028c\x85d", "e", "f", "g", ""]


def test_a_lone_surrogate_keeps_the_length_that_the_client_counts() -> None:
    assert Encoding.UTF16.units(Text.of("a\ud800b").data) == 3


@given(st.text(max_size=40), st.sampled_from(Encoding))
def test_there_and_back_again(source: str, encoding: Encoding) -> None:
    text = Text.of(source)
    for index in range(len(source) + 1):
        offset = len(source[:index].encode("utf-8", "replace"))
        if text.data[offset - 1 : offset + 1] != b"\r\n":  # between CR and LF there is no place
            assert text.offset(text.place(offset, encoding), encoding) == offset


@given(st.text(max_size=30), st.text(max_size=10), st.data())
def test_an_edit_in_utf16_units_does_what_the_editor_does(before: str, new: str, data: st.DataObject) -> None:
    line = before.replace("\r", "").replace("\n", "")
    units = line.encode("utf-16-le")
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    places = [len(line[:index].encode("utf-16-le")) // 2 for index in (start, end)]
    text = Text.of(line)
    span = Span(*(text.offset(Place(0, p), Encoding.UTF16) for p in places))
    expected = (units[: places[0] * 2] + new.encode("utf-16-le") + units[places[1] * 2 :]).decode("utf-16-le")
    assert text.spliced(span, new.encode("utf-8", "replace")).data.decode() == expected


_ENDS = st.text("ab\r\n🦊", max_size=12)


@given(_ENDS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), _ENDS), max_size=4))
def test_lines_are_found_again_after_edits_as_in_the_whole_text(before: str, edits: list[tuple[int, int, str]]) -> None:
    text = Text.of(before)
    assert text.starts
    for start, end, new in edits:
        low, high = sorted((min(start, len(text.data)), min(end, len(text.data))))
        text = text.spliced(Span(low, high), new.encode())
        assert text.starts == Text(text.data).starts
