"""What a call did, as text that is the same wherever it is said: result, error, what was printed, what became of arguments and globals."""
import hashlib
import io
import linecache
import os
import re
import sys

relating = sys.modules["_fixbot_guest_relating"]

DEEPEST = 6
MOST_ITEMS = 60  # of one container, or of what an iterator gives
LONGEST = 4000  # characters of one description
SHOWN = 160  # characters of what a person sees
MOST_MODULES = 4  # whose data is looked at
MOST_GLOBALS = 30  # of one module
GLOBALS_FROM = DEEPEST - 1  # the depth at which their description begins: what their items hold is not looked at
LARGE = 1000  # characters of a description, from which on a table is not looked at again
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


class Observer(object):
    """Makes calls and tells what they did. `root` is the project's folder, `modules` are names of modules whose data is looked at."""

    def __init__(self, root, modules):
        self._root = os.path.join(root, "")
        self._modules = list(modules)[:MOST_MODULES]
        self._large = set()

    def observed(self, function, positional, keywords):
        """Effect: call `function`. Returns what could be seen of it.

        `digest` is equal where all else is, `alone` where all but data of modules is (a call may fill a cache once); `what` is the
        outcome in words, `relations` how a result stands to the arguments. `wilful` says that a raise of the project's own ended it,
        `leaves` that an argument or data of a module is not what it was.
        """
        written = io.StringIO()
        arguments, data = describe((positional, keywords)), self._data()
        known = relating.known(positional, keywords, describe)
        plain, sys.stdout = sys.stdout, written
        relations, wilful = {}, False
        try:
            value = drained(function(*positional, **keywords))
            said, relations = "returns " + describe(value), relating.relations(known, value, describe)
        except (SystemExit, Exception) as error:  # noqa: BLE001 - what it raises is what it does
            said, wilful = "raises " + type(error).__name__, self._is_own(error)
        finally:
            sys.stdout = plain
        after, changed = describe((positional, keywords)), self._changed(data)
        alone = [said, written.getvalue(), after]
        return {
            "digest": digest(alone + changed), "alone": digest(alone), "what": shortened(said),
            "relations": relations, "wilful": wilful, "leaves": after != arguments or bool(changed),
        }  # fmt: skip

    def _data(self):
        """Name -> description, of what the modules hold that can change or be bound anew."""
        found = {}
        for name in self._modules:
            module = sys.modules.get(name)
            held = sorted((k, v) for k, v in vars(module).items() if is_data(k, v)) if module else []
            for key, value in held[:MOST_GLOBALS]:
                if (name, key) not in self._large:
                    found[name, key] = describe(value, GLOBALS_FROM)
        self._large.update(n for n, text in found.items() if len(text) > LARGE)
        return dict((n, text) for n, text in found.items() if n not in self._large)

    def _changed(self, before):
        after = self._data()
        return ["%s.%s=%s" % (n + (after.get(n, ""),)) for n in sorted(set(before) | set(after)) if before.get(n) != after.get(n)]

    def _is_own(self, error):
        """Whether a raise or an assertion in the project's own code ended the call."""
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        if last is None:
            return False
        path = os.path.realpath(last.tb_frame.f_code.co_filename)
        if not path.startswith(self._root) or "site-packages" in path:
            return False
        return linecache.getline(path, last.tb_lineno).lstrip().startswith(("raise", "assert"))


def digest(parts):
    """A short name for texts, equal where they are."""
    return hashlib.sha1("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def is_data(name, value):
    """Whether a name of a module holds data that calls may change."""
    return not name.startswith("__") and (type(value) in PLAIN or isinstance(value, (float, list, dict, set)))


def shortened(text):
    """A text as a person sees it."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def call_text(name, positional, keywords):
    """A call in words."""
    parts = [describe(v) for v in positional] + [k + "=" + describe(keywords[k]) for k in sorted(keywords)]
    return shortened(name + "(" + ", ".join(parts) + ")")
