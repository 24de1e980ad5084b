"""What a person reads while a model works: one line a step, in words."""

import json

import pytest

from fixbot_agent.models import Reply, ToolCall
from fixbot_agent.solving.conversing.narrating import came, did, step
from fixbot_agent.tools import Outcome


def call(name: str, **arguments: object) -> ToolCall:
    return ToolCall("c", name, json.dumps(arguments))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (call("view", path="src/x.py", start_line=10, end_line=60), "reads src/x.py 10–60"),
        (call("view", symbol="Cart.total"), "reads Cart.total"),
        (call("view", path="a.py", ranges=["1-4", "9-12"]), "reads a.py 1-4, 9-12"),
        (call("search", query="Cart.total", kind="callers"), "looks for who calls Cart.total"),
        (call("search", query="rate =", path="shop/"), "looks for “rate =” in shop/"),
        (call("edit", path="a.py", search="x", replace="y"), "changes a.py"),
        (call("run_tests"), "runs the tests to mend"),
        (call("run_tests", tests=["t.py::a", "t.py::b", "t.py::c"]), "runs t.py::a, t.py::b and 1 more"),
        (call("inspect", test="t.py::a", at="a.py:4", expressions=["x"]), "looks into t.py::a at a.py:4 for x"),
        (call("run", command="python -m shop"), "runs “python -m shop”"),
        (call("run", command="cd shop\npython -m shop\necho $?"), "runs a command of 3 lines: “python -m shop”"),
        (
            call("run", command="python - <<'E'\nimport rich\nfrom rich import x\nB = 2\nprint(x(B))\nE"),
            "runs a python script of 6 lines: “print(x(B))”",
        ),
        (call("run", command="cat > a.txt <<X\nimport this\nX"), "runs a command of 3 lines: “cat > a.txt <<X”"),
        (call("plan", steps=["look", "mend"]), "plans 2 steps"),
        (call("plan", steps=["look", "mend"], done=1), "has done 1 of 2 steps of the plan"),
        (call("plan", done=2), "has done 2 steps of the plan"),
        (ToolCall("c", "view", "{broken"), "calls view"),
        (ToolCall("c", "no\u202esuch", "{}"), "calls no<U+202E>such"),
    ],
)
def test_each_call_is_told_in_words(asked: ToolCall, words: str) -> None:
    assert did(asked) == words


def test_a_step_says_where_it_stands_and_why() -> None:
    reply = Reply("Look for the caller.  Then we see.", (call("view", path="src/x.py", start_line=10, end_line=60),))
    assert list(step(7, 40, reply)) == [
        "step 7 of 40: reads src/x.py 10–60",
        "    “Look for the caller. Then we see.”",
    ]
    assert list(step(3, 0, Reply(""))) == ["step 3: calls no tool"]


def test_calls_of_one_answer_are_told_in_short() -> None:
    asked = [call("view", path="a.py"), call("view", path="b.py"), call("view", path="b.py")]
    asked += [call("search", query=q) for q in ("x", "y")]
    reply = Reply("", tuple(asked))
    assert list(step(1, 0, reply)) == ["step 1: reads a.py, b.py (2 times), looks for “x”, “y”"]


def test_a_reason_is_told_whole() -> None:
    why = "The very first comparison is made against None, which has no price, so that every call with an offer at all ends in an error"
    assert list(step(1, 0, Reply(why)))[1:] == [f"    “{why}”"]
    dots = "os.path.join (e.g. in cart.py) gets None. v. 3.11 did not mind."
    assert list(step(1, 0, Reply(dots)))[1:] == [f"    “{dots}”"]
    (long,) = list(step(1, 0, Reply("word " * 200)))[1:]
    assert long.endswith("word…”")
    assert len(long) < 420


def test_where_no_test_is_to_be_mended_none_is_said_to_run() -> None:
    assert did(call("run_tests"), mends=False) == "runs its own test"
    assert did(call("run_tests", which="all"), mends=False) == "runs all tests"


def test_what_came_is_told_where_it_matters() -> None:
    assert list(came(call("run_tests"), Outcome("1 passed, 2 failed\nmore"))) == ["    1 passed, 2 failed"]
    both = Outcome("a: 1 passed\nE\n\nb: 2 passed", people=("a: 1 passed", "b: 2 passed"))
    assert list(came(call("run_tests"), both)) == ["    a: 1 passed", "    b: 2 passed"]
    refused = Outcome("Refused: it would bring new errors to a.py:\n- a.py:3: undefined name 'x'", ok=False)
    assert list(came(call("edit"), refused)) == [
        "    refused: it would bring new errors to a.py:",
        "      - a.py:3: undefined name 'x'",
    ]
    assert list(came(call("finish"), Outcome("New findings:\na.py:3: odd"))) == [
        "    not finished yet, it is told:",
        "      New findings:",
        "      a.py:3: odd",
    ]
    assert list(came(call("view"), Outcome("lines"))) == []
