"""The OpenAI chat protocol as JSON: messages out, documents in, every field of an answer checked before it is believed."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from fixbot_agent.errors import ModelError
from fixbot_agent.models import images
from fixbot_agent.models.dialect import Dialect
from fixbot_agent.models.messages import Message, Role, ToolSpec, Usage

_HALF = re.compile("[\ud800-\udfff]")
_SPELLED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def request(
    messages: Sequence[Message],
    tools: Sequence[ToolSpec],
    dialect: Dialect | None = None,
    me: str = "",
    *,
    sees: bool = False,
) -> tuple[list[object], list[object]]:
    """Return messages and tools as the protocol writes them in `dialect`.

    Thoughts go back to nobody but the model `me` that had them, and only those since the last question, where its server has a
    field for them; pictures only where it `sees`.
    """
    spoken = dialect or Dialect()
    said = list(messages) if spoken.system else _without_system(messages)
    asked = max((i for i, m in enumerate(said) if m.role is Role.USER), default=-1)
    written: list[object] = []
    for place, message in enumerate(said):
        mine = bool(me) and message.author == me and (place > asked or spoken.takes_thoughts is True)
        thoughts = spoken.thoughts if mine and spoken.takes_thoughts is not False else ""
        written.append(_message(message, spoken, thoughts, sees=sees))
    return written, [_tool(t) for t in tools]


def document(body: bytes) -> dict[str, object]:
    """Read a JSON object strictly: UTF-8, no NaN, no key twice. Raises ModelError."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the answer is not valid JSON: {str(error)[:120]}", "is the endpoint healthy?") from error
    if not isinstance(value, dict):
        raise ModelError("the answer is not a JSON object", "is base_url an OpenAI-compatible endpoint?")
    return value


def well_formed(text: str) -> str:
    """`text` without halves of characters, which JSON can spell and no encoding can write: pairs are joined, lone ones become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _HALF.search(text) else text


def well_formed_json(text: str) -> str:
    """The same of JSON, in which such halves may also be spelled; what is no JSON stays as it was written."""
    if _SPELLED_HALF.search(text):
        try:
            text = json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            return well_formed(text)
    return well_formed(text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _message(message: Message, dialect: Dialect, thoughts: str, *, sees: bool) -> dict[str, object]:
    content: object = images.parts(message) if sees and message.images else message.text
    made: dict[str, object] = {"role": str(message.role), "content": content}
    if thoughts and message.reasoning:
        made[thoughts] = message.reasoning
    elif dialect.takes_thoughts is True and message.tool_calls:
        made[dialect.thoughts] = ""  # DeepSeek refuses calls without the field, others' calls too
    if message.tool_calls:
        made["content"] = message.text or None
        made["tool_calls"] = [
            {"id": _id(c.id, dialect), "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in message.tool_calls
        ]
    if message.call_id:
        made["tool_call_id"] = _id(message.call_id, dialect)
    return made


def _id(id_: str, dialect: Dialect) -> str:
    """An id as the dialect wants it; the same one always becomes the same."""
    is_fine = len(id_) == 9 and id_.isascii() and id_.isalnum()
    return id_ if is_fine or not dialect.short_ids else hashlib.sha256(id_.encode("utf-8", "replace")).hexdigest()[:9]


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """For models that know no system: what it says stands before the first question."""
    spoken = "\n\n".join(m.text for m in messages if m.role is Role.SYSTEM)
    rest = [m for m in messages if m.role is not Role.SYSTEM]
    first = next((i for i, m in enumerate(rest) if m.role is Role.USER), None)
    if not spoken:
        return rest
    if first is None:
        return [Message(Role.USER, spoken), *rest]
    asked = rest[first]
    merged = Message(Role.USER, f"{spoken}\n\n{asked.text}", images=asked.images, prompt=asked.prompt)
    return [*rest[:first], merged, *rest[first + 1 :]]


def _tool(tool: ToolSpec) -> dict[str, object]:
    parameters = dict(tool.parameters)
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


def usage(counted: object) -> Usage:
    """The protocol's `usage`; nought for whatever is no count. DeepSeek counts what its cache had by a name of its own."""
    if not isinstance(counted, Mapping):
        return Usage()
    details = counted.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else counted.get("prompt_cache_hit_tokens")
    return Usage(count(counted.get("prompt_tokens")), count(cached), count(counted.get("completion_tokens")))


def count(value: object) -> int:
    """`value` where it is a count, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
