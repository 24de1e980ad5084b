"""Chains of models against real servers on loopback: who is asked, who takes over with what, and what it may take."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.errors import AllModelsFailed, BudgetSpent, ModelError
from fixbot_agent.models import (
    Budget,
    Call,
    Chain,
    DayLimits,
    Keeping,
    Message,
    Purse,
    Reply,
    Terms,
    ToolCall,
    ToolSpec,
    candidate,
    chain,
)  # fmt: skip
from fixbot_agent.models.client import Client
from fixbot_agent.models.handover import handed_over
from fixbot_agent.models.messages import Role
from fixbot_agent.models.refusing import Aborted
from fixbot_agent.runs import Redactor, Run
from fixbot_agent.settings import ModelSettings, Places, Roles, Settings
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.team import Team

ASK = [Message(Role.USER, "hello")]
VIEW = ToolSpec("view", "Shows a file.", {"type": "object"})
Answer = tuple[int, Mapping[str, object], Mapping[str, str]]


def says(text: str | None = "hi", calls: object = None, **headers: str) -> Answer:
    message = {"role": "assistant", "content": text, "tool_calls": calls}
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    return 200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}, headers


def fails(status: int, **headers: str) -> Answer:
    return status, {"error": {"message": f"no: {status}"}}, headers


class Server:
    """Answers each request with the next of `answers`, the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, object]] = []
        self.seconds = 0.0  # that an answer takes
        self.at_once: list[int] = [0]
        outer, lock, under_way = self, threading.Lock(), [0]

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                outer.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status, body, headers = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                data = json.dumps(body).encode()
                with lock:
                    under_way[0] += 1
                    outer.at_once.append(under_way[0])
                time.sleep(outer.seconds)
                with lock:
                    under_way[0] -= 1
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(data)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[Server] = []

    def start(*answers: Answer) -> Server:
        made.append(Server(*answers))
        return made[-1]

    yield start
    for server in made:
        server.close()


def closed() -> str:
    """The address of a port that nobody listens at."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}/v1"


class Told:
    """Who keeps account."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.lines: list[str] = []


def made(
    urls: Mapping[str, str], told: Told | None = None, keeping: Keeping | None = None, purse: Purse | None = None, **changes: object
) -> Chain:  # fmt: skip
    told = told or Told()
    base = replace(ModelSettings("", timeout=20.0, retries=2), **changes)  # type: ignore[arg-type]
    endpoints = {name: replace(base, name=name, model=name, base_url=url) for name, url in urls.items()}
    terms = Terms(keeping, purse or Purse(tell=told.lines.append), told.lines.append)
    found = chain(endpoints, list(urls), environ={}, asked=told.calls.append, role="solve", terms=terms)
    assert found is not None
    return found


def test_a_refused_connection_hands_over_at_once(serve: Serve) -> None:
    told, near, began = Told(), serve(says("from near")), time.monotonic()
    got = made({"gone": closed(), "near": near.url}, told).complete(ASK)
    assert (got.text, got.model) == ("from near", "near")
    assert time.monotonic() - began < 5, "a generous bound for a slow machine; it takes milliseconds"
    assert [(c.name, bool(c.error)) for c in told.calls] == [("gone", True), ("near", False)]
    assert "the model 'near' takes over" in told.lines[0]


def test_a_long_retry_after_hands_over_and_a_short_one_is_waited_for(serve: Serve) -> None:
    busy, near, began = serve(fails(429, Retry_After="30")), serve(says("near")), time.monotonic()
    assert made({"busy": busy.url, "near": near.url}).complete(ASK).text == "near"
    assert len(busy.requests) == 1
    assert time.monotonic() - began < 20
    soon, began = serve(fails(429, Retry_After="0.4"), fails(500), says("at last")), time.monotonic()
    got = made({"soon": soon.url}).complete(ASK)
    assert got.text == "at last"
    assert time.monotonic() - began >= 0.4
    assert [bool(t.why) for t in got.tries] == [True, True, False]
    with pytest.raises(AllModelsFailed, match="429"):
        made({"busy": serve(fails(429, Retry_After="3600")).url}).complete(ASK)


def test_what_is_refused_is_not_asked_again_and_what_was_busy_is_when_all_else_failed(serve: Serve) -> None:
    first = serve(fails(401), says("never"))
    second = serve(fails(503), says("back"))
    models = made({"a": first.url, "b": second.url}, retries=0)
    with pytest.raises(AllModelsFailed, match=r"401.*503"):
        models.complete(ASK)
    assert models.complete(ASK).text == "back"
    assert len(first.requests) == 1


