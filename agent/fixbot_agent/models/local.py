"""A model's file (GGUF) served by llama.cpp within this process: on loopback, at a port and with a key of its own, ended with the process."""

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixbot_agent.errors import ModelError
from fixbot_agent.models.model import Endpoint

_CONTEXT = (
    16_384  # tokens, where the settings say none: what a model was trained with may need more memory than there is
)


@dataclass(frozen=True, slots=True)
class Local:
    """A server in this process: `address` up to and with /v1, and the `key` that it asks for. `server` keeps it running."""

    address: str
    key: str
    server: Any


_served: dict[tuple[str, int], Local] = {}
_lock = threading.Lock()


def local(endpoint: Endpoint) -> Local:
    """Effect: the server of the endpoint's file; the first who asks for it loads the model. Raises ModelError."""
    where = (endpoint.gguf, endpoint.window)
    with _lock:
        if where not in _served:
            _served[where] = _started(endpoint)
        return _served[where]


def _started(endpoint: Endpoint) -> Local:
    file = Path(endpoint.gguf).expanduser()
    if not file.is_file():
        raise ModelError(f"model '{endpoint.name}': there is no file {file}", "look at gguf in [models.NAME]")
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            f"model '{endpoint.name}': files are served by llama.cpp, which is not installed",
            "pip install 'fixbot[local]'",
        ) from error
    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = str(file), {endpoint.model}
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.cors_origins = "http://127.0.0.1"  # no page of a browser
    params.n_ctx, params.n_parallel = endpoint.window or _CONTEXT, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads()
    params.ui = params.endpoint_slots = params.warmup = False
    params.verbosity = -1
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(
            f"model '{endpoint.name}': llama.cpp cannot load {file.name}",
            "is it a whole GGUF file of a model it knows?",
        ) from error
    return Local(f"{server.listening_address}/v1", key, server)


def _threads() -> int:
    """All cores that this process may use but one, two threads of a core being one; -1, which is llama.cpp's own choice, where that is not known.

    llama.cpp's threads wait for each other awake at every layer: where one has to share its core (with tests, an editor), all of them
    stand still, which is far slower than one thread less.
    """
    try:
        mine = os.sched_getaffinity(0)
        siblings = {Path(f"/sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list").read_text() for n in mine}
    except (AttributeError, OSError):
        return -1
    return max(len(siblings) - 1, 1)
