"""The OpenAI chat protocol as JSON: messages out, answers in, every field of an answer checked before it is believed."""

import json
from collections.abc import Mapping, Sequence

from fixbot_agent.errors import ModelError
from fixbot_agent.models.messages import Message, Reply, ToolCall, ToolSpec, Usage

_MOST_CALLS = 32  # tool calls in one answer


def request(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> tuple[list[object], list[object]]:
    """Return messages and tools as the protocol writes them."""
    return [_message(m) for m in messages], [_tool(t) for t in tools]


def reply(body: bytes) -> Reply:
    """Read the body of an answer. Raises ModelError when it is not one."""
    answer = document(body)
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(first, dict) or not isinstance(message, dict):
        raise ModelError("the answer holds no message", "is base_url an OpenAI-compatible endpoint?")
    text, calls = _text(message.get("content")), _calls(message.get("tool_calls"))
    if not text.strip() and not calls:
        raise ModelError("the answer is empty", f"finish_reason is {str(first.get('finish_reason'))[:40]}")
    return Reply(text, calls, usage(answer.get("usage")), finish=str(first.get("finish_reason"))[:40])


def document(body: bytes) -> dict[str, object]:
    """Read a JSON object strictly: UTF-8, no NaN, no key twice. Raises ModelError."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the answer is not valid JSON: {str(error)[:120]}", "is the endpoint healthy?") from error
    if not isinstance(value, dict):
        raise ModelError("the answer is not a JSON object", "is base_url an OpenAI-compatible endpoint?")
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _message(message: Message) -> dict[str, object]:
    made: dict[str, object] = {"role": str(message.role), "content": message.text}
    if message.tool_calls:
        made["content"] = message.text or None
        made["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in message.tool_calls
        ]
    if message.call_id:
        made["tool_call_id"] = message.call_id
    return made


def _tool(tool: ToolSpec) -> dict[str, object]:
    parameters = dict(tool.parameters)
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


def _text(content: object) -> str:
    if isinstance(content, list):  # some servers answer in parts
        return "".join(p["text"] for p in content if isinstance(p, dict) and isinstance(p.get("text"), str))
    if content is None or isinstance(content, str):
        return content or ""
    raise ModelError("the answer's content is not text", "is the endpoint healthy?")


def _calls(calls: object) -> tuple[ToolCall, ...]:
    if calls is None:
        return ()
    if not isinstance(calls, list) or len(calls) > _MOST_CALLS:
        raise ModelError(f"the answer's tool calls are not a list of at most {_MOST_CALLS}", "is the endpoint healthy?")
    return tuple(_call(call, number) for number, call in enumerate(calls))


def _call(call: object, number: int) -> ToolCall:
    function = call.get("function") if isinstance(call, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict) or not isinstance(name, str):
        raise ModelError("a tool call in the answer is malformed", "is the endpoint healthy?")
    arguments = function.get("arguments")
    written = arguments if isinstance(arguments, str) else json.dumps(arguments if arguments is not None else {})
    return ToolCall(str(call.get("id") or f"call_{number}"), name, written)


def usage(counted: object) -> Usage:
    """The protocol's `usage`; nought for whatever is no count."""
    if not isinstance(counted, Mapping):
        return Usage()
    details = counted.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else 0
    return Usage(_count(counted.get("prompt_tokens")), _count(cached), _count(counted.get("completion_tokens")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
