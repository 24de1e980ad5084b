"""Branches as coverage.py counts them: the same ones in every file, and the same figure for a run."""

import ast
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from coverage.config import DEFAULT_EXCLUDE
from coverage.parser import PythonParser

from fixbot_agent.covering.branches import exits
from fixbot_agent.covering.goals import goals
from fixbot_agent.covering.leaving_out import Patterns, Statements
from fixbot_repair.environment import Environment
from fixbot_repair.exercising import Attempt, Exercise, Subject
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace

LIBRARY = Path(sysconfig.get_path("stdlib"))
SHOP = """import os


class Full(Exception): pass


def check(n):
    if n < 0: raise Full
    if n: return 1
    return 2


def pick(kind, rows=()):
    match kind:
        case "a" | "b":
            return 1
        case [first, *_] if first:
            return 2
    with open(os.devnull) as file:
        for row in rows:
            if any(
                c > 1
                for c in row
            ):
                break
        else:
            kind = [
                1,
                2,
            ] if kind else None
        if kind:
            kind = 3
    return kind


def tried(word):
    while True:
        try:
            if word: return int(word)
        except ValueError:
            word = ""
            continue
        finally:
            if word is None:
                print("none")
        break
    if len(word): pass
    return None


def walk(n):
    for each in range(n):
        yield each
        if each > 3: return


def debug(n):
    if n:  # pragma: no cover
        return 1
    while n < 3:  # pragma: no branch
        n += 1
    if n == 9:
        raise NotImplementedError


if os.name == "nowhere":
    LIMIT = 1
"""
CALLS = (
    "check(1)",
    "check(0)",
    "pick('a')",
    "pick([])",
    "pick([1])",
    "pick('c', [[1], [2]])",
    "tried('1')",
    "tried('x')",
    "list(walk(2))",
)


@pytest.mark.parametrize(
    "name",
    ["argparse", "ast", "configparser", "csv", "dataclasses", "email/message", "inspect", "json/decoder", "shlex", "subprocess", "typing", "zipfile"],
)  # fmt: skip
def test_the_same_branches_as_coverage(name):
    path = LIBRARY / f"{name}.py"
    parser = PythonParser(filename=str(path), exclude="|".join(DEFAULT_EXCLUDE))
    parser.parse_source()
    counts = parser.exit_counts()
    theirs = {(a, b) for a, b in parser.arcs() if counts.get(a, 0) > 1 and b not in parser.excluded}
    source = path.read_bytes()
    tree = ast.parse(source)
    assert {(each.line, each.to) for each in exits(tree, Statements(source, tree, Patterns()))} == theirs


@pytest.mark.parametrize("calls", [(), CALLS[:3], CALLS])
def test_the_same_figure_as_coverage(tmp_path, calls):
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / ".coveragerc").write_text("[report]\nexclude_also =\n    raise NotImplementedError\n")
    (tmp_path / "calls.py").write_text("from shop import *\n" + "\n".join(calls))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for argv in (["run", "--branch", "--include=shop.py", "calls.py"], ["json", "-q", "-o", "said.json"]):
        subprocess.run([sys.executable, "-m", "coverage", *argv], cwd=tmp_path, check=True)
    theirs = json.loads((tmp_path / "said.json").read_text())["totals"]
    found = goals(
        SHOP.encode(), Patterns.read(lambda name: p.read_bytes() if (p := tmp_path / name).exists() else None)
    )
    environment = Environment.find(tmp_path, Path(sys.executable))
    with Workspace.create(tmp_path, environment, choose("auto", trusted=True)) as workspace:
        subject = Subject("shop.py", "shop", found.heads, tuple(found.ends.items()))
        with Exercise(workspace, subject, 60) as exercise:
            outcomes = exercise.attempt([Attempt((), call) for call in calls])
            taken = exercise.imported.branches.union(*(each.branches for each in outcomes))
    assert len(found.exits) == theirs["num_branches"]
    assert len((taken | found.free) & found.branches) == theirs["covered_branches"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.cfg", "[coverage:report]\nexclude_lines =\n    never$\n"),
        ("pyproject.toml", '[tool.coverage.report]\nexclude_lines = ["never$"]\n'),
        (".coveragerc", "[report]\nexclude_lines =\n  never$\n  (\n"),  # one that is no pattern
    ],
)
def test_what_the_project_leaves_out(name, text):
    source = (
        b"def f(n):\n    if n:  # never\n        if n > 1:\n            return 1\n    if n < 9:\n        return 2\n"
    )
    found = goals(source, Patterns.read({name: text.encode()}.get))
    assert {each.line for each in found.exits} == {5}
    assert {each.line for each in goals(source).exits} == {2, 3, 5}
