"""A model that ranks texts: by its endpoint's reranking where it has that, else by being asked for an order in words.

The order in words is that of RankGPT (Sun et al., "Is ChatGPT Good at Search?", EMNLP 2023): all texts at once, the answer is their numbers.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.models import Message, Reply, ToolSpec
from fixbot_agent.models.client import Client
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Role
from fixbot_agent.models.model import Endpoint, Listen, Schema
from fixbot_agent.models.ranking import Reranker
from fixbot_agent.models.refusing import Unable
from fixbot_agent.prompts import fenced, render, version

_SHOWN = 1500  # characters of each text in a conversation
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"order": {"type": "array", "items": {"type": "integer"}}},
    "required": ["order"],
    "additionalProperties": False,
}


class Ranker:
    """A :class:`fixbot_agent.models.Model` like :class:`Reranker`, for chat models too: question and texts in, JSON of a list of numbers out."""

    def __init__(
        self, endpoint: Endpoint, environ: Mapping[str, str] | None = None, known: Known | None = None
    ) -> None:
        self.endpoint = endpoint
        self.known = known or Known()
        self._reranker = Reranker(endpoint, environ, self.known)
        self._chat = Client(endpoint, environ, self.known)

    @property
    def name(self) -> str:
        """The configured name."""
        return self.endpoint.name

    def tell_headers(self, heard: Callable[[Mapping[str, str]], None]) -> None:
        """Effect: from now on, `heard` is told the headers of each answer."""
        self._reranker.tell_headers(heard)
        self._chat.tell_headers(heard)

    def abort(self) -> None:
        """Effect: end the request under way, from any thread."""
        self._reranker.abort()
        self._chat.abort()

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask. Raises ModelError."""
        try:
            return self._reranker.complete(messages, tools, timeout, schema=schema, listen=listen)
        except Unable:
            made = self._chat.complete(_conversation(messages), timeout=timeout, schema=_SCHEMA)
        return replace(made, text=json.dumps(_scored(made.text, len(messages) - 1)))


def _conversation(messages: Sequence[Message]) -> list[Message]:
    question, *texts = (m.text for m in messages)
    listed = "\n\n".join(f"{n}:\n{fenced('code', text[:_SHOWN])}" for n, text in enumerate(texts, 1))
    task = render("rerank_task", text=fenced("text", question), listed=listed)
    return [
        Message(Role.SYSTEM, render("rerank_system"), prompt=version("rerank_system")),
        Message(Role.USER, task, prompt=version("rerank_task")),
    ]


def _scored(answer: str, count: int) -> list[float]:
    """Numbers in the order that was answered: 1 for the first, less for each further one, 0 for what was not named or is not there."""
    named = [n for n in dict.fromkeys(json.loads(answer)["order"]) if 1 <= n <= count]
    found = [0.0] * count
    for place, number in enumerate(named):
        found[number - 1] = 1 / (1 + place)
    return found
