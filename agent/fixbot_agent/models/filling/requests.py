"""A hole as a request, by each of the ways."""

from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_agent.models import wire
from fixbot_agent.models.filling import chatting
from fixbot_agent.models.filling.families import FAMILIES, commented, written
from fixbot_agent.models.filling.hole import Hole
from fixbot_agent.models.model import Endpoint

# suffix: /v1/completions with `suffix`; infill: llama.cpp's own; mistral: /v1/fim/completions; then templates; chat.
WAYS = ("suffix", "infill", "mistral", *FAMILIES, "chat")
PROMPT_VERSION = "fim.v1"  # of everything but the conversation

_LONGEST = 10_000  # milliseconds that llama.cpp may spend on one answer: the rest is ours to end


@dataclass(frozen=True, slots=True)
class Asking:
    """A request: `body` for the address `path` below base_url (``/infill``: below its server's top)."""

    way: str
    path: str
    body: Mapping[str, object]

    @property
    def prompt_version(self) -> str:
        """Which wording it is."""
        return chatting.VERSION if self.way == "chat" else PROMPT_VERSION


def asking(endpoint: Endpoint, way: str, hole: Hole, most: int, stops: tuple[str, ...] = ()) -> Asking:
    """The request for `hole` by `way`, of an answer of at most `most` tokens."""
    if way == "infill":
        return Asking(way, "/infill", _infill(endpoint, hole, most, stops))
    shared: dict[str, object] = {
        "model": endpoint.model, "max_tokens": most, "temperature": endpoint.temperature, "stream": True,
    }  # fmt: skip
    if way == "chat":
        said, _ = wire.request(chatting.conversation(hole), ())
        return Asking(way, "/chat/completions", {**shared, "messages": said})
    if way in FAMILIES:
        family = FAMILIES[way]
        # OpenAI's limit of four stops is kept by most of those who copy its interface.
        return Asking(
            way, "/completions", {**shared, "prompt": written(family, hole), "stop": [*stops, *family.stops][:4]}
        )
    pair = {"prompt": commented(hole) + hole.prefix, "suffix": hole.suffix}
    stop = {"stop": list(stops[:4])} if stops else {}
    return Asking(way, "/fim/completions" if way == "mistral" else "/completions", {**shared, **pair, **stop})


def _infill(endpoint: Endpoint, hole: Hole, most: int, stops: tuple[str, ...]) -> dict[str, object]:
    return {
        "model": endpoint.model,
        "input_prefix": hole.prefix,
        "input_suffix": hole.suffix,
        "input_extra": [{"filename": e.path, "text": e.text} for e in hole.extras],
        "prompt": "",
        "n_predict": most,
        "temperature": endpoint.temperature,
        "stop": list(stops[:4]),
        "stream": True,
        "cache_prompt": True,
        "t_max_predict_ms": _LONGEST,
    }
