"""Reviews: only what is new, inside the diff, with suggestions that were checked."""

import json
import subprocess
from dataclasses import replace

import pytest
from jsonschema import Draft7Validator

from fixbot_agent.errors import UsageFailure
from fixbot_agent.reviewing import Change, Reviewer, github, remarks, sarif
from fixbot_agent.reviewing.remarks import Remark
from fixbot_analysis.source import Document
from fixbot_repair.checks import Severity
from fixbot_repair.errors import GitError
from fixbot_repair.git import Repository

OLD = """import os
import sys


def grid(w, h):
    unused = 1
    return [[0] * w for _ in range(h)]


def name():
    return os.environ["NAME"] + sys.platform
"""
# Lines shifted, one old finding kept (unused), a new one in code (the grid), one at a distance (sys).
NEW = """import os
import sys


def first():
    return 1


def grid(w, h):
    unused = 1
    return [[0] * w] * h


def name():
    return os.environ["NAME"]
"""


class Project:
    """A git repository on a branch called feature that left main."""

    def __init__(self, root):
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def write(self, files):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def commit(self, files, branch=None):
        if branch:
            self.git("checkout", "-q", "-b", branch)
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return Repository.open(self.root)


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    made.commit({"a.py": OLD})
    return made


def reviewed(repository, base="", head="", **options):
    return Reviewer(**options).review(Change.between(repository, base, head))


def places(review):
    return [(c.path, c.line, c.rule) for c in review.comments]


def test_only_what_is_new_and_only_in_the_diff(project):
    review = reviewed(project.commit({"a.py": NEW}, "feature"))
    assert places(review) == [("a.py", 5, "F401"), ("a.py", 11, "one-list-many-times")]
    unused, shared = review.comments
    assert "(on line 2)" in unused.message
    assert unused.suggestion == ""  # its fix lies outside the diff
    assert shared.suggestion == "    return [[0] * w for _ in range(h)]\n"
    assert "[[0] * w] * h" in shared.evidence
    assert "no test was run" in shared.evidence
    assert review.summary == "2 new findings in 1 changed source file, checked with compiler, ruff, semgrep."
    assert review.problems == ()


def test_every_comment_lies_inside_the_diff(project):
    change = Change.between(project.commit({"a.py": NEW, "b.py": "import os\n"}, "feature"))
    for comment in Reviewer().review(change).comments:
        assert set(range(comment.line, comment.end_line + 1)) <= set(change.lines[comment.path])


def test_commits_and_the_working_tree_are_reviewed_alike(project):
    repository = project.commit({"a.py": NEW}, "feature")
    committed = reviewed(repository, "main", "feature")
    project.git("checkout", "-q", "main")
    project.write({"a.py": NEW})
    standing = reviewed(Repository.open(project.root))
    assert committed.comments == standing.comments
    assert (committed.working_tree, standing.working_tree) == (False, True)
    assert reviewed(repository, "main", "main").comments == ()


def test_the_working_tree_does_not_leak_into_a_commit(project):
    repository = project.commit({"a.py": NEW}, "feature")
    project.write({"a.py": "import wrong\n", "new.py": "def f(:\n"})
    assert places(reviewed(repository, "main", "feature")) == [("a.py", 5, "F401"), ("a.py", 11, "one-list-many-times")]


def test_untracked_files_belong_to_the_working_tree(project):
    project.write({"new.py": "def f(:\n"})
    (comment,) = reviewed(Repository.open(project.root)).comments
    assert (comment.path, comment.kind, comment.line) == ("new.py", "syntax", 1)


def test_a_renamed_file_brings_nothing_new(project):
    project.git("mv", "a.py", "b.py")
    assert reviewed(project.commit({}, "feature")).comments == ()


