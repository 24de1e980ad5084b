"""A conversation as another model is given it that takes over: calls and answers in pairs, in ids and arguments that every dialect takes."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fixbot_agent.models.messages import Message, Role, ToolCall

_LENGTH = 9  # letters and digits of an id: Mistral's take exactly so many, OpenAI's up to 40
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LOST = "(what came of this call was not kept)"


def handed_over(messages: Sequence[Message], name: str) -> list[Message]:
    """Return `messages` as the model `name` is sent them: as they are where it said all that is said of it.

    Else each call has an id of its own that any dialect takes, each call is answered and each answer is called for, arguments are
    JSON objects, and what others thought is left out. The same conversation gives the same text, so that endpoints' caches hit.
    """
    spoken = [m for m in messages if m.role is Role.ASSISTANT]
    if all(m.author == name or not m.author for m in spoken) and not any(m.reasoning and not m.author for m in spoken):
        return list(messages)
    return list(_translated(messages, name))


def _translated(messages: Sequence[Message], name: str) -> Iterator[Message]:
    open_calls: dict[str, list[str]] = {}  # id as it was -> ids as they are, of calls that wait for their answer
    strays: list[Message] = []  # what answers nothing, said when all answers were given
    for number, message in enumerate(messages):
        if message.role is Role.TOOL:
            waiting = open_calls.get(message.call_id)
            if waiting:
                yield replace(message, call_id=waiting.pop(0))
            else:  # endpoints refuse a tool's message that answers nothing
                strays.append(Message(Role.USER, message.text, images=message.images))
            continue
        yield from (*_unanswered(open_calls), *strays)
        open_calls, strays = {}, []
        made = tuple(_call(call, number, place) for place, call in enumerate(message.tool_calls))
        for was, now in zip(message.tool_calls, made, strict=True):
            open_calls.setdefault(was.id, []).append(now.id)
        thought = message.reasoning if message.author == name else ""
        yield replace(message, tool_calls=made, reasoning=thought)
    yield from (*_unanswered(open_calls), *strays)


def _unanswered(open_calls: dict[str, list[str]]) -> Iterator[Message]:
    for waiting in open_calls.values():
        for mark in waiting:
            yield Message(Role.TOOL, _LOST, call_id=mark)


def _call(call: ToolCall, number: int, place: int) -> ToolCall:
    digest = int.from_bytes(hashlib.sha256(f"{number} {place} {call.id}".encode("utf-8", "replace")).digest(), "big")
    letters = ""
    for _ in range(_LENGTH):
        digest, letter = divmod(digest, len(_LETTERS))
        letters += _LETTERS[letter]
    return ToolCall(letters, call.name, _object(call.arguments))


def _object(arguments: str) -> str:
    """`arguments` as a JSON object: templates of other models read it, and fail on what is none."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        value = None
    return arguments if isinstance(value, dict) else json.dumps({"text": arguments}, ensure_ascii=False)
