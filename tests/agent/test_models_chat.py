"""Chats in every manner of speaking that servers have: streams put together, refusals learnt from, shapes, pictures, contexts."""

import base64
import json
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Image, Message, Reply, ToolCall, ToolSpec, abilities
from fixbot_agent.models.abilities import probe
from fixbot_agent.models.chat import Reading
from fixbot_agent.models.chat import reply as made_of
from fixbot_agent.models.client import Client
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Role
from fixbot_agent.models.refusing import Broken, ContextOverflow, Refused, Transient, Unable
from fixbot_agent.models.tokens import Counter
from fixbot_agent.settings import ModelSettings

ASK = [Message(Role.USER, "hello")]
VIEW = ToolSpec("view", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
HERE = ModelSettings("m", base_url="http://127.0.0.1:1/v1", model="m")
Delta = dict[str, object]


def stream(*deltas: Delta | str, finish: str = "stop", usage: object = None, done: bool = True) -> bytes:
    """An answer as server-sent events; a text is an event as it stands."""
    told: list[str] = []
    for delta in deltas:
        event = delta if isinstance(delta, str) else json.dumps({"choices": [{"index": 0, "delta": delta}]})
        told.append(f"data: {event}\n\n")
    if finish:
        told.append(f"data: {json.dumps({'choices': [{'index': 0, 'delta': {}, 'finish_reason': finish}]})}\n\n")
    if usage:
        told.append(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n")
    return "".join([*told, "data: [DONE]\n\n" if done else ""]).encode()


def read(*pieces: bytes, listen: Callable[[str], None] | None = None) -> Reply:
    reading = Reading(listen)
    reading.read(pieces)
    return made_of(reading, HERE, 10, Counter())


def call(index: int | None, id_: str | None, name: str | None, arguments: object) -> Delta:
    function = {k: v for k, v in (("name", name), ("arguments", arguments)) if v is not None}
    made = {k: v for k, v in (("index", index), ("id", id_), ("function", function)) if v is not None}
    return {"tool_calls": [made]}


def test_a_streamed_answer_with_its_usage_byte_by_byte() -> None:
    heard: list[str] = []
    body = stream({"role": "assistant", "content": ""}, {"content": "Grüße "}, {"content": "🙂"}, usage={
        "prompt_tokens": 9, "completion_tokens": 4, "prompt_cache_hit_tokens": 3})  # fmt: skip
    got = read(*(bytes([b]) for b in body), listen=heard.append)
    assert got.text == "".join(heard) == "Grüße 🙂"
    assert (got.usage.tokens_in, got.usage.tokens_cached, got.usage.tokens_out) == (9, 3, 4)
    assert not got.usage.is_estimated


@pytest.mark.parametrize(
    ("deltas", "calls"),
    [
        # as OpenAI writes them: id and name once, arguments in pieces, two calls after each other
        ([call(0, "a", "view", ""), call(0, None, None, '{"path"'), call(0, None, None, ': "x"}'), call(1, "b", "view", "{}")],
         [("a", '{"path": "x"}'), ("b", "{}")]),
        # a gap in the numbers, and pieces of both in turn
        ([call(3, "a", "view", "{"), call(7, "b", "view", "{"), call(3, None, None, "}"), call(7, None, None, "}")],
         [("a", "{}"), ("b", "{}")]),
        # id and name repeated in every piece
        ([call(0, "a", "view", '{"path"'), call(0, "a", "view", ': "x"}')], [("a", '{"path": "x"}')]),
        # neither number nor id in later pieces
        ([call(None, "a", "view", '{"path"'), call(None, None, None, ': "x"}')], [("a", '{"path": "x"}')]),
        # no number at all, whole calls, each with an id
        ([call(None, "a", "view", '{"path": "x"}'), call(None, "b", "view", '{"path": "y"}')],
         [("a", '{"path": "x"}'), ("b", '{"path": "y"}')]),
        # neither numbers nor ids, whole calls
        ([call(None, None, "view", '{"path": "x"}'), call(None, None, "view", '{"path": "y"}')],
         [("call_0", '{"path": "x"}'), ("call_1", '{"path": "y"}')]),
        # every call is number 0
        ([call(0, "a", "view", '{"path": "x"}'), call(0, "b", "view", '{"path": "y"}')],
         [("a", '{"path": "x"}'), ("b", '{"path": "y"}')]),
        # the same id for different calls: each answer must find its own
        ([call(0, "a", "view", '{"path": "x"}'), call(1, "a", "view", '{"path": "y"}')],
         [("a", '{"path": "x"}'), ("a_1", '{"path": "y"}')]),
        # arguments as an object, several calls in one piece, an empty id
        ([{"tool_calls": [{"index": 0, "id": "", "function": {"name": "view", "arguments": {"path": "x"}}},
                          {"index": 1, "id": "", "function": {"name": "view"}}]}],
         [("call_0", '{"path": "x"}'), ("call_1", "{}")]),
        # a name in pieces
        ([call(0, "a", "vi", None), call(0, None, "ew", None), call(0, None, None, "{}")], [("a", "{}")]),
    ],
)  # fmt: skip
def test_tool_calls_put_together(deltas: Sequence[Delta], calls: Sequence[tuple[str, str]]) -> None:
    got = read(stream(*deltas, finish="tool_calls"))
    assert got.tool_calls == tuple(ToolCall(id_, "view", arguments) for id_, arguments in calls)


def test_a_tool_call_that_names_no_tool_is_malformed() -> None:
    with pytest.raises(ModelError, match="names no tool"):
        read(stream(call(0, "a", None, "{}")))
    with pytest.raises(ModelError, match="tool calls"):
        read(stream(*(call(n, f"{n}", "view", "{}") for n in range(40))))


@pytest.mark.parametrize(
    ("deltas", "text", "thought"),
    [
        ([{"reasoning_content": "so "}, {"reasoning_content": "so"}, {"content": "42"}], "42", "so so"),
        ([{"reasoning": "hm"}, {"content": "42"}], "42", "hm"),
        ([{"content": "<th"}, {"content": "ink>h"}, {"content": "m</thi"}, {"content": "nk>\n\n42"}], "42", "hm"),
        ([{"content": "◁think▷hm◁/think▷42"}], "42", "hm"),
        ([{"content": "hm\n</think>\n"}, {"content": "42"}], "42", "hm"),
        ([{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "42"}]}],
         "42", "hm"),
        # people write about the marks, too
        ([{"content": "Write `<think>` and </think>."}], "Write `<think>` and </think>.", ""),
        ([{"content": "```\n</think>\n```\n"}], "```\n</think>\n```\n", ""),
        ([{"content": "<thin"}], "<thin", ""),
    ],
)  # fmt: skip
def test_thoughts_are_told_from_text(deltas: Sequence[Delta], text: str, thought: str) -> None:
    got = read(stream(*deltas))
    assert (got.text, got.reasoning) == (text, thought)


