"""Ways out that are missing in the middle of a function, statements that should run on a condition only, choices that are none."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import SIMPLE, STATEMENTS, header, in_loop, walk
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, template
from fixbot_repair.candidates.templates.conditions import returned_by
from fixbot_repair.candidates.templates.empties import annotated

_MOST_ABOUT = 6  # expressions of a statement that a guard may ask about
_MOST_FLAGS = 8


@template(
    "guard.way_out",
    0.4,
    " ".join(sorted(STATEMENTS - {"function_definition", "class_definition", "decorated_definition"})),
    (
        "def f(key):\n    found = get(key)\n    return found.name\n",
        "def f(key):\n    found = get(key)\n    if found is None:\n        return None\n    return found.name\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        at = find(x)\n        go(xs[at])\n",
        "def f(xs):\n    for x in xs:\n        at = find(x)\n        if at < 0:\n            continue\n        go(xs[at])\n",
    ),
    (
        "def f(key, late):\n    found = get(key)\n    if late:\n        go()\n    return found\n",
        "def f(key, late):\n    found = get(key)\n    if found is None:\n        return None\n    if late:\n        go()\n    return found\n",
    ),
    (
        "def f(d, k):\n    n = 1\n    return d[k] + n\n",
        "def f(d, k):\n    n = 1\n    if k not in d:\n        return 0\n    return d[k] + n\n",
    ),
    most=36,
)
def way_out(site: Site) -> Proposals:
    """A missing way out before a statement that cannot do with what it has: None, nothing, a number out of range, no such key."""
    around = _owner(site.node)
    if around is None or not _begins_its_line(site):
        return
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    ways = [("continue", 0.9), ("break", 0.4)] if in_loop(site.node) else []
    body = around.child_by_field_name("body")
    answers = returned_by(body)[:2] if body is not None else []
    ways += [(f"return {a}", 0.8) for a in answers] + [("return None", 0.9), ("return 0", 0.4), ("return False", 0.4)]
    ways += [("return []", 0.4), *((f"return {n}", 0.4 * site.near(n)) for n in _parameters(site)[:2])]
    ways += [(f"return {site.scope.method_self}", 0.4)] if site.scope.method_self else []
    ways += [(f"return {empty}", 0.8) for empty in annotated(site.node)]
    for test, likely in dict(_missing(site)).items():
        for way, weight in ways:
            text = f"if {test}:{eol}{indent}{unit}{way}{eol}{indent}"
            yield Rewrite(((Span(site.node.start_byte, site.node.start_byte), text),), likely * weight)


def _missing(site: Site) -> Iterator[tuple[str, float]]:
    """Conditions under which the lines of the statement itself cannot work, with how likely each is."""
    about = {text_of(node): node for node in _just_bound(site.node)}
    for node in header(site.node):
        if node.type in ("identifier", "attribute") and not _only_names(site, node):
            about.setdefault(text_of(node), node)
        if node.type == "subscript":
            value, index = node.child_by_field_name("value"), node.child_by_field_name("subscript")
            if value is not None and index is not None and index.type != "slice":
                yield f"{grouped(index, Level.BIT_OR)} not in {grouped(value, Level.BIT_OR)}", 0.6
    for text, node in list(about.items())[:_MOST_ABOUT]:
        kind = site.kind(node)
        if kind & ~(Kind.NUMBER | Kind.BOOL):
            yield f"{text} is None", 0.8
            yield f"not {text}", 0.9
        if kind & Kind.NUMBER:
            yield f"{text} < 0", 0.5 if kind == Kind.NUMBER else 0.3
            yield f"{text} == 0", 0.4 if kind == Kind.NUMBER else 0.2


def _just_bound(node: Node) -> list[Node]:
    """The name that the statement before `node` binds: what came of it is asked about first."""
    before = node.prev_named_sibling
    inner = before.named_children[0] if before is not None and before.type == "expression_statement" else None
    left = inner.child_by_field_name("left") if inner is not None and inner.type == "assignment" else None
    return [left] if left is not None and left.type == "identifier" else []


def _only_names(site: Site, node: Node) -> bool:
    """Whether `node` only names something: what is called, an attribute's name, the receiver, a target, a module or a class."""
    parent = node.parent
    if parent is None or text_of(node) == site.scope.method_self:
        return True
    if parent.type == "call" and parent.child_by_field_name("function") == node:
        return True
    if parent.type in ("attribute", "keyword_argument") and node in (
        parent.child_by_field_name("attribute"),
        parent.child_by_field_name("name"),
    ):
        return True
    if parent.child_by_field_name("left") == node and parent.type in ("assignment", "for_statement", "for_in_clause"):
        return True
    return not site.kind(node) & ~(Kind.MODULE | Kind.CLASS | Kind.CALLABLE)


def _owner(node: Node) -> Node | None:
    while node.parent is not None:
        node = node.parent
        if node.type in ("function_definition", "class_definition", "lambda"):
            return node if node.type == "function_definition" else None
    return None


def _parameters(site: Site) -> list[str]:
    return [n.text for n in site.scope.names.values() if n.parameter and n.text != site.scope.method_self]


def _begins_its_line(site: Site) -> bool:
    head = site.code.data[: site.node.start_byte].rpartition(b"\n")[2]
    return not head.strip() and site.node.parent is not None and site.node.parent.type in ("block", "module")


