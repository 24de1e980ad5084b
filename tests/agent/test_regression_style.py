"""Regression tests in a project's own style: the file, the form, the name, the imports."""

import pytest

from fixbot_agent.solving.regressing.style import Form, Home, forms, given, home, inserted, name
from fixbot_agent.solving.reproducing.reproduction import Example, Kind

PYTEST = '"""Tests."""\n\nimport os\nfrom geo import last\n\n\ndef test_last():\n    assert last([1]) == 1\n'
CASE = "import unittest\n\nfrom geo import last\n\n\nclass LastTests(unittest.TestCase):\n    def test_last(self):\n        self.assertEqual(last([1]), 1)\n\n\nif __name__ == '__main__':\n    unittest.main()\n"


def value(expected: str, expression: str = "area(r)") -> Example:
    return Example(Kind.VALUE, ("from geo import area",), "import math\nr = 2", expression, expected)


def test_a_function_beside_others_with_its_imports_among_theirs() -> None:
    form = next(forms(value("12.5"), is_case=False))
    assert inserted(Home("tests/test_geo.py", PYTEST, False), "test_area", form) == (
        '"""Tests."""\n\nimport os\nfrom geo import area, last\nimport math\n\n\ndef test_last():\n    assert last([1]) == 1\n'
        "\n\ndef test_area():\n    r = 2\n    assert area(r) == 12.5\n"
    )


def test_a_method_of_the_last_case_before_the_main_part() -> None:
    form = next(forms(value("12.5"), is_case=True))
    text = inserted(Home("tests/test_geo.py", CASE, True), "test_area", form)
    assert (
        "        self.assertEqual(last([1]), 1)\n\n    def test_area(self):\n        r = 2\n        self.assertEqual(area(r), 12.5)\n"
        in text
    )
    assert text.endswith("if __name__ == '__main__':\n    unittest.main()\n")


def test_a_new_file_holds_nothing_else() -> None:
    form = next(forms(value("None"), is_case=False))
    assert inserted(Home("tests/test_geo.py", "", False), "test_area", form) == (
        '"""Tests of geo."""\n\nimport math\nfrom geo import area\n\n\ndef test_area():\n    r = 2\n    assert area(r) is None\n'
    )


@pytest.mark.parametrize(
    ("expected", "bodies"),
    [
        ("12.5", ["== 12.5", "== pytest.approx(12.5)", 'repr(area(r)) == "12.5"', 'str(area(r)) == "12.5"', "capsys"]),
        ("some words", ['repr(area(r)) == "some words"', 'str(area(r)) == "some words"', "capsys"]),
    ],
)
def test_forms_from_the_plainest_on(expected: str, bodies: list[str]) -> None:
    written = [form.body for form in forms(value(expected), is_case=False)]
    assert len(written) == len(bodies)
    assert all(part in body for part, body in zip(bodies, written, strict=True))


def test_an_error_that_should_come_and_one_that_should_not() -> None:
    (raises,) = forms(Example(Kind.RAISES, (), "r = -1", "area(r)", "ValueError"), is_case=False)
    assert raises == Form(("import pytest",), "r = -1\nwith pytest.raises(ValueError):\n    area(r)")
    (ends,) = forms(Example(Kind.ENDS, (), "r = 0", "area(r)", ""), is_case=True)
    assert ends.body == "r = 0\narea(r)"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[Bug]: The area of a circle is too small!", "test_area_circle_too_small"),
        ("last", "test_last_2"),
        ("面积不对", "test_issue_12"),
    ],
)
def test_the_name_comes_from_the_title(title: str, expected: str) -> None:
    assert name(title, PYTEST.replace("test_last", "test_last"), "12") == expected


def test_the_file_is_the_one_that_tests_the_module() -> None:
    texts = {"tests/test_other.py": "import os\n", "tests/geo/test_geo.py": CASE, "tests/test_x.py": PYTEST}
    assert home(texts, "geo.py", has_pytest=True) == Home("tests/geo/test_geo.py", CASE, True)
    assert home({"tests/test_x.py": PYTEST}, "geo.py", has_pytest=True).path == "tests/test_x.py"
    assert home({"tests/test_x.py": "import os\n"}, "pkg/shape.py", has_pytest=True).path == "tests/test_shape.py"
    assert home({"tests/test_x.py": CASE}, "pkg/shape.py", has_pytest=True).is_case
    assert home({}, "pkg/shape.py", has_pytest=False).is_case


def test_a_test_of_the_issues_own_stays_as_it_is() -> None:
    written = (
        "from geo import area\n\n\ndef radius():\n    return 2\n\n\ndef test_area():\n    assert area(radius()) == 12.5"
    )
    example = Example(Kind.GIVEN, (), written, "", "test_area")
    assert given(Home("tests/test_geo.py", "from geo import last\n", False), example) == (
        "test_area",
        "from geo import area, last\n\n\ndef radius():\n    return 2\n\n\ndef test_area():\n    assert area(radius()) == 12.5\n",
    )
    assert given(Home("tests/test_geo.py", written, False), example) == ("", "")


def test_files_that_the_example_reads_are_written_by_the_test() -> None:
    example = Example(
        Kind.ENDS, ("from conf import load",), "", "load('a/b.conf')", "", (("a/b.conf", b"\xef\xbb\xbfx\n"),)
    )
    (form,) = forms(example, is_case=False)
    assert inserted(Home("tests/test_conf.py", "", False), "test_bom", form).endswith(
        "def test_bom(monkeypatch, tmp_path):\n    monkeypatch.chdir(tmp_path)\n"
        '    (tmp_path / "a").mkdir(parents=True)\n'
        "    (tmp_path / \"a/b.conf\").write_bytes(b'\\xef\\xbb\\xbfx\\n')\n    load('a/b.conf')\n"
    )