def test_the_next_model_is_given_the_whole_conversation_in_its_own_dialect(serve: Serve) -> None:
    called = [
        {"id": "call_0", "type": "function", "function": {"name": "view", "arguments": '{"path": "a"}'}},
        {"id": "call_0", "type": "function", "function": {"name": "view", "arguments": '{"path": '}},
    ]
    big, near = serve(says(None, called), fails(500)), serve(says("done"))
    models = made({"big": big.url, "near": near.url}, retries=0)
    asked = [Message(Role.SYSTEM, "s"), Message(Role.USER, "go")]
    got = models.complete(asked, [VIEW])
    said = replace(got.said, reasoning="what only big may read")
    talk = [*asked, said, *(Message(Role.TOOL, t, call_id=c.id) for t, c in zip("xy", got.tool_calls, strict=True))]
    assert models.complete(talk, [VIEW]).text == "done"
    sent = near.requests[0]["messages"]
    assert isinstance(sent, list)
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "tool", "tool"]
    ids = [c["id"] for c in sent[2]["tool_calls"]]
    assert ids == [m["tool_call_id"] for m in sent[3:]]
    assert len(set(ids)) == 2
    assert all(len(i) == 9 and i.isalnum() for i in ids)
    assert json.loads(sent[2]["tool_calls"][1]["function"]["arguments"]) == {"text": '{"path": '}
    assert [m["content"] for m in sent[3:]] == ["x", "y"]
    assert "only big" not in json.dumps(sent)


texts = st.text(max_size=8)
turns = st.one_of(
    st.builds(lambda t: Message(Role.USER, t), texts),
    st.builds(
        lambda t, ids, by, args: Message(Role.ASSISTANT, t, tuple(ToolCall(i, "f", args) for i in ids), author=by, reasoning=t),
        texts, st.lists(st.sampled_from(["", "call_0", "a", "b-1"]), max_size=3), st.sampled_from(["", "a", "b"]), texts,
    ),
    st.builds(lambda t, i: Message(Role.TOOL, t, call_id=i), texts, st.sampled_from(["", "call_0", "a", "zz"])),
)  # fmt: skip


@given(talk=st.lists(turns, max_size=12))
def test_every_call_is_answered_and_every_answer_called_for(talk: list[Message]) -> None:
    sent = handed_over([*talk, Message(Role.ASSISTANT, "of another", author="elsewhere")], "b")
    open_ids: list[str] = []
    seen: set[str] = set()
    for message in sent:
        if message.role is Role.TOOL:
            assert message.call_id in open_ids
            open_ids.remove(message.call_id)
            continue
        assert not open_ids
        open_ids = [c.id for c in message.tool_calls]
        assert not seen & set(open_ids)
        seen |= set(open_ids)
        assert len(set(open_ids)) == len(open_ids)
        assert all(isinstance(json.loads(c.arguments), dict) for c in message.tool_calls)
        assert not message.reasoning or message.author == "b"
    assert not open_ids
    for message in talk:
        assert message.text in "".join(m.text for m in sent)
    assert handed_over(sent, "b")[: len(sent)], "it can be handed over again"


def test_who_said_all_is_sent_it_as_it_is() -> None:
    talk = [Message(Role.ASSISTANT, "", (ToolCall("x", "f", "no json"),), author="a", reasoning="r"), *ASK]
    assert handed_over(talk, "a") == talk


def test_what_one_chain_met_another_knows(serve: Serve, tmp_path: Path) -> None:
    broken, near = serve(fails(503)), serve(says("near"))
    urls = {"broken": broken.url, "near": near.url}
    assert made(urls, keeping=Keeping(tmp_path)).complete(ASK).model == "near"
    assert len(broken.requests) == 3
    told = Told()
    knows = made(urls, told, Keeping(tmp_path))
    assert (knows.name, knows.complete(ASK).model, knows.complete(ASK).model) == ("near", "near", "near")
    assert len(broken.requests) == 3, "it is left alone"
    (line,) = told.lines  # once, not at every question
    assert re.search(
        r"^the model 'broken' is left alone for \d+ s, as it failed: .*503.*; the model 'near' is asked$", line
    )
    broken.answers = [says("well again")]
    alone = made({"broken": broken.url}, keeping=Keeping(tmp_path))
    assert alone.complete(ASK).text == "well again", "where nobody else is there it is asked all the same"
    assert made(urls, keeping=Keeping(tmp_path)).complete(ASK).model == "broken"


def test_a_request_that_a_person_interrupts_is_counted() -> None:
    told = Told()

    class Interrupted(Client):
        def complete(self, *_: object, **__: object) -> Reply:
            raise KeyboardInterrupt

    endpoints = {"m": ModelSettings("m", model="m", base_url=closed())}
    models = chain(endpoints, ["m"], environ={}, asked=told.calls.append, make=Interrupted)
    assert models is not None
    with pytest.raises(KeyboardInterrupt):
        models.complete(ASK)
    assert [(c.name, c.error, c.usage.is_estimated) for c in told.calls] == [
        ("m", "interrupted before it answered", True)
    ]


