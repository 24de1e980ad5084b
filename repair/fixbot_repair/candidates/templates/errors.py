"""Exceptions, receivers, coroutines and imports: what a traceback often names outright."""

import sys

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.imports import imports_of

_TAKEN_FOR = """KeyError IndexError AttributeError TypeError ValueError|LookupError KeyError|IndexError KeyError StopIteration
ValueError TypeError KeyError|TypeError ValueError AttributeError|AttributeError KeyError TypeError|OSError FileNotFoundError
FileNotFoundError OSError|StopIteration IndexError GeneratorExit|ImportError ModuleNotFoundError|ModuleNotFoundError ImportError
ZeroDivisionError ValueError|UnicodeDecodeError UnicodeError ValueError|RuntimeError ValueError|Exception ValueError
NotImplementedError TypeError ValueError|ArithmeticError ZeroDivisionError|AssertionError ValueError"""
_OTHERS = {head: rest for head, *rest in (group.split() for group in _TAKEN_FOR.replace("\n", "|").split("|"))}


@template(
    "exception.type",
    0.6,
    "except_clause raise_statement",
    ("try:\n    x = d[k]\nexcept IndexError:\n    x = 0\n", "try:\n    x = d[k]\nexcept KeyError:\n    x = 0\n"),
    ("def f(x):\n    raise TypeError('no')\n", "def f(x):\n    raise ValueError('no')\n"),
    (
        "try:\n    go()\nexcept KeyError:\n    pass\n",
        "try:\n    go()\nexcept (KeyError, IndexError):\n    pass\n",
    ),
)
def exception_type(site: Site) -> Proposals:
    """Another exception type, or one more that is caught."""
    names = [n for n in walk(site.node.named_children[0]) if n.type == "identifier"] if site.node.named_children else []
    for name in names[:1]:
        for other in _OTHERS.get(text_of(name), ("ValueError", "TypeError", "KeyError")):
            if other != text_of(name):
                yield replace(name, other)
                if site.node.type == "except_clause" and name.parent is not None and name.parent.type != "tuple":
                    yield replace(name, f"({text_of(name)}, {other})", 0.7)


@template(
    "exception.raise",
    0.35,
    "expression_statement return_statement pass_statement",
    ("def f(x):\n    ValueError('bad')\n", "def f(x):\n    raise ValueError('bad')\n"),
    ("try:\n    go()\nexcept OSError:\n    pass\n", "try:\n    go()\nexcept OSError:\n    raise\n"),
)
def missing_raise(site: Site) -> Proposals:
    """An exception that is made and not raised, or swallowed."""
    value = site.node.named_children[0] if site.node.named_children else None
    if site.node.type == "pass_statement":
        block = site.node.parent
        if block is not None and block.parent is not None and block.parent.type == "except_clause":
            yield replace(site.node, "raise")
    elif (
        value is not None and value.type == "call" and text_of(value).partition("(")[0].endswith(("Error", "Exception"))
    ):
        yield replace(site.node, f"raise {text_of(value)}")


@template(
    "self.missing",
    0.7,
    "identifier",
    (
        "class A:\n    def __init__(self):\n        self.n = 0\n    def f(self):\n        return n\n",
        "class A:\n    def __init__(self):\n        self.n = 0\n    def f(self):\n        return self.n\n",
    ),
    (
        "class B:\n    def go(self):\n        pass\n    def f(self):\n        go()\n",
        "class B:\n    def go(self):\n        pass\n    def f(self):\n        self.go()\n",
    ),
)
def missing_self(site: Site) -> Proposals:
    """A name that is an attribute or a method of the receiver."""
    receiver = site.scope.method_self
    if not receiver or site.text == receiver:
        return
    members = site.code.attributes.get(receiver, frozenset()) | set(site.code.functions)
    if site.text in members:
        known = site.text in {n.text for n in site.scope.visible(site.node.start_byte)}
        yield site.become(f"{receiver}.{site.text}", weight=0.5 if known else 1.0)


@template(
    "self.extra",
    0.35,
    "attribute",
    (
        "class A:\n    def f(self, n):\n        self.n = 1\n        return self.n\n",
        "class A:\n    def f(self, n):\n        self.n = 1\n        return n\n",
    ),
    (
        "class A:\n    def f(self, rate):\n        return self.rate * 2\n",
        "class A:\n    def f(self, rate):\n        return rate * 2\n",
    ),
)
def extra_self(site: Site) -> Proposals:
    """An attribute of the receiver where a parameter or local of that name was meant."""
    owner, name = site.field("object"), site.field("attribute")
    if owner is None or name is None or not site.scope.method_self:
        return
    if text_of(owner) == site.scope.method_self and text_of(name) in site.scope.names:
        yield site.become(text_of(name))


