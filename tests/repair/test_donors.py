"""Donor code: what other functions of a project may give to one, in its names."""

import ast

import pytest

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.donors import collect
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.insight import Insight
from fixbot_repair.candidates.templates import builtin

OTHER = b"""import re


def shown(row, out):
    if row is None:
        return ""
    out.append(row)
    return row


def clean(text):
    text = text.strip()
    return re.sub("a", "b", text)
"""
OWN = b"""def printed(row, out):
    return row.name


def cut(title):
    return title[:3]


def loose(n):
    return n
"""


def made(own: bytes = OWN, other: bytes = OTHER, other_path: str = "shop/other.py") -> list[str]:
    files = {"shop/own.py": own, other_path: other}
    insight = Insight(files, lambda _: None, files.get)
    code = Code("shop/own.py", own, insight)
    templates = [t for t in builtin() if t.name in ("donor.elsewhere", "donor.condition")]
    found = Generator(code).candidates(proposals(code, dict.fromkeys(range(1, 50), 1.0), templates))
    return [c.patch.apply({"shop/own.py": own})["shop/own.py"].decode() for c in found if c.source == "template:donor"]


def test_a_guard_of_another_file_is_offered_where_its_names_are() -> None:
    guarded = OWN.decode().replace("    return row.name", '    if row is None:\n        return ""\n    return row.name')

    assert guarded in made()


def test_one_name_may_be_another_of_the_place() -> None:
    assert OWN.decode().replace("    return title[:3]", "    title = title.strip()\n    return title[:3]") in made()


def test_what_reads_a_module_that_is_not_imported_here_is_not_offered() -> None:
    assert not [text for text in made() if "re.sub" in text]


def test_tests_give_nothing() -> None:
    assert made(other_path="tests/test_other.py") == made(other=b"x = 1\n")


def test_all_that_is_offered_is_python() -> None:
    for text in made():
        ast.parse(text)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"def f(a, b):\n    go(a)\n", [{"go", "a"}]),
        (b"def f(a):\n    if a.x and not a.y:\n        stop(a)\n", [{"a"}, {"a"}, {"stop", "a"}]),
        ("def f(a):\n    go('é', a)\n".encode(), []),
    ],
)
def test_a_donor_knows_what_it_reads(source: bytes, names: list[set[str]]) -> None:
    assert sorted(sorted(d.kinds) for d in collect("a.py", source)) == sorted(
        sorted(n) for n in [*names] + ([{"stop", "a"}] if b"stop" in source else [])
    )


def test_a_donor_of_several_lines_is_renamed_in_all_of_them() -> None:
    (donor,) = [d for d in collect("a.py", b"def f(a):\n        if not a:\n            go(a)\n") if "if" in d.text]

    assert donor.renamed("a", "other") == "if not other:\n    go(other)"
