"""Answers of a given shape: how they are asked for, read tolerantly, and held against their JSON Schema. Nothing is ever evaluated."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from fixbot_agent.errors import ModelError

_MOST_PARTS = 64  # of a text that are looked at
_MOST_PROBLEMS = 5
_OPENING = re.compile(r"[{\[]")
_INSIDE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[\w+.-]*[ \t]*\n(.*?)(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
# A string as it stands, or else what JSON does not know: comments; then a comma before the end, and words of Python.
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LOOSE = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])|\b(?:True|False|None)\b', re.DOTALL)
_WORDS = {"True": "true", "False": "false", "None": "null"}


class Misfit(ModelError):
    """Raised when an answer is not the JSON that was asked for; `problems` say where."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"the answer is not what was asked for: {'; '.join(problems)[:300]}", "try another model")
        self.problems = problems


def response_format(schema: Mapping[str, object], format_: str) -> dict[str, object] | None:
    """The parameter that asks an endpoint for the shape; None where only words do."""
    if format_ == "json_schema":
        named = {"name": "answer", "schema": dict(schema), "strict": is_strict(schema)}
        return {"type": "json_schema", "json_schema": named}
    return {"type": "json_object"} if format_ == "json_object" else None


def request(schema: Mapping[str, object]) -> str:
    """What the model is told: not every server that enforces a shape tells the model of it."""
    return f"Answer with JSON only, without any other text, that fits this JSON Schema:\n{json.dumps(schema, ensure_ascii=False)}"


def repair(problems: list[str]) -> str:
    """What a model is told whose answer did not fit."""
    said = "\n".join(f"- {p}" for p in problems)
    return f"That is not the JSON that was asked for:\n{said}\nAnswer again with the corrected JSON only."


def is_strict(schema: object) -> bool:
    """Whether OpenAI's strict mode takes `schema`: each object closed, with every property required."""
    if isinstance(schema, list):
        return all(is_strict(s) for s in schema)
    if not isinstance(schema, Mapping):
        return True
    properties = schema.get("properties")
    if schema.get("type") == "object" or properties is not None:
        required = schema.get("required")
        names = set(properties) if isinstance(properties, Mapping) else set()
        if (
            schema.get("additionalProperties") is not False
            or set(required if isinstance(required, list) else ()) != names
        ):
            return False
    return all(is_strict(v) for k, v in schema.items() if k not in ("required", "enum", "const", "default"))


def read(text: str, schema: Mapping[str, object]) -> object:
    """The value that `text` spells and that fits `schema`. Raises Misfit.

    The whole text, what stands in fences, and each bracketed part of it are looked at; what needs no mending comes first.
    """
    problems: list[str] = []
    for value in _values(text):
        found = misfits(value, schema)
        if not found:
            return value
        problems = problems or found
    raise Misfit(problems or ["it holds no JSON"])


def misfits(value: object, schema: Mapping[str, object]) -> list[str]:
    """Where `value` does not fit, in words; empty where it does."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda e: list(map(str, e.absolute_path)))
    return [f"at {_place(e.absolute_path)}: {e.message[:200]}" for e in errors[:_MOST_PROBLEMS]]


def _place(path: Iterable[object]) -> str:
    return "/" + "/".join(map(str, path)) if path else "the top"


def _values(text: str) -> Iterator[object]:
    seen: set[str] = set()
    for part in _parts(text):
        for spelled in (part, _mended(part)):
            if spelled in seen:
                continue
            seen.add(spelled)
            try:
                yield json.loads(spelled, strict=False, parse_constant=_refused)
            except (ValueError, RecursionError):
                continue


def _parts(text: str) -> Iterator[str]:
    yield text.strip()
    yield from (m[2].strip() for m in _FENCE.finditer(text))
    yield from (text[start:end] for start, end in _bracketed(text)[:_MOST_PARTS])


def _bracketed(text: str) -> list[tuple[int, int]]:
    """The outermost parts of `text` between brackets that belong together; one that never closes holds nothing back."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    at = 0
    while token := (_INSIDE if opened else _OPENING).search(text, at):
        at = token.end()
        if token[0] in "{[":
            opened.append(token.start())
        elif token[0] in "}]" and text[opened[-1]] == ("{" if token[0] == "}" else "["):
            start = opened.pop()
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, at))
    return found


def _mended(text: str) -> str:
    """`text` without what is no JSON, outside of strings."""
    bare = _COMMENT.sub(lambda m: m[0] if m[0].startswith('"') else "", text)
    return _LOOSE.sub(lambda m: m[0] if m[0].startswith('"') else _WORDS.get(m[0], ""), bare)


def _refused(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")