def test_listeners_hear_text_and_no_thoughts() -> None:
    heard: list[str] = []
    read(stream({"content": "<think>secret"}, {"content": "</think>to"}, {"content": "ld"}), listen=heard.append)
    assert heard == ["to", "ld"]


@pytest.mark.parametrize(
    ("body", "kind", "what"),
    [
        (stream({"content": "a"}, finish="", done=False), Broken, "broke off"),
        (stream({"content": "a"}, '{"error": {"message": "overloaded", "code": 503}}'), Transient, "overloaded"),
        (stream({"content": "a"}, '{"object": "error", "message": "no", "code": 400}'), Refused, "no"),
        (b'data: {"choices": [{"error": {"code": 502, "message": "provider"}}]}\n\n', Transient, "provider"),
        (b'{"detail": "not found"}', Refused, "not found"),
        (b'{"error": "plain words"}', Refused, "plain words"),
        (b"error: in words\n\n", Refused, "in words"),
        (stream({"reasoning": "long"}, finish="length"), ModelError, "cut at 4096 tokens: its thoughts took all"),
        (stream({}, finish="length"), ModelError, "nothing was said"),
        (stream({"content": "a"}, finish="content_filter"), ModelError, "filter"),
        (stream({"refusal": "I can"}, {"refusal": "not"}), ModelError, "refused: I cannot"),
        (stream({"content": "a"}, finish="error"), Transient, "broke off with an error"),
        (stream({}), ModelError, "empty"),
        (b"data: <html>\n\n", ModelError, "not valid JSON"),
    ],
)
def test_answers_that_are_none(body: bytes, kind: type[ModelError], what: str) -> None:
    with pytest.raises(kind, match=what):
        read(body)


def test_an_answer_that_was_cut_says_so() -> None:
    assert read(stream({"content": "def f("}, finish="length")).is_cut
    assert not read(stream({"content": "done"})).is_cut


