"""Tool calls that a server left in the text, because it does not know how its model spells them: read where they name a tool that was offered."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.models.messages import Reply, ToolCall, ToolSpec
from fixbot_agent.models.wire import well_formed_json

_MOST = 32  # calls of one answer
# As chat templates have them: of Hermes and Qwen (JSON between marks), Qwen3-Coder (XML between the same marks, or alone), Mistral.
_HERMES = re.compile(r"^[ \t]*<tool_call>\s*(\{.*?\})\s*(?:</tool_call>|\Z)", re.MULTILINE | re.DOTALL)
_CODER = re.compile(r"^[ \t]*(?:<tool_call>\s*)?<function=([\w.-]+)>(.*?)</function>(?:\s*</tool_call>)?", re.MULTILINE | re.DOTALL)  # fmt: skip
_PARAMETER = re.compile(r"<parameter=([\w.-]+)>\n?(.*?)\n?</parameter>", re.DOTALL)
_MISTRAL = re.compile(r"^[ \t]*\[TOOL_CALLS\]\s*(\[.*\])", re.MULTILINE | re.DOTALL)


def with_spelt_calls(reply: Reply, tools: Sequence[ToolSpec]) -> Reply:
    """`reply` with the calls that its text spells, and without their text; as it is where it has calls, or spells none of `tools`."""
    if (
        reply.tool_calls
        or not tools
        or not ("<tool_call>" in reply.text or "<function=" in reply.text or "[TOOL_CALLS]" in reply.text)
    ):
        return reply
    offered = {tool.name: tool for tool in tools}
    for pattern, read in ((_HERMES, _hermes), (_CODER, _coder), (_MISTRAL, _mistral)):
        found = list(pattern.finditer(reply.text))[:_MOST]
        calls = [call for match in found for call in read(match, offered)]
        if calls and all(name in offered for name, _ in calls):
            made = tuple(
                ToolCall(f"call_{n}", name, well_formed_json(arguments))
                for n, (name, arguments) in enumerate(calls[:_MOST])
            )
            return replace(reply, text=_without(reply.text, found), tool_calls=made)
    return reply


def _without(text: str, found: Sequence[re.Match[str]]) -> str:
    for match in reversed(found):
        text = text[: match.start()] + text[match.end() :]
    return text.strip()


def _hermes(match: re.Match[str], _: Mapping[str, ToolSpec]) -> Iterator[tuple[str, str]]:
    yield from _spelt(_json(match[1]))


def _mistral(match: re.Match[str], _: Mapping[str, ToolSpec]) -> Iterator[tuple[str, str]]:
    value = _json(match[1])
    for one in value if isinstance(value, list) else ():
        yield from _spelt(one)


def _coder(match: re.Match[str], offered: Mapping[str, ToolSpec]) -> Iterator[tuple[str, str]]:
    tool = offered.get(match[1])
    properties = tool.parameters.get("properties") if tool else None
    arguments = {}
    for name, text in _PARAMETER.findall(match[2]):
        declared = properties.get(name) if isinstance(properties, Mapping) else None
        is_text = isinstance(declared, Mapping) and declared.get("type") == "string"
        value = None if is_text else _json(text)
        arguments[name] = text if value is None else value
    yield match[1], json.dumps(arguments, ensure_ascii=False)


def _spelt(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        arguments = value.get("arguments", value.get("parameters", {}))
        written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        yield value["name"], written


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
