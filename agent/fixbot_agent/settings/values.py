"""Turning what a file, a variable or a flag says into values, or into an error that names file, key and what is allowed."""

import math
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from fixbot_agent.errors import SettingsError
from fixbot_agent.settings.keys import Key, ModelSettings, Roles, declared

LOCAL = "http://127.0.0.1/v1"  # of a model's file: the port is known when it is served
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ABILITIES = ("tools", "stream", "fim", "json_schema", "vision", "reasoning", "parallel")


def convert(key: Key, value: object, where: str) -> object:
    """Return `value`, as TOML or a flag gives it, as the type of `key`; `where` names its source. Raises SettingsError."""
    good = _CHECKS[key.kind](value)
    if good is None or (key.choices and good not in key.choices):
        raise _bad(key, value, where)
    if key.minimum is not None and isinstance(good, (int, float)) and not good >= key.minimum:
        raise _bad(key, value, where)
    return good


def from_text(key: Key, text: str, where: str) -> object:
    """Return the value of `key` that the variable's `text` spells. Raises SettingsError."""
    value: object = text
    if key.kind == "flag":
        value = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    elif key.kind in ("whole", "number"):
        value = _number(text)
    elif key.kind == "list":
        value = [part.strip() for part in text.split(",") if part.strip()]
    return convert(key, value, where)


def models(tables: object, where: str) -> dict[str, ModelSettings]:
    """Return the ``[models.NAME]`` tables of one source. Raises SettingsError."""
    if not isinstance(tables, Mapping):
        raise SettingsError(f"{where}: 'models' must be tables", "write [models.NAME] with base_url and model")
    return {str(name): _model(str(name), table, where) for name, table in tables.items()}


def roles(table: object, where: str) -> dict[str, tuple[str, ...]]:
    """Return the ``[roles]`` that one source states, by name. Raises SettingsError."""
    if not isinstance(table, Mapping):
        raise SettingsError(f"{where}: 'roles' must be a table", 'write [roles] with lines such as solve = ["fast"]')
    return {name: _names(value) for name, value in checked(Roles, table, f"{where}, [roles]").items()}


def shares(table: object, where: str) -> dict[str, dict[str, float]]:
    """Return the ``[shares]`` that one source states: by role and model, above 0, a role's at most 1 in all. Raises SettingsError."""
    where, keys = f"{where}, [shares]", declared(Roles)
    if not isinstance(table, Mapping):
        raise SettingsError(
            f"{where}: must be a table", "write [shares] with lines such as solve = { candidate = 0.1 }"
        )
    for role in table:
        if role not in keys:
            raise unknown(str(role), where, keys)
    return {str(role): _portions(str(role), given, where) for role, given in table.items()}


def _portions(role: str, given: object, where: str) -> dict[str, float]:
    portions = {str(n): _float(v) for n, v in given.items()} if isinstance(given, Mapping) else {"": None}
    good = {name: v for name, v in portions.items() if isinstance(v, float) and v > 0}
    if len(good) < len(portions) or sum(good.values()) > 1:
        hint = f"allowed: models with numbers above 0 that are at most 1 in all: {role} = {{ candidate = 0.1 }}"
        raise SettingsError(f"{where}: bad value {repr(given)[:60]} for '{role}'", hint)
    return good


def checked(cls: type, table: Mapping[str, object], where: str) -> dict[str, object]:
    """Return the values of `table`, each converted by the keys that `cls` declares. Raises SettingsError."""
    keys = declared(cls)
    for name in table:
        if name not in keys:
            raise unknown(name, where, keys)
    return {name: convert(keys[name], value, where) for name, value in table.items()}


def unknown(name: str, where: str, known: Mapping[str, object]) -> SettingsError:
    """The error for a key nobody declared, with the nearest that somebody did."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    guess = f"did you mean {near[0]}? " if near else ""
    return SettingsError(f"{where}: unknown key '{name}'", f"{guess}allowed: {', '.join(known)}")


def _model(name: str, table: object, where: str) -> ModelSettings:
    where = f"{where}, [models.{name}]"
    if not _NAME.match(name):
        raise SettingsError(f"{where}: '{name}' is no name for a model", "use letters, digits, and _ . : -")
    if not isinstance(table, Mapping):
        raise SettingsError(f"{where}: must be a table", "write [models.NAME] with base_url and model")
    result = replace(ModelSettings(name), **checked(ModelSettings, table, where))  # type: ignore[arg-type]
    result = _placed(result, where)
    if result.api_key_env and not _VARIABLE.match(result.api_key_env):
        # The value is not repeated: people do paste a key here.
        raise SettingsError(
            f"{where}: api_key_env is not the name of a variable", "give the name, never the key itself"
        )
    for ability in result.abilities:
        if ability not in _ABILITIES:
            raise SettingsError(f"{where}: unknown ability '{ability}'", f"allowed: {', '.join(_ABILITIES)}")
    return result if result.model else replace(result, model=name)


def _placed(result: ModelSettings, where: str) -> ModelSettings:
    """`result` with an address: its own, or, of a model's file, one that stands for this process. Raises SettingsError."""
    if not result.gguf:
        _check_address(result.base_url, where)
        return result
    if result.base_url or result.api_key_env:
        raise SettingsError(
            f"{where}: gguf stands beside base_url or api_key_env", "a file is served by fixbot itself: leave them out"
        )
    return replace(result, base_url=LOCAL)


def _check_address(address: str, where: str) -> None:
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine, parts = False, urlsplit("")
    if not fine:
        hint = 'give the endpoint, such as base_url = "http://127.0.0.1:8080/v1"'
        raise SettingsError(f"{where}: base_url must be an http or https address", hint)
    if parts.username or parts.password:
        raise SettingsError(f"{where}: base_url holds a user or password", "put the key in a variable: api_key_env")


def _bad(key: Key, value: object, where: str) -> SettingsError:
    shown = repr(value)
    return SettingsError(f"{where}: bad value {shown[:60]} for '{key.name}'", f"allowed: {key.allowed}")


def _names(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _number(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _text(value: object) -> object:
    return value if isinstance(value, str) and "\0" not in value else None


def _flag(value: object) -> object:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _float(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _list(value: object) -> object:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) and "\0" not in v for v in value):
        return None
    return tuple(value)


def _command(value: object) -> object:
    if isinstance(value, str) and "\0" not in value:
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return None
    return _list(value)


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "text": _text,
    "path": _text,
    "flag": _flag,
    "whole": _whole,
    "number": _float,
    "list": _list,
    "command": _command,
}
