"""References in values: ``${server.host}:${server.port}``, ``${user:-nobody}`` with a default, ``$$`` for a dollar."""

import re
from typing import Callable, List, Optional, Tuple

from settle.errors import SettingsError
from settle.text import Value

_REFERENCE = re.compile(r"\$\$|\$\{([A-Za-z0-9_.-]+)(?::-([^}]*))?\}|\$\{[^}]*\}?")

Get = Callable[[str], Optional[Value]]


def resolve(key: str, get: Get, _above: Tuple[str, ...] = ()) -> Value:
    """The value of a key, with the values of those that it refers to."""
    if key in _above:
        raise SettingsError("goes round in a circle: " + " -> ".join(_above[_above.index(key) :] + (key,)))
    value = get(key)
    if value is None:
        where = f", which {_above[-1]} refers to" if _above else ""
        raise SettingsError(f"nothing is set for {key}{where}")
    if isinstance(value, list):
        found: List[str] = []
        for item in value:
            whole = _REFERENCE.fullmatch(item)
            if whole and whole.group(1) and isinstance(get(whole.group(1)), list):
                found.extend(resolve(whole.group(1), get, _above + (key,)))
            else:
                found.append(_text(item, key, get, _above))
        return found
    return _text(value, key, get, _above)


def _text(value: str, key: str, get: Get, above: Tuple[str, ...]) -> str:
    def put(match) -> str:
        if match.group() == "$$":
            return "$"
        name, default = match.group(1), match.group(2)
        if name is None:
            raise SettingsError(f"{key}: cannot read {match.group()!r}")
        if default is not None and get(name) is None:
            return default
        inner = resolve(name, get, above + (key,))
        return ", ".join(inner) if isinstance(inner, list) else inner

    return _REFERENCE.sub(put, value)
