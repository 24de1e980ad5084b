"""Traps of texts, patterns, files and formats: what is proposed, what is left alone, and how early it comes."""

import ast

import pytest

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.symptoms import read
from fixbot_repair.candidates.templates import Template, builtin
from fixbot_repair.candidates.templates.pitfalls import (
    escaping,
    files,
    formats,
    formatting,
    marks,
    parts,
    programs,
    regexes,
    texts,
)
from fixbot_repair.candidates.templates.pitfalls.holes import trap, traps

OURS = tuple(
    t for m in (texts, formatting, parts, escaping, regexes, marks, files, formats, programs) for t in m.TEMPLATES
)
EVERYWHERE = dict.fromkeys(range(1, 100), 1.0)


def results(source: str, templates: tuple[Template, ...] = OURS) -> list[str]:
    data = source.encode()
    code = Code("a.py", data)
    found = Generator(code).candidates(proposals(code, EVERYWHERE, templates))
    return [c.patch.apply({"a.py": data})["a.py"].decode() for c in found if c.source != "template:pair"]


def named(*names: str) -> tuple[Template, ...]:
    chosen = tuple(t for t in OURS if t.name.removeprefix("pitfall.") in names)
    assert len(chosen) == len(names)
    return chosen


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('def f(x):\n    return x.strip(" \\n")\n', ["strip_word"]),
        ('def f(x):\n    return x.lstrip("#")\n', ["strip_word"]),
        ('def f(x):\n    return x.removeprefix("www.")\n', ["strip_word", "replaced_end"]),
        ('def f(x):\n    key, value = x.split("=", 1)\n    return key\n', ["split_on", "split_empty"]),
        ("def f(x, y):\n    return x.lower() == y.lower()\n", ["one_case"]),
        ('def f(x):\n    return x.lower() == "yes"\n', ["one_case"]),
        ('def f(x):\n    return x == "a" or x == "b"\n', ["either"]),
        ('def f(x):\n    return "e" in x\n', ["part_of"]),
        ("def f(x, y):\n    return x.find(y) >= 0\n", ["found_nowhere"]),
        ('def f(x):\n    return x.replace("&", "&amp;").replace("<", "&lt;")\n', ["escape_order", "half_escaped"]),
        ('T = {"a": "b", "c": "d"}\n', ["escape_order"]),
        ('def f(name):\n    return "at {name}".format(name=name)\n', ["missing_f"]),
        ('def f(x):\n    return "at {name}"\n', ["missing_f"]),
        ('NAME = 1\nSHAPE = "at {NAME}"\n', ["missing_f"]),
        ('def f(x):\n    log.info("at %s", x)\n', ["log_arguments"]),
        ('def f(x):\n    warnings.warn("old", x)\n', ["log_arguments"]),
        ('def f(x: int):\n    return "at %d" % x\n', ["percent_tuple"]),
        ('X = ["one two " "three", "four"]\n', ["missing_comma"]),
        ('def f(h, p):\n    return f"{h}:{port}"\n', ["not_padded"]),
        ("import re\ndef f(w, x):\n    return re.search(re.escape(w), x)\n", ["not_escaped"]),
        ("import re\ndef f(x):\n    return re.search(PATTERN, x)\n", ["not_escaped"]),
        ('import re\ndef f(x):\n    return re.sub("a", "b", x, flags=re.I)\n', ["flags_place", "pattern_flags"]),
        ('import re\ndef f(x):\n    return re.fullmatch("a|b", x)\n', ["whole_match", "pattern_slip"]),
        ("def f(re, w, x):\n    return re.search(w, x)\n", ["not_escaped", "whole_match"]),
        ('def f(p):\n    return open(p, "rb")\n', ["encoding", "tables"]),
        ('def f(p):\n    return open(p, encoding="utf-8-sig")\n', ["encoding"]),
        ("def f(p):\n    return sorted(p.iterdir())\n", ["folders"]),
        ("def f(p):\n    return len(p.iterdir())\n", ["folders"]),
        ('def f(p):\n    return p.suffix.lower() == ".md"\n', ["endings"]),
        ("import json\ndef f(x):\n    return json.loads(x)\n", ["json"]),
        ('import os\ndef f():\n    return os.environ.get("HOME")\n', ["environment"]),
        ('def f(p):\n    p.add_argument("-n", type=int, default=3)\n', ["arguments"]),
        ("import subprocess\ndef f(c):\n    subprocess.check_output(c, text=True, stderr=2).strip()\n", ["text_of"]),
        ('def f(n):\n    return f"<b>{html.escape(n)}</b>"\n', ["markup_value"]),
        ('def f(a, b):\n    return a < b and "x>" in f"{a} > {b}"\n', ["markup_value"]),
        ("class A:\n    def __getattr__(self, name):\n        raise AttributeError(name)\n", ["copied_state"]),
    ],
)  # fmt: skip
def test_the_safe_look_alike_is_left_alone(source, names):
    assert results(source, named(*names)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from urllib.parse import quote\ndef f(x):\n    return quote(x)\n",
            'from urllib.parse import quote\ndef f(x):\n    return quote(x, safe="")\n',
        ),
        (
            "import urllib.parse as p\ndef f(x):\n    return p.parse_qs(x)\n",
            "import urllib.parse as p\ndef f(x):\n    return p.parse_qs(x, keep_blank_values=True)\n",
        ),
        (
            "from __future__ import annotations\nimport csv\ndef f(x):\n    return list(csv.reader(x.splitlines()))\n",
            "from __future__ import annotations\nimport io\nimport csv\ndef f(x):\n    return list(csv.reader(io.StringIO(x)))\n",
        ),
        (  # the name of the module is taken by an argument
            "def f(html, x):\n    return f'<b>{x}</b>'\n",
            "from html import escape\ndef f(html, x):\n    return f'<b>{escape(x)}</b>'\n",
        ),
        (  # the pattern stands elsewhere than its use
            'import re\nP = re.compile(r"^[a-z]+$")\ndef f(x):\n    return P.match(x)\n',
            'import re\nP = re.compile(r"^[a-z]+\\Z")\ndef f(x):\n    return P.match(x)\n',
        ),
        (
            'def f(x):\n    x = x.replace("<", "&lt;")\n    x = x.replace("&", "&amp;")\n    return x\n',
            'def f(x):\n    x = x.replace("&", "&amp;")\n    x = x.replace("<", "&lt;")\n    return x\n',
        ),
        (
            "def f(x, ys):\n    return (x + ys[0]).lstrip('abc')\n",
            "def f(x, ys):\n    return (x + ys[0]).removeprefix('abc')\n",
        ),
        (
            "def f(a, b):\n    if not a.find(b):\n        return 1\n",
            "def f(a, b):\n    if not b in a:\n        return 1\n",
        ),
    ],
)
def test_what_is_written_instead(before, after):
    wanted = ast.dump(ast.parse(after))

    assert wanted in [ast.dump(ast.parse(text)) for text in results(before)]