def test_a_model_that_is_passed_over_for_money_is_told_of(serve: Serve) -> None:
    dear, cheap, told = serve(says("dear")), serve(says("cheap")), Told()
    base = ModelSettings("", timeout=20.0, price_out=0.0)
    endpoints = {
        "dear": replace(base, name="dear", model="dear", base_url=dear.url, price_in=1e6),
        "cheap": replace(base, name="cheap", model="cheap", base_url=cheap.url, price_in=0.0),
    }
    terms = Terms(purse=Purse(Budget(cost=0.01)), tell=told.lines.append)
    models = chain(endpoints, list(endpoints), environ={}, asked=told.calls.append, terms=terms)
    assert models is not None
    assert [models.complete(ASK).model for _ in range(2)] == ["cheap", "cheap"]
    (line,) = told.lines
    assert line.startswith("the model 'dear' is passed over, as 0 of 0.01 is spent, and the next answer may cost")
    assert line.endswith("; the model 'cheap' takes over")
    assert not dear.requests


def test_a_limit_a_minute_is_kept_by_all_and_the_next_model_is_better_than_a_long_wait(
    serve: Serve, tmp_path: Path
) -> None:
    slow, near, told = serve(says("slow")), serve(says("near")), Told()
    urls = {"slow": slow.url, "near": near.url}
    answers = [
        made(urls, told, Keeping(tmp_path), requests_per_minute=1 if n < 2 else 5).complete(ASK).model for n in range(2)
    ]
    assert answers == ["slow", "near"]
    assert len(slow.requests) == 1
    assert "its limits are used up" in told.lines[0]
    assert [c.name for c in told.calls] == ["slow", "near"], "what was not asked is no call"


def test_what_headers_say_is_left_is_obeyed(serve: Serve, tmp_path: Path) -> None:
    last = says("last", x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests="50s")
    told, near = serve(last), serve(says("near"))
    urls = {"told": told.url, "near": near.url}
    assert made(urls, keeping=Keeping(tmp_path)).complete(ASK).model == "told"
    assert made(urls, keeping=Keeping(tmp_path)).complete(ASK).model == "near"
    assert len(told.requests) == 1


def test_no_more_are_asked_at_once_than_may_be(serve: Serve, tmp_path: Path) -> None:
    near = serve(says())
    near.seconds = 0.1

    def ask() -> None:
        made({"near": near.url}, keeping=Keeping(tmp_path), parallel=2).complete(ASK)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(near.requests) == 6
    assert max(near.at_once) == 2


def test_requests_that_wait_are_ended_from_another_thread(serve: Serve) -> None:
    models = made({"busy": serve(fails(429, Retry_After="40")).url})
    threading.Timer(0.3, models.abort).start()
    with pytest.raises(Aborted):
        models.complete(ASK)


def test_failed_requests_count_and_a_limit_is_asked_before_each(serve: Serve) -> None:
    broken, budget = serve(fails(503)), Budget(calls=2)
    with pytest.raises(AllModelsFailed, match="503"):
        made({"broken": broken.url}, purse=Purse(budget), retries=5).complete(ASK)
    assert len(broken.requests) == budget.calls_used == 2
    with pytest.raises(BudgetSpent, match="2 of 2 calls"):
        made({"near": serve(says()).url}, purse=Purse(budget)).complete(ASK)


def test_what_an_answer_may_take_is_asked_before_it_is_asked_for(serve: Serve) -> None:
    near = serve(says())
    budget = Budget(tokens=450)
    models = made({"near": near.url}, purse=Purse(budget), max_tokens=200)
    models.complete(ASK)
    assert budget.tokens_used == 110
    models.complete(ASK)
    with pytest.raises(BudgetSpent, match=r"220 of 450 tokens are used, and the next answer may take 3\d\d") as caught:
        models.complete(ASK)
    assert "--max-tokens" in caught.value.hint
    assert len(near.requests) == 2


