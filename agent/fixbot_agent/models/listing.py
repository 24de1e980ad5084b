"""What an endpoint says of itself: the models that it has, and how long a context it keeps for one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from fixbot_agent.errors import ModelError
from fixbot_agent.models import wire
from fixbot_agent.models.http import Connection
from fixbot_agent.models.model import Endpoint

_PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A model that an endpoint says it has; `owner` often names the server's software; `context` in tokens, 0 where it is not said."""

    id: str
    owner: str = ""
    context: int = 0


def served(connection: Connection, timeout: float) -> list[Served]:
    """Effect: the models that the endpoint says it has. Raises ModelError."""
    deadline = time.monotonic() + timeout
    body = connection.exchange(lambda api: api.models.with_streaming_response.list(timeout=timeout), deadline)
    data = wire.document(body).get("data")
    rows = [d for d in data if isinstance(d, dict) and "id" in d] if isinstance(data, list) else []
    return [Served(str(row["id"]), str(row.get("owned_by") or ""), _context(row)) for row in rows]


def context_of(endpoint: Endpoint, connection: Connection) -> tuple[int, str]:
    """Effect: how many tokens the context of the model holds, and who says so: its list of models, or llama.cpp's /props; 0 where nobody does."""
    timeout = min(_PATIENCE, endpoint.timeout)
    try:
        found = served(connection, timeout)
    except ModelError:
        return 0, "nobody"
    own = [s for s in found if s.id == endpoint.model] or (found if len(found) == 1 else [])
    if any("llamacpp" in s.owner.casefold() for s in own) and (tokens := _props(connection, timeout)):
        return tokens, "its server's /props"
    tokens = own[0].context if own else 0
    return tokens, "its list of models" if tokens else "nobody"


def _context(row: Mapping[str, object]) -> int:
    """How many tokens the context of a listed model holds, 0 where it is not said.

    vLLM and SGLang: max_model_len; llama.cpp: meta.n_ctx; OpenRouter, Together: context_length; Groq: context_window;
    Mistral, LM Studio: max_context_length. What a model was trained with (meta.n_ctx_train) is the most that it can be.
    """
    meta = row.get("meta")
    rows = [meta, row] if isinstance(meta, Mapping) else [row]
    names = (
        "n_ctx", "max_model_len", "loaded_context_length", "context_length", "context_window", "max_context_length", "n_ctx_train",
    )  # fmt: skip
    counts = (wire.count(r.get(name)) for name in names for r in rows)
    return next((n for n in counts if n), 0)


def _props(connection: Connection, timeout: float) -> int:
    """What llama.cpp's server keeps for one conversation, which may be less than the model could hold."""
    parts = urlsplit(connection.base_url.rstrip("/"))
    address = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/v1')}/props"
    try:
        told = wire.document(connection.exchange(connection.get(address), time.monotonic() + timeout))
    except ModelError:
        return 0
    general = told.get("default_generation_settings")
    return wire.count(general.get("n_ctx")) if isinstance(general, dict) else 0
