"""A text read again in pieces: the trees and facts of the whole, whatever was edited."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fixbot_analysis
from fixbot_analysis.symbols import Rereading, extract
from fixbot_analysis.syntax import Node, Pieces, SyntaxTree

_HOME = Path(fixbot_analysis.__file__).parent
OWN = [(_HOME / path).read_bytes() for path in ("graph/references.py", "symbols/quoted.py", "symbols/bindings.py")]
SNIPPETS = [
    b'"""', b"'", b"(", b")", b"\n", b"\r\n", b"    ", b"x = 1\n", b"else:\n    pass\n", b"finally:\n    pass\n", b"@dec\n", b"\\\n",
    b"# note\n", b"  # note\n", b"import a as Optional\n", b"from typing import List as L\n", b"def f(x) -> 'L[int]':\n    self.x = x\n    return x\n",
    b"def f(y):\n    global x\n    x = y\n    isinstance(y, A)\n", b"class A:\n    y = 1\n", b"if isinstance(x, A):\n    x = 2\n", b"__all__ = ['a']\n",
    b"__all__ += ['b']\n", b":", b",", b"; z = 1", b"\xc3\xa9 = 1\n", b"def g(self):\n    if not isinstance(self, A):\n        return\n", b"\0",
]  # fmt: skip
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.booleans(),
        st.sampled_from([0, 0, 1, 30, 3000]),
        st.sampled_from([*SNIPPETS, b""]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
Edits = list[tuple[float, bool, int, bytes, bool]]
Shape = list[tuple[str, int, int, int]]


def edited(data: bytes, place: float, at_line: bool, length: int, text: bytes) -> bytes:
    at = int(place * len(data))
    if at_line:
        at = data.rfind(b"\n", 0, at) + 1
    return data[:at] + text + data[at + length :]


def shape(node: Node, base: int = 0, depth: int = 0) -> Shape:
    """Every node below `node`: kind, bytes, depth."""
    found = []
    for child in node.children:
        found.append((child.type, child.start_byte + base, child.end_byte + base, depth))
        found += shape(child, base, depth + 1)
    return found


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(OWN), edits)
def test_the_trees_of_pieces_are_together_the_tree_of_the_text(data: bytes, steps: Edits) -> None:
    pieces = Pieces.of(SyntaxTree.parse(data))
    for place, at_line, length, text, _ in steps:
        assert pieces
        after = edited(pieces.data, place, at_line, length, text)
        whole, told = SyntaxTree.parse(after), pieces.edited(after)
        if told is None:
            pieces = Pieces.of(whole) or pieces
            continue
        assert not whole.root.has_error
        kept = pieces.pieces
        pieces = told.pieces
        assert [p.shape for p in pieces.pieces[: told.first]] == [p.shape for p in kept[: told.first]]
        assert [p.shape for p in pieces.pieces[told.new_end :]] == [p.shape for p in kept[told.old_end :]]
        trees = [pieces.tree(number) for number in range(len(pieces))]
        assert b"".join(map(pieces.text, range(len(pieces)))) == after
        found = [shape(t.root, p.start) for t, p in zip(trees, pieces.pieces, strict=True) if t is not None]
        assert [node for each in found for node in each] == shape(whole.root)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(OWN), edits)
def test_facts_read_by_pieces_are_those_of_the_whole_text(data: bytes, steps: Edits) -> None:
    reading = Rereading()
    for _ in range(3):
        assert reading.read(data, "python") == extract(data)
    for place, at_line, length, text, stays in steps:
        after = edited(data, place, at_line, length, text)
        facts = extract(after)
        assert reading.read(after, "python") == facts
        if stays or not facts.syntax_errors:
            data = after


