"""Models laid side by side by ``fixbot models --try``, against a real endpoint on loopback; what is kept of it, and how worse is told."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from fixbot_agent.cli import modelling, spending
from fixbot_agent.cli.commands.models import command
from fixbot_agent.models import Call, Day, Message, Reply, Spent, Usage
from fixbot_agent.models.baseline import rate_drop
from fixbot_agent.models.health import Health
from fixbot_agent.models.keeping import Figures, Journal
from fixbot_agent.models.keeping.journal import kind_of, percentile
from fixbot_agent.models.messages import Role
from fixbot_agent.models.trials import Answer
from fixbot_agent.settings import ModelSettings, Settings

MEDIAN = "def median(values):\n    v = sorted(values)\n    n = len(v)\n    return (v[(n - 1) // 2] + v[n // 2]) / 2\n"
PIECES = "def pieces(items, n):\n    return [items[i:i + n] for i in range(0, len(items), n)]\n"
FIELDS = "import csv\ndef fields(line):\n    return [f if '\"' in line else f.strip() for f in next(csv.reader([line]), [''])] or ['']\n"
REPLACE = {"search": "result = price - discount", "with": "result += price - discount"}
ORDER = {"customer": "Okafor", "items": [{"name": "lamp", "count": 2}, {"name": "candle", "count": 12}]}


class Clever(BaseHTTPRequestHandler):
    """A model that knows the answers, or with `is_dull` only half of them."""

    is_dull = False

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send({"data": [{"id": "m", "max_model_len": 4096}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = str(body["messages"][-1]["content"])
        message: dict[str, object] = {"content": self._text(asked)}
        if body.get("tools"):
            name = body["tools"][0]["function"]["name"]
            arguments = "{}" if name == "ping" else json.dumps(REPLACE)
            message = {"content": None, "tool_calls": [{"id": "a", "function": {"name": name, "arguments": arguments}}]}
        usage = {"prompt_tokens": 50, "completion_tokens": 20}
        self._send({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})

    def _text(self, asked: str) -> str:
        if "median" in asked:
            return "import sys\nsys.exit(0)" if self.is_dull else f"Here:\n```python\n{MEDIAN}```\n"
        if "pieces" in asked:
            return f"```python\n{PIECES}```"
        if "fields" in asked:
            return f"```python\n{FIELDS}```"
        if "order" in asked:
            return json.dumps(ORDER)
        if "grass" in asked:
            return '{"colour": "green"}'
        return "7" if self.is_dull else "It prints 93."

    def _send(self, document: object) -> None:
        data = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(Clever, "is_dull", False)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Clever)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[models.one]\nbase_url = "http://127.0.0.1:{http.server_port}/v1"\nmodel = "m"\nprice_in = 1\nprice_out = 2\nfim = "suffix"\n'
    )
    yield file
    http.shutdown()
    http.server_close()


def test_tasks_are_judged_by_running_them_and_what_got_worse_is_said(
    settings: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def tried(*options: str) -> str:
        done = CliRunner().invoke(
            command, ["--try", "--config", str(settings), "--repo", str(tmp_path), *options], standalone_mode=False
        )
        assert done.return_value == 0, done.output
        return done.stdout

    told = json.loads(tried("--json"))
    (model,), (spent,) = told["models"], told["today"]["models"]
    judged = {a["task"]: a["passed"] for a in model["answers"]}
    assert judged["edit with a tool"]
    assert judged["follow a program"]
    assert judged["answer in a shape"]
    assert judged["write a function"]
    assert judged["mend a function"]
    assert model["abilities"]["tools"] is True
    assert model["abilities"]["vision"] is False, "it does not tell colours apart"
    assert model["context"] == {"tokens": 4096, "said": "its list of models"}
    assert model["baseline"] is None
    schema = json.loads((Path(__file__).parents[2] / "agent/fixbot_agent/schemas/models.json").read_text())
    jsonschema.validate(told, schema)
    assert spent["calls"] >= len(judged)
    assert spent["cost"] == pytest.approx((spent["tokens_in"] + 2 * spent["tokens_out"]) / 1e6, abs=1e-6)
    monkeypatch.setattr(Clever, "is_dull", True)
    shown = tried()
    assert "no more write a function, follow a program" in shown, "a program that ends early has passed nothing"
    assert "wrong" in shown
    assert f"price: 1 read, 2 written, for a million tokens, as {settings} says" in shown
    assert "today (" in shown
    assert "worse" in tried("--rebase"), "a worse result was no new measure until now"
    assert "worse" not in tried()


def test_the_log_of_calls_holds_figures_and_no_text(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.jsonl")
    said = (Message(Role.USER, "the secret question", prompt="solve.v2"),)
    call = Call(
        "one",
        said,
        role="solve",
        model="m",
        usage=Usage(10, 0, 40, 0.5),
        began=time.time(),
        seconds=3.0,
        first_token=1.0,
    )
    journal.told(replace(call, reply=Reply("the secret answer")))
    journal.told(replace(call, seconds=9.0, first_token=None, reply=Reply("x")))
    journal.told(replace(call, error="model 'one' at http://x answered 429: secret words", usage=Usage()))
    journal.told(replace(call, name="another"))
    journal.judged("one", "m", ["solve.v2"], verified=True)
    with (tmp_path / "calls.jsonl").open("ab") as out:
        out.write(b"\xff garbage\n[1]\n")
    got = journal.figures("one", "m")
    assert (got.calls, got.failed, got.failures) == (3, 1, {"429": 1})
    assert (got.p50, got.p95, got.first_p50, got.speed) == (3.0, 9.0, 1.0, 20.0)
    assert (got.judged, got.verified, got.by_prompt) == (1, 1, {"solve.v2": (1, 1)})
    assert got.cost == 1.0
    assert "secret" not in (tmp_path / "calls.jsonl").read_text("utf-8", "replace")
    assert (tmp_path / "calls.jsonl").stat().st_mode & 0o777 == 0o600
    assert journal.figures("one", "other").calls == 0


def test_the_log_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(b'{"name": "old"}\n' * 70_000)
    journal = Journal(file)
    journal.told(Call("new", model="m", began=time.time()))
    assert file.stat().st_size < 600_000
    assert journal.figures("new", "m").calls == 1


def test_kinds_and_percentiles() -> None:
    assert [kind_of(e) for e in ("", "x cannot be reached (y)", "it went quiet", "answered 503: a", "?")] == [
        "", "unreachable", "time", "503", "other",
    ]  # fmt: skip
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_a_lower_rate_of_verified_patches_is_said_where_enough_were_judged() -> None:
    good, bad = Figures(by_prompt={"p.v1": (20, 15)}), Figures(by_prompt={"p.v1": (20, 5)})
    assert rate_drop(good, bad) == ["with p.v1 15 of 20 patches were verified before, 5 of 20 lately"]
    assert rate_drop(bad, good) == []
    assert rate_drop(good, Figures(by_prompt={"p.v1": (3, 0)})) == []


def test_a_cost_that_nobody_knows_is_no_zero_and_requests_are_not_taken_for_questions() -> None:
    free, dear = ModelSettings("a", model="x"), ModelSettings("b", model="x", price_in=1.0, price_out=1.0)
    one = Health("a", "http://here/v1", True, figures=Figures(calls=1), answers=(Answer("t"),) * 20)
    two = replace(one, name="b", figures=Figures(calls=3, cost=0.5), answers=(Answer("t", cost=0.025),) * 20)
    assert "1 question in 30 days, 0 failed; cost not known" in "\n".join(modelling.lines(one, free))
    assert "3 questions in 30 days, 0 failed; cost 0.5000" in "\n".join(modelling.lines(two, dear))
    assert list(modelling.table([one, two], {"a": free, "b": dear}))[-1].split() == ["cost", "not", "known", "0.5000"]
    day = Day("2026-11-24", (Spent("a", 7, 10, 0, 2, 0.0, 7), Spent("b", 1, 10, 0, 2, 0.25)))
    assert list(spending.lines(day, Settings())) == [
        "today (2026-11-24): 0.2500 spent as far as prices are known, 24 tokens used",
        "  a: 7 requests, tries that failed among them, 10 + 2 tokens, cost not known",
        "  b: 1 request, 10 + 2 tokens, cost 0.2500",
    ]