def test_a_dear_model_gives_way_to_one_that_money_is_left_for(serve: Serve) -> None:
    dear, free, told = serve(says("dear")), serve(says("free")), Told()
    endpoints = {
        "dear": ModelSettings("dear", dear.url, "m", price_in=10.0, price_out=1000.0, max_tokens=100, retries=0),
        "free": ModelSettings("free", free.url, "m", price_in=0.0, price_out=0.0, retries=0),
        "odd": ModelSettings("odd", serve(says("odd")).url, "m", retries=0),
    }
    purse = Purse(Budget(cost=0.11), tell=told.lines.append)
    models = chain(endpoints, ["dear", "free"], environ={}, terms=Terms(purse=purse))
    assert models is not None
    assert [models.complete(ASK).text for _ in range(3)] == ["dear", "free", "free"]
    assert purse.budget.cost_used == pytest.approx(0.011)
    odd = chain(endpoints, ["odd"], environ={}, terms=Terms(purse=purse))
    assert odd is not None
    odd.complete(ASK)
    odd.complete(ASK)
    assert len(told.lines) == 1
    assert "no price is set for 'odd'" in told.lines[0]


def test_a_day_has_one_purse_for_all(serve: Serve, tmp_path: Path) -> None:
    near = serve(says())

    def another() -> Chain:
        keeping = Keeping(tmp_path)
        purse = Purse(Budget(), keeping.ledger, DayLimits(tokens=450))
        return made({"near": near.url}, keeping=keeping, purse=purse, max_tokens=200)

    another().complete(ASK)
    another().complete(ASK)
    with pytest.raises(BudgetSpent, match="220 of today's 450 tokens"):
        another().complete(ASK)
    (spent,) = Keeping(tmp_path).ledger.today().spent
    assert (spent.calls, spent.tokens_in, spent.tokens_out, spent.unpriced) == (2, 200, 20, 2)


@given(share=st.floats(0.01, 1), runs=st.lists(st.text(max_size=20), max_size=20))
def test_a_share_is_decided_by_the_run_alone(share: float, runs: Sequence[str]) -> None:
    for run in runs:
        first = candidate({"new": share}, run, "solve")
        assert first == candidate({"new": share}, run, "solve")
        assert first in ("", "new")
        assert not first or candidate({"new": min(share * 2, 1)}, run, "solve") == "new"


def test_a_share_is_about_so_many_runs() -> None:
    made_of = [candidate({"a": 0.1, "b": 0.3}, f"run-{n}", "solve") for n in range(2000)]
    assert 150 < made_of.count("a") < 250
    assert 500 < made_of.count("b") < 700
    assert {candidate({"a": 1.0}, f"{n}", "x") for n in range(50)} == {"a"}


def test_an_interrupt_is_paid_for(serve: Serve) -> None:
    class Interrupted:
        name = "m"

        def complete(self, *_: object, **__: object) -> None:
            raise KeyboardInterrupt

    budget = Budget()
    with pytest.raises(KeyboardInterrupt):
        Chain([Interrupted()], terms=Terms(purse=Purse(budget))).complete(ASK)  # type: ignore[list-item]
    assert budget.calls_used == 1
    assert budget.tokens_used > 0


def test_all_failed_says_why(serve: Serve) -> None:
    with pytest.raises(ModelError, match=r"'gone' at .* cannot be reached") as caught:
        made({"gone": closed()}, retries=0).complete(ASK)
    assert "fixbot models" in caught.value.hint


def test_a_run_says_which_candidate_it_tries_and_decides_alike_when_it_goes_on(tmp_path: Path) -> None:
    base = ModelSettings("", "http://127.0.0.1:1/v1", "m")
    models = {name: replace(base, name=name) for name in ("big", "new", "far")}
    models["far"] = replace(models["far"], base_url="https://models.example/v1")
    settings = Settings(models=models, roles=Roles(solve=("big",)), shares={"solve": {"new": 1.0}})
    run = Run.start(tmp_path / "runs", Redactor(), print)

    def events() -> list[dict[str, list[str]]]:
        file = tmp_path / "runs" / run.id / "events.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def order(settings: Settings, model: str = "") -> tuple[tuple[str, ...], list[str]]:
        said: list[str] = []
        places = Places(tmp_path / "c", tmp_path / "s", tmp_path / "f")
        job = Job(tmp_path, None, settings, places, run, model=model)
        before = len(events())
        Team(job, Account(settings, run, said.append))
        asked = [tuple(e["order"]) for e in events()[before:] if "order" in e]
        return (asked[0] if asked else (), said)

    names, said = order(settings)
    assert names == ("new", "big")
    assert said == ["this run tries the model 'new' first: it has a share of the role 'solve'"]
    assert order(settings) == (names, said)
    assert order(settings, "big") == (("big",), [])
    assert order(replace(settings, shares={"solve": {"new": 1e-9}})) == (("big",), [])
    names, said = order(replace(settings, roles=Roles(solve=("far",)), shares={}, offline=True))
    assert names == ()
    assert said == ["built-in engines from here: offline is set, and no model of the role 'solve' is on this machine"]
    assert any("has a share of the role" in str(e.get("said")) for e in events())
