"""One OpenAI-compatible model: asked over HTTP, asked again a few times where it is busy, its answers priced."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixbot_agent.errors import ModelError
from fixbot_agent.models import prices, wire
from fixbot_agent.models.http import Ask, Connection
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Endpoint, Listen, Schema
from fixbot_agent.models.refusing import Transient

if TYPE_CHECKING:
    from openai import OpenAI

_LONGEST_WAIT = 60.0  # seconds that a Retry-After is honoured
_FIRST_WAIT = 0.5  # seconds before asking again where the endpoint names no time; doubled each time


@dataclass(frozen=True, slots=True)
class Served:
    """A model that an endpoint says it has; `owner` often names the server's software."""

    id: str
    owner: str = ""


class Client:
    """A :class:`fixbot_agent.models.Model` behind an endpoint. Made without effect: connects when asked."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str] | None = None) -> None:
        self.endpoint = endpoint
        self._connection = Connection(endpoint, os.environ if environ is None else environ)

    @property
    def name(self) -> str:
        """The configured name."""
        return self.endpoint.name

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask, a few times where the endpoint is busy or broken. Raises ModelError."""
        began = time.monotonic()
        deadline = began + min(timeout or self.endpoint.timeout, self.endpoint.timeout)
        said, offered = wire.request(messages, tools)
        tried = 0
        while True:
            try:
                body = self._connection.exchange(self._chat(said, offered, deadline), deadline)
                return self._priced(wire.reply(body), time.monotonic() - began)
            except Transient as error:
                wait = error.wait if error.wait is not None else _FIRST_WAIT * 2**tried
                if tried == self.endpoint.retries or wait > min(_LONGEST_WAIT, deadline - time.monotonic()):
                    raise ModelError(error.message, error.hint) from error
                time.sleep(wait)
                tried += 1

    def listed(self, timeout: float) -> list[str]:
        """Effect: the names of the models that the endpoint says it has. Raises ModelError."""
        return [model.id for model in self.served(timeout)]

    def served(self, timeout: float) -> list[Served]:
        """Effect: the models that the endpoint says it has. Raises ModelError."""
        deadline = time.monotonic() + timeout
        body = self._connection.exchange(lambda api: api.models.with_streaming_response.list(timeout=timeout), deadline)
        data = wire.document(body).get("data")
        rows = [d for d in data if isinstance(d, dict) and "id" in d] if isinstance(data, list) else []
        return [Served(str(row["id"]), str(row.get("owned_by") or "")) for row in rows]

    def _chat(self, said: list[object], offered: list[object], deadline: float) -> Ask:
        body = {"tools": offered} if offered else {}

        def ask(api: "OpenAI") -> object:
            return api.chat.completions.with_streaming_response.create(
                model=self.endpoint.model,
                messages=said,  # type: ignore[arg-type]
                max_tokens=self.endpoint.max_tokens,
                temperature=self.endpoint.temperature,
                timeout=max(deadline - time.monotonic(), 0.1),
                extra_body=body,
            )

        return ask  # type: ignore[return-value]

    def _priced(self, answer: Reply, seconds: float) -> Reply:
        usage = answer.usage
        return replace(
            answer, usage=replace(usage, cost=prices.cost(self.endpoint, usage)), model=self.name, seconds=seconds
        )