def test_deleted_files_and_deleted_lines(project):
    project.commit({"b.py": "def f():\n    x = 1\n"})
    project.git("rm", "-q", "b.py")
    repository = project.commit({"a.py": OLD.replace(" + sys.platform", "").replace("    unused = 1\n", "")}, "feature")
    review = reviewed(repository)
    assert [c.rule for c in review.comments] == ["F401"]
    assert reviewed(project.commit({"a.py": "\n" * 3 + OLD}), "main").comments == ()


def test_a_suggestion_that_brings_something_new_is_not_made(project, monkeypatch):
    fix = "fixbot_repair.checks.semgrep._finding"
    from fixbot_repair.checks import semgrep

    real = semgrep._finding

    def spoiled(document, result):
        result["extra"]["fix"] = "nowhere(h)"
        return real(document, result)

    monkeypatch.setattr(fix, spoiled)
    review = reviewed(project.commit({"a.py": NEW}, "feature"))
    (comment,) = [c for c in review.comments if c.rule == "one-list-many-times"]
    assert comment.suggestion == ""
    assert "suggestion" not in comment.evidence


def test_what_one_tool_cannot_say_at_the_base_is_not_new(project, monkeypatch):
    from fixbot_repair.checks import ruff
    from fixbot_repair.errors import CheckFailed

    repository = project.commit({"a.py": NEW}, "feature")
    real, calls = ruff._binary, []

    def missing_once():
        calls.append(1)
        if len(calls) == 1:
            raise CheckFailed("it is missing")
        return real()

    monkeypatch.setattr(ruff, "_binary", missing_once)
    review = reviewed(repository)
    assert [c.tool for c in review.comments] == ["semgrep"]
    assert review.broken == ("ruff",)
    assert "ruff: it is missing" in review.problems
    assert review.summary.endswith("checked with compiler, semgrep.")


CALLED = """class Cart:
    def __init__(self, owner):
        self.owner = owner

    def add(self, item, count=1):
        return item, count


def total(prices):
    return sum(prices)
"""
CALLERS = """from shop import Cart, total


def show(prices, *more, **options):
    cart = Cart("me")
    cart.add("tea", 2)
    cart.add("tea", count=2)
    total(*more)
    total(**options)
    print(total(prices))


total([1])
"""


def with_callers(project, new):
    project.commit({"shop.py": CALLED, "page.py": CALLERS})
    return reviewed(project.commit({"shop.py": new}, "feature"), only=["compiler"])


def test_calls_that_a_change_leaves_behind(project):
    review = with_callers(project, CALLED.replace("total(prices)", "total(prices, rate)"))
    (comment,) = review.comments
    assert (comment.path, comment.line, comment.rule) == ("shop.py", 9, "call-left-behind")
    assert comment.message == "2 calls fitted before and will raise TypeError with total(prices, rate)"
    assert comment.evidence == "page.py:10: total(prices)\npage.py:13: total([1])"


def test_a_call_nested_too_deeply_to_print_is_still_told(project):
    deep = "total(" + " +\n".join(["1"] * 700) + ")\n"
    project.commit({"shop.py": CALLED, "page.py": "from shop import total\n\n" + deep})
    new = {"shop.py": CALLED.replace("total(prices)", "total(prices, rate)")}
    review = reviewed(project.commit(new, "feature"), only=["compiler"])
    assert [c.evidence for c in review.comments] == ["page.py:3: ..."]


def test_constructors_and_keywords_are_calls_too(project):
    review = with_callers(project, CALLED.replace("owner)", "owner, place)", 1))
    assert [c.evidence for c in review.comments] == ["page.py:5: Cart('me')"]


@pytest.mark.parametrize(
    "new",
    [
        CALLED.replace("total(prices)", "total(prices, rate=1)"),
        CALLED.replace("total(prices)", "total(numbers)"),
        CALLED.replace("def total(prices)", "@cached\ndef total(prices, rate)"),
        CALLED.replace("total(prices)", "total(*prices)"),
    ],
)
def test_changes_that_leave_no_call_behind(project, new):
    assert "call-left-behind" not in [c.rule for c in with_callers(project, new).comments]


