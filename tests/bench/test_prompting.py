"""``fixbot bench prompts``: a model that heeds one sentence of a prompt, through the real command; and the arithmetic by itself."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.models import built_in as built_in_engines
from fixbot_agent.prompts import PROMPTS, built_in
from fixbot_agent.settings.keys import ModelSettings, Roles, Settings
from fixbot_bench.errors import BenchError
from fixbot_bench.prompting.command import asked_model
from fixbot_bench.prompting.comparing import clopper, compared, exact, newcombe, resampled
from fixbot_bench.prompting.measuring import COSTS, failure
from fixbot_bench.prompting.spending import Allowance, MoneyGone
from fixbot_bench.prompting.tasks import Solver, Task, read_tasks
from fixbot_bench.prompting.telling import document, table
from fixbot_bench.prompting.trying import NotTried, Plan, Standing, Tried, order, predictions
from fixbot_bench.prompting.versions import Version, read_versions

HEEDED = "Halve what is too large."
NOW = f"v{PROMPTS['solve_system']}"


def tool(name: str, **arguments: object) -> Mapping[str, object]:
    return {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


class Model:
    """An endpoint whose model repairs `m.py` only where its system prompt holds :data:`HEEDED`; else it talks."""

    def __init__(self) -> None:
        self.systems: list[str] = []
        self.is_down = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                data = json.dumps(outer.answer(request)).encode()
                self.send_response(401 if outer.is_down else 200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: Mapping[str, list[Mapping[str, str]]]) -> Mapping[str, object]:
        if self.is_down:
            return {"error": {"message": "no such key"}}
        messages = request["messages"]
        self.systems.append(messages[0]["content"])
        said = sum(m["role"] == "assistant" for m in messages)
        steps = [
            [tool("edit", path="m.py", search="nowhere", replace="")],
            [tool("edit", path="m.py", search="x * 4", replace="x * 2")],
            [tool("finish", summary="it was too large")],
        ]
        calls = steps[said] if HEEDED in messages[0]["content"] and said < len(steps) else []
        message = {"role": "assistant", "content": "It is too large.", "tool_calls": calls}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 50}}
        return {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    settings = Path(os.environ["FIXBOT_HOME"]) / "config" / "config.toml"
    settings.parent.mkdir(parents=True)
    address = f"http://127.0.0.1:{made.server.server_port}/v1"
    settings.write_text(
        f'[models.m]\nbase_url = "{address}"\nmodel = "x"\nretries = 0\nabilities = ["tools"]\n[roles]\nsolve = ["m"]\n'
    )
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Two projects in the layout of ``fixbot bench repair``."""
    for name in ("double", "twice"):
        tests = f"from m import {name}\n\n\ndef test_it():\n    assert [{name}(n) for n in (2, 5, -3)] == [4, 10, -6]\n"
        for path, text in {
            "cases": f"def {name}(x):\n    return x * 4\n",
            "fixed": f"def {name}(x):\n    return x * 2\n",
        }.items():
            (tmp_path / path / name).mkdir(parents=True)
            (tmp_path / path / name / "m.py").write_text(text)
        (tmp_path / "cases" / name / "test_m.py").write_text(tests)
    return tmp_path


