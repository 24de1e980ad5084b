"""The filters every environment starts with."""
from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Callable, Dict, Iterable, List, Optional

from .core import Markup, Undefined, escape, text_of


def _like(original: Any, text: str) -> str:
    """text, safe if the original was."""
    return Markup(text) if isinstance(original, Markup) else text


def _pick(item: Any, path: str) -> Any:
    for part in path.split("."):
        item = item.get(part) if isinstance(item, dict) else getattr(item, part, None)
    return item


def do_default(value: Any, fallback: Any = "", falsy: bool = False) -> Any:
    """fallback for what is undefined or none; with falsy for all that is false."""
    if isinstance(value, Undefined) or value is None:
        return fallback
    return fallback if falsy and not value else value


def do_join(items: Iterable[Any], separator: str = "", attribute: Optional[str] = None) -> str:
    values = [_pick(item, attribute) if attribute else item for item in items]
    if any(isinstance(value, Markup) for value in [separator] + values):
        return Markup(str(escape(separator)).join(str(escape(value)) for value in values))
    return text_of(separator).join(text_of(value) for value in values)


def do_sort(items: Iterable[Any], attribute: Optional[str] = None, reverse: bool = False) -> List[Any]:
    """A sorted copy; text is compared without regard to case, none comes last."""

    def key(item: Any) -> Any:
        value = _pick(item, attribute) if attribute else item
        return value.lower() if isinstance(value, str) else value

    values = list(items)
    present = [item for item in values if key(item) is not None]
    absent = [item for item in values if key(item) is None]
    return sorted(present, key=key, reverse=reverse) + absent


def do_round(value: Any, digits: int = 0) -> Any:
    """Rounded half away from zero, as people expect on invoices."""
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return rounded if digits > 0 else int(rounded)


FILTERS: Dict[str, Callable[..., Any]] = {
    "default": do_default,
    "escape": escape,
    "first": lambda items: next(iter(items), Undefined("first")),
    "join": do_join,
    "length": len,
    "lower": lambda value: _like(value, str(value).lower()),
    "round": do_round,
    "safe": lambda value: Markup(text_of(value)),
    "sort": do_sort,
    "trim": lambda value: _like(value, str(value).strip()),
    "upper": lambda value: _like(value, str(value).upper()),
}