PACKAGE = {
    "shop/__init__.py": "from shop.cart import Cart\n",
    "shop/cart.py": "LIMIT = 5\n\n\nclass Cart:\n    pass\n\n\ndef total(prices):\n    return sum(prices)\n",
    "shop/rates.py": "RATE = 2\n",
    "shop/page.py": "from .cart import (\n    Cart,\n    total,\n)\nfrom . import rates\n\n\ndef late():\n    import shop.rates\n",
    "tests/test_shop.py": "from shop.cart import LIMIT, total\nfrom shop.rates import RATE\n",
}


def left(project, new, gone=()):
    project.commit(PACKAGE)
    project.git("checkout", "-qb", "feature")
    for path in gone:
        project.git("rm", "-q", path)
    return reviewed(project.commit(new), only=["compiler"]).comments


def test_imports_that_a_change_leaves_behind(project):
    (comment,) = left(project, {"shop/cart.py": PACKAGE["shop/cart.py"].replace("def total", "def summed")})
    assert (comment.path, comment.line, comment.rule) == ("shop/cart.py", 8, "name-left-behind")
    assert comment.message == "total is gone from shop/cart.py, and 2 imports of it will raise ImportError"
    assert comment.evidence == (
        "shop/page.py:3: from .cart import total\ntests/test_shop.py:1: from shop.cart import total"
    )


def test_calls_of_a_name_that_its_module_lost(project):
    calls = "from shop import cart\nimport shop.cart as c\n\n\ndef pay(cash):\n    cart.total([])\n    return c.total([1])\n"
    others = (
        "from shop import cart\n\n\ndef pay(cart):\n    return cart.total([])\n\n\ndef safe():\n    try:\n"
        "        return cart.total([])\n    except AttributeError:\n        return 0\n"
    )
    asked = "from shop import cart\n\nif hasattr(cart, 'total'):\n    cart.total([])\n"
    files = {
        "shop/cart.py": PACKAGE["shop/cart.py"],
        "shop/__init__.py": "",
        "a.py": calls,
        "b.py": others,
        "c.py": asked,
    }
    project.commit(files)
    new = {"shop/cart.py": files["shop/cart.py"].replace("def total", "def summed")}
    (comment,) = reviewed(project.commit(new, "feature"), only=["compiler"]).comments
    assert comment.message == "total is gone from shop/cart.py, and 2 calls of it will raise AttributeError"
    assert comment.evidence == "a.py:6: cart.total(…)\na.py:7: c.total(…)"


def test_imports_of_a_module_that_is_gone(project):
    (comment,) = left(project, {"shop/prices.py": PACKAGE["shop/rates.py"]}, ["shop/rates.py"])
    assert (comment.path, comment.line) == ("shop/page.py", 5)
    assert comment.message == "shop/rates.py is gone, and 3 imports of it will raise ModuleNotFoundError"
    assert comment.evidence == (
        "shop/page.py:5: from . import rates\nshop/page.py:9: import shop.rates\ntests/test_shop.py:2: from shop.rates import RATE"
    )


@pytest.mark.parametrize(
    ("files", "summary"),
    [
        ({"b.go": "package b\n"}, "Nothing was checked: 1 changed source file, which no tool that ran is made for."),
        (
            {"b.go": "package b\n", "c.py": "x = 1\n", "d.py": "y = 1\n"},
            "Nothing new in 2 changed source files, checked with compiler; no tool that ran is made for 1 more.",
        ),
    ],
)
def test_what_no_tool_looked_at_is_not_called_checked(project, files, summary):
    assert reviewed(project.commit(files, "feature"), only=["compiler"]).summary == summary


def test_what_was_staged_is_part_of_the_change_too(project):
    repository = project.commit(PACKAGE)
    project.git("mv", "shop/rates.py", "shop/prices.py")
    project.git("rm", "-q", "a.py")
    change = Change.between(repository, "HEAD")
    assert (sorted(change.before), sorted(change.after)) == (["a.py", "shop/rates.py"], ["shop/prices.py"])
    assert change.renamed == {"shop/rates.py": "shop/prices.py"}


