"""Messages, tools and answers as the JSON that a run keeps, and back."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.models import Message, Reply, ToolCall, ToolSpec, Usage
from fixbot_agent.models.messages import Role
from fixbot_agent.schemas import Json

Row = Mapping[str, Json]


def of_message(message: Message) -> dict[str, Json]:
    """`message` as JSON; what is empty is left out, of images only name, size and digest are kept."""
    images: list[Json] = [
        {"name": i.name, "media": i.media, "bytes": len(i.data), "digest": hashlib.sha256(i.data).hexdigest()}
        for i in message.images
    ]
    whole: dict[str, Json] = {
        "text": message.text,
        "calls": _of_calls(message.tool_calls),
        "call_id": message.call_id,
        "reasoning": message.reasoning,
        "author": message.author,
        "prompt": message.prompt,
        "images": images,
    }
    return {"role": str(message.role), **{name: value for name, value in whole.items() if value}}


def message_of(value: Json) -> Message:
    """The message that was kept as `value`, without its images."""
    row = as_row(value)
    role = str(row.get("role", ""))
    return Message(
        Role(role) if role in tuple(Role) else Role.USER,
        str(row.get("text", "")),
        _calls(row.get("calls")),
        str(row.get("call_id", "")),
        str(row.get("reasoning", "")),
        author=str(row.get("author", "")),
        prompt=str(row.get("prompt", "")),
    )


def cleaned(message: Message, clean: Callable[[str], str]) -> Message:
    """`message` without keys, in whatever part of it they stand."""
    calls = tuple(replace(c, arguments=clean(c.arguments)) for c in message.tool_calls)
    return replace(message, text=clean(message.text), tool_calls=calls, reasoning=clean(message.reasoning))


def of_reply(reply: Reply) -> dict[str, Json]:
    """`reply` as JSON: what was said, not what it cost."""
    whole: dict[str, Json] = {
        "calls": _of_calls(reply.tool_calls),
        "reasoning": reply.reasoning,
        "unread": reply.unread,
    }
    kept = {name: value for name, value in whole.items() if value}
    return {"text": reply.text, "model": reply.model, "finish": reply.finish, **kept}


def reply_of(value: Json, usage: Usage, seconds: float) -> Reply:
    """The answer that was kept as `value`."""
    row = as_row(value)
    text, model, finish = (str(row.get(name, "")) for name in ("text", "model", "finish"))
    reasoning = str(row.get("reasoning", ""))
    return Reply(
        text, _calls(row.get("calls")), usage, model, finish, seconds, reasoning, unread=whole(row.get("unread"))
    )


def of_tool(tool: ToolSpec) -> dict[str, Json]:
    """`tool` as JSON."""
    return {"name": tool.name, "description": tool.description, "parameters": _plain(tool.parameters)}


def of_usage(usage: Usage) -> dict[str, Json]:
    """Tokens and money as an event says them."""
    return {
        "tokens_in": usage.tokens_in, "tokens_cached": usage.tokens_cached, "tokens_out": usage.tokens_out,
        "cost": usage.cost, "is_estimated": usage.is_estimated,
    }  # fmt: skip


def usage_of(row: Row) -> Usage:
    """Tokens and money that an event says."""
    come, cached, gone = (whole(row.get(name)) for name in ("tokens_in", "tokens_cached", "tokens_out"))
    return Usage(come, cached, gone, number(row.get("cost")), row.get("is_estimated") is True)


def as_row(value: Json) -> Row:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_rows(value: Json) -> list[Row]:
    """The objects in the list `value`."""
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [row for row in listed if isinstance(row, Mapping)]


def number(value: Json) -> float:
    """`value` if it is a number, else 0."""
    return float(value) if isinstance(value, (int, float)) else 0.0


def whole(value: Json) -> int:
    """`value` as a whole number, 0 where it is none."""
    return int(number(value))


def _of_calls(calls: Sequence[ToolCall]) -> list[Json]:
    return [{"id": c.id, "name": c.name, "arguments": c.arguments} for c in calls]


def _calls(value: Json) -> tuple[ToolCall, ...]:
    named = ([str(row.get(n, "")) for n in ("id", "name", "arguments")] for row in as_rows(value))
    return tuple(ToolCall(*parts) for parts in named)


def _plain(value: object) -> Json:
    """A JSON Schema, whose parts are declared as anything."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