def test_what_stands_around_the_edit_keeps_its_bytes():
    source = 'def f( x ):  # why\r\n    return  g( x.lstrip( "ab" ),\r\n        1)  # naïve\r\n'

    assert source.replace("lstrip( ", "removeprefix(").replace('"ab" )', '"ab")') in results(
        source, named("strip_word")
    )


def test_a_trap_where_little_is_suspected_comes_before_other_edits_where_much_is():
    source = """def f(rows, n):
    total = n + 1
    if total < len(rows):
        return rows[total]
    return rows[0]

def g(url):
    return url.lstrip("https://")
"""
    code = Code("a.py", source.encode())
    suspicion = {2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0, 8: 0.05}
    found = list(Generator(code).candidates(proposals(code, suspicion)))

    place = next(i for i, c in enumerate(found) if c.note == "pitfall.strip_word at line 8")
    assert place < 12
    assert len(found) > 100


def test_rows_bring_their_own_examples_and_guards_refuse():
    never = traps(
        "pitfall.one", 1.0, "Says so.", trap("f($x)", "g($x)", guard=lambda _, found: found["x"].type == "integer")
    )
    always = traps("pitfall.two", 1.0, "Says so.", trap("f($x, *rest)", "f($x, *rest, deep=True)"))

    assert never.examples == ()
    assert results("f(a)\n", (never,)) == []
    assert results("f(1)\n", (never,)) == ["g(1)\n"]
    assert results("f(a, b, c=2)\n", (always,)) == ["f(a, b, c=2, deep=True)\n"]
    assert results("f(a, deep=False)\n", (always,)) == []
    assert results("f(a, **more)\n", (always,)) == []
    assert "deep=True" in always.examples[0].after


ODD = [
    "x.split()\n" * 40,
    "'{' '}' f'{x' \n",
    "re.compile(\n",
    "import re\nre.sub()\nre.compile(r'[')\nre.split(*x)\nre.findall(**y)\n",
    "import re\nP = re.compile(x := 1)\nP.match()\n",
    "from . import re\nfrom .a import *\nimport\nre.match('a', b)\n",
    "a.replace('', '').replace('', '')\n",
    "f'{a!r:>{w}}' f'{b}/{c}' '{a}'\n",
    "x = " + ".replace('a', 'b')".join(["y"] + [""] * 60) + "\n",
    "raise E('%s', *x)\nlog.info('%s', *x)\nlog.info(*x)\n",
]


@pytest.mark.parametrize("source", ODD)
def test_odd_code_gives_no_error(source, caplog):
    results(source)

    assert not caplog.records


def test_names_are_unlike_those_of_all_others():
    names = [t.name for t in builtin()]

    assert all(names.count(t.name) == 1 and t.relies < 1 for t in OURS)


def test_a_type_that_json_refuses_is_written_by_its_text_first_where_a_test_says_so():
    data = b"import json\ndef f(x):\n    return json.dumps(x)\n"

    def first(message: str) -> str:
        code = Code("a.py", data, symptoms=read([message]))
        made = Generator(code).candidates(proposals(code, EVERYWHERE, named("json"), read([message])))
        return next(made).patch.apply({"a.py": data})["a.py"].decode()

    assert "default=str" in first("TypeError: Object of type date is not JSON serializable")
    assert "ensure_ascii=False" in first("AssertionError: assert 1 == 2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import json\ndef f(x):\n    return json.dumps(\n        x,  # all of it\n    )\n",
            "import json\ndef f(x):\n    return json.dumps(\n        x, ensure_ascii=False,  # all of it\n    )\n",
        ),
        ("def f(p):\n    return list(p.glob( '*' ))\n", "def f(p):\n    return list(sorted(p.glob( '*' )))\n"),
        ("def f(p):\n    return p.mkdir( )\n", "def f(p):\n    return p.mkdir( parents=True, exist_ok=True)\n"),
        (  # an f-string's own quotes stay free
            "def f(n):\n    return f\"{n} file{'s' if n > 1 else ''}\"\n",
            "def f(n):\n    return f\"{n} file{'s' if n != 1 else ''}\"\n",
        ),
    ],
)
def test_what_is_only_added_leaves_the_rest_as_it_is(before, after):
    assert after in results(before)