def bench(cases: Path, versions: str, *more: str, name: str = "solve_system") -> subprocess.CompletedProcess[str]:
    argv = [
        sys.executable,
        "-m",
        "fixbot_agent.cli",
        "bench",
        "prompts",
        name,
        "--versions",
        versions,
        "--tasks",
        str(cases),
    ]
    done = subprocess.run(
        [*argv, "--out", str(cases / "out"), "--timeout", "60", *more],
        cwd=cases,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_version_that_helps_is_found_and_what_was_paid_is_not_paid_again(cases: Path, model: Model) -> None:
    (cases / "mine.md").write_text(f"You repair a program. {HEEDED}\n")
    document = json.loads(bench(cases, f"{NOW},mine.md", "--count", "1", "--json").stdout)
    asked = len(model.systems)
    assert document["paired"]["only"] == {NOW: 0, "mine": 1}
    assert document["said"].startswith(f"mine solved 1 more of 1 than {NOW}, too few to say (p = 1,")
    assert document["outcome"] == "right", "judged by the reference, too"
    sums = document["sums"]
    assert (sums["mine"]["verified"], sums["mine"]["right"], sums[NOW]["verified"]) == (1, "1 of 1", 0)
    assert (sums["mine"]["calls"], sums["mine"]["tokens_in"], sums["mine"]["share_cached"]) == (3, 300, 0.5)
    assert (sums["mine"]["refused_edits"], sums["mine"]["unparseable"]) == (1, 0)
    assert (sums[NOW]["refused_edits"], sums[NOW]["unparseable"]) == (0, 3), "three answers without a tool"
    assert sums[NOW]["unpriced"] == sums[NOW]["calls"] == 3
    assert sums[NOW]["cost"] is None, "what has no price costs not nothing"
    assert "cost" not in document["costs"]
    assert {s[:40] for s in model.systems} == {built_in("solve_system")[:40], f"You repair a program. {HEEDED}"[:40]}
    runs = Path(os.environ["FIXBOT_HOME"]).rglob("events.jsonl")
    assert {r["run"] for r in document["results"]} == {path.parent.name for path in runs}, "each can be opened"
    replay = [sys.executable, "-m", "fixbot_agent.cli", "runs", "replay", "--json"]
    solved = next(r["run"] for r in document["results"] if r["verified"])
    done = subprocess.run([*replay, solved], cwd=cases, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["same"], "its project is where it was"
    again = bench(cases, f"{NOW},mine.md", "--count", "1")
    assert len(model.systems) == asked
    assert "right  2" in again.stdout
    assert "cost                      unpriced" in again.stdout
    assert "each solve had 60 s at most, and results hang on that" in again.stdout
    model.is_down = True  # what is said of kept results is said before anything is asked
    other = bench(cases, f"{NOW},mine.md", "--count", "1", "--timeout", "61")
    assert "2 kept results were made with --timeout 60, not 61; solved anew" in other.stdout
    assert again.stdout.splitlines()[-1].startswith("solve_system: mine solved 1 more of 1")


def test_equal_versions_are_called_equal(cases: Path, model: Model) -> None:
    (cases / "copy.md").write_text(built_in("solve_system"))
    done = bench(cases, f"{NOW},copy.md", "--count", "1", "--max-calls", "6")
    last = done.stdout.splitlines()[-1]
    assert "both versions are the same text, so whatever differs is chance; equal: both solved 0 of 1" in last
    assert done.returncode == 0
    more = bench(cases, f"{NOW},copy.md", "--count", "2", "--max-calls", "6")
    assert "left out: " in more.stdout
    assert "what it may spend is spent: 0.0000 and 6 calls, of 6 calls" in more.stdout
    assert len(model.systems) == 6, "only what is lacking is asked for, and no more than may be spent"


def test_where_nobody_answers_it_stops_at_once_and_searches_for_nothing(cases: Path, model: Model) -> None:
    model.is_down = True
    (cases / "mine.md").write_text(HEEDED)
    for name in ("double", "twice"):  # each patch takes longer than it takes to see that nobody answers
        test = cases / "cases" / name / "test_m.py"
        test.write_text(f"import time\n{test.read_text()}".replace("    assert", "    time.sleep(1)\n    assert"))
    done = bench(cases, f"{NOW},mine.md", "--count", "2", "--json")
    assert done.returncode == 5
    document = json.loads(done.stdout)
    assert "answered 401" in document["stopped"]
    assert (document["not_tried"], len(document["left_out"])) == (3, 1)
    report = json.loads(next((cases / "out").rglob("report.json")).read_text())
    assert report["status"] != "plausible", "what the search would have found says nothing of the prompt"


def test_one_failure_is_borne_where_a_model_has_answered() -> None:
    standing = Standing()
    standing.went("", heard=True)
    standing.went("models failed: m", heard=False)
    standing.check()
    standing.went("models failed: m", heard=False)
    with pytest.raises(NotTried, match="not tried: models failed: m"):
        standing.check()


def test_where_nobody_answers_nothing_is_said_of_the_prompt(cases: Path, model: Model) -> None:
    model.is_down = True
    for name in ("double", "twice"):  # nothing that the search could go by in the model's place
        (cases / "cases" / name / "issue.md").write_text("It gives too much.\n")
        (cases / "cases" / name / "test_m.py").write_text("def test_it():\n    pass\n")
    (cases / "mine.md").write_text(HEEDED)
    done = bench(cases, f"{NOW},mine.md", "--count", "1")
    assert done.returncode == 5
    assert done.stdout.count("left out: ") == 1, "with the reason, and the run"
    assert "1 solves were not tried; the same command goes on" in done.stdout
    assert "answered 401" in done.stdout
    assert "no task was solved with both versions" in done.stdout
    assert not list((cases / "out").rglob("result.json")), "it is tried again next time"


@pytest.mark.parametrize(
    ("name", "versions", "what"),
    [
        ("solve_system", NOW, "two versions are compared, not 1"),
        ("solve_system", f"{NOW},v0", "does not hold solve_system.v0"),
        ("solve_task", "mine.md,mine.md", "lacks {{beside}}"),
        ("solve_system", f"{NOW},none.md", "there is no file"),
        ("complete", "v1,v2", "there is no prompt 'complete'"),
        ("ask_system", "v1,mine.md", "is of 'fixbot ask', and no program judges its answers"),
    ],
)
def test_versions_are_held_against_the_prompt_before_anything_is_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, versions: str, what: str
) -> None:
    (tmp_path / "mine.md").write_text("{{issue}}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match=what.replace("{", r"\{")):
        read_versions(name, versions)


M = ModelSettings("m")
GONE = {"kind": "routing", "said": built_in_engines("m refused")}


@pytest.mark.parametrize(
    ("name", "settings", "cost", "what"),
    [
        ("solve_system", Settings(), 0.0, "no model is named"),
        ("judge_task", Settings(models={"m": M}, roles=Roles(solve=("m",))), 0.0, "role 'judge'"),
        ("accept_task", Settings(models={"m": M}, roles=Roles(solve=("m",), test=("m",))), 0.0, "role 'test'"),
        ("solve_task", Settings(models={"m": M}, roles=Roles(solve=("m",))), 1.0, "what the models cost is not known"),
    ],
)
def test_a_prompt_that_could_not_come_up_is_refused(name: str, settings: Settings, cost: float, what: str) -> None:
    with pytest.raises(Exception, match=what):
        asked_model(name, "", settings, cost)


def test_money_is_kept_over_several_times_and_the_users_own_limits_hold(tmp_path: Path) -> None:
    allowance = Allowance(tmp_path / "spent.jsonl", 2.0, 10, Settings(max_calls=3))
    grant = allowance.grant()
    assert grant.options == ("--max-cost", "2.0", "--max-calls", "3")
    assert grant.ours == ("--max-cost",)
    mine = {"error": {"kind": "budget", "hint": "give more with --max-calls"}}
    allowance.check(mine, grant)  # the user's own limit of a solve: a result as any other
    allowance.pay(1.5, 8, "run")
    grant = Allowance(tmp_path / "spent.jsonl", 2.0, 10, Settings(max_calls=3)).grant()
    assert grant.options == ("--max-cost", "0.5", "--max-calls", "2")
    with pytest.raises(MoneyGone):
        allowance.check(mine, grant)
    allowance.pay(0.5, 1, "run")
    with pytest.raises(MoneyGone, match=r"2\.0000 and 9 calls, of 2 and 10 calls"):
        allowance.grant()


def never(*_: object) -> Mapping[str, object]:
    return {}


def test_versions_take_turns_in_going_first(tmp_path: Path) -> None:
    both = Version("stuck", "a", "stuck.a", "a"), Version("stuck", "b", "stuck.b", "b")
    tasks = [Task(str(n), (), never) for n in range(6)]
    plan = Plan(both, (), (), 1.0, 2, 7, tmp_path)
    turns = [(task.name, version.label, repeat) for task, version, repeat in order(tasks, plan)]
    firsts, seconds = turns[::2], turns[1::2]
    assert len(set(turns)) == 24
    assert all((a[0], a[2]) == (b[0], b[2]) and a[1] != b[1] for a, b in zip(firsts, seconds, strict=True))
    assert all(a[1] != b[1] for a, b in pairwise(firsts[:6]))
    assert turns == [(t.name, v.label, r) for t, v, r in order(tasks, plan)]


def test_the_exact_test_and_the_interval_give_what_is_published() -> None:
    """36, 12, 2 and 0 of 50 are the first example of Newcombe's paper of 1998, by his method 10."""
    assert newcombe(36, 12, 2, 0) == pytest.approx((0.0569, 0.3404), abs=5e-5)
    assert exact(12, 2) == pytest.approx(2 * (1 + 14 + 91) / 2**14)
    assert clopper(8, 10) == pytest.approx((0.4439, 0.9748), abs=5e-5)
    assert exact(0, 0) == 1
    assert exact(0, 6) < 0.05 < exact(0, 5)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=3),
        min_size=1,
        max_size=30,
    )
)
def test_a_comparison_is_the_same_the_other_way_round(pairs: Mapping[str, list[tuple[bool, bool]]]) -> None:
    one, other = compared(pairs), compared({t: [(b, a) for a, b in each] for t, each in pairs.items()})
    assert one.difference == pytest.approx(-other.difference)
    assert one.interval == pytest.approx([-x for x in reversed(other.interval)])
    assert one.p == other.p
    low, high = one.interval
    if one.is_chance and one.only != (0, 0):
        assert low - 1e-9 <= 0 <= high + 1e-9, "it never says more than the test"
    assert one.interval[0] - 1e-9 <= one.difference <= one.interval[1] + 1e-9
    assert -1 <= one.interval[0] < one.interval[1] <= 1, "few tasks never say that there is no difference at all"


def test_costs_of_few_tasks_have_no_interval() -> None:
    assert resampled([1.0] * 5, 1) is None
    low, high = resampled([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 1) or (0.0, 0.0)
    assert 0 < low < 2.5 < high < 5


@pytest.mark.parametrize(
    ("report", "events", "what"),
    [
        ({"exit_code": 6, "error": {"message": "no tests"}}, [], "no tests"),
        ({"exit_code": 0}, [{"kind": "model", "error": "401"}, GONE], "models failed: m refused"),
        ({"exit_code": 4}, [{"kind": "model", "error": "401"}, GONE], "models failed: m refused"),
        ({"exit_code": 0}, [], "no model was asked"),
        ({"exit_code": 4}, [{"kind": "model", "error": "cut"}], ""),
        ({"exit_code": 1}, [{"kind": "model", "error": ""}], ""),
    ],
)
def test_what_is_none_of_the_prompts_doing(
    report: Mapping[str, object], events: list[Mapping[str, str]], what: str
) -> None:
    assert failure(report, events).startswith(what)
    assert bool(failure(report, events)) == bool(what)


def outcome(version: str, task: str, *, solved: bool, used: bool = True, model: str = "m") -> Tried:
    costs = dict.fromkeys((*COSTS, "unpriced", "unparseable", "refused_edits", "stuck"), 1.0)
    ended = {"status": "plausible" if solved else "none", "verified": solved, "right": solved, "replays": True}
    return Tried(task, version, 0, {**ended, "run": "r", "used": used, "models": [model], **costs})


@pytest.mark.parametrize(
    ("differs", "more", "what"),
    [
        (3, {}, "b solved 3 more of 20 than a, too few to say (p = 0.25, difference +15 points, 95 % "),
        (8, {}, "b solved 8 more of 20 than a, hardly chance (p = 0.0078, difference +40 points, 95 % "),
        (0, {}, "equal: both solved 0 of 20; up to 16% of tasks either way could go unseen"),
        (8, {"used": False}, "the prompt stuck never came up, so nothing was compared"),
        (8, {"model": "other"}, "not the same models answered everywhere, which may be what differs"),
    ],
)
def test_one_plain_sentence_says_what_came_of_it(tmp_path: Path, differs: int, more: dict[str, Any], what: str) -> None:
    both = Version("stuck", "a", "stuck.a", "a"), Version("stuck", "b", "stuck.b", "b")
    plan = Plan(both, (), (), 1.0, 1, 1, tmp_path)
    first = [
        outcome("a", str(n), solved=False, **({"used": more["used"]} if "used" in more else {})) for n in range(20)
    ]
    second = [outcome("b", str(n), solved=n < differs, **more) for n in range(20)]
    lost = Tried("x", "a", 0, {}, "tests cannot run")
    made = document([*first, *second, lost], plan, 21)
    assert what in str(made["said"])
    assert made["pairs"] == 20
    lines = list(table(made))
    assert "left out: x with a: tests cannot run" in lines
    assert lines[-1] == f"stuck: {made['said']}"


def test_patches_that_only_the_official_tests_can_judge_are_handed_on() -> None:
    task, judged = Task("a__b-1", (), never), Task("double", (), never, judge=lambda _: (True, ""))
    made = [Tried(t.name, "v1", n, {"patch": f"patch {n}"}) for t in (task, judged) for n in (0, 1)]
    rows = predictions(
        [*made, Tried("a__b-1", "mine", 0, {}, "ended")], [task, judged], Version("stuck", "v1", "stuck.v1", "")
    )
    assert rows == [{"instance_id": "a__b-1", "model_name_or_path": "stuck.v1", "model_patch": "patch 0"}]


def test_the_written_bugs_are_drawn_by_the_seed(tmp_path: Path) -> None:
    bugs = str(Path(__file__).parents[2] / "bench" / "bugs" / "open")
    one, same, other = (
        [t.name for t in read_tasks(bugs, None, Solver((), tmp_path), 4, seed, tmp_path / str(n))]
        for n, seed in enumerate((1, 1, 2))
    )
    assert one == same != other
    assert (tmp_path / "0" / "cases" / one[0]).is_dir()
    with pytest.raises(BenchError, match="no such dataset"):
        read_tasks("nothing", None, Solver((), tmp_path), 1, 1, tmp_path)
