"""Values: constants, what is returned or yielded, defaults of parameters."""

import re

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.precedence import Level, level_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, template


@template(
    "value.constant",
    0.5,
    "true false none integer float string",
    ("strict = True\n", "strict = False\n"),
    ("def f(n, step):\n    return n + 5\n", "def f(n, step):\n    return n + step\n"),
    ("def f(x):\n    a = x['key']\n    return x['name']\n", "def f(x):\n    a = x['key']\n    return x['key']\n"),
    ("best = 0\n", "best = None\n"),
)
def constant(site: Site) -> Proposals:
    """Another constant, or a name of the same kind."""
    node, kind = site.node, site.kind()
    if node.type in ("true", "false"):
        yield replace(node, "False" if node.type == "true" else "True")
    for weight, other in _CONSTANTS.get(node.type, ()):
        if other != site.text:
            yield site.become(other, Level.UNARY if other.startswith("-") else Level.PRIMARY, weight)
    for other in dict.fromkeys(text_of(e) for e in site.code.expressions(node) if e.type == node.type):
        if other != site.text:
            yield replace(node, other, 0.6 if node.type != "string" else 0.4 + 0.5 * likeness(site.text, other))
    if node.type != "string":
        yield from (site.become(name, weight=0.5) for name in site.names(kind) if kind != Kind.NONE)


_CONSTANTS = {
    "integer": (
        (0.6, "0"),
        (0.6, "1"),
        (0.5, "-1"),
        (0.3, "2"),
        (0.3, "None"),
        (0.3, 'float("inf")'),
        (0.2, 'float("-inf")'),
    ),
    "float": ((0.5, "0.0"), (0.5, "1.0"), (0.3, "0.5")),
    "none": ((0.5, "0"), (0.5, "[]"), (0.4, '""'), (0.4, "{}"), (0.4, "False"), (0.4, "True")),
    "true": ((0.3, "None"),),
    "false": ((0.3, "None"),),
    "string": ((0.3, '""'), (0.3, "None")),
}


@template(
    "value.return",
    0.5,
    "return_statement",
    ("def f(xs):\n    n = len(xs)\n    return True\n", "def f(xs):\n    n = len(xs)\n    return n == 0\n"),
    ("def f(n):\n    return []\n", "def f(n):\n    return [n]\n"),
    ("def f(a):\n    b = a\n    return g(a)\n", "def f(a):\n    b = a\n    return b\n"),
    ("def f(x):\n    return x > 3\n", "def f(x):\n    return not x > 3\n"),
)
def returned(site: Site) -> Proposals:
    """Another value given back: a local name, a comparison for a constant truth value, a filled literal for an empty one."""
    value = site.node.named_children[0] if site.node.named_children else None
    if value is None:
        return
    kind = site.kind(value)
    if value.type in ("true", "false"):
        yield from _truths(site, value)
    if value.type in ("list", "tuple", "set", "dictionary") and not value.named_children:
        yield from _filled(site, value)
    if kind & Kind.BOOL and level_of(value) >= Level.COMPARISON and value.type not in ("true", "false"):
        yield replace(value, f"not {text_of(value)}", 0.6 if kind == Kind.BOOL else 0.3)
    for name in site.names(kind if kind != Kind.NONE else Kind.ANY):
        if name != text_of(value):
            yield replace(value, name, 0.5)


def _truths(site: Site, value: Node) -> Proposals:
    for name in site.names(Kind.VALUE):
        kind = site.scope.kinds.get(name, Kind.ANY)
        if kind & Kind.NUMBER:
            yield from (
                replace(value, f"{name} {sign} 0", 0.8 if sign == "==" else 0.5) for sign in ("==", "!=", ">", "<")
            )
        if kind & (Kind.CONTAINER | Kind.BOOL | Kind.OBJECT):
            yield replace(value, f"not {name}", 0.7)
            yield replace(value, f"bool({name})" if kind & Kind.CONTAINER else name, 0.4)


def _filled(site: Site, value: Node) -> Proposals:
    opening, closing = ("{", "}") if value.type in ("set", "dictionary") else (text_of(value)[0], text_of(value)[-1])
    if value.type == "list":
        yield replace(value, "[[]]", 0.8)
    if value.type != "dictionary":
        for name in site.names():
            yield replace(value, f"{opening}{name}{',' if opening == '(' else ''}{closing}", 0.9)
    yield from (replace(value, other, 0.4) for other in ("None", "0") if value.type != "dictionary")


@template(
    "value.missing_return",
    0.6,
    "expression_statement",
    ("def f(n):\n    n + 1\n", "def f(n):\n    return n + 1\n"),
    (
        "def f(n):\n    if n:\n        f(n - 1)\n    return 0\n",
        "def f(n):\n    if n:\n        return f(n - 1)\n    return 0\n",
    ),
)
def missing_return(site: Site) -> Proposals:
    """A value that is computed and not given back."""
    first = site.node.named_children[0] if site.node.named_children else None
    if first is None or scope_node(site.node).type != "function_definition":
        return
    if first.type in ("call", "binary_operator", "identifier", "comparison_operator", "boolean_operator", "attribute"):
        yield Rewrite(((Span(site.node.start_byte, site.node.start_byte), "return "),))
    elif first.type == "assignment" and (right := first.child_by_field_name("right")) is not None:
        yield replace(first, f"return {text_of(right)}", 0.3)


