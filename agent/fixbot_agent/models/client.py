"""One OpenAI-compatible model: asked over HTTP, in the dialect that it was seen to take, again where it is busy, its answers priced."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models.chat import Question
from fixbot_agent.models.http import Connection
from fixbot_agent.models.known import Known
from fixbot_agent.models.listing import Served, context_of, served
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Endpoint, Listen, Schema, called
from fixbot_agent.models.refusing import named
from fixbot_agent.models.working import Work


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
        self._sees = False  # whatever is known

    def tell_headers(self, heard: Callable[[Mapping[str, str]], None]) -> None:
        """Effect: from now on, `heard` is told the headers of each answer, their names in small letters."""
        self._connection.heard = heard

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
        work.is_seeing = self._sees
        try:
            made = work.shaped() if schema is not None else work.answered()
        except ModelError as error:
            error.tries = tuple(work.tries)
            named(error, called(self.endpoint))
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
        try:
            return served(self._connection, timeout)
        except ModelError as error:
            named(error, called(self.endpoint))
            raise

    def learn_context(self) -> int:
        """Effect: ask the endpoint how long its context is, and remember it. 0 where it does not say."""
        tokens, said = context_of(self.endpoint, self._connection)
        self.known.change(self.endpoint, lambda was: was.with_context(tokens, said))
        return tokens

    def told_to_see(self) -> "Client":
        """The same model, told that it sees pictures: for who wants to find out."""
        made = Client(self.endpoint, {}, self.known)
        made._connection, made._sees = self._connection, True
        return made
