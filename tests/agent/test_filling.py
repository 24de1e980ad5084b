"""How a hole is asked for by each way, how answers are read, and how it is found out which way a model understands."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.errors import ModelError
from fixbot_agent.models.filling import WAYS, Extra, Filler, Hole, Ways
from fixbot_agent.models.filling.chatting import CURSOR, unwrapped
from fixbot_agent.models.filling.events import pieces
from fixbot_agent.models.filling.families import FAMILIES, family_of, written
from fixbot_agent.models.filling.probing import ways_for
from fixbot_agent.models.filling.requests import asking
from fixbot_agent.models.health import Looking, look
from fixbot_agent.models.listing import Served
from fixbot_agent.models.refusing import ContextOverflow, Transient
from fixbot_agent.settings import ModelSettings
from fixbot_agent.settings.keys import FIM

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOLE = Hole(
    "shop/cart.py",
    "def total(prices):\n    ",
    "\n    return sum\n",
    (Extra("shop/tax.py", "RATE = 0.2\n"), Extra("shop/money.py", "class Money:\n    cents: int\n")),
)


@pytest.mark.parametrize("way", WAYS)
def test_what_each_way_sends(way: str) -> None:
    """Set WRITE_SNAPSHOTS=1 to write what is sent now; what changes is a new prompt version."""
    made = asking(ModelSettings("m", base_url="http://127.0.0.1:1/v1", model="m"), way, HOLE, 64)
    text = f"POST {made.path}  {made.prompt_version}\n" + "".join(
        f"--- {name}\n{value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)}\n"
        for name, value in made.body.items()
    )
    file = SNAPSHOTS / f"fill_{way}.txt"
    if os.environ.get("WRITE_SNAPSHOTS"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_settings_name_every_way() -> None:
    assert ("auto", *WAYS) == FIM


def test_code_that_holds_a_familys_tokens_does_not_end_the_hole() -> None:
    for family in FAMILIES.values():
        hole = Hole("a.py", "".join(family.marks), "".join(family.marks), (Extra("b.py", "".join(family.marks)),))
        empty = written(family, Hole("a.py", "", "", (Extra("b.py", ""),)))
        text = written(family, hole)
        assert [text.count(mark) for mark in family.marks] == [empty.count(mark) for mark in family.marks]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Qwen/Qwen2.5-Coder-7B", "qwen"), ("qwen2.5-coder:1.5b-base", "qwen"), ("bigcode/starcoder2-3b", "starcoder2"),
        ("deepseek-coder-6.7b-base.Q4_K_M.gguf", "deepseek"), ("codellama:7b-code", "codellama"), ("codegemma:2b", "codegemma"),
        ("ibm-granite/granite-3b-code-base", "granite-code"), ("ibm-granite/granite-4.0-h-small", "granite"),
        ("codestral-latest", "codestral"), ("gpt-4o", ""), ("qwen2.5-7b-instruct", ""), ("deepseek-chat", ""), ("llama3", ""),
    ],
)  # fmt: skip
def test_families_are_known_by_their_names_and_never_guessed(name: str, family: str) -> None:
    assert family_of(name) == family


def test_ways_are_tried_in_an_order_that_the_server_suggests() -> None:
    assert ways_for("x", [Served("x", "llamacpp")])[0] == "infill"
    assert ways_for("x", [Served("/models/Qwen2.5-Coder.gguf", "llamacpp")])[:2] == ("infill", "qwen")
    assert ways_for("qwen2.5-coder", [Served("qwen2.5-coder", "vllm")])[0] == "qwen"
    assert ways_for("qwen2.5-coder", [Served("qwen2.5-coder", "library")])[0] == "suffix"
    assert ways_for("codestral-latest", [Served("codestral-latest", "mistralai")])[0] == "mistral"
    assert not set(ways_for("unknown", [])) & set(FAMILIES)


def test_a_hole_within_a_budget_keeps_what_is_nearest() -> None:
    lines = "".join(f"line {n}\n" for n in range(1000))
    hole = Hole("a.py", lines, lines, (Extra("far.py", "x" * 900), Extra("near.py", "y" * 300)))
    cut = hole.within(900)
    assert cut.tokens <= 900
    assert cut.prefix.startswith("line ")
    assert cut.prefix.endswith("line 999\n")
    assert cut.suffix.startswith("line 0\n")
    assert len(cut.prefix) > len(cut.suffix)
    small = Hole("a.py", "x = ", "\n", hole.extras).within(200)
    assert (small.prefix, small.suffix) == ("x = ", "\n")
    assert [e.path for e in small.extras] == ["near.py"]


@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 60))
def test_no_budget_breaks_a_hole(prefix: str, suffix: str, tokens: int) -> None:
    cut = Hole("a.py", prefix, suffix, (Extra("b.py", suffix),)).within(tokens)
    assert prefix.endswith(cut.prefix)
    assert suffix.startswith(cut.suffix)
    assert cut.tokens <= tokens + 2


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("```python\nreturn 1\n```", "return 1"),
        ("Here you go:\n\n```python\nreturn 1\n```\nThis returns one.", "return 1"),
        ("```\nreturn 1", "return 1"),
        ("```py", ""),
        ("return 1", "return 1"),
        ("    x = return 1", "return 1"),
        ("```\ndef f():\n    x = return 1\n```", "return 1"),
        (f"```\ndef f():\n    x = {CURSOR}return 1\n```", "return 1"),
        ("~~~\n```\nnested\n```\n~~~", "```\nnested\n```"),
    ],
)
def test_what_a_conversation_wraps_around_code_is_taken_off(answer: str, text: str) -> None:
    assert unwrapped(answer, Hole("a.py", "def f():\n    x = ", "\n")) == text


@given(st.text(alphabet="`~ax \n<CURSO/>", max_size=60))
def test_any_answer_is_unwrapped(answer: str) -> None:
    unwrapped(answer, HOLE)


def said(*chunks: str) -> list[str]:
    return [piece.text for piece in pieces(chunk.encode() for chunk in chunks)]


def test_streams_of_every_kind() -> None:
    stop = '"finish_reason": "stop"'
    assert said('data: {"choices": [{"text": "a"}]}\n\nda', 'ta: {"choices": [{"text": "b", ' + stop + "}]}\n") == [
        "a",
        "b",
    ]
    assert said('data: {"choices": [{"delta": {"content": "a"}}]}\n\ndata: [DONE]\n\n') == ["a"]
    assert said(
        ": ping\r\n\r\n", 'event: x\ndata: {"content": "a", "stop": false}\n', 'data: {"content": "", "stop": true}'
    ) == ["a", ""]
    assert said('{"choices": [{"message": {"content": "whole"}, ' + stop + "}]}") == ["whole"]
    assert "".join(said(*'data: {"content": "é𝒳", "stop": true}\n\n')) == "é𝒳"
    last = list(
        pieces(
            [
                b'data: {"content": "", "stop": true, "stop_type": "limit", "tokens_evaluated": 7, "tokens_predicted": 3}\n'
            ]
        )
    )[-1]
    assert last.finish == "length"
    assert last.usage is not None
    assert (last.usage.tokens_in, last.usage.tokens_out) == (7, 3)


@pytest.mark.parametrize(
    ("body", "kind", "what"),
    [
        ('data: {"choices": [{"text": "a"}]}\n\n', Transient, "broke off"),
        ("", Transient, "broke off"),
        ('{"error": {"message": "no such model"}}', ModelError, "no such model"),
        ('data: {"error": {"code": 503, "message": "loading"}}\n', Transient, "loading"),
        ('error: {"message": "in mid-stream"}\n', ModelError, "in mid-stream"),
        ('{"error": {"message": "maximum context length is 2048 tokens"}}', ContextOverflow, "2048"),
        ("<html>hello</html>", ModelError, "not valid JSON"),
        ("garbage\n\n", ModelError, "no event stream"),
        ("data: {\n", ModelError, "not valid JSON"),
        ("data: [1]\n", ModelError, "not a JSON object"),
        ('data: {"choices": 7}\n', ModelError, "no text"),
        ('data: {"choices": [{"text": 7}]}\n', ModelError, "not text"),
        ("data: " + "x" * (2 << 20), ModelError, "too long"),
    ],
)
def test_answers_that_are_none(body: str, kind: type[ModelError], what: str) -> None:
    with pytest.raises(kind, match=what) as caught:
        said(body)
    assert isinstance(caught.value, Transient) is issubclass(kind, Transient)


Reply = Callable[[str, dict[str, object]], tuple[int, str]]


class Server:
    """Answers each POST by `reply(path, body)`, a status and a body; GET with `models`."""

    def __init__(self, reply: Reply, owner: str = "") -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                self.send(200, json.dumps({"data": [{"id": "m", "owned_by": owner}]}))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, body))
                self.send(*reply(self.path, body))

            def send(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a connection that was cut is what is tested
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def endpoint(self, **changes: object) -> ModelSettings:
        address = f"http://127.0.0.1:{self.http.server_port}/v1"
        return ModelSettings("m", base_url=address, **{"model": "m", "timeout": 10.0, "retries": 0, **changes})  # type: ignore[arg-type]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(reply: Reply, owner: str = "") -> Server:
        made.append(Server(reply, owner))
        return made[-1]

    yield start
    for server in made:
        server.http.shutdown()
        server.http.server_close()


def word_in(text: object) -> str:
    """What one who sees the whole prompt fills in."""
    return str(text).partition('== "')[2].partition('"')[0]


def test_an_ignored_suffix_is_found_out_and_the_next_way_taken(serve: Callable[..., Server], tmp_path: Path) -> None:
    def reply(path: str, body: dict[str, object]) -> tuple[int, str]:
        if path == "/v1/completions":  # as llama.cpp's server: the suffix is not looked at
            return 200, '{"choices": [{"text": "blue", "finish_reason": "stop"}]}'
        if path == "/infill":
            return 200, json.dumps({"content": word_in(body["input_suffix"]), "stop": True})
        return 404, '{"error": {"message": "no such path"}}'

    server = serve(reply)
    ways = Ways(tmp_path / "state" / "filling.json")
    found = ways.of(server.endpoint(), Filler(server.endpoint(), {}), {})
    assert found.way == "infill"
    assert found.fills
    assert "suffix: wrote 'blue'" in found.why
    assert "does not read what follows" in found.why
    before = len(server.asked)
    again = Ways(tmp_path / "state" / "filling.json").of(server.endpoint(), Filler(server.endpoint(), {}), {})
    assert again == found
    assert len(server.asked) == before, "remembered on disk"
    assert (tmp_path / "state" / "filling.json").stat().st_mode & 0o777 == 0o600
    shown = look(server.endpoint(), Looking(ways=ways, environ={}))
    assert shown.way == found
    assert shown.abilities["fim"]


def test_a_model_that_fills_nothing_is_not_used_unless_the_settings_say_how(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    blue = '{"choices": [{"text": "blue", "message": {"content": "blue"}, "finish_reason": "stop"}], "content": "blue", "stop": true}'
    server = serve(lambda *_: (200, blue))
    ways = Ways(tmp_path / "filling.json")
    found = ways.of(server.endpoint(), Filler(server.endpoint(), {}), {})
    assert found.way == ""
    assert found.fills is None
    endpoint = server.endpoint(fim="suffix")
    told = ways.of(endpoint, Filler(endpoint, {}), {})
    assert (told.way, told.fills, told.is_set) == ("suffix", None, True), "taken at its word, unseen"
    seen = ways.of(endpoint, Filler(endpoint, {}), {}, again=True)
    assert (seen.way, seen.fills, seen.is_set) == ("suffix", False, True)


def test_fences_in_code_do_not_end_the_fences_around_it() -> None:
    body = asking(ModelSettings("m"), "chat", Hole("a.md", "```\nx\n````\n", ""), 8).body
    assert "`````" in json.dumps(body)


def test_silence_teaches_nothing(tmp_path: Path) -> None:
    gone = ModelSettings("gone", base_url="http://127.0.0.1:1/v1", model="m", retries=0)
    with pytest.raises(Transient):
        Ways(tmp_path / "filling.json").of(gone, Filler(gone, {}), {})
    assert not (tmp_path / "filling.json").exists()


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"version": 1, "ways": 3}', '{"version": 1, "ways": {"a": 1}}', "[" * 9999]
)
def test_a_broken_memory_is_no_memory(text: str, tmp_path: Path) -> None:
    (tmp_path / "filling.json").write_text(text)
    assert Ways(tmp_path / "filling.json").known(ModelSettings("a", base_url="http://a.example/v1")) is None


def test_a_template_is_used_for_a_family_that_fills_by_it(serve: Callable[..., Server], tmp_path: Path) -> None:
    def reply(path: str, body: dict[str, object]) -> tuple[int, str]:
        seen = "<|fim_suffix|>" in str(body.get("prompt"))
        return 200, json.dumps(
            {"choices": [{"text": word_in(body["prompt"]) if seen else "", "finish_reason": "stop"}]}
        )

    server = serve(reply, "vllm")
    endpoint = server.endpoint(model="qwen2.5-coder")
    assert Ways(tmp_path / "f.json").of(endpoint, Filler(endpoint, {}), {}).way == "qwen"


def test_an_answer_is_cut_from_another_thread_at_once_and_the_next_one_comes(serve: Callable[..., Server]) -> None:
    is_asked, go_on = threading.Event(), threading.Event()

    def reply(path: str, body: dict[str, object]) -> tuple[int, str]:
        if body["prompt"] == "first":
            is_asked.set()
            go_on.wait(20)
        return 200, '{"choices": [{"text": "x", "finish_reason": "stop"}]}'

    filler = Filler(serve(reply).endpoint(), {})
    filling = filler.begin(Hole("a.py", "first", ""), "suffix", 8, 20)
    failed: list[float] = []

    def read() -> None:
        with pytest.raises(ModelError):
            list(filling.texts())
        failed.append(time.monotonic())

    reader = threading.Thread(target=read)
    reader.start()
    assert is_asked.wait(20)
    filling.abort()
    reader.join(60)
    assert failed, "woken although the endpoint has not said a byte"
    go_on.set()
    assert list(filler.begin(Hole("a.py", "second", ""), "suffix", 8, 20).texts()) == ["x"]
    ended = filler.begin(Hole("a.py", "third", ""), "suffix", 8, 20)
    ended.abort()
    assert list(ended.texts()) == [], "what was ended before it began is not asked"
