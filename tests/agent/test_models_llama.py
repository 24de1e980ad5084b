"""The chat client against llama.cpp's own server, with tiny models made here: one of random weights, one whose weights spell a tool call."""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Image, Message, ToolSpec
from fixbot_agent.models.client import Client
from fixbot_agent.models.dialect import Dialect
from fixbot_agent.models.health import Looking, look
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Role
from fixbot_agent.models.refusing import ContextOverflow, Refused
from fixbot_agent.settings import ModelSettings

pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("xllamacpp", "gguf", "numpy")),
    reason="llama.cpp's server is not installed: make dev",
)
ASK = [Message(Role.USER, "hello")]
VIEW = ToolSpec(
    "view",
    "Shows a file.",
    {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"], "additionalProperties": False},
)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ModelSettings]]:
    script = Path(__file__).with_name("serve_llama.py")
    children: dict[tuple[str, ...], tuple[subprocess.Popen[str], ModelSettings]] = {}

    def start(*options: str) -> ModelSettings:
        if options not in children:
            file = tmp_path_factory.mktemp("llama") / "tiny.gguf"
            child = subprocess.Popen(
                [sys.executable, str(script), str(file), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )  # fmt: skip
            assert child.stdout is not None
            address = f"{child.stdout.readline().strip()}/v1"
            settings = ModelSettings(
                "tiny", base_url=address, gguf="", model="tiny", retries=0, timeout=30, max_tokens=12
            )
            children[options] = (child, settings)
        return children[options][1]

    yield start
    for child, _ in children.values():
        child.kill()
        child.communicate()


def test_an_answer_streams_and_is_counted(serve: Callable[..., ModelSettings]) -> None:
    heard: list[str] = []
    got = Client(serve(), {}).complete(ASK, listen=heard.append)
    assert got.text == "".join(heard)
    assert got.usage.tokens_in > 10
    assert not got.usage.is_estimated
    assert got.first_token is not None
    assert got.finish in ("length", "stop")


@pytest.mark.parametrize("streams", [True, False])
def test_a_tool_call_comes_plain_and_streamed(serve: Callable[..., ModelSettings], streams: bool) -> None:
    endpoint, known = serve("calls"), Known()
    if not streams:
        known.change(
            endpoint, lambda was: replace(was, dialect=Dialect(stream=False, counts=False), dialect_at=time.time())
        )
    client = Client(replace(endpoint, max_tokens=64), {}, known)
    got = client.complete(ASK, [VIEW])
    assert [(c.name, c.arguments) for c in got.tool_calls] == [("view", '{"path": "a.py"}')]
    assert got.tool_calls[0].id
    assert got.finish == "tool_calls"
    assert (got.first_token is not None) == streams
    answered = [*ASK, got.said, Message(Role.TOOL, "x = 1\n", call_id=got.tool_calls[0].id)]
    assert client.complete(answered, [VIEW]).tool_calls[0].name == "view", "calls and their answers are understood"


def test_a_shape_is_kept_to_even_by_random_weights(serve: Callable[..., ModelSettings]) -> None:
    shape = {
        "type": "object",
        "properties": {"b": {"type": "boolean"}},
        "required": ["b"],
        "additionalProperties": False,
    }
    got = Client(replace(serve(), max_tokens=200), {}).complete(ASK, schema=shape)
    assert got.text in ('{"b": true}', '{"b": false}')


def test_what_is_too_long_is_cut_and_the_length_is_known_from_then_on(serve: Callable[..., ModelSettings]) -> None:
    known = Known()
    client = Client(serve(), {}, known)
    talk = [Message(Role.USER, "task"), *(Message(Role.ASSISTANT, f"step {n} " * 60) for n in range(40)), *ASK]
    assert client.complete(talk).left_out
    assert known.of(serve()).context == 4096
    with pytest.raises(ContextOverflow):
        client.complete([Message(Role.SYSTEM, "x" * 9000), *ASK])


def test_an_overflow_is_told_with_its_figures(serve: Callable[..., ModelSettings]) -> None:
    known = Known()
    known.change(serve(), lambda was: replace(was, said="nobody"))  # nobody asks how long it may be
    got = Client(serve(), {}, known).complete([Message(Role.USER, "line\n" * 3000)])
    assert got.left_out == 1
    assert got.tries[0].why
    assert "4096" in got.tries[0].why
    assert known.of(serve()).samples, "what the server counted is learnt from"


def test_pictures_are_refused_and_left_out(serve: Callable[..., ModelSettings]) -> None:
    shown = [Message(Role.USER, "look", images=(Image(b"\x89PNG\r\n\x1a\n", "image/png"),))]
    assert Client(replace(serve(), abilities=("vision",)), {}).complete(shown).unread == 1


def test_a_wrong_address_is_told_as_such(serve: Callable[..., ModelSettings]) -> None:
    with pytest.raises(Refused, match="404"):
        Client(replace(serve(), base_url=serve().base_url + "/nowhere"), {}).complete(ASK)


def test_how_long_its_context_is_is_asked_for(serve: Callable[..., ModelSettings]) -> None:
    seen = look(serve(), Looking(environ={}))
    assert (seen.context, seen.context_said) == (4096, "its server's /props")


def test_a_file_is_served_within_this_process_on_loopback_with_a_key_of_its_own(
    serve: Callable[..., ModelSettings], tmp_path: Path
) -> None:
    serve()
    file = next(iter(Path(tmp_path.parent).glob("llama*/tiny.gguf")))
    done = subprocess.run(
        [sys.executable, "-c", _LOCAL, str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["127.0.0.1", "answered", "401", "counted", "True"]


_LOCAL = """
import sys, urllib.error, urllib.parse, urllib.request
from fixbot_agent.models import Message
from fixbot_agent.models.client import Client
from fixbot_agent.models.local import local
from fixbot_agent.models.messages import Role
from fixbot_agent.settings import ModelSettings

settings = ModelSettings("mine", base_url="http://127.0.0.1/v1", gguf=sys.argv[1], model="mine", max_tokens=4, window=2048)
reply = Client(settings, {}).complete([Message(Role.USER, "hi")])
address = local(settings).address
print(urllib.parse.urlsplit(address).hostname, "answered")
try:
    urllib.request.urlopen(address + "/models")
except urllib.error.HTTPError as error:
    print(error.code)
print("counted", reply.usage.tokens_in > 10)
"""


@pytest.mark.parametrize("name", ["absent.gguf", "broken.gguf"])
def test_a_file_that_is_none_is_told_as_such(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF nothing")
    settings = ModelSettings("mine", base_url="http://127.0.0.1/v1", gguf=str(tmp_path / name), model="mine")
    with pytest.raises(ModelError, match=r"there is no file|cannot load broken\.gguf"):
        Client(settings, {}).complete(ASK)
