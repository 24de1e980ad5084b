"""Tokens of what follows a line are the same whether what stands before it is read again or not."""

from hypothesis import example, given
from hypothesis import strategies as st

from fixbot_analysis.codemodel.tokens import head, tokenize

_PIECES = st.lists(
    st.sampled_from(
        ["\n", "    ", "x", "(", ")", '"""', "'", "def f", ":", "# c", "\\\n", "1.5", ".", "return", "\n\n  ", "é"]
    ),
    max_size=25,
).map("".join)


@given(_PIECES, _PIECES)
@example("if x:\n    f(", "\ny)\nz")
@example("if x:\n    y", "else:")
def test_what_follows_a_line_reads_the_same_without_the_lines_before(before: str, text: str) -> None:
    known = head(before + "\n", 1 << 20)
    if known:
        assert [*known.last, *known.tokens(text)] == tokenize(before + "\n" + text)


def test_the_end_of_a_line_inside_of_a_literal_is_no_end() -> None:
    assert head('x = """\n', 5) is None
    assert head("x = 1\n", 5) is not None
