"""Syntax trees: any bytes have one, and an edited tree is the tree of the edited text."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Span
from fixbot_analysis.symbols import extract
from fixbot_analysis.syntax import SyntaxTree

SNIPPETS = [
    b"def f(x):\n    return x\n",
    b"class A(B):\n",
    b"x = (1,\n",
    b"'''doc\n",
    b"\xc3\xa9 = 1\n",
    b")\n",
    b"    pass\n",
    b"\0",
    b"\r\n",
]
sources = st.lists(st.sampled_from(SNIPPETS), max_size=8).map(b"".join)


def shape(tree: SyntaxTree) -> list[tuple[str, int, int]]:
    found, cursor = [], tree.root.walk()
    while True:
        assert cursor.node is not None
        found.append((cursor.node.type, cursor.node.start_byte, cursor.node.end_byte))
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found


@given(sources, sources, st.data())
def test_an_edited_tree_equals_a_fresh_one(before: bytes, added: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, len(before)))
    after = before[:start] + added + before[end:]
    edited = SyntaxTree.parse(before).edited(after, start, end, start + len(added))
    assert shape(edited) == shape(SyntaxTree.parse(after))
    assert edited.errors() == SyntaxTree.parse(after).errors()


def test_an_edit_that_does_not_fit_is_refused() -> None:
    tree = SyntaxTree.parse(b"x = 1\n")
    with pytest.raises(ValueError, match="does not lead"):
        tree.edited(b"x = 12\n", 4, 5, 5)
    with pytest.raises(ValueError, match="does not lead"):
        tree.edited(b"x", 4, 50, 45)


def test_the_node_at_an_offset_is_the_smallest_named_one() -> None:
    tree = SyntaxTree.parse(b"total = price + tax\n")
    assert tree.node_at(9).type == "identifier"
    assert tree.node_at(10_000).type == "module"
    assert tree.node_at(-5).start_byte == 0


def test_errors_say_where() -> None:
    assert SyntaxTree.parse(b"x = 1\n").errors() == ()
    (error,) = SyntaxTree.parse(b"def f(:\n    pass\n").errors()
    assert isinstance(error, Span)
    assert error.start < 8


@pytest.mark.parametrize(
    "data",
    [
        b"(" * 10_000,
        b"(" * 100_000 + b")" * 100_000,
        b"f(" * 50_000,
        b"a" + b".b" * 100_000 + b"()",
        b"-" * 100_000 + b"1",
        b"\0" * 1000,
    ],
)
def test_deep_nesting_and_nul_do_no_harm(data: bytes) -> None:
    tree = SyntaxTree.parse(data)
    tree.captures("(call function: (_) @callee) [(identifier) (attribute)] @name")
    tree.errors()
    assert tree.node_at(len(data) // 2)


def test_an_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        SyntaxTree.parse(b"", "cobol")


def test_a_text_that_no_parser_comes_to_an_end_with_is_one_error() -> None:
    endless = b"/* a\n" * 40_000  # the time grows with the square of the number of comments that do not end
    tree = SyntaxTree.parse(endless, "c")
    assert tree.given_up
    assert tree.errors() == (Span(0, len(endless)),)
    assert extract(endless, "c").syntax_errors == 1
    mended = tree.edited(b"int a;", 0, len(endless), 6)
    assert not mended.given_up
    assert mended.errors() == ()


@pytest.mark.parametrize(("text", "language"), [(b"(", "c"), (b"\n{", "cpp"), (b"(", "python")])
def test_a_row_of_nameless_tokens_that_no_code_is_made_of_is_one_error(text: bytes, language: str) -> None:
    row = text * 50_000  # each query took seconds, by the square of the length
    tree = SyntaxTree.parse(row, language)
    assert tree.given_up
    assert tree.errors() == (Span(0, len(row)),)
    assert not tree.edited(b"int a;", 0, len(row), 6).given_up
    assert not SyntaxTree.parse(text * 500, language).given_up


@pytest.mark.skipif(sys.platform == "win32", reason="memory is not told")
def test_a_parse_that_takes_too_much_memory_is_given_up() -> None:
    # A new process begins with the peak of the one that it was forked from.
    code = "import resource; peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; before = peak()"
    code += "; from fixbot_analysis.symbols import extract; extract(b'f(' * 200_000, 'c'); print(peak() - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) * (1 if sys.platform == "darwin" else 1024) < 600 * 1024 * 1024


def test_threads_parse_at_the_same_time() -> None:
    """One parser between two threads ends the process: so it is tried in one of its own."""
    code = (
        "import threading; from fixbot_analysis.syntax import SyntaxTree\n"
        "data = b'def f(a):\\n    return [x for x in a if x]\\n\\n\\n' * 1500\n"
        "work = lambda: [SyntaxTree.parse(data) for _ in range(12)]\n"
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("data", [b"x = 1\n", b"/* a\n" * 40_000, b"int a;\n" * 30_000])
def test_a_parse_lets_go_of_its_text(data: bytes) -> None:
    """What the binding keeps of each text would be a megabyte an hour for who types in a large file."""
    text = bytes(bytearray(data))
    before = sys.getrefcount(text)
    tree = SyntaxTree.parse(text, "c")
    tree.errors()
    edited = tree.edited(text + b"int b;\n", len(text), len(text), len(text) + 7)
    del tree, edited
    assert sys.getrefcount(text) == before
