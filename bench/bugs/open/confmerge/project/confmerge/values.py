"""Values of a wanted type out of what a layer holds, which is often a text."""
import re

from .errors import ConfigError

_TRUE = frozenset(["1", "true", "yes", "on"])
_FALSE = frozenset(["0", "false", "no", "off"])
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def to_bool(value):
    """True and false in the words that people use for them."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ConfigError("not a truth value: %r" % (value,))


def to_int(value):
    """A whole number; texts may have a base (``0x1f``) and underscores."""
    if isinstance(value, bool):
        raise ConfigError("not a number: %r" % (value,))
    if isinstance(value, float) and not value.is_integer():
        raise ConfigError("not a whole number: %r" % (value,))
    if not isinstance(value, str):
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ConfigError("not a number: %r" % (value,)) from None
    text = value.strip()
    try:
        return int(text, 10)
    except ValueError:
        pass
    try:
        return int(text, 0)
    except ValueError:
        raise ConfigError("not a number: %r" % (value,)) from None


def to_float(value):
    if isinstance(value, bool):
        raise ConfigError("not a number: %r" % (value,))
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ConfigError("not a number: %r" % (value,)) from None


def to_list(value):
    """A list as it is, a text split at its commas or lines."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    if value is None:
        return []
    return [value]


def to_duration(value):
    """Milliseconds out of ``1h 30m``, ``2.5s``, ``250ms``, or a number of seconds."""
    if isinstance(value, str) and not re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        text = value.strip()
        parts = _DURATION.findall(text)
        if not parts or _DURATION.sub("", text):
            raise ConfigError("not a duration: %r" % (value,))
        return sum(_scaled(number, _MILLISECONDS[unit]) for number, unit in parts)
    return _scaled(to_float(value), 1000)


def to_size(value):
    """Bytes out of ``512``, ``10k``, ``1.5 MiB``; a kilobyte has 1024."""
    if isinstance(value, str):
        found = _SIZE.fullmatch(value.strip())
        if found is None:
            raise ConfigError("not a size: %r" % (value,))
        return _scaled(found.group(1), _FACTORS[found.group(2).lower()])
    return to_int(value)


def _scaled(number, factor):
    """The product as the nearest whole number."""
    return int(round(float(number) * factor))
