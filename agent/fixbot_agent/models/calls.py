"""One call of a model, as it is told to whoever keeps account: what was sent, what came back, what it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fixbot_agent.errors import ModelError, Try
from fixbot_agent.models.messages import Message, Reply, ToolSpec, Usage

__all__ = ["Call", "Told", "Try", "answered", "failed"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Either `reply` is there or `error` says in words why not; `usage` holds what failed tries took, too.

    `role` is the piece of work ("solve"; "" where none was named), `name` the model as it is configured, `model` as its endpoint knows it.
    `began` in seconds since 1970; `seconds` in all; `first_token` seconds to the first text, None where that was not seen.
    """

    name: str
    messages: tuple[Message, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    role: str = ""
    model: str = ""
    reply: Reply | None = None
    error: str = ""
    usage: Usage = field(default_factory=Usage)
    began: float = 0.0
    seconds: float = 0.0
    first_token: float | None = None
    tries: tuple[Try, ...] = ()

    @property
    def prompts(self) -> tuple[str, ...]:
        """The versions of the prompts that the messages were made of, each once."""
        return tuple(dict.fromkeys(m.prompt for m in self.messages if m.prompt))

    @property
    def cost(self) -> float:
        """Money that it took, in the currency of the prices."""
        return self.usage.cost


Told = Callable[[Call], None]
"""Somebody who is told of every call, failed ones too."""


def answered(call: Call, reply: Reply) -> Call:
    """`call` as it ended with an answer."""
    usage = _with(reply.usage, reply.tries)
    return replace(
        call, reply=reply, usage=usage, seconds=reply.seconds, first_token=reply.first_token, tries=reply.tries
    )


def failed(call: Call, error: ModelError) -> Call:
    """`call` as it ended without one: tries that brought nothing may have cost all the same."""
    seconds = max(time.time() - call.began, 0.0)
    return replace(call, error=error.message, usage=_with(Usage(), error.tries), seconds=seconds, tries=error.tries)


def _with(usage: Usage, tries: tuple[Try, ...]) -> Usage:
    """`usage` of the answer and of the tries that failed before it."""
    lost = [t for t in tries if t.why]
    return replace(
        usage,
        tokens_in=usage.tokens_in + sum(t.tokens_in for t in lost),
        tokens_out=usage.tokens_out + sum(t.tokens_out for t in lost),
        cost=usage.cost + sum(t.cost for t in lost),
        is_estimated=usage.is_estimated or any(t.tokens_in or t.tokens_out for t in lost),
    )
