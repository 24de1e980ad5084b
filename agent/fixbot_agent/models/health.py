"""Whether configured models answer: what ``fixbot models`` shows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models.client import Client
from fixbot_agent.models.filling import Filler, Way, Ways
from fixbot_agent.models.messages import Message, Role, ToolSpec
from fixbot_agent.models.model import Endpoint

_PATIENCE = 10.0  # seconds a probe may take
_PING = ToolSpec("ping", "Answers with pong.", {"type": "object", "properties": {}, "additionalProperties": False})
# What --try asks: short, and its answer can be judged at a glance.
TRIAL = "Write a Python function median(values) that returns the median of a non-empty list. Answer with code only."


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model can do: said in the settings, or seen; None where neither is known."""

    tools: bool | None = None
    stream: bool | None = None
    fim: bool | None = None
    json_schema: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to one prompt."""

    prompt: str
    text: str
    seconds: float
    tokens_out: int
    cost: float


@dataclass(frozen=True, slots=True)
class Health:
    """One configured model, looked at. `latency_ms` is that of the endpoint's list of models."""

    name: str
    base_url: str
    reachable: bool
    abilities: Abilities
    latency_ms: float | None = None
    error: str = ""
    answers: tuple[Answer, ...] = ()
    way: Way | None = None  # how it fills the middle of code; None where that was not found out yet


def look(
    endpoint: Endpoint,
    *,
    ask: bool,
    environ: Mapping[str, str] | None = None,
    ways: Ways | None = None,
    fill: bool = False,
) -> Health:
    """Effect: see whether the endpoint answers; with `ask` also let the model answer the trial prompt (this may cost).

    With `ways` also how it fills the middle of code, as far as that is known; with `fill` that is tried again.
    """
    seen = _looked(endpoint, ask=ask, environ=environ)
    if ways is None or not seen.reachable:
        return seen
    try:
        way = ways.of(endpoint, Filler(endpoint, environ), environ, again=True) if fill else ways.known(endpoint)
    except ModelError as error:
        return replace(seen, error=seen.error or error.message)
    known = seen.abilities.fim if way is None or way.fills is None else way.fills
    return replace(seen, way=way, abilities=replace(seen.abilities, fim=known))


def _looked(endpoint: Endpoint, *, ask: bool, environ: Mapping[str, str] | None) -> Health:
    client, began = Client(endpoint, environ), time.monotonic()
    stated = Abilities(**dict.fromkeys(endpoint.abilities, True))
    try:
        names = client.listed(min(_PATIENCE, endpoint.timeout))
        latency = round((time.monotonic() - began) * 1000, 1)
    except ModelError as error:
        return Health(endpoint.name, endpoint.base_url, reachable=False, abilities=stated, error=error.message)
    absent = f"the endpoint does not list the model '{endpoint.model}'" if names and endpoint.model not in names else ""
    seen = Health(endpoint.name, endpoint.base_url, reachable=True, abilities=stated, latency_ms=latency, error=absent)
    return _asked(seen, client) if ask else seen


def _asked(seen: Health, client: Client) -> Health:
    try:
        reply = client.complete([Message(Role.USER, TRIAL)])
    except ModelError as error:
        return replace(seen, error=error.message)
    answer = Answer(TRIAL, reply.text, round(reply.seconds, 3), reply.usage.tokens_out, reply.usage.cost)
    tools = seen.abilities.tools if seen.abilities.tools is not None else _takes_tools(client)
    return replace(seen, answers=(answer,), abilities=replace(seen.abilities, tools=tools))


def _takes_tools(client: Client) -> bool:
    """Effect: whether the model calls a tool when it is asked to."""
    try:
        reply = client.complete([Message(Role.USER, "Call the tool ping.")], [_PING])
    except ModelError:
        return False
    return any(call.name == "ping" for call in reply.tool_calls)
