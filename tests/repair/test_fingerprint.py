"""Fingerprints hold when lines shift and change when the code, the rule or the symbol does."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Document
from fixbot_analysis.symbols import extract
from fixbot_repair.checks import Finding, Severity
from fixbot_repair.checks.fingerprint import stamp

CODE = "def f(x):\n    return x == None\n\n\ndef g(x):\n    return x == None\n"


def finding(line, column=12, end_column=21, rule="E711"):
    return Finding("a.py", line, column, line, end_column, "ruff", rule, Severity.WARNING, "compared")


def print_of(code, found):
    data = code.encode()
    (stamped,) = stamp([found], Document("a.py", data), extract(data))
    return stamped.fingerprint


@given(st.lists(st.sampled_from(["", "# note", "import os", "x = 'é'"]), max_size=8))
def test_lines_above_do_not_matter(above):
    shifted = "".join(line + "\n" for line in above) + CODE
    assert print_of(shifted, finding(2 + len(above))) == print_of(CODE, finding(2))


def test_indentation_and_spaces_do_not_matter():
    spaced = CODE.replace("x == None", "x  ==  None")
    assert print_of(spaced, finding(2, end_column=23)) == print_of(CODE, finding(2))


def test_rule_code_and_symbol_matter():
    prints = {
        print_of(CODE, finding(2)),
        print_of(CODE, finding(6)),
        print_of(CODE, finding(2, rule="E712")),
        print_of(CODE.replace("None", "Nine"), finding(2)),
    }
    assert len(prints) == 4


def test_the_symbol_is_the_last_part_only():
    assert print_of(CODE, finding(2))[:12] == print_of(CODE, finding(6))[:12]


def test_places_outside_the_text_do_not_break_it():
    for odd in (finding(99), finding(2, column=500, end_column=501), replace(finding(2), end_line=400)):
        assert len(print_of(CODE, odd)) == 16
