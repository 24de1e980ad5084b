"""The shape of a statement: the wrong way out, a loop over the wrong view, a prefix or a comma that changes what a literal is."""

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, template
from fixbot_repair.candidates.templates.conditions import first_of, returned_by


@template(
    "shape.way_out",
    0.4,
    "break_statement continue_statement pass_statement return_statement",
    (
        "def f(xs):\n    for x in xs:\n        if x:\n            break\n        go(x)\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            continue\n        go(x)\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        if x:\n            return\n        go(x)\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            continue\n        go(x)\n",
    ),
)
def way_out(site: Site) -> Proposals:
    """``break``, ``continue``, ``pass`` or a bare ``return`` for one another, and a value with it where the function has one."""
    in_loop, node = False, site.node.parent
    while node is not None and node.type not in ("function_definition", "class_definition", "lambda"):
        in_loop = in_loop or node.type in ("for_statement", "while_statement")
        node = node.parent
    if site.node.type == "return_statement" and (site.node.named_children and not in_loop):
        return
    if in_loop:
        yield from (replace(site.node, other) for other in ("continue", "break") if other != site.text)
    if node is not None and node.type == "function_definition" and site.node.type != "return_statement":
        yield replace(site.node, "return", 0.7)
        yield from (replace(site.node, f"return {a}", 0.4) for a in returned_by(node))
    if site.node.type != "pass_statement" and in_loop:
        yield replace(site.node, "pass", 0.3)


@template(
    "shape.keyword",
    0.35,
    "if_statement while_statement elif_clause",
    ("def f(q):\n    if q:\n        q.pop()\n", "def f(q):\n    while q:\n        q.pop()\n"),
    (
        "def f(a, b):\n    if a:\n        x = 1\n    if b:\n        x = 2\n    return x\n",
        "def f(a, b):\n    if a:\n        x = 1\n    elif b:\n        x = 2\n    return x\n",
    ),
)
def keyword(site: Site) -> Proposals:
    """``if`` for ``while``, and ``elif`` for an ``if`` behind another one; and back."""
    head = site.node.children[0]
    if site.node.type == "elif_clause":
        yield replace(head, "if", 0.8)
        return
    if site.node.type == "while_statement":
        yield replace(head, "if", 0.4)
        return
    if not any(c.type in ("elif_clause", "else_clause") for c in site.node.children):
        yield replace(head, "while", 0.6)
    before = site.node.prev_named_sibling
    if before is not None and before.type == "if_statement" and before.children[-1].type != "else_clause":
        between = Span(before.end_byte, head.end_byte)
        if site.code.data[between.start : head.start_byte].isspace():
            yield Rewrite(((between, f"{site.code.newline}{site.code.indent_of(site.node)}elif"),))


