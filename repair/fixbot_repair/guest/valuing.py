"""Values as source text that makes an equal one; and what can be said of a value that no text makes."""
import enum
import math
import re

DEEPEST = 5
MOST_ITEMS = 12  # of one container
LONGEST = 240  # characters of one text
LARGEST = 10 ** 18
MOST_FACTS = 6
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def written(value, names, depth=0):
    """Source text that makes a value equal to `value` where `names` are known; None where there is none that is short."""
    text = _written(value, names, depth)
    return text if text is not None and len(text) <= LONGEST else None


def _written(value, names, depth):
    kind = type(value)
    if value is None or value is Ellipsis or kind in (bool, str, bytes):
        return repr(value)
    if kind is int:
        return repr(value) if abs(value) < LARGEST else None
    if kind is float:
        return _float(value)
    if depth > DEEPEST:
        return None
    if kind in (list, tuple, dict, set, frozenset):
        return _container(value, kind, names, depth)
    if isinstance(value, type):
        return _type(value, names)
    if isinstance(value, enum.Enum):
        holder = _type(kind, names)
        name = getattr(value, "name", None)
        return holder + "." + name if holder and isinstance(name, str) and name.isidentifier() else None
    return _by_repr(value, kind, names)


def _float(value):
    if math.isnan(value):
        return None
    if math.isinf(value):
        return 'float("inf")' if value > 0 else 'float("-inf")'
    return repr(value)


def _container(value, kind, names, depth):
    if len(value) > MOST_ITEMS:
        return None
    if kind is dict:
        pairs = [(written(k, names, depth + 1), written(v, names, depth + 1)) for k, v in value.items()]
        if any(k is None or v is None for k, v in pairs):
            return None
        return "{" + ", ".join(k + ": " + v for k, v in pairs) + "}"
    parts = [written(each, names, depth + 1) for each in value]
    if any(part is None for part in parts):
        return None
    if kind is list:
        return "[" + ", ".join(parts) + "]"
    if kind is tuple:
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    inner = "{" + ", ".join(sorted(parts)) + "}" if parts else ""
    return (inner or "set()") if kind is set else "frozenset(" + inner + ")"


def _type(kind, names):
    import builtins

    name = kind.__name__
    if names.get(name) is kind or (getattr(builtins, name, None) is kind and name not in names):
        return name
    return None


def _by_repr(value, kind, names):
    """The repr of a value whose class the module knows, where evaluating it gives an equal value."""
    if kind.__eq__ is object.__eq__:
        return None
    try:
        text = repr(value)
        if len(text) > LONGEST or not re.match(r"[A-Za-z_][\w.]*\(", text):
            return None
        again = eval(text, dict(names))  # noqa: S307 - what the project itself says of its value
        return text if type(again) is kind and again == value else None
    except Exception:  # noqa: BLE001 - a repr that is no source text
        return None


def facts(value, names):
    """[what follows the value, text of what that is]: public attributes and what its class says by `len` and `str`."""
    found = []
    held = getattr(value, "__dict__", None)
    slots = {}
    for base in type(value).__mro__:
        listed = base.__dict__.get("__slots__", ())
        for name in (listed,) if isinstance(listed, str) else listed:
            if hasattr(value, name):
                slots[name] = getattr(value, name)
    for name, inner in list(slots.items()) + sorted((held or {}).items(), key=str):
        text = written(inner, names) if isinstance(name, str) and not name.startswith("_") else None
        if text is not None and name.isidentifier():
            found.append([name, text])
    return found[:MOST_FACTS] + _spoken(value)


def _spoken(value):
    found = []
    for name in ("len", "str"):
        holder = next((b for b in type(value).__mro__ if "__%s__" % name in b.__dict__), object)
        if holder is object or holder.__module__ == "builtins":
            continue
        try:
            told = len(value) if name == "len" else str(value)
        except Exception:  # noqa: BLE001 - then nothing is said
            continue
        if name == "len" or (len(told) <= LONGEST and not ADDRESS.search(told)):
            found.append([name + "()", repr(told)])
    return found
