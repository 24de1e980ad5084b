"""An answer as it streams: server-sent events, or the one document of a server that does not stream, into pieces of text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixbot_agent.errors import ModelError
from fixbot_agent.models.messages import Usage
from fixbot_agent.models.refusing import Transient, disguised
from fixbot_agent.models.sse import events
from fixbot_agent.models.wire import document, usage


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that came; `finish` says why it is the last ("" where more may come), `usage` what was counted, if it was."""

    text: str
    finish: str = ""
    usage: Usage | None = None


def pieces(body: Iterable[bytes]) -> Iterator[Piece]:
    """Effect: reads `body`. What an answer says, piece by piece.

    Raises Transient where it breaks off before its end, ModelError where it is none, or an error in disguise.
    """
    ended = False
    for event in events(body):
        if event == "[DONE]":
            return
        piece = _piece(document(event.encode()))
        ended = ended or bool(piece.finish)
        yield piece
    if not ended:
        raise Transient("the answer broke off", "is the endpoint healthy?")


def _piece(event: dict[str, object]) -> Piece:
    if error := disguised(event):
        raise error
    counted = _counted(event)
    if isinstance(event.get("content"), str):  # llama.cpp's own
        return Piece(str(event["content"]), _finish(event) if event.get("stop") is True else "", counted)
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        if choices == [] or counted:
            return Piece("", usage=counted)
        raise ModelError("the answer holds no text", "is base_url an OpenAI-compatible endpoint?")
    return Piece(_text(first), str(first.get("finish_reason") or "")[:40], counted)


def _counted(event: dict[str, object]) -> Usage | None:
    if event.get("stop") is True and "tokens_evaluated" in event:  # llama.cpp's words
        return usage({"prompt_tokens": event["tokens_evaluated"], "completion_tokens": event.get("tokens_predicted")})
    return usage(event["usage"]) if event.get("usage") else None


def _finish(event: dict[str, object]) -> str:
    return "length" if event.get("stop_type") == "limit" else "stop"


def _text(choice: dict[str, object]) -> str:
    said = choice.get("delta") or choice.get("message")
    found = said.get("content") if isinstance(said, dict) else choice.get("text")
    if found is None or isinstance(found, str):
        return found or ""
    raise ModelError("the answer's content is not text", "is the endpoint healthy?")
