"""Insecure patterns: each is found in its bad examples, and not in code that looks like them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from fixbot_agent.completing.cleaning import Draft, Reason, clean
from fixbot_agent.completing.cleaning.security import RULES, inspect
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree

_HEAD = re.compile(r"== (\S+) (\S+) (bad|good)\n")
_TEXT = (Path(__file__).parent / "patterns.txt").read_text()
_PARTS = _HEAD.split(_TEXT)[1:]
EXAMPLES = list(zip(_PARTS[::4], _PARTS[1::4], _PARTS[2::4], _PARTS[3::4], strict=True))


def _found(code, language):
    data = code.encode()
    verdict = inspect(SyntaxTree.parse(data, language), Span(0, len(data)), "app.py")
    return {finding.rule.id for finding in verdict.findings}


@pytest.mark.parametrize(
    ("rule", "language", "kind", "code"), EXAMPLES, ids=[f"{r}-{k}-{i}" for i, (r, _, k, _) in enumerate(EXAMPLES)]
)
def test_example(rule, language, kind, code):
    found = _found(code, language)
    assert found == set() if kind == "good" else rule in found


def test_every_rule_has_two_examples_of_either_kind():
    counts = Counter((rule, kind) for rule, _, kind, _ in EXAMPLES)
    assert all(counts[rule.id, kind] >= 2 for rule in RULES for kind in ("bad", "good"))


def _cleaned(written, text, path="app.py", language="python", block=False):
    at = written.index("¦")
    return clean(
        Draft(path, written.replace("¦", "").encode(), len(written[:at].encode()), text, language, block=block)
    )


def test_only_what_the_suggestion_brings_counts():
    before = "import os\ndef f(x):\n    os.system('ls ' + x)\n    ¦\n"
    assert _cleaned(before, "print(x)").text == "print(x)"
    assert (
        _cleaned("import subprocess\ndef f(x):\n    subprocess.run(x, shell=True, ¦)\n", "check=True").text
        == "check=True"
    )


@pytest.mark.parametrize(
    ("written", "text", "rule"),
    [
        ("import os\ndef f(x):\n    os.system(¦)\n", "'ls ' + x", "command-injection"),
        ("import os\ndef f(x):\n    command = ¦\n    os.system(command)\n", "'ls ' + x", "command-injection"),
        ("def f(c, x):\n    q = f\"SELECT a FROM b WHERE c = '{x}'\"\n    c.¦\n", "execute(q)", "sql-injection"),
        ("PASSWORD = ¦\n", '"correct-horse-7"', "hard-coded-secret"),
    ],
)
def test_a_pattern_that_the_file_and_the_suggestion_make_together_counts(written, text, rule):
    cleaned = _cleaned(written, text)
    assert cleaned.text is None
    assert (cleaned.reason, cleaned.step) == (Reason.INSECURE, "security")
    assert rule in cleaned.detail


@pytest.mark.parametrize(
    ("written", "text", "shown"),
    [
        ("import yaml\nx = ¦\n", "yaml.load(s)", "yaml.safe_load(s)"),
        ("import yaml\nx = ¦\n", "yaml.load(s, Loader=yaml.Loader)", "yaml.safe_load(s)"),
        ("import requests\nx = ¦\n", "requests.get(u, verify=False, timeout=3)", "requests.get(u, timeout=3)"),
        ("import subprocess\ndef f(p):\n    ¦\n", 'subprocess.run(["ls", p], shell=True)', 'subprocess.run(["ls", p])'),
        ("import hashlib\nkey_token = ¦\n", "hashlib.sha1(x).hexdigest()", "hashlib.sha256(x).hexdigest()"),
        ("import random\ntoken = ¦\n", "random.choices(a, k=9)", "random.SystemRandom().choices(a, k=9)"),
        ("import tarfile\ntarfile.open(p).¦\n", "extractall()", 'extractall(filter="data")'),
        (
            "import sqlite3\ndef f(c, x):\n    ¦\n",
            "c.execute(f\"SELECT a FROM b WHERE c = '{x}' AND d = {x.y}\")",
            'c.execute("SELECT a FROM b WHERE c = ? AND d = ?", (x, x.y))',
        ),
        (
            "import psycopg2\ndef f(c, x):\n    ¦\n",
            "c.execute(f\"SELECT a FROM b WHERE c LIKE '%{x}%'\")",
            'c.execute("SELECT a FROM b WHERE c LIKE %s", (f"%{x}%",))',
        ),
        ("import ruamel.yaml\nx = ¦\n", 'ruamel.yaml.YAML(typ="unsafe")', 'ruamel.yaml.YAML(typ="safe")'),
        (
            "def f(log, request):\n    ¦\n",
            'log.info("%s asks %s", who, request.GET["q"])',
            'log.info("%s asks %r", who, request.GET["q"])',
        ),
        (
            "def f(log, request):\n    ¦\n",
            "log.info(f\"asks {request.GET['q']}\")",
            "log.info(f\"asks {request.GET['q']!r}\")",
        ),
        (
            "def f(user):\n    ¦\n",
            'assert user.is_admin, "no"',
            'if not (user.is_admin):\n        raise PermissionError("no")',
        ),
    ],
)
def test_a_determined_repair_is_shown_with_a_note(written, text, shown):
    cleaned = _cleaned(written, text)
    assert cleaned.text == shown
    assert cleaned.notes
    assert _cleaned(written, shown).notes == ()


def test_a_repair_is_not_made_outside_the_suggestion():
    assert _cleaned("import yaml\nx = yaml.load(¦)\n", "s, Loader=yaml.Loader").text is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("strcpy(name, given);", 'snprintf(name, sizeof name, "%s", given);'),
        ('sprintf(name, "%s.txt", given);', 'snprintf(name, sizeof name, "%s.txt", given);'),
        ("printf(given);", 'printf("%s", given);'),
    ],
)
def test_a_place_whose_size_is_known_is_written_within_it(text, shown):
    cleaned = _cleaned("void f(const char *given)\n{\n    char name[20];\n    ¦\n}\n", text, "a.c", "c")
    assert cleaned.text == shown
    assert cleaned.notes


def test_names_bound_from_each_other_again_and_again_come_to_an_end():
    five = "abcde"
    order = [five[i % 5 :] + five[: i % 5] for i in range(160)]
    rounds = "".join(f"    {n[0]}, {n[2]} = mix({', '.join(n)}, k, {i}, x)\n" for i, n in enumerate(order))
    assert _found(f"def f(k, x):\n{rounds}    return a\n", "python") == set()
