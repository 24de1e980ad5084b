import csv
import io
import random

import pytest

from tabprint import Table, read_csv, read_markdown, write_csv, write_markdown


@pytest.mark.parametrize(
    "cell",
    [
        "a\nb",
        "a\n\nb",
        "\na",
        "a\n",
        "a\r\nb",
        "a\x0bb",
        "a\x0cb",
        "a\x85b",
        "a\u2028b",
        "a\x1cb",
        'say "hi"\nthen, go',
        "one\ntwo\nthree",
        "tab\tand, comma",
        "  padded  ",
        "\n",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_cells_come_back(cell, delimiter):
    for rows in ([["k", cell]], [[cell, "k"]], [[cell, cell], ["x", cell]]):
        table = Table(["left", "right"], rows)
        text = write_csv(table, delimiter=delimiter)
        if "\r" in cell or '"' in cell or "\n" in cell:
            assert '"' in text
        assert read_csv(text, delimiter=delimiter).rows == rows
        assert read_csv(text.encode("utf-8"), convert=False).rows == rows


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end):
    text = end.join(["a,b", '"x%sy",1' % end, "", "z,2", ""])
    table = read_csv(text)
    assert table.names == ["a", "b"]
    assert table.rows == [["x%sy" % end, 1], ["z", 2]]
    assert read_csv(text.rstrip("\r\n")).rows == table.rows


def test_empty_lines_inside_quotes_are_kept():
    table = read_csv('note,n\n"first\n\n\nlast",1\n\n"",2\n')
    assert table.rows == [["first\n\n\nlast", 1], [None, 2]]


def test_line_breaks_in_the_header():
    assert read_csv('"a\nb",c\n1,2\n', delimiter=",").names == ["a\nb", "c"]


@pytest.mark.parametrize("seed", range(20))
def test_random_tables(seed):
    rng = random.Random(seed)
    pieces = ["a", " b", "\n", "\r\n", ",", '"', "ü", "\u2029", ";", "x"]
    rows = [["k%d" % n, "c" + "".join(rng.choice(pieces) for _ in range(rng.randint(0, 8)))] for n in range(6)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["key", "value"]] + rows)
    assert read_csv(out.getvalue(), delimiter=",").rows == rows


def test_shown_on_several_lines():
    table = read_csv('k,note\na,"one\ntwo"\n')
    assert table.render().splitlines()[2:] == ["a  one", "   two"]
    assert "| one<br>two |" in write_markdown(table)
    assert read_markdown(write_markdown(table)).rows == table.rows


def test_byte_order_mark_and_numbers():
    table = read_csv(b"\xef\xbb\xbfa;b\r\n1;0x10\r\n-2.5;007\r\n")
    assert table.names == ["a", "b"]
    assert table.rows == [[1, "0x10"], [-2.5, "007"]]


def test_errors():
    for bad in ("", "\n", b"\xef\xbb\xbf"):
        with pytest.raises(ValueError):
            read_csv(bad)
    with pytest.raises(ValueError):
        read_csv("a,b\n1,2,3\n")