@pytest.mark.parametrize(
    ("new", "gone"),
    [
        ({"shop/rates/__init__.py": "RATE = 2\n"}, ["shop/rates.py"]),  # a package now
        ({"shop/cart.py": PACKAGE["shop/cart.py"].replace("def total(prices)", "total = max\n\n\ndef other(prices)")}, []),
        ({"shop/cart.py": "from shop.more import LIMIT, Cart, total\n", "shop/more.py": PACKAGE["shop/cart.py"]}, []),
        ({"shop/cart.py": "from shop.more import *\n", "shop/more.py": PACKAGE["shop/cart.py"]}, []),
        ({"shop/cart.py": "def __getattr__(name):\n    return 1\n"}, []),
        ({"shop/cart.py": "def broken(:\n"}, []),  # which the compiler says
        ({"shop/page.py": "x = 1\n", "tests/test_shop.py": "y = 1\n"}, ["shop/rates.py"]),
        (
            {
                "shop/page.py": "try:\n    from . import rates\nexcept ImportError:\n    rates = None\n",
                "tests/test_shop.py": "import typing\n\nif typing.TYPE_CHECKING:\n    from shop.rates import RATE\n",
            },
            ["shop/rates.py"],
        ),
        (
            {"shop/__init__.py": "rates = 5\n", "shop/page.py": "from shop import rates\n", "tests/test_shop.py": ""},
            ["shop/rates.py"],
        ),
    ],
)  # fmt: skip
def test_changes_that_leave_no_import_behind(project, new, gone):
    assert not [c.rule for c in left(project, new, gone) if c.rule.endswith("-left-behind")]


def test_what_is_a_dependency_now_is_not_missed(project):
    project.commit({"yaml.py": "def load():\n    pass\n", "a.py": "import yaml\n"})
    project.git("checkout", "-qb", "feature")
    project.git("rm", "-q", "yaml.py")
    project.git("commit", "-qm", "gone")
    assert [c.rule for c in reviewed(Repository.open(project.root)).comments] == ["import-left-behind"]
    (project.root / "requirements-dev.txt").write_text("YAML>=2\n")
    assert reviewed(Repository.open(project.root)).comments == ()


def test_callers_changed_along_are_fine(project):
    project.commit({"shop.py": CALLED, "page.py": CALLERS})
    new = {
        "shop.py": CALLED.replace("total(prices)", "total(prices, rate)"),
        "page.py": CALLERS.replace("total(prices)", "total(prices, 2)").replace("total([1])", "total([1], 2)"),
    }
    assert reviewed(project.commit(new, "feature"), only=["compiler"]).comments == ()


def test_fingerprints_hold_when_more_is_pushed(project):
    first = reviewed(project.commit({"a.py": NEW}, "feature"))
    second = reviewed(project.commit({"a.py": "# a line above\n" + NEW}))
    assert [c.fingerprint for c in first.comments] == [c.fingerprint for c in second.comments]
    assert len({c.fingerprint for c in first.comments}) == 2


def test_revisions_that_are_none(project):
    repository = Repository.open(project.root)
    for bad in ("nope", "--upload-pack=x", "-x"):
        with pytest.raises(GitError):
            Change.between(repository, bad)
    project.git("branch", "-m", "main", "trunk")
    with pytest.raises(UsageFailure, match="no main or master"):
        Change.between(repository)


def test_the_main_branch_may_be_called_anything_that_the_remote_says(project, tmp_path):
    project.commit({"a.py": "x = 1\n"})
    project.git("branch", "-m", "main", "trunk")
    subprocess.run(["git", "clone", "-q", str(project.root), str(tmp_path / "clone")], check=True)
    (tmp_path / "clone" / "a.py").write_text("x = 2\n")
    change = Change.between(Repository.open(tmp_path / "clone"))
    assert (change.before, change.after) == ({"a.py": b"x = 1\n"}, {"a.py": b"x = 2\n"})