PADDING = b"".join(b"def filler_%d(a, b):\n    return a + b\n\n\n" % number for number in range(300))
APART = [
    # What one end of the file says matters to the other: before, and after, each with padding between.
    (b"import typing\nfrom m import Optional as O\n", b"x: 'O[int]' = None\n", b"from m import Optional as P\n"),
    (b"def f(a):\n    return isinstance(a, A) or a.b\n", b"def f(c) -> int:\n    return 1\n", b"def f(a) -> A:\n    return 2\n"),
    (b"def f(a):\n    if not isinstance(a.b, A):\n        return\n", b"def f(c):\n    c.b = 1\n    a = 2\n", b"def f(a):\n    a = 2\n"),
    (b"class A:\n    def m(self):\n        self.x = 1\n", b"class A:\n    def m(this):\n        this.x = 1\n", b"class A:\n    m = 1\n"),
    (b"if not isinstance(x, A):\n    y = 1\n", b"x = 1\n", b"z = 1\n"),
    (b"def f():\n    global x\n    x = 1\n", b"def f():\n    x = 2\n", b"def g():\n    x = 2\n"),
    (b"__all__ = ['a']\nx = 1\n", b"__all__ += ['b']\nx = 2\n", b"__all__.extend(b)\ndef x(): pass\n"),
    (b"x: 'List[int]' = 1\ny = cast('A', 1)\n", b"import typing\n", b"import typed\n"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "tail", "other"), APART)
def test_what_is_said_at_one_end_of_a_file_is_known_at_the_other(head: bytes, tail: bytes, other: bytes) -> None:
    reading = Rereading()
    for first, last in [
        (head, tail),
        (head, tail),
        (head, tail),
        (head, other),
        (tail, other),
        (tail, head),
        (b"z = 1\n", head),
        (head, tail),
    ]:
        data = first + PADDING + last
        assert reading.read(data, "python") == extract(data)


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        (b"    x = 1\n", True),
        (b"\nx = 1\n\n", True),
        (b"# note\n", True),
        (b"@dec\n", True),
        (b"else:\n    pass\n", False),
        (b'"""', False),
        (b"foo(\n", False),
        (b"x = 1 \\\n", False),
    ],
)
def test_an_edit_is_read_with_what_is_around_it(text: bytes, is_cut: bool) -> None:
    pieces = Pieces.of(SyntaxTree.parse(PADDING))
    assert pieces
    at = PADDING.index(b"def filler_150")
    told = pieces.edited(PADDING[:at] + text + PADDING[at:])
    assert (told is not None) is is_cut
    if told is not None:
        assert told.old_end - told.first <= 3
        assert len(told.pieces) > 3


@pytest.mark.parametrize("text", [b"@dec\n", b"if a:\n    b\n", b"else:\n    b\n"])
def test_what_an_edit_makes_of_the_statement_beside_it_is_seen(text: bytes) -> None:
    """A decorator, or the begin of a statement, that joins what begins the next piece, or what ends the last."""
    data = PADDING.replace(b"    return a + b\n", b"    return a + b\nif a:\n    a = b\n")
    pieces = Pieces.of(SyntaxTree.parse(data))
    assert pieces
    for at in [start + by for start in (piece.start for piece in pieces.pieces[1:9]) for by in (-1, 0)]:
        after = data[:at] + text + data[at:]
        whole, told = SyntaxTree.parse(after), pieces.edited(after)
        if told is not None:
            shapes = [(kind, start + p.start) for p in told.pieces.pieces for kind, start, _ in p.shape]
            assert shapes == [(node.type, node.start_byte) for node in whole.root.children]
            assert all(told.pieces.tree(number) for number in range(told.first, told.new_end))


def test_a_tree_with_errors_or_of_another_language_is_not_cut() -> None:
    assert Pieces.of(SyntaxTree.parse(b"x = (\n")) is None
    assert Pieces.of(SyntaxTree.parse(b"# nothing\n")) is None
    assert Pieces.of(SyntaxTree.parse(b"int a;\n", "c")) is None


def test_only_what_was_edited_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a pause in a file of half a megabyte costs all of it."""
    reading, parsed = Rereading(), []
    parse = SyntaxTree.parse

    def noted(data: bytes, language: str = "python") -> SyntaxTree:
        parsed.append(len(data))
        return parse(data, language)

    for _ in range(3):
        reading.read(PADDING, "python")
    monkeypatch.setattr(SyntaxTree, "parse", noted)
    at = PADDING.index(b"    return a + b", len(PADDING) // 2)
    for text in (b"    c = a\n", b"    c = a.\n", b"    c = a.d\n"):
        parsed.clear()
        after = PADDING[:at] + text + PADDING[at:]
        assert reading.read(after, "python") == extract(after)
        if not text.endswith(b".\n"):
            assert sum(parsed) - len(after) < len(after), "the one who compares parses the whole"