@template(
    "shape.loop",
    0.5,
    "for_statement for_in_clause",
    ("for k, v in d.items():\n    go(v)\n", "for v in d.values():\n    go(v)\n"),
    ("def f(d):\n    for k, v in d:\n        go(k, v)\n", "def f(d):\n    for k, v in d.items():\n        go(k, v)\n"),
    (
        "def f(xs):\n    for i, x in xs:\n        go(i, x)\n",
        "def f(xs):\n    for i, x in enumerate(xs):\n        go(i, x)\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        xs.remove(x)\n",
        "def f(xs):\n    for x in list(xs):\n        xs.remove(x)\n",
    ),
)
def loop(site: Site) -> Proposals:
    """A loop over the wrong view of a container: keys for items, items for values, itself while it is changed."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None:
        return
    names = left.named_children if left.type in ("pattern_list", "tuple_pattern") else []
    if len(names) == 2:
        if right.type == "call" and text_of(right).endswith(".items()"):
            owner = text_of(right).removesuffix(".items()")
            yield Rewrite(((span(left), text_of(names[1])), (span(right), f"{owner}.values()")))
            yield Rewrite(((span(left), text_of(names[0])), (span(right), owner)), 0.8)
        elif right.type in ("identifier", "attribute", "subscript"):
            yield replace(right, f"{text_of(right)}.items()")
            yield replace(right, f"enumerate({text_of(right)})", 0.8)
    elif right.type in ("identifier", "attribute") and site.kind(right) & (Kind.CONTAINER | Kind.OBJECT):
        changed = 0.8 if _is_changed(site.field("body"), text_of(right)) else 0.4
        ends = 1.0 if _ends_early(site.field("body")) else 0.5  # which comes first counts
        shapes = (("list({})", changed), ("reversed({})", ends), ("sorted({})", 0.8 * ends), ("{}[:]", changed / 2))
        for shape, weight in shapes:
            yield replace(right, shape.format(text_of(right)), weight)


_CHANGES = ("append", "remove", "pop", "add", "discard", "insert", "clear", "extend", "update", "popleft")


def _is_changed(body: Node | None, name: str) -> bool:
    """Whether a loop's body changes the container `name`, or takes something out of it."""
    if body is None:
        return False
    texts = (text_of(n) for n in walk(body) if n.type in ("attribute", "delete_statement"))
    return any(t.startswith(f"del {name}[") or t in {f"{name}.{c}" for c in _CHANGES} for t in texts)


def _ends_early(body: Node | None) -> bool:
    return body is not None and any(n.type in ("return_statement", "break_statement") for n in walk(body))


@template(
    "shape.text",
    0.6,
    "string",
    ('def f(n):\n    return "at {n}"\n', 'def f(n):\n    return f"at {n}"\n'),
    ('import re\nP = re.compile("\\\\d")\n', 'import re\nP = re.compile(r"\\\\d")\n'),
    ("def f(s):\n    return s.split(':')\n", "def f(s):\n    return s.split(b':')\n"),
)
def text(site: Site) -> Proposals:
    """A string without the prefix that makes it a template, raw, or bytes; or with one that it must not have."""
    start = site.node.start_byte
    prefix = site.text[: len(site.text) - len(site.text.lstrip("rRbBfFuU"))]
    if prefix:
        yield Rewrite(((Span(start, start + len(prefix)), ""),), 0.4)
        return
    if "{" in site.text and "}" in site.text:
        yield Rewrite(((Span(start, start), "f"),))
    if "\\" in site.text:
        yield Rewrite(((Span(start, start), "r"),), 0.7)
    if site.text.isascii() and len(site.text) < _SHORT:
        yield Rewrite(((Span(start, start), "b"),), 0.15)


_SHORT = 24


@template(
    "shape.comma",
    0.5,
    "expression_list tuple parenthesized_expression",
    ("title = name,\n", "title = name\n"),
    ("def f(a):\n    return (a)\n", "def f(a):\n    return (a,)\n"),
)
def comma(site: Site) -> Proposals:
    """A comma too many that makes a tuple, or one that is missing."""
    inner = site.node.named_children[0] if len(site.node.named_children) == 1 else None
    if inner is None:
        return
    if site.node.type == "parenthesized_expression":
        yield replace(site.node, f"({text_of(inner)},)", 0.3)
    else:
        yield replace(site.node, text_of(inner))


@template(
    "shape.cause",
    0.4,
    "raise_statement",
    (
        "try:\n    go()\nexcept KeyError as error:\n    raise ValueError(1)\n",
        "try:\n    go()\nexcept KeyError as error:\n    raise ValueError(1) from error\n",
    ),
    (
        "try:\n    go()\nexcept KeyError as error:\n    raise ValueError(1) from None\n",
        "try:\n    go()\nexcept KeyError as error:\n    raise ValueError(1) from error\n",
    ),
)
def cause(site: Site) -> Proposals:
    """The cause of an exception that is raised: missing, or left out on purpose where it should not have been."""
    handler, parts = site.node.parent, site.node.named_children
    while handler is not None and handler.type not in ("except_clause", "function_definition"):
        handler = handler.parent
    if handler is None or handler.type != "except_clause" or not parts:
        return
    named = next((text_of(n) for n in walk(handler) if n.type == "as_pattern_target"), "")
    for other in filter(None, (named, "None")):
        if len(parts) == 1:
            yield Rewrite(
                ((Span(parts[0].end_byte, parts[0].end_byte), f" from {other}"),), 1.0 if other == named else 0.4
            )
        elif text_of(parts[-1]) != other:
            yield replace(parts[-1], other)