@template(
    "guard.only_if",
    0.3,
    " ".join(sorted((SIMPLE - {"import_statement", "import_from_statement", "pass_statement"}) | {"for_statement"})),
    (
        "def f(r, follow):\n    r.read()\n    r.close()\n",
        "def f(r, follow):\n    if follow:\n        r.read()\n    r.close()\n",
    ),
    (
        "def f(xs, log=None):\n    for x in xs:\n        go(x)\n    return xs\n",
        "def f(xs, log=None):\n    if log is not None:\n        for x in xs:\n            go(x)\n    return xs\n",
    ),
    (
        "class A:\n    def f(self):\n        self.strict = True\n        raise ValueError(\n            1)\n",
        "class A:\n    def f(self):\n        self.strict = True\n        if self.strict:\n            raise ValueError(\n                1)\n",
    ),
)
def only_if(site: Site) -> Proposals:
    """A statement of one or more lines that should run only where a flag, or something that it does not name, is there."""
    if not _begins_its_line(site) or _owner(site.node) is None or b'"""' in (site.node.text or b""):
        return
    if site.node.type == "expression_statement" and site.node.named_children[0].type == "string":
        return
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    moved = site.text.replace("\n", f"\n{unit}")
    receiver = site.scope.method_self
    flags = [n for n in site.names(Kind.VALUE) if site.scope.names.get(n)]
    flags.sort(key=lambda n: -site.near(n))
    own = [f"{receiver}.{a}" for a in sorted(site.code.attributes.get(receiver, ())) if a not in site.code.functions]
    for i, flag in enumerate([*flags[:_MOST_FLAGS], *own[: 2 * _MOST_FLAGS]]):
        kind = site.scope.kinds.get(flag, Kind.ANY)
        for test, weight in ((flag, 1.0), (f"not {flag}", 0.7), (f"{flag} is not None", 0.6), (f"{flag} is None", 0.4)):
            if "None" in test and kind in (Kind.BOOL, Kind.NUMBER):
                continue
            share = weight * (1.2 if kind == Kind.BOOL else 1.0) / (1 + 0.1 * i)
            yield replace(site.node, f"if {test}:{eol}{indent}{unit}{moved}", min(1.0, share))


@template(
    "guard.refuse",
    0.25,
    "function_definition",
    (
        "def f(n):\n    return 1 / n\ndef g(s):\n    if not s:\n        raise ValueError('empty')\n",
        "def f(n):\n    if n < 0:\n        raise ValueError('empty')\n    return 1 / n\ndef g(s):\n    if not s:\n        raise ValueError('empty')\n",
    ),
    (
        "def f(name):\n    return name\ndef g(s):\n    raise KeyError(s)\n",
        "def f(name):\n    if not name:\n        raise KeyError(name)\n    return name\ndef g(s):\n    raise KeyError(s)\n",
    ),
)
def refuse(site: Site) -> Proposals:
    """An argument that should have been refused, in the way in which the file refuses others."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    inner = site.code.scope(body)
    first = next((n for n in body.named_children if n.type != "comment" and not _is_text(n)), None)
    names = [n for n in inner.names.values() if n.parameter and n.text != inner.method_self]
    if first is None or not names:
        return
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    raised = _raised(site)
    for name in names[:6]:
        tests = [(f"not {name.text}", 0.8), (f"{name.text} is None", 0.8)]
        tests += [(f"{name.text} < 0", 0.9), (f"{name.text} <= 0", 0.8)] if name.kind & Kind.NUMBER else []
        for error in raised:
            for test, weight in tests:
                line = f"if {test}:{eol}{indent}{unit}raise {error.format(name.text)}{eol}{indent}"
                yield Rewrite(((Span(first.start_byte, first.start_byte), line),), weight)


def _raised(site: Site) -> list[str]:
    """What the file raises, as written; a name handed to an exception gives way to the argument's (``{}``)."""
    found: dict[str, None] = {}
    for call in (n for n in walk(site.code.root) if n.type == "raise_statement" and n.named_children):
        value = call.named_children[0]
        function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        if function is None or arguments is None or len(text_of(value)) > 80 or "{" in text_of(value):
            continue
        parts = arguments.named_children
        plain = len(parts) == 1 and parts[0].type == "identifier"
        if plain or all(p.type == "string" for p in parts):
            found[f"{text_of(function)}({{}})" if plain else text_of(value)] = None
    return list(dict.fromkeys([*found, "ValueError({})"]))[:6]


def _is_text(node: Node) -> bool:
    return (
        node.type == "expression_statement"
        and node.named_children[:1] != []
        and node.named_children[0].type == "string"
    )


@template(
    "condition.branch",
    0.45,
    "conditional_expression",
    ("x = [a] + b if b else a\n", "x = [a] + b\n"),
    ("x = a if ok else b\n", "x = b if ok else a\n"),
)
def branch(site: Site) -> Proposals:
    """A choice that is none, or whose two sides are the wrong way round."""
    parts = site.node.named_children
    if len(parts) != 3:
        return
    yield site.become(text_of(parts[0]), level_of(parts[0]))
    yield site.become(text_of(parts[2]), level_of(parts[2]), 0.7)
    if level_of(parts[2]) >= Level.OR:
        yield Rewrite(((span(parts[0]), text_of(parts[2])), (span(parts[2]), text_of(parts[0]))), 0.8)


@template(
    "operand.element",
    0.3,
    "tuple list set",
    ("kinds = (A, B, C)\n", "kinds = (A, C)\n"),
    ("names = [first, first]\n", "names = [first]\n"),
    most=6,
)
def element(site: Site) -> Proposals:
    """An element too many in a literal."""
    parts = site.node.named_children
    if not 1 < len(parts) <= _MOST_ELEMENTS or (site.node.type == "tuple" and len(parts) == 2):
        return
    for i, part in enumerate(parts):
        if i + 1 < len(parts):
            yield Rewrite(((Span(part.start_byte, parts[i + 1].start_byte), ""),), 0.8)
        else:
            yield Rewrite(((Span(parts[i - 1].end_byte, part.end_byte), ""),))


_MOST_ELEMENTS = 6

TEMPLATES = (way_out, only_if, refuse, branch, element)