@template(
    "value.final_return",
    0.45,
    "function_definition",
    (
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n",
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out\n",
    ),
    (
        "class A:\n    def set(self, x):\n        self.x = x\n",
        "class A:\n    def set(self, x):\n        self.x = x\n        return self\n",
    ),
)
def final_return(site: Site) -> Proposals:
    """A function that ends without giving its result back."""
    body = site.field("body")
    # Comments are no statements; their nodes take the \r of the line's end along.
    last = [n for n in body.named_children if n.type != "comment"][-1:] if body is not None else []
    if body is None or not last or last[0].type in ("return_statement", "raise_statement"):
        return
    inner = site.code.scope(body)
    indent, eol = site.code.indent_of(body.named_children[0]), site.code.newline
    end = site.code.line_end(last[0].end_byte)
    names = [n.text for n in inner.names.values()]
    for i, name in enumerate([*reversed(names), "True", "False"]):
        yield Rewrite(((Span(end, end), f"{eol}{indent}return {name}"),), 1.0 / (1 + 0.1 * i))


@template(
    "value.yield",
    0.4,
    "yield return_statement",
    ("def f(xs):\n    for x in xs:\n        return x\n", "def f(xs):\n    for x in xs:\n        yield x\n"),
    ("def f(x):\n    yield walk(x)\n", "def f(x):\n    yield from walk(x)\n"),
    ("def f(xs):\n    yield xs\n", "def f(xs):\n    return xs\n"),
)
def yielded(site: Site) -> Proposals:
    """``return`` for ``yield``, ``yield`` for ``yield from``, and back."""
    head, text = site.node.children[0], site.text
    if site.node.type == "return_statement":
        if site.node.named_children:
            yield Rewrite(((span(head), "yield"),))
        return
    if text.startswith("yield from"):
        inner = site.node.named_children[0]
        yield replace(site.node, f"yield {text_of(inner)}")
    elif site.node.named_children:
        inner = site.node.named_children[0]
        yield replace(site.node, f"yield from {text_of(inner)}")
        if site.node.parent is not None and site.node.parent.type == "expression_statement":
            yield replace(site.node, f"return {text_of(inner)}")


_EMPTY = {"list": "[]", "dictionary": "{}", "set": "set()", "call": ""}


@template(
    "value.mutable_default",
    0.7,
    "function_definition",
    (
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen\n",
        "def f(x, seen=None):\n    if seen is None:\n        seen = []\n    seen.append(x)\n    return seen\n",
    ),
    (
        "def g(k, cache={}):\n    cache[k] = 1\n    return cache\n",
        "def g(k, cache=None):\n    if cache is None:\n        cache = {}\n    cache[k] = 1\n    return cache\n",
    ),
    (
        "class A:\n    def __init__(self, xs=[]):\n        'Doc.'\n        self.xs = xs\n",
        "class A:\n    def __init__(self, xs=None):\n        'Doc.'\n        if xs is None:\n            xs = []\n        self.xs = xs\n",
    ),
)
def mutable_default(site: Site) -> Proposals:
    """A default value that all calls share."""
    parameters, body = site.field("parameters"), site.field("body")
    if parameters is None or body is None or not body.named_children:
        return
    first = next((n for n in body.named_children if n.type != "comment" and not _is_docstring(n)), None)
    if first is None:
        return
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    for parameter in parameters.named_children:
        name, value = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
        if name is None or value is None or value.type not in ("list", "dictionary", "set", "call"):
            continue
        text = f"if {text_of(name)} is None:{eol}{indent}{unit}{text_of(name)} = {text_of(value)}{eol}{indent}"
        yield Rewrite(((span(value), "None"), (Span(first.start_byte, first.start_byte), text)))


def _is_docstring(node: Node) -> bool:
    parts = node.named_children
    return node.type == "expression_statement" and len(parts) == 1 and parts[0].type == "string"


@template(
    "value.default",
    0.4,
    "default_parameter typed_default_parameter",
    ("def f(x, deep=True):\n    return x\n", "def f(x, deep=False):\n    return x\n"),
    ("def f(x, sep=None):\n    return x\n", 'def f(x, sep=""):\n    return x\n'),
    ("def f(x, n=1):\n    return x\n", "def f(x, n=0):\n    return x\n"),
)
def default(site: Site) -> Proposals:
    """Another default value of a parameter."""
    value = site.field("value")
    if value is None:
        return
    flips = {"true": "False", "false": "True"}
    others = [flips.get(value.type, ""), *(text for _, text in _CONSTANTS.get(value.type, ()))]
    for i, other in enumerate(o for o in others if o and o != text_of(value)):
        yield replace(value, other, 1.0 / (1 + 0.2 * i))


_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
_MOST_WRITTEN = 12


@template(
    "value.documented",
    0.3,
    "integer float",
    (
        "# Held for 3 days.\nDAYS = 30\n",
        "# Held for 3 days.\nDAYS = 3\n",
    ),
    (
        'def f(n):\n    "Up to 8 of them."\n    return n[:10]\n',
        'def f(n):\n    "Up to 8 of them."\n    return n[:8]\n',
    ),
)
def documented(site: Site) -> Proposals:
    """A number that is another one where people wrote about it: in the issue, in the docstring or comment nearby."""
    own, line = site.text, site.node.start_point[0]
    for i, number in enumerate(n for n in site.code.told if _NUMBER.fullmatch(n) and n != own):
        yield replace(site.node, number, 1.0 / (1 + 0.1 * i))
    near = sorted(site.code.written, key=lambda at: abs(at[0] - line))
    numbers = dict.fromkeys(n for _, text in near[:_MOST_WRITTEN] for n in _NUMBER.findall(text))
    for i, number in enumerate(n for n in numbers if n != own):
        yield replace(site.node, number, 0.7 / (1 + 0.2 * i))


TEMPLATES = (documented, constant, returned, missing_return, final_return, yielded, mutable_default, default)