@template(
    "shape.rebind",
    0.3,
    "function_definition",
    (
        "def f(key):\n    return get(key)\ndef g(raw):\n    return text(raw)\n",
        "def f(key):\n    key = text(key)\n    return get(key)\ndef g(raw):\n    return text(raw)\n",
    ),
    (
        "def f(rows):\n    rows.sort()\n    return rows\n",
        "def f(rows):\n    rows = list(rows)\n    rows.sort()\n    return rows\n",
    ),
    most=40,
)
def rebind(site: Site) -> Proposals:
    """An argument that must be converted, cleaned or copied before it is used."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    first = first_of(body)
    inner = site.code.scope(body)
    indent, eol = site.code.indent_of(first), site.code.newline
    known = [w for w in site.code.wrappers if "." not in w][:8]
    for name in (n for n in inner.names.values() if n.parameter and n.text != inner.method_self):
        for i, wrapper in enumerate(dict.fromkeys(["list", *known, "str", "int", "dict", "tuple", "set"])):
            line = f"{name.text} = {wrapper}({name.text}){eol}{indent}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), line),), 1.0 / (1 + 0.15 * i))
        for empty in ("[]", "{}", "0"):
            line = f"if {name.text} is None:{eol}{indent}{site.code.indent_unit}{name.text} = {empty}{eol}{indent}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), line),), 0.6)


@template(
    "shape.super",
    0.5,
    "function_definition",
    (
        "class A(B):\n    def close(self):\n        self.x = 1\n",
        "class A(B):\n    def close(self):\n        super().close()\n        self.x = 1\n",
    ),
    (
        "class A(B):\n    def __init__(self, n, **kwargs):\n        self.n = n\n",
        "class A(B):\n    def __init__(self, n, **kwargs):\n        super().__init__(**kwargs)\n        self.n = n\n",
    ),
)
def inherited(site: Site) -> Proposals:
    """A method that should also do what the class above does."""
    name, parameters, body = site.field("name"), site.field("parameters"), site.field("body")
    cls = site.scope.node
    if name is None or parameters is None or body is None or cls.type != "class_definition" or "super()" in site.text:
        return
    if not body.named_children or cls.child_by_field_name("superclasses") is None:
        return
    first = first_of(body)
    handed = [_handed(p) for p in parameters.named_children[1:]]
    variadic = [h for h in handed if h.startswith("*")]
    indent, eol = site.code.indent_of(first), site.code.newline
    end = site.code.line_end(body.named_children[-1].end_byte)
    for arguments, weight in {", ".join(variadic): 0.8, ", ".join(filter(None, handed)): 0.9, "": 1.0}.items():
        call = f"super().{text_of(name)}({arguments})"
        yield Rewrite(((Span(first.start_byte, first.start_byte), f"{call}{eol}{indent}"),), weight)
        yield Rewrite(((Span(end, end), f"{eol}{indent}{call}"),), 0.6 * weight)


def _handed(parameter: Node) -> str:
    """How a parameter is handed on; "" for a separator."""
    if parameter.type in ("keyword_separator", "positional_separator"):
        return ""
    name = next((text_of(n) for n in walk(parameter) if n.type == "identifier"), "")
    stars = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}.get(parameter.type, "")
    return f"{stars}{name}"


TEMPLATES = (way_out, keyword, loop, text, comma, cause, rebind, inherited)