def test_pings_comments_and_last_words_are_passed_over() -> None:
    body = b": ping\r\n\r\nevent: x\r\nid: 3\r\n" + stream({"content": "a"}, '{"type": "ping"}').replace(b"\n", b"\r\n")
    assert read(body).text == "a"


class Server:
    """Answers with `answer(body)`: a status with a document, or bytes of a stream in pieces."""

    def __init__(self, answer: Callable[[dict[str, object]], object]) -> None:
        self.bodies: list[dict[str, object]] = []
        self.gone = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(body)
                answered = answer(body)
                try:
                    self._send(answered)
                except OSError:
                    outer.gone.set()

            def _send(self, answered: object) -> None:
                if isinstance(answered, tuple):
                    status, document = answered
                    data = json.dumps(document).encode()
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                    return
                self.send_response(200)
                self.end_headers()
                for piece in answered:  # type: ignore[attr-defined]
                    self.wfile.write(piece)
                    self.wfile.flush()

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.settings = replace(HERE, base_url=f"http://127.0.0.1:{self.http.server_port}/v1", retries=0, timeout=30.0)

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[dict[str, object]], object]], Server]]:
    made: list[Server] = []

    def start(answer: Callable[[dict[str, object]], object]) -> Server:
        made.append(Server(answer))
        return made[-1]

    yield start
    for server in made:
        server.close()


Serve = Callable[[Callable[[dict[str, object]], object]], Server]


def refuse(message: str, status: int = 400) -> tuple[int, object]:
    return status, {"error": {"message": message, "type": "invalid_request_error"}}


