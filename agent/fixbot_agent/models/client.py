"""One OpenAI-compatible model: asked over HTTP, in the dialect that it was seen to take, again where it is busy, its answers priced."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models import wire
from fixbot_agent.models.chat import Question
from fixbot_agent.models.http import Connection
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Endpoint, Listen, Schema
from fixbot_agent.models.working import Work


@dataclass(frozen=True, slots=True)
class Served:
    """A model that an endpoint says it has; `owner` often names the server's software; `context` in tokens, 0 where it is not said."""

    id: str
    owner: str = ""
    context: int = 0


class Client:
    """A :class:`fixbot_agent.models.Model` behind an endpoint. Made without effect: connects when asked.

    What is learnt of it goes into `known`. One call at a time.
    """

    def __init__(
        self, endpoint: Endpoint, environ: Mapping[str, str] | None = None, known: Known | None = None
    ) -> None:
        self.endpoint = endpoint
        self.known = known or Known()
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
        """Effect: ask, a few times where the endpoint is busy or broken; an answer that does not fit `schema` is asked for once more.

        Raises ModelError, with the tries that were made.
        """
        began = time.monotonic()
        deadline = began + min(timeout or self.endpoint.timeout, self.endpoint.timeout)
        work = Work(
            self.endpoint,
            self._connection,
            self.known,
            Question(tuple(messages), tuple(tools), schema, listen),
            deadline,
        )
        try:
            made = work.shaped() if schema is not None else work.answered()
        except ModelError as error:
            error.tries = tuple(work.tries)
            raise
        return replace(made, seconds=time.monotonic() - began, tries=tuple(work.tries))

    def abort(self) -> None:
        """Effect: end the call under way, from any thread; who waits for it gets an error, the endpoint a closed connection."""
        self._connection.abort()

    def listed(self, timeout: float) -> list[str]:
        """Effect: the names of the models that the endpoint says it has. Raises ModelError."""
        return [model.id for model in self.served(timeout)]

    def served(self, timeout: float) -> list[Served]:
        """Effect: the models that the endpoint says it has. Raises ModelError."""
        deadline = time.monotonic() + timeout
        body = self._connection.exchange(lambda api: api.models.with_streaming_response.list(timeout=timeout), deadline)
        data = wire.document(body).get("data")
        rows = [d for d in data if isinstance(d, dict) and "id" in d] if isinstance(data, list) else []
        return [Served(str(row["id"]), str(row.get("owned_by") or ""), wire.context(row)) for row in rows]
