"""Arguments of tools: declared as dataclasses, offered as JSON Schema, read strictly."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from fixbot_agent.models import ToolSpec
from fixbot_agent.tools.outcome import Refused

T = TypeVar("T")
_TYPES: dict[type, dict[str, object]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    tuple: {"type": "array", "items": {"type": "string"}},
}
_LONGEST = 200_000  # characters of the arguments of one call


def _arg(help_text: str, kind: type, default: object = MISSING, choices: tuple[str, ...] = ()) -> object:
    return field(default=default, metadata={"help": help_text, "kind": kind, "choices": choices})


def text(help_text: str, default: str | None = None) -> str:
    """A string argument, required without a default."""
    return _arg(help_text, str, MISSING if default is None else default)  # type: ignore[return-value]


def choice(help_text: str, choices: tuple[str, ...], default: str | None = None) -> str:
    """A string argument that is one of `choices`."""
    return _arg(help_text, str, MISSING if default is None else default, choices)  # type: ignore[return-value]


def flag(help_text: str) -> bool:
    """A switch, off when left out."""
    return _arg(help_text, bool, False)  # type: ignore[return-value]


def whole(help_text: str, default: int) -> int:
    """An integer argument."""
    return _arg(help_text, int, default)  # type: ignore[return-value]


def texts(help_text: str) -> tuple[str, ...]:
    """A list of strings, empty when left out."""
    return _arg(help_text, tuple, ())  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No arguments."""


def spec(name: str, description: str, cls: type) -> ToolSpec:
    """The tool `name` as it is offered to a model, with the arguments that the dataclass `cls` declares."""
    properties = {f.name: _property(f.metadata) for f in fields(cls)}
    required = [f.name for f in fields(cls) if f.default is MISSING]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return ToolSpec(name, description, schema)


def _property(metadata: Mapping[str, Any]) -> dict[str, object]:
    choices = {"enum": list(metadata["choices"])} if metadata["choices"] else {}
    return {**_TYPES[metadata["kind"]], **choices, "description": metadata["help"]}


def parse(cls: type[T], written: str) -> T:
    """Read the arguments that a model wrote as `cls`. Raises Refused with what is wrong, in words for the model."""
    given = _object(written)
    declared = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    if unknown := sorted(set(given) - set(declared)):
        raise Refused(f"unknown argument {unknown[0]!r}; this tool takes: {', '.join(declared) or 'none'}")
    if missing := [n for n, f in declared.items() if f.default is MISSING and n not in given]:
        raise Refused(f"argument {missing[0]!r} is missing")
    for name, value in given.items():
        kind, choices = declared[name].metadata["kind"], declared[name].metadata["choices"]
        if not _fits(value, kind):
            raise Refused(f"argument {name!r} must be of type {_TYPES[kind]['type']}, not {json.dumps(value)[:60]}")
        if choices and value not in choices:
            raise Refused(f"argument {name!r} must be one of {', '.join(choices)}, not {json.dumps(value)[:60]}")
    return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def _object(written: str) -> dict[str, object]:
    if len(written) > _LONGEST:
        raise Refused(f"the arguments are longer than {_LONGEST} characters")
    try:
        given = json.loads(written or "{}", object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the arguments are not valid JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("the arguments must be one JSON object")
    return given


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _fits(value: object, kind: type) -> bool:
    if kind is tuple:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
