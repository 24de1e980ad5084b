"""How much texts have to do with a question, by a cross-encoder: ``/rerank`` as Cohere, Jina, vLLM and llama.cpp's server have it.

docs.cohere.com/reference/rerank; docs.vllm.ai, "Re-rank API"; the README of llama.cpp's server, "POST /reranking".
"""

import json
import math
from collections.abc import Mapping, Sequence

from fixbot_agent.errors import ModelError
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Listen, Schema
from fixbot_agent.models.ranking.asking import Asking
from fixbot_agent.models.refusing import Refused, Unable

_ABILITY = "rerank"


class Reranker(Asking):
    """A model that scores texts: the first message is the question, the others are the texts. The answer is JSON of a list of numbers, one a text."""

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask. Raises ModelError; Unable where the endpoint does not rerank, which is remembered for a day."""
        if self.known.of(self.endpoint).can(_ABILITY) is False:
            raise self._unable("it was seen not to")
        try:
            return self.answered(messages, timeout, self._scored)
        except Refused as error:
            self.known.change(self.endpoint, lambda was: was.with_ability(_ABILITY, can=False))
            raise self._unable(error.message) from error

    def _scored(self, texts: list[str], deadline: float) -> object:
        query, *documents = texts
        body = {"model": self.endpoint.model, "query": query, "documents": documents, "top_n": len(documents)}
        address = f"{self.connection.base_url.rstrip('/')}/rerank"
        return _scores(self.document(self.connection.post(address, body), deadline), len(documents))

    def _unable(self, why: str) -> Unable:
        return Unable(f"the model '{self.name}' does not rerank: {why}"[:400], "is it a reranker?", _ABILITY)


def scores(reply: Reply) -> list[float]:
    """The scores of a reranker's reply. Raises ModelError where it holds none."""
    found = json.loads(reply.text)
    if not isinstance(found, list) or not all(type(n) in (int, float) for n in found):
        raise ModelError("the answer holds no scores", "is the model a reranker?")
    return [float(n) for n in found]


def _scores(document: Mapping[str, object], count: int) -> list[float]:
    rows = document.get("results", document.get("data"))
    found: dict[int, float] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            at, score = row.get("index"), _number(row.get("relevance_score", row.get("score")))
            if type(at) is int and 0 <= at < count and score is not None:
                found[at] = score
    if len(found) != count:
        raise ModelError(f"the answer scores {len(found)} of {count} texts", "is the model a reranker?")
    return [found[at] for at in range(count)]


def _number(value: object) -> float | None:
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_one and isinstance(value, int | float) else None
