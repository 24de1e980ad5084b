"""What a call did, as text that is the same wherever it is said: result, error, what was printed, what became of the arguments."""
import hashlib
import io
import re
import sys

DEEPEST = 6
MOST_ITEMS = 60  # of one container, or of what an iterator gives
LONGEST = 4000  # characters of one description
SHOWN = 160  # characters of what a person sees
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
PLAIN = (int, bool, str, bytes, complex, type(None), type(Ellipsis))


def describe(value, depth=0):
    """A text for `value` that says what it is, not where."""
    if isinstance(value, float):
        return repr(float("%.12g" % value)) if type(value) is float else repr(value)
    if type(value) in PLAIN:
        text = repr(value)
        return text if len(text) <= LONGEST else text[:LONGEST] + "..."
    if depth > DEEPEST:
        return "<deep>"
    known = _container(value, depth)
    if known is not None:
        return known
    return _object(value, depth)


def _container(value, depth):
    name = type(value).__name__
    if isinstance(value, dict):
        items = list(value.items())[:MOST_ITEMS]
        inner = ", ".join(describe(k, depth + 1) + ": " + describe(v, depth + 1) for k, v in items)
        return _called("{" + inner + "}", name, "dict")
    if isinstance(value, (list, tuple)):
        inner = ", ".join(describe(v, depth + 1) for v in value[:MOST_ITEMS])
        if isinstance(value, tuple):
            return _called("(" + inner + ("," if len(value) == 1 else "") + ")", name, "tuple")
        return _called("[" + inner + "]", name, "list")
    if isinstance(value, (set, frozenset)):
        inner = ", ".join(sorted(describe(v, depth + 1) for v in list(value)[:MOST_ITEMS]))
        return _called("{" + inner + "}", name, "set")
    return None


def _called(text, name, plain):
    return text if name == plain else name + text


def _object(value, depth):
    if isinstance(value, type) or hasattr(value, "__code__"):
        return "<{} {}>".format(type(value).__name__, getattr(value, "__qualname__", "?"))
    if isinstance(value, BaseException):
        return type(value).__name__ + "(" + ", ".join(describe(a, depth + 1) for a in value.args) + ")"
    facts = getattr(value, "__dict__", None)
    if isinstance(facts, dict):
        inner = ", ".join(k + "=" + describe(facts[k], depth + 1) for k in sorted(facts, key=str)[:MOST_ITEMS])
        return type(value).__name__ + "(" + inner + ")"
    return ADDRESS.sub("", repr(value))[:LONGEST]


def drained(value):
    """What an iterator gives, as a list; anything else as it is."""
    if hasattr(value, "__next__") and hasattr(value, "__iter__"):
        found = []
        for item in value:
            found.append(item)
            if len(found) >= MOST_ITEMS:
                break
        return found
    return value


def observed(function, positional, keywords):
    """Effect: call `function`. Returns (digest of all that can be seen, that in words for a person)."""
    written = io.StringIO()
    plain, sys.stdout = sys.stdout, written
    try:
        value = drained(function(*positional, **keywords))
        said = "returns " + describe(value)
    except (SystemExit, Exception) as error:  # noqa: BLE001 - what it raises is what it does
        said = "raises " + type(error).__name__
    finally:
        sys.stdout = plain
    after = describe((positional, keywords))
    digest = hashlib.sha1("\0".join([said, written.getvalue(), after]).encode("utf-8", "replace")).hexdigest()
    return digest, shortened(said)


def shortened(text):
    """A text as a person sees it."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def call_text(name, positional, keywords):
    """A call in words."""
    parts = [describe(v) for v in positional] + [k + "=" + describe(keywords[k]) for k in sorted(keywords)]
    return shortened(name + "(" + ", ".join(parts) + ")")
