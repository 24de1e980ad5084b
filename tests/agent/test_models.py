"""The model client against real servers on loopback: what is sent, what is believed, and how each failure is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from doubles import Scripted

from fixbot_agent.errors import AllModelsFailed, BudgetSpent, ModelError, UsageFailure
from fixbot_agent.models import Budget, Chain, Message, Reply, ToolCall, ToolSpec, Usage, chain
from fixbot_agent.models.chat import Reading
from fixbot_agent.models.chat import reply as made_of
from fixbot_agent.models.client import Client
from fixbot_agent.models.health import Looking, look
from fixbot_agent.models.messages import Role
from fixbot_agent.models.tokens import Counter
from fixbot_agent.settings import ModelSettings

Answer = Callable[[BaseHTTPRequestHandler], None]
ASK = [Message(Role.USER, "hello")]


class Server:
    """Answers each request with the next of `answers` (the last one again and again); keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[tuple[str, dict[str, str], dict[str, object]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else {}
                outer.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST  # noqa: N815 - the name is http.server's

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Server]:
    made = Server()
    made.answers = [says("stolen")]
    yield made
    made.close()


def send(status: int, body: bytes, **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    return answer


def says(text: str | None, calls: object = None, usage: object = None) -> Answer:
    message = {"role": "assistant", "content": text, "tool_calls": calls}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    return send(200, json.dumps(body).encode())


def client(server: Server, environ: dict[str, str] | None = None, **changes: object) -> Client:
    settings = ModelSettings("hand", base_url=server.url, model="m", timeout=5.0, retries=0)
    return Client(replace(settings, **changes), environ or {})  # type: ignore[arg-type]


def test_a_conversation_with_tools(server: Server) -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "view", "arguments": '{"path": "a.py"}'}}]
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 60}}
    server.answers = [says(None, calls, usage)]
    said = [
        Message(Role.SYSTEM, "s"),
        Message(Role.ASSISTANT, "", (ToolCall("c0", "view", "{}"),)),
        Message(Role.TOOL, "result", call_id="c0"),
    ]
    tools = [ToolSpec("view", "Shows a file.", {"type": "object"})]
    got = client(server, price_in=10.0, price_out=100.0).complete(said, tools)
    assert got.tool_calls == (ToolCall("c1", "view", '{"path": "a.py"}'),)
    assert got.usage == Usage(100, 60, 10, 0.002)
    assert got.model == "hand"
    path, _, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert body["model"] == "m"
    assert body["tools"] == [
        {
            "type": "function",
            "function": {"name": "view", "description": "Shows a file.", "parameters": {"type": "object"}},
        }
    ]
    assert body["messages"] == [
        {"role": "system", "content": "s"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c0", "type": "function", "function": {"name": "view", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "result", "tool_call_id": "c0"},
    ]


def test_only_our_own_headers_leave(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers = [says("hi")]
    monkeypatch.setenv("OPENAI_API_KEY", "ambient-key")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example")
    monkeypatch.setenv("OPENAI_ORG_ID", "ambient-org")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Ambient: ambient\nAuthorization: Bearer ambient")
    client(server).complete(ASK)
    client(server, {"MY_KEY": "the-key"}, api_key_env="MY_KEY").complete(ASK)
    first, second = (headers for _, headers, _ in server.requests)
    assert "ambient" not in json.dumps([first, second])
    assert "authorization" not in first
    assert second["authorization"] == "Bearer the-key"
    assert set(second) <= {
        "host", "content-type", "content-length", "accept", "connection", "user-agent", "accept-encoding", "authorization",
        "x-stainless-raw-response",
    }  # fmt: skip


def test_a_proxy_of_the_environment_is_not_asked_for_a_model_on_this_machine(
    server: Server, other: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = [says("direct")]
    monkeypatch.setenv("HTTP_PROXY", other.url.removesuffix("/v1"))
    assert client(server).complete(ASK).text == "direct"
    assert other.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Server, other: Server, status: int) -> None:
    server.answers = [send(status, b"", Location=f"{other.url}/chat/completions")]
    with pytest.raises(ModelError, match=r"redirects to 127\.0\.0\.1"):
        client(server, {"K": "the-key-1234"}, api_key_env="K").complete(ASK)
    assert other.requests == [], "neither key nor code went anywhere else"


@pytest.mark.parametrize(("key", "what"), [("", "is not set"), ("a\nb", "no usable key"), ("ключ", "no usable key")])
def test_unusable_keys(server: Server, key: str, what: str) -> None:
    with pytest.raises(ModelError, match=what) as caught:
        client(server, {"K": key}, api_key_env="K").complete(ASK)
    assert server.requests == []
    assert not key or key not in caught.value.message


def test_keys_are_not_in_errors(server: Server) -> None:
    server.answers = [send(401, b'{"error": {"message": "bad key the-secret-key"}}')]
    with pytest.raises(ModelError) as caught:
        client(server, {"K": "the-secret-key"}, api_key_env="K").complete(ASK)
    assert "the-secret-key" not in caught.value.message
    assert "401" in caught.value.message
    assert "api_key_env" in caught.value.hint


def test_busy_endpoint_is_asked_again_after_the_time_it_names(server: Server) -> None:
    began = time.monotonic()
    server.answers = [send(429, b"slow down", Retry_After="0.3"), send(503, b"", Retry_After="0"), says("at last")]
    assert client(server, retries=2).complete(ASK).text == "at last"
    assert time.monotonic() - began >= 0.3
    assert len(server.requests) == 3


def test_tries_are_bounded_and_long_waits_are_not_waited(server: Server) -> None:
    server.answers = [send(429, b"slow down", Retry_After="0")]
    with pytest.raises(ModelError, match="429"):
        client(server, retries=2).complete(ASK)
    assert len(server.requests) == 3
    server.answers = [send(429, b"", Retry_After="3600")]
    with pytest.raises(ModelError, match="429"):
        client(server, retries=2).complete(ASK)
    assert len(server.requests) == 4


def test_a_request_that_is_wrong_is_not_repeated(server: Server) -> None:
    server.answers = [send(404, b'{"error": {"message": "no such model"}}')]
    with pytest.raises(ModelError, match=r"404: .*no such model") as caught:
        client(server, retries=3).complete(ASK)
    assert len(server.requests) == 1
    assert "base_url" in caught.value.hint


def hangs(to: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    to.close_connection = True


def cut(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "100000")
    to.end_headers()
    to.wfile.write(b'{"choices": [{"mess')
    to.close_connection = True


def endless(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", str(1 << 40))
    to.end_headers()
    while True:
        to.wfile.write(b" " * (1 << 20))


def drips(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "100000")
    to.end_headers()
    for _ in range(100):
        to.wfile.write(b" ")
        to.wfile.flush()
        time.sleep(0.05)


def endless_error(to: BaseHTTPRequestHandler) -> None:
    to.send_response(500)
    to.send_header("Content-Length", str(1 << 40))
    to.end_headers()
    while True:
        to.wfile.write(b"x" * (1 << 16))


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (hangs, "did not answer in time"),
        (drips, "in time"),
        (cut, "cannot be reached"),
        (endless, "larger than"),
        (endless_error, "500: xxx"),
        (send(200, b"<html>hello</html>"), "not valid JSON"),
        (send(200, b""), "not valid JSON"),
        (send(200, b"[1]"), "not a JSON object"),
        (send(200, b"\xff\xfe"), "no event stream"),
        (send(200, b"{}"), "no message"),
        (send(200, b'{"choices": [{"message": NaN}]}'), "NaN"),
        (send(200, b'{"choices": [], "choices": []}'), "twice"),
        (send(200, b'{"a": ' + b"[" * 100000), "not valid JSON"),
        (says(""), "empty"),
        (says(7), "not text"),  # type: ignore[arg-type]
        (says("x", "nonsense"), "tool calls"),
        (says("x", [{}] * 1000), "tool calls"),
        (says("x", [{"function": {"name": None}}]), "malformed"),
    ],
)
def test_useless_answers(server: Server, answer: Answer, what: str) -> None:
    server.answers = [answer]
    with pytest.raises(ModelError, match=what) as caught:
        # Only those that never end should meet the clock, however slow the machine is.
        client(server, timeout=0.7 if "in time" in what else 30).complete(ASK)
    assert caught.value.hint
    assert caught.value.message.startswith(f"model 'hand' at {server.url}"), "whatever went wrong, it says where"


def test_nobody_listens() -> None:
    settings = ModelSettings("gone", base_url="http://127.0.0.1:1/v1", model="m", retries=0)
    with pytest.raises(ModelError, match=r"'gone' at http://127\.0\.0\.1:1/v1 cannot be reached"):
        Client(settings, {}).complete(ASK)


def hangs_up(to: BaseHTTPRequestHandler) -> None:
    to.close_connection = True


def test_a_kept_connection_that_was_closed_meanwhile_costs_no_answer(server: Server) -> None:
    """As llama.cpp's server closes one now and then, in the moment in which it is used again."""
    server.answers = [says("one"), hangs_up, says("two")]
    asked = client(server)
    assert [asked.complete(ASK).text for _ in range(2)] == ["one", "two"]
    assert len(server.requests) == 3


def test_a_new_connection_that_is_closed_without_an_answer_is_an_error_at_once(server: Server) -> None:
    server.answers = [hangs_up, says("two")]
    with pytest.raises(ModelError, match="cannot be reached"):
        client(server).complete(ASK)
    assert len(server.requests) == 1


def reply(body: bytes) -> Reply:
    reading = Reading()
    reading.read([body])
    return made_of(reading, ModelSettings("m", base_url="http://127.0.0.1:1"), 7, Counter())


def test_odd_but_usable_answers() -> None:
    parts = {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    calls = {"content": None, "tool_calls": [{"function": {"name": "view", "arguments": {"path": "x"}}}]}
    usage = {"prompt_tokens": -5, "completion_tokens": "many"}
    assert reply(json.dumps({"choices": [{"message": parts}], "usage": usage}).encode()).text == "ab"
    got = reply(json.dumps({"choices": [{"message": calls}], "usage": usage}).encode())
    assert got.tool_calls == (ToolCall("call_0", "view", '{"path": "x"}'),)
    assert (got.usage.tokens_in, got.usage.is_estimated) == (7, True), "who counts nothing is counted by us"


def test_next_model_takes_over_and_failed_calls_count() -> None:
    asked: list[tuple[str, str]] = []
    models = Chain(
        [
            Scripted(Reply("1"), ModelError("a broke"), name="a"),
            Scripted(Reply("2"), ModelError("b broke"), name="b"),
        ],
        lambda call: asked.append((call.name, call.error)),
    )
    assert models.complete(ASK).text == "1"
    assert models.complete(ASK).text == "2"
    with pytest.raises(AllModelsFailed, match="a broke; b broke"):
        models.complete(ASK)
    assert asked == [("a", ""), ("a", "a broke"), ("b", ""), ("b", "b broke")]
    assert models.name == ""


def test_chain_of_configured_models() -> None:
    near = ModelSettings("near", base_url="http://localhost:1/v1")
    far = ModelSettings("far", base_url="https://models.example/v1")
    endpoints = {"near": near, "far": far}
    assert chain(endpoints, []) is None
    made = chain(endpoints, ["far", "near"], offline=True)
    assert made is not None
    assert made.name == "near"
    assert chain(endpoints, ["far"], offline=True) is None
    with pytest.raises(UsageFailure, match="no model 'big'") as caught:
        chain(endpoints, ["big"])
    assert "near, far" in caught.value.hint


def test_budget() -> None:
    budget = Budget(steps=2)
    budget.step()
    budget.step()
    with pytest.raises(BudgetSpent, match="2 steps"):
        budget.step()
    budget = Budget(cost=1.0)
    budget.charge(0.9)
    budget.check()
    budget.charge(0.2)
    with pytest.raises(BudgetSpent, match="is spent"):
        budget.check()
    with pytest.raises(BudgetSpent, match="seconds"):
        Budget(seconds=0.0).check()
    Budget().check()


def test_health_of_a_model_that_answers_one_that_does_not_and_one_that_is_unknown(server: Server) -> None:
    server.answers = [send(200, b'{"data": [{"id": "m", "max_model_len": 8192}]}')]
    settings = ModelSettings("hand", base_url=server.url, model="m", abilities=("stream",), timeout=5)
    looking = Looking(environ={})
    seen = look(settings, looking)
    assert seen.reachable
    assert seen.error == ""
    assert seen.abilities["stream"]
    assert seen.abilities["tools"] is None
    assert seen.latency_ms is not None
    assert seen.context == 8192
    server.answers = [send(200, b'{"data": [{"id": "m"}, {"id": "n"}]}')]
    assert "does not list" in look(replace(settings, model="absent"), looking).error
    gone = look(replace(settings, base_url="http://127.0.0.1:1/v1"), looking)
    assert not gone.reachable
    assert "cannot be reached" in gone.error


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("caf\\u00e9 \\ud83d\\ude00", "café 😀"),
        ("half \\ud83d of one", "half � of one"),
        ("\\udc00\\udfff", "��"),
    ],
)
def test_halves_of_characters_break_no_further_request(server: Server, said: str, read: str) -> None:
    """JSON can spell them, and nothing that is written, kept or sent can hold them."""
    body = '{"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "%s"}}]}'
    server.answers = [send(200, (body % said).encode()), says("fine")]
    asked = client(server)
    first = asked.complete(ASK)
    assert first.text == read
    assert asked.complete([*ASK, first.said, *ASK]).text == "fine"


def test_halves_of_characters_in_a_call_or_a_shape_are_mended_too(server: Server) -> None:
    shape = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    call = [{"id": "1", "type": "function", "function": {"name": "view", "arguments": '{"path": "a\\ud800.py"}'}}]
    kept = '{"with": "x = \\"\\\\ud800\\""}'
    code = [{"id": "1", "type": "function", "function": {"name": "view", "arguments": kept}}]
    server.answers = [says('{"a": "x\\ud800"}'), says(None, call), says(None, code)]
    asked = client(server)
    assert json.loads(asked.complete(ASK, schema=shape).text) == {"a": "x�"}
    assert json.loads(asked.complete(ASK).tool_calls[0].arguments) == {"path": "a�.py"}
    assert json.loads(asked.complete(ASK).tool_calls[0].arguments) == json.loads(kept), "code that spells one is code"
