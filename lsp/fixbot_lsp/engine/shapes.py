"""Dataclasses as JSON and back, for lines that are written and read while somebody waits."""

import types
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def structure(raw: object, kind: type[T]) -> T:
    """The dataclass `kind` that `raw` (JSON) stands for; keys it has no field for are passed over.

    Raises TypeError or ValueError when `raw` has another shape.
    """
    return cast("T", _reader(cast("Hashable", kind))(raw))


@cache
def _reader(kind: Hashable) -> Callable[[object], object]:
    """What makes a `kind` of JSON; worked out once, as a list of completions has thousands of fields."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _reader_of_fields(kind)
    if get_origin(kind) is tuple:
        each = _reader(get_args(kind)[0])
        return lambda raw: tuple(map(each, _checked(raw, list)))
    if get_origin(kind) in (Union, types.UnionType):
        some = _reader(get_args(kind)[0])
        return lambda raw: None if raw is None else some(raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if not isinstance(kind, type):
        raise TypeError(f"{kind} cannot be read")
    return partial(_checked, kind=(float, int) if kind is float else kind)


def _reader_of_fields(kind: type) -> Callable[[object], object]:
    readers = [(name, hint, _reader(hint)) for name, hint in _hints(kind)]

    def read(raw: object) -> object:
        held = _checked(raw, dict)
        given = ((name, held[name], hint, reader) for name, hint, reader in readers if name in held)
        return kind(**{name: value if type(value) is hint else reader(value) for name, value, hint, reader in given})

    return read


def _checked(raw: object, kind: type[T] | tuple[type[T], ...]) -> T:
    if not isinstance(raw, kind):
        raise TypeError(f"{raw!r} is no {kind}")
    return raw


def fields_of(value: object) -> dict[str, object]:
    """What a dataclass holds; those in it are left for the encoder, which asks again (``asdict`` copies all of it, at ten times the price)."""
    kind: type = type(value)
    return {name: getattr(value, name) for name, _ in _hints(kind)}


@cache
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    """Names and types of a dataclass's fields; looking them up costs more than all else of a message."""
    hints = get_type_hints(kind)
    return tuple((f.name, hints[f.name]) for f in fields(kind))