def test_change_takes_no_other_files(project):
    change = Change.between(project.commit({"notes.md": "x", "c.py": "x = 1\n"}, "feature"))
    assert sorted(change.after) == ["c.py"]
    assert change.lines == {"c.py": (1,)}


def remark(**changed):
    shape = {
        "path": "a.py", "line": 1, "column": 2, "end_line": 1, "end_column": 4, "tool": "ruff", "rule": "F401",
        "severity": Severity.ERROR, "category": "security", "message": "m", "fingerprint": "f" * 16,
    }  # fmt: skip
    return Remark(**{**shape, **changed})


def test_annotations_cannot_be_broken_out_of():
    hostile = "100%\r\n::set-output name=x::y\x1b[31m,a:b"
    line = github.annotation(remark(path="a,b:c%\n.py", message=hostile, rule="r\n::error::x"))
    assert line.count("\n") == line.count("\r") == line.count("\x1b") == 0
    head, _, message = line.removeprefix("::error ").partition("::")
    assert head.startswith(
        "file=a%2Cb%3Ac%25%0A.py,line=1,endLine=1,col=2,endColumn=4,title=ruff r%0A%3A%3Aerror%3A%3Ax"
    )
    assert message == "100%25%0D%0A::set-output name=x::y\\x1b[31m,a:b"


# The parts of the SARIF 2.1.0 schema that code hosts insist on.
REGION = {
    "type": "object",
    "required": ["startLine"],
    "properties": {k: {"type": "integer", "minimum": 1} for k in ("startLine", "endLine", "startColumn", "endColumn")},
    "additionalProperties": False,
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id"]},
                                    }
                                },
                            }
                        },
                    },
                    "invocations": {
                        "type": "array",
                        "items": {
                            "required": ["executionSuccessful"],
                            "properties": {
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {"required": ["message"], "properties": {"message": TEXT, "level": LEVEL}},
                                }
                            },
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "locations", "partialFingerprints"],
                            "properties": {
                                "message": TEXT,
                                "level": LEVEL,
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "region": REGION,
                                                    "artifactLocation": {
                                                        "required": ["uri"],
                                                        "properties": {"uri": {"pattern": r"^[A-Za-z0-9_./~%-]+$"}},
                                                    },
                                                },
                                            }
                                        }
                                    }
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_is_sarif(project):
    review = reviewed(project.commit({"a.py": NEW, "odd name é.py": "import os\n"}, "feature"))
    said = (*remarks.of_comments(review.comments), remark())
    log = json.loads(json.dumps(sarif.document(said, ["semgrep: broke"], "0.1.0")))
    assert list(Draft7Validator(SARIF).iter_errors(log)) == []
    (run,) = log["runs"]
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert run["invocations"][0]["executionSuccessful"] is False
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
    assert "odd%20name%20%C3%A9.py" in uris


def test_sarif_leads_nowhere():
    said = replace(remark(), message="see [here](javascript:alert) and rows[0](1), a[b]")
    (result,) = sarif.document([said], [], "0.1.0")["runs"][0]["results"]
    assert result["message"]["text"] == r"see \[here\](javascript:alert) and rows\[0\](1), a[b]"


def test_suggestions_of_whole_lines_only():
    from fixbot_agent.reviewing.comments import suggestion_of
    from fixbot_analysis.source import Span
    from fixbot_repair.candidates import Edit
    from fixbot_repair.checks import Finding

    document = Document("a.py", "é = 1\nb = 2\r\nc = 3".encode())
    start = document.data.index(b"2")
    fix = (Edit("a.py", Span(start, start + 1), "4"),)
    finding = Finding("a.py", 2, 5, 2, 6, "ruff", "X", Severity.ERROR, "m", fix=fix)
    assert suggestion_of(finding, document, (1, 3)) is None
    offered = suggestion_of(finding, document, (2,))
    assert (offered.line, offered.end_line, offered.text) == (2, 2, "b = 4\r\n")
