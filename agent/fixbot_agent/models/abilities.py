"""What a model can do: said in the settings, seen in its answers, or tried out by small requests."""

import struct
import zlib
from collections.abc import Callable

from fixbot_agent.errors import ModelError
from fixbot_agent.models.client import Client
from fixbot_agent.models.known import ABILITIES, Learnt
from fixbot_agent.models.messages import Image, Message, Reply, Role, ToolSpec
from fixbot_agent.models.model import Endpoint
from fixbot_agent.models.refusing import Refused, Transient, Unable

_PATIENCE = 30.0  # seconds that one probe may take: a model may have to be loaded first
_PING = ToolSpec("ping", "Answers with pong.", {"type": "object", "properties": {}, "additionalProperties": False})
_SHAPE = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
# Two pictures of one colour each: a model that sees them tells them apart, one whose server drops them does not.
_COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}


def stated(endpoint: Endpoint, learnt: Learnt, name: str) -> bool | None:
    """Whether a model can do `name`, as far as it is known: what the settings say counts first."""
    return True if name in endpoint.abilities else learnt.can(name)


def probe(client: Client) -> Learnt:
    """Effect: ask a few small questions about what nobody knows yet, and remember. Raises Transient where nobody answers.

    What a model did not say within the time stays unknown: it may be slow, or talk without end.
    """
    for name, trial in _TRIALS:
        if stated(client.endpoint, client.known.of(client.endpoint), name) is not None:
            continue
        try:
            can = trial(client)
        except Transient as error:
            if not any(tried.tokens_out for tried in error.tries):
                raise
            continue
        except (Refused, Unable):
            can = False
        except ModelError:
            continue  # it said nothing of use: nothing is known
        if can is not None:
            client.known.change(client.endpoint, lambda was, n=name, c=can: was.with_ability(n, can=c))  # type: ignore[misc]
    return client.known.of(client.endpoint)


def _asked(client: Client, text: str, *, images: tuple[Image, ...] = (), tools: tuple[ToolSpec, ...] = ()) -> Reply:
    return client.complete([Message(Role.USER, text, images=images)], tools, _PATIENCE)


def _tools(client: Client) -> bool | None:
    made = _asked(client, "Call the tool ping.", tools=(_PING,))
    return True if any(c.name == "ping" for c in made.tool_calls) else None if made.is_cut else False


def _json_schema(client: Client) -> bool | None:
    """Whether the endpoint takes a shape as strictly as it can be told; a model that keeps to words alone does not count."""
    question = [Message(Role.USER, "Which colour has grass? Say it as JSON.")]
    client.complete(question, (), _PATIENCE, schema=_SHAPE)
    return client.known.of(client.endpoint).dialect.format == "json_schema"


def _vision(client: Client) -> bool:
    seeing = client.told_to_see()
    for colour, (red, green, blue) in _COLOURS.items():
        image = Image(_picture(red, green, blue), "image/png", "colour.png")
        said = _asked(seeing, "Which colour has this picture? Answer with one word.", images=(image,))
        if said.unread or colour not in said.text.casefold():
            return False
    return True


def _stream(client: Client) -> bool | None:
    _asked(client, "Say yes.")
    return client.known.of(client.endpoint).can("stream") is True


def _picture(red: int, green: int, blue: int) -> bytes:
    """A PNG of 32 x 32 pixels of one colour (W3C Portable Network Graphics, third edition)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes((red, green, blue)) * 32) * 32
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


_TRIALS: tuple[tuple[str, Callable[[Client], bool | None]], ...] = (
    ("stream", _stream),
    ("tools", _tools),
    ("json_schema", _json_schema),
    ("vision", _vision),
)
assert {name for name, _ in _TRIALS} <= set(ABILITIES)
