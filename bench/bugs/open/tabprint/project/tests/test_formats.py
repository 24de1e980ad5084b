import pytest

from tabprint import Column, NumberFormat, Table, read_csv, read_markdown, write_csv, write_markdown


def test_read_csv():
    table = read_csv('name,n,note\nfig,3,\n"a, b",1.5,x\n\n')
    assert table.names == ["name", "n", "note"]
    assert table.rows == [["fig", 3, None], ["a, b", 1.5, "x"]]


def test_read_csv_as_text_and_with_other_delimiters():
    assert read_csv("a;b\n1;2\n", convert=False).rows == [["1", "2"]]
    assert read_csv('"x,y,z"\tb\n1\t2\n').names == ["x,y,z", "b"]


def test_read_csv_bytes_with_a_mark():
    table = read_csv("\ufeffgröße,n\n1,2\n".encode("utf-8"))
    assert table.names == ["größe", "n"]


def test_names_that_occur_again():
    assert read_csv("a,a,,a_2\n").names == ["a", "a_3", "column3", "a_2"]


def test_no_header():
    with pytest.raises(ValueError):
        read_csv("\n\n")


def test_write_csv():
    table = Table(["a", Column("b", format=NumberFormat(2))], [["x,y", 1], [None, 2.5]])
    assert write_csv(table) == 'a,b\n"x,y",1\n,2.5\n'
    assert write_csv(table, formatted=True) == 'a,b\n"x,y",1.00\n,2.50\n'


def test_write_markdown():
    table = Table(["name", Column("n", align="center"), "v"], [["a|b", "x", 10], ["two\nlines", "y", 5]])
    assert write_markdown(table).splitlines() == [
        "| name         |  n  |   v |",
        "| ------------ | :-: | --: |",
        "| a\\|b         |  x  |  10 |",
        "| two<br>lines |  y  |   5 |",
    ]


def test_read_markdown():
    text = "Some | text\n\n| a | b | c |\n|---|:-:|--:|\n| 1 | x\\|y | |\n| 2 |\n\n| 3 |\n"
    table = read_markdown(text)
    assert table.names == ["a", "b", "c"]
    assert [column.align for column in table.columns] == [None, "center", "right"]
    assert table.rows == [["1", "x|y", ""], ["2", None, None]]


def test_markdown_round_trip():
    table = Table(["k", "v"], [["back\\slash", "a\\|b"], ["", "two\nlines"]])
    assert read_markdown(write_markdown(table)).rows == table.rows


def test_no_table():
    with pytest.raises(ValueError):
        read_markdown("just text\n---\n")
