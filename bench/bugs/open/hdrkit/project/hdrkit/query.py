"""Query strings: reading, writing, and changing the one of a URL."""
from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, Sequence, Tuple, Union
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

Scalar = Union[str, int, float, bool]
Value = Union[Scalar, None, Sequence[Scalar]]


def parse_query(text: str) -> List[Tuple[str, str]]:
    """The pairs of a query string in their order; a leading ``?`` is allowed."""
    if text.startswith("?"):
        text = text[1:]
    return parse_qsl(text, keep_blank_values=True)


def query_dict(text: str) -> Dict[str, List[str]]:
    """All values of each name."""
    found: Dict[str, List[str]] = {}
    for name, value in parse_query(text):
        found.setdefault(name, []).append(value)
    return found


def _as_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _expand(name: str, value: Value) -> List[Tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [(name, _as_text(item)) for item in value]
    return [(name, _as_text(value))]  # type: ignore[arg-type]


def build_query(values: Union[Mapping[str, Value], Iterable[Tuple[str, Value]]]) -> str:
    """Write a query string: a list gives the name several times, None leaves it out."""
    pairs = values.items() if isinstance(values, Mapping) else values
    flat = [pair for name, value in pairs for pair in _expand(name, value)]
    return "&".join("%s=%s" % (quote_plus(name), quote_plus(value)) for name, value in flat)


def update_query(url: str, changes: Mapping[str, Value]) -> str:
    """The URL with some names of its query changed; None removes a name.

    A changed name stays where its first value was, new ones come last.
    """
    parts = urlsplit(url)
    pending: Dict[str, Value] = dict(changes)
    result: List[Tuple[str, str]] = []
    for name, value in parse_query(parts.query):
        if name not in changes:
            result.append((name, value))
        elif name in pending:
            result.extend(_expand(name, pending.pop(name)))
    for name, new in pending.items():
        result.extend(_expand(name, new))
    return urlunsplit(parts._replace(query=build_query(result)))