@template(
    "await.missing",
    0.6,
    "call await",
    ("async def f(c):\n    return c.get()\n", "async def f(c):\n    return await c.get()\n"),
    ("async def f(c):\n    x = await len(c)\n", "async def f(c):\n    x = len(c)\n"),
)
def awaited(site: Site) -> Proposals:
    """A missing ``await``, or one too many."""
    if not text_of(site.scope.node).startswith("async"):
        return
    if site.node.type == "await":
        yield site.become(text_of(site.node.named_children[0]))
    elif site.node.parent is not None and site.node.parent.type != "await":
        yield site.become(f"await {site.text}", Level.AWAIT)


# Names that are used without their import: module (and the name in it), where it is not a module itself.
_WELL_KNOWN = {
    **dict.fromkeys(("defaultdict", "Counter", "OrderedDict", "deque", "namedtuple", "ChainMap"), "collections"),
    **dict.fromkeys(("partial", "lru_cache", "reduce", "wraps", "cached_property", "total_ordering"), "functools"),
    **dict.fromkeys(
        ("chain", "product", "permutations", "combinations", "groupby", "islice", "accumulate"), "itertools"
    ),
    **dict.fromkeys(
        ("Any", "Optional", "List", "Dict", "Tuple", "Union", "Callable", "Iterable", "Iterator"), "typing"
    ),
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    **dict.fromkeys(("timedelta", "date", "timezone"), "datetime"),
    **dict.fromkeys(("contextmanager", "suppress", "ExitStack"), "contextlib"),
    **dict.fromkeys(("deepcopy",), "copy"),
    **dict.fromkeys(("Path", "PurePath"), "pathlib"),
    **dict.fromkeys(("Decimal",), "decimal"),
    **dict.fromkeys(("Fraction",), "fractions"),
    **dict.fromkeys(("Enum", "IntEnum"), "enum"),
    **dict.fromkeys(("sqrt", "floor", "ceil", "gcd", "log"), "math"),
}


@template(
    "import.missing",
    0.8,
    "identifier",
    ("def f(x):\n    return math.sqrt(x)\n", "import math\ndef f(x):\n    return math.sqrt(x)\n"),
    ("d = defaultdict(list)\n", "from collections import defaultdict\nd = defaultdict(list)\n"),
)
def missing_import(site: Site) -> Proposals:
    """A module, or a well-known name of one, that is used and never imported."""
    name = site.text
    if name in site.scope.kinds:
        return
    at, eol = imports_of(site.code).place, site.code.newline
    is_owner = site.node.parent is not None and site.node.parent.type == "attribute"
    if is_owner and name in sys.stdlib_module_names:
        yield Rewrite(((Span(at, at), f"import {name}{eol}"),))
    if name in _WELL_KNOWN:
        yield Rewrite(((Span(at, at), f"from {_WELL_KNOWN[name]} import {name}{eol}"),))


@template(
    "exception.guard",
    0.3,
    "expression_statement return_statement",
    (
        "def f(d, k):\n    return d[k]\n",
        "def f(d, k):\n    try:\n        return d[k]\n    except KeyError:\n        return None\n",
    ),
    (
        "def f(s):\n    return int(s)\n",
        "def f(s):\n    try:\n        return int(s)\n    except ValueError:\n        return None\n",
    ),
)
def missing_except(site: Site) -> Proposals:
    """An access or a conversion whose failure should have been caught."""
    value = site.node.named_children[0] if site.node.named_children else None
    if site.node.type != "return_statement" or value is None or site.code.newline in site.text:
        return
    kinds = {
        "subscript": ("KeyError", "IndexError"),
        "call": ("ValueError", "TypeError"),
        "binary_operator": ("ZeroDivisionError",),
    }
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    for error in kinds.get(value.type, ()):
        for answer in ("None", "0", "False"):
            body = f"try:{eol}{indent}{unit}{site.text}{eol}{indent}except {error}:{eol}{indent}{unit}return {answer}"
            yield replace(site.node, body, 1.0 if answer == "None" else 0.6)


TEMPLATES = (exception_type, missing_raise, missing_self, extra_self, awaited, missing_import, missing_except)