def picky(body: dict[str, object]) -> object:
    """A server that has something against everything, in the words of those that do."""
    if "max_tokens" in body:
        return refuse(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
    if "temperature" in body:
        return refuse(
            "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported."
        )
    if "stream_options" in body:
        return 422, {
            "detail": [
                {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
            ]
        }
    if any(m["role"] == "system" for m in body["messages"]):  # type: ignore[attr-defined]
        return refuse("System role not supported")
    if body.get("stream"):
        return refuse("Unsupported value: 'stream' does not support true with this model.")
    return 200, {"choices": [{"message": {"content": "at last"}, "finish_reason": "stop"}]}


def test_refusals_are_learnt_from_once_and_remembered(serve: Serve, tmp_path: Path) -> None:
    server = serve(picky)
    said = [Message(Role.SYSTEM, "be kind"), *ASK]
    got = Client(server.settings, {}, Known(tmp_path)).complete(said)
    assert got.text == "at last"
    assert len(server.bodies) == 6
    assert [bool(t.why) for t in got.tries] == [True] * 5 + [False]
    assert Client(server.settings, {}, Known(tmp_path)).complete(said).text == "at last", (
        "another process knows it, too"
    )
    assert len(server.bodies) == 7
    last = server.bodies[-1]
    assert last["max_completion_tokens"] == 4096
    assert last["messages"] == [{"role": "user", "content": "be kind\n\nhello"}]
    stored = tmp_path / "known.json"
    assert stored.stat().st_mode & 0o777 == 0o600
    assert "hello" not in stored.read_text()


def test_a_model_that_takes_no_tools_is_told_of_as_such(serve: Serve) -> None:
    server = serve(lambda _: refuse("registry.ollama.ai/library/x does not support tools"))
    known = Known()
    with pytest.raises(Unable, match="does not support tools") as caught:
        Client(server.settings, {}, known).complete(ASK, [VIEW])
    assert caught.value.ability == "tools"
    assert known.of(server.settings).can("tools") is False
    assert len(server.bodies) == 1


def test_a_refusal_that_teaches_nothing_is_told_as_it_is(serve: Serve) -> None:
    server = serve(lambda _: refuse("no such model"))
    with pytest.raises(Refused, match="no such model"):
        Client(server.settings, {}).complete(ASK)
    assert len(server.bodies) == 1


def test_thoughts_go_back_to_who_had_them_and_only_within_the_work_on_one_question(serve: Serve) -> None:
    server = serve(lambda _: [stream({"reasoning_content": "hm"}, call(0, "c", "view", "{}"), finish="tool_calls")])
    client = Client(server.settings, {})
    first = client.complete(ASK, [VIEW])
    assert first.reasoning == "hm"
    went_on = [*ASK, first.said, Message(Role.TOOL, "text", call_id="c")]
    client.complete(went_on, [VIEW])
    client.complete([*went_on, Message(Role.ASSISTANT, "done"), *ASK], [VIEW])
    client.complete([*ASK, replace(first.said, author="another"), Message(Role.TOOL, "text", call_id="c")], [VIEW])
    sent = [body["messages"][1:2] for body in server.bodies]  # type: ignore[index]
    assert [bool(m and "reasoning_content" in m[0]) for m in sent] == [False, True, False, False]


def test_ids_of_calls_are_made_to_fit(serve: Serve) -> None:
    def answer(body: dict[str, object]) -> object:
        messages = body["messages"]
        assert isinstance(messages, list)
        id_ = messages[1]["tool_calls"][0]["id"]
        if len(id_) != 9:
            return refuse(f"Tool call id was {id_} but must be a-z, A-Z, 0-9, with a length of 9.")
        assert messages[2]["tool_call_id"] == id_
        return [stream({"content": "ok"})]

    server = serve(answer)
    said = [
        *ASK,
        Message(Role.ASSISTANT, "", (ToolCall("call_x", "view", "{}"),)),
        Message(Role.TOOL, "t", call_id="call_x"),
    ]
    assert Client(server.settings, {}).complete(said, [VIEW]).text == "ok"


SHAPE = {
    "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False,
}  # fmt: skip


def test_a_shape_is_asked_for_as_strictly_as_the_endpoint_takes_it(serve: Serve) -> None:
    def answer(body: dict[str, object]) -> object:
        asked = body.get("response_format")
        if isinstance(asked, dict):
            return refuse(f"response_format: {asked['type']} is not supported")
        return [stream({"content": 'Here it is:\n```json\n{"n": 7, // seven\n}\n```\nAnything else?'})]

    server = serve(answer)
    got = Client(server.settings, {}).complete(ASK, schema=SHAPE)
    assert got.text == '{"n": 7}'
    kinds = [(b.get("response_format") or {"type": "words"})["type"] for b in server.bodies]  # type: ignore[index]
    assert kinds == ["json_schema", "json_object", "words"]
    assert server.bodies[0]["response_format"]["json_schema"]["strict"] is True  # type: ignore[index]
    assert all("JSON Schema" in b["messages"][-1]["content"] for b in server.bodies)  # type: ignore[index]


def test_an_answer_that_does_not_fit_is_put_right_once_and_both_are_paid_for(serve: Serve) -> None:
    answers = iter(['{"n": "seven"}', '{"n": 7}', "no", "no"])
    server = serve(lambda _: [stream({"content": next(answers)}, usage={"prompt_tokens": 10, "completion_tokens": 5})])
    got = Client(server.settings, {}).complete(ASK, schema=SHAPE)
    assert got.text == '{"n": 7}'
    assert [(bool(t.why), t.tokens_in) for t in got.tries] == [(True, 10), (False, 10)]
    assert "/n" in json.dumps(server.bodies[1]["messages"]), "it is told what was wrong"
    with pytest.raises(ModelError, match="holds no JSON") as caught:
        Client(server.settings, {}).complete(ASK, schema=SHAPE)
    assert [t.tokens_out for t in caught.value.tries] == [5, 5]


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def test_pictures_go_to_models_that_see_and_are_counted_where_they_do_not(serve: Serve) -> None:
    def answer(body: dict[str, object]) -> object:
        if "image_url" in json.dumps(body):
            return refuse("image input is not supported - hint: you may need to provide the mmproj", 500)
        return [stream({"content": "ok"})]

    server = serve(answer)
    shown = [Message(Role.USER, "look", images=(Image(PNG, "image/png", "a.png"),))]
    assert Client(server.settings, {}).complete(shown).unread == 1
    assert len(server.bodies) == 1, "nobody said that it sees"
    got = Client(replace(server.settings, abilities=("vision",)), {}).complete(shown)
    assert got.unread == 1, "it was said to see, and does not"
    seeing = serve(lambda _: [stream({"content": "a cat"})])
    got = Client(replace(seeing.settings, abilities=("vision",)), {}).complete(shown)
    assert got.unread == 0
    parts = seeing.bodies[0]["messages"][0]["content"]  # type: ignore[index]
    assert parts[1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


def test_a_conversation_that_overflows_is_cut_and_asked_once_more(serve: Serve) -> None:
    def answer(body: dict[str, object]) -> object:
        size = len(json.dumps(body["messages"]))
        if size > 4000:
            return 400, {"error": {"code": 400, "message": "exceeds the available context size", "type": "exceed_context_size_error",
                                   "n_prompt_tokens": size, "n_ctx": 4000}}  # fmt: skip
        return [stream({"content": "ok"})]

    server = serve(answer)
    talk = [Message(Role.SYSTEM, "be kind"), *ASK]
    for n in range(20):
        talk += [
            Message(Role.ASSISTANT, "", (ToolCall(f"c{n}", "view", "{}"),)),
            Message(Role.TOOL, f"line {n}\n" * 60, call_id=f"c{n}"),
        ]
    known = Known()
    got = Client(server.settings, {}, known).complete(talk, [VIEW])
    assert got.text == "ok"
    assert got.left_out > 0
    assert "line 19" in json.dumps(server.bodies[-1])
    assert known.of(server.settings).context == 4000
    asked = len(server.bodies)
    Client(server.settings, {}, known).complete(talk, [VIEW])
    assert len(server.bodies) == asked + 1, "it is known now how long it may be"


@pytest.mark.parametrize(
    "said",
    ["request ({0} tokens) exceeds the available context size (4096 tokens)", "maximum context length is 4096 tokens"],
)
def test_a_tokenizer_worse_than_was_thought_is_learnt_from(serve: Serve, said: str) -> None:
    def answer(body: dict[str, object]) -> object:
        size = len(str(body["messages"][0]["content"]))  # type: ignore[index]
        return refuse(said.format(size)) if size > 4096 else [stream({"content": "ok"})]

    server = serve(answer)
    assert Client(server.settings, {}).complete([Message(Role.USER, "line\n" * 2400)]).text == "ok"


def test_one_message_that_fits_nowhere_is_an_overflow(serve: Serve) -> None:
    server = serve(lambda _: refuse("This model's maximum context length is 300 tokens"))
    with pytest.raises(ContextOverflow):
        Client(server.settings, {}).complete([Message(Role.SYSTEM, "x " * 5000), *ASK])


def test_an_answer_that_goes_quiet_is_cut_and_the_endpoint_hears_of_it(serve: Serve) -> None:
    def slowly() -> Iterator[bytes]:
        yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'
        for _ in range(600):
            time.sleep(0.05)
            yield b": still here\n\n"

    server = serve(lambda _: slowly())
    with pytest.raises(Transient, match="went quiet") as caught:
        Client(replace(server.settings, patience=0.2), {}).complete(ASK)
    assert caught.value.tries[0].tokens_in > 0, "what was begun may be charged"
    assert server.gone.wait(10)


def test_a_model_that_tells_colours_apart_is_known_to_see(serve: Serve) -> None:
    def colour(body: dict[str, object]) -> object:
        asked = json.dumps(body)
        if "image_url" not in asked:
            return [stream({"content": "yes"})]
        data = asked.partition("base64,")[2].partition('"')[0]
        pixel = zlib.decompressobj().decompress(base64.b64decode(data)[41:])[1:4]
        return [stream({"content": "Red." if pixel == b"\xff\0\0" else "Blue."})]

    for answer, sees in ((colour, True), (lambda _: [stream({"content": "Red."})], False)):
        server, known = serve(answer), Known()
        probe(Client(server.settings, {}, known))
        assert known.of(server.settings).can("vision") is sees


def test_a_model_that_does_not_come_to_an_end_is_there_and_what_it_cannot_do_stays_unknown(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abilities, "_PATIENCE", 0.3)

    def talks() -> Iterator[bytes]:
        for _ in range(500):
            yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'
            time.sleep(0.01)

    server, known = serve(lambda _: talks()), Known()
    learnt = probe(Client(replace(server.settings, retries=0), {}, known))
    assert learnt.can("tools") is None
    silent = serve(lambda _: refuse("busy", 503))
    with pytest.raises(ModelError):
        probe(Client(replace(silent.settings, retries=0), {}, Known()))


def test_an_answer_can_be_ended_from_another_thread(serve: Serve) -> None:
    heard = threading.Event()

    def endless() -> Iterator[bytes]:
        while True:
            yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'
            time.sleep(0.01)

    server = serve(lambda _: endless())
    client = Client(server.settings, {})

    def ask() -> None:
        with pytest.raises(ModelError):
            client.complete(ASK, listen=lambda _: heard.set())

    asking = threading.Thread(target=ask)
    asking.start()
    assert heard.wait(10)
    client.abort()
    asking.join(10)
    assert not asking.is_alive()
    assert server.gone.wait(10)


def test_what_an_answer_shows_is_remembered(serve: Serve) -> None:
    two = [call(0, "a", "view", "{}"), call(1, "b", "view", "{}")]
    server = serve(lambda _: [stream({"reasoning": "hm"}, *two, usage={"prompt_tokens": 50, "completion_tokens": 9})])
    known = Known()
    got = Client(server.settings, {}, known).complete(ASK, [VIEW])
    assert got.first_token is not None
    learnt = known.of(server.settings)
    assert all(learnt.can(a) for a in ("tools", "stream", "reasoning", "parallel"))
    assert learnt.can("vision") is None
    assert learnt.samples[0].tokens == 50


def test_thoughts_are_given_back_for_all_calls_where_the_server_insists(serve: Serve) -> None:
    """As DeepSeek words it: every call must have them, those of a model that was asked before, too."""

    def answer(body: dict[str, object]) -> object:
        messages = body["messages"]
        assert isinstance(messages, list)
        if any(m.get("tool_calls") and "reasoning_content" not in m for m in messages):
            return refuse("The `reasoning_content` in the thinking mode must be passed back to the API.")
        return [stream({"reasoning_content": "hm"}, {"content": "ok"})]

    server = serve(answer)
    mine, others = (ToolCall("a", "view", "{}"),), (ToolCall("b", "view", "{}"),)
    talk = [*ASK, Message(Role.ASSISTANT, "", mine, reasoning="so", author="m"), Message(Role.TOOL, "t", call_id="a")]
    talk += [Message(Role.ASSISTANT, "", others, author="x"), Message(Role.TOOL, "t", call_id="b"), *ASK]
    assert Client(server.settings, {}).complete(talk, [VIEW]).text == "ok"
    assert [m.get("reasoning_content") for m in server.bodies[-1]["messages"] if m.get("tool_calls")] == ["so", ""]  # type: ignore[attr-defined]


def test_an_endpoint_that_drops_what_is_too_long_without_a_word_is_found_out(serve: Serve) -> None:
    server = serve(lambda _: [stream({"content": "ok"}, usage={"prompt_tokens": 1000, "completion_tokens": 24})])
    known = Known()
    Client(server.settings, {}, known).complete([*ASK, *(Message(Role.USER, "many words " * 300) for _ in range(10))])
    learnt = known.of(server.settings)
    assert learnt.context == 1024
    assert learnt.samples == (), "its count says nothing of its tokenizer"


@pytest.mark.parametrize(
    "answer", [(200, {"error": {"message": "no key the-secret-key"}}), [stream({"refusal": "the-secret-key"})]]
)
def test_keys_that_an_endpoint_repeats_are_in_no_error(serve: Serve, answer: object) -> None:
    server = serve(lambda _: answer)
    with pytest.raises(ModelError) as caught:
        Client(replace(server.settings, api_key_env="K"), {"K": "the-secret-key"}).complete(ASK)
    told = f"{caught.value} {caught.value.message} {caught.value.tries}"
    assert "the-secret-key" not in told
    assert "redacted" in told


def test_ctrl_c_ends_the_answer_at_the_endpoint_too(serve: Serve) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'
            time.sleep(0.01)

    server = serve(lambda _: endless())
    with subprocess.Popen(
        [sys.executable, "-c", _ASKS, server.settings.base_url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "heard\n"
        child.send_signal(signal.SIGINT)
        assert server.gone.wait(20)
        assert child.wait(20) == 130


_ASKS = """
import sys
from fixbot_agent.models import Message
from fixbot_agent.models.client import Client
from fixbot_agent.models.messages import Role
from fixbot_agent.settings import ModelSettings

said = []
def listen(text):
    if not said:
        print("heard", flush=True)
    said.append(text)

try:
    Client(ModelSettings("m", base_url=sys.argv[1], model="m"), {}).complete([Message(Role.USER, "hi")], listen=listen)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_text_that_looks_like_a_call_is_one_only_where_the_server_finds_none_itself(serve: Serve) -> None:
    spelt = '<tool_call>{"name": "view", "arguments": {}}</tool_call>'
    answers = iter([{"content": spelt}, call(0, "a", "view", "{}"), {"content": spelt}])
    server, known = serve(lambda _: [stream(next(answers))]), Known()
    got = [Client(server.settings, {}, known).complete(ASK, [VIEW]) for _ in range(3)]
    assert [len(g.tool_calls) for g in got] == [1, 1, 0]
    assert got[2].text == spelt, "a model that calls properly may quote what a file says"
