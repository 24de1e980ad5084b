"""Embeddings of texts: what ``/embeddings`` of the OpenAI protocol gives (platform.openai.com/docs/api-reference/embeddings)."""

import base64
import binascii
import json
import math
import time
from array import array
from collections.abc import Sequence
from operator import mul
from typing import TYPE_CHECKING

from fixbot_agent.errors import ModelError
from fixbot_agent.models.http import Ask
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Listen, Schema
from fixbot_agent.models.ranking.asking import Asking

if TYPE_CHECKING:
    from openai import OpenAI

_AT_ONCE = 16  # texts of one request: servers read them as one batch
_WIDEST = 1 << 14  # numbers of a vector

Vector = array  # of float ("f"), of length 1


class Embedder(Asking):
    """A model whose answer to messages is a vector for each: JSON of a list of base64, little-endian float32, length 1. Read it with :func:`vectors`."""

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask, a few texts at a time. Raises ModelError, also where what comes is no vectors."""
        return self.answered(messages, timeout, self._embedded)

    def _embedded(self, texts: list[str], deadline: float) -> object:
        found: list[str] = []
        for first in range(0, len(texts), _AT_ONCE):
            some = texts[first : first + _AT_ONCE]
            document = self.document(self._ask(some, deadline), deadline)
            found += [_encoded(v) for v in _vectors(document, len(some))]
        return found

    def _ask(self, texts: list[str], deadline: float) -> Ask:
        def ask(api: "OpenAI") -> object:
            left = max(deadline - time.monotonic(), 0.1)
            # an empty text is refused by most
            return api.embeddings.with_streaming_response.create(
                model=self.endpoint.model, input=[t or " " for t in texts], encoding_format="float", timeout=left
            )

        return ask  # type: ignore[return-value]


def vectors(reply: Reply) -> list["Vector[float]"]:
    """The vectors of an embedder's reply. Raises ModelError where it holds none."""
    try:
        found = [array("f", base64.b64decode(each, validate=True)) for each in json.loads(reply.text)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise ModelError("the answer holds no vectors", "is the model one that embeds?") from error
    return found


def _vectors(document: dict[str, object], count: int) -> list["Vector[float]"]:
    rows = document.get("data")
    rows = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    if all(isinstance(row.get("index"), int) for row in rows):
        rows.sort(key=lambda row: int(row["index"]))
    found = [_unit(row.get("embedding")) for row in rows]
    if len(found) != count or len({len(v) for v in found}) != 1:
        raise ModelError(f"the answer holds no vectors for {count} texts", "is the model one that embeds?")
    return found


def _unit(value: object) -> "Vector[float]":
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]  # llama.cpp's own address answers so
    is_good = isinstance(value, list) and 0 < len(value) <= _WIDEST and all(type(n) in (int, float) for n in value)
    numbers = [float(n) for n in value] if is_good and isinstance(value, list) else []
    length = math.sqrt(sum(map(mul, numbers, numbers)))
    if not numbers or not math.isfinite(length) or not length:
        raise ModelError("the answer holds no vectors", "is the model one that embeds?")
    return array("f", (n / length for n in numbers))


def _encoded(vector: "Vector[float]") -> str:
    return base64.b64encode(vector.tobytes()).decode()
