"""What embeddings and rerankers share: a connection, texts cut to what a model takes, usage, the reply that accounts are kept by."""

import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models import wire
from fixbot_agent.models.http import Ask, Connection
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Message, Reply, Usage
from fixbot_agent.models.model import Endpoint, called
from fixbot_agent.models.prices import cost
from fixbot_agent.models.refusing import ContextOverflow, named

_TOO_LONG = re.compile(r"too (?:large|long)|maximum .{0,40}(?:length|tokens)|exceed|context", re.IGNORECASE)
_SHORTER, _SHORTEST = (
    0.5,
    200,
)  # of the characters, where an endpoint says that a text is too long; below that it is something else


class Asking:
    """One endpoint that orders texts. `longest` is how many characters of a text it was seen to take."""

    def __init__(
        self, endpoint: Endpoint, environ: Mapping[str, str] | None = None, known: Known | None = None
    ) -> None:
        self.endpoint = endpoint
        self.known = known or Known()
        self.connection = Connection(endpoint, os.environ if environ is None else environ)
        self.longest = 0
        self._read = 0  # tokens that were counted of the answer under way

    @property
    def name(self) -> str:
        """The configured name."""
        return self.endpoint.name

    def tell_headers(self, heard: Callable[[Mapping[str, str]], None]) -> None:
        """Effect: from now on, `heard` is told the headers of each answer, their names in small letters."""
        self.connection.heard = heard

    def abort(self) -> None:
        """Effect: end the request under way, from any thread."""
        self.connection.abort()

    def answered(self, messages: Sequence[Message], timeout: float, ask: Callable[[list[str], float], object]) -> Reply:
        """Effect: what `ask` makes of the texts by the deadline that it is given, as JSON; texts that are too long are cut and asked again.

        Raises ModelError.
        """
        began = time.monotonic()
        deadline = began + min(timeout or self.endpoint.timeout, self.endpoint.timeout)
        self._read = 0
        while True:
            texts = [m.text[: self.longest] if self.longest else m.text for m in messages]
            try:
                made = ask(texts, deadline)
            except ModelError as error:
                if not self._shortened(error, texts):
                    named(error, called(self.endpoint))
                    raise
            else:
                usage = self._usage(messages)
                return Reply(json.dumps(made), usage=usage, model=self.name, seconds=time.monotonic() - began)

    def document(self, request: Ask, deadline: float) -> dict[str, object]:
        """Effect: one request; its answer, whose tokens are counted. Raises ModelError."""
        found = wire.document(self.connection.exchange(request, deadline))
        counted = found.get("usage")
        total = counted.get("total_tokens") if isinstance(counted, Mapping) else None
        self._read += wire.usage(counted).tokens_in or wire.count(total)
        return found

    def _usage(self, messages: Sequence[Message]) -> Usage:
        counted = self.known.of(self.endpoint).counter.of(messages, ())
        usage = Usage(self._read or counted, is_estimated=not self._read)
        return replace(usage, cost=cost(self.endpoint, usage))

    def _shortened(self, error: ModelError, texts: Sequence[str]) -> bool:
        """Effect: from now on send less of each text; False where its length was not what the endpoint minded."""
        if not isinstance(error, ContextOverflow) and not _TOO_LONG.search(error.message):
            return False
        self.longest = int(max(map(len, texts), default=0) * _SHORTER)
        return self.longest >= _SHORTEST
