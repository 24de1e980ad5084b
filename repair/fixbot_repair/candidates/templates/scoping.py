"""Where names live: bound in the wrong scope, shared by all instances, looked up too late; and how a method is bound."""

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.conditions import first_of


@template(
    "scope.declared",
    0.5,
    "function_definition",
    (
        "n = 0\ndef f():\n    n += 1\n    return n\n",
        "n = 0\ndef f():\n    global n\n    n += 1\n    return n\n",
    ),
    (
        "def f():\n    n = 0\n    def g():\n        n += 1\n        return n\n    return g\n",
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g\n",
    ),
)
def declared(site: Site) -> Proposals:
    """A name of the scope around that is bound here, and so is another one."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    first, own = first_of(body), site.code.scope(body)
    indent, eol = site.code.indent_of(first), site.code.newline
    bound = [n.text for n in own.names.values() if not n.parameter]
    added = [n.child_by_field_name("left") for n in walk(body) if n.type == "augmented_assignment"]
    bound += [text_of(left) for left in added if left is not None and left.type == "identifier"]
    for name in dict.fromkeys(bound):
        around = own.outer
        while around is not None and (around.node.type == "class_definition" or name not in around.names):
            around = around.outer
        if around is not None:
            word = "global" if around.node.type == "module" else "nonlocal"
            at = Span(first.start_byte, first.start_byte)
            yield Rewrite(((at, f"{word} {name}{eol}{indent}"),))


_MUTABLE = ("list", "dictionary", "set", "list_comprehension", "dictionary_comprehension")
_MAKERS = frozenset(("list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"))


@template(
    "scope.shared",
    0.6,
    "class_definition",
    (
        "class A:\n    items = []\n    def __init__(self, n):\n        self.n = n\n",
        "class A:\n    items = []\n    def __init__(self, n):\n        self.items = []\n        self.n = n\n",
    ),
    (
        "class A:\n    seen = set()\n    def add(self, x):\n        self.seen.add(x)\n",
        "class A:\n    seen = set()\n    def __init__(self):\n        self.seen = set()\n\n    def add(self, x):\n        self.seen.add(x)\n",
    ),
)
def shared(site: Site) -> Proposals:
    """A container of the class that each instance should have for itself."""
    body = site.field("body")
    if body is None:
        return
    methods = [_method(n) for n in body.named_children]
    named = {text_of(m.child_by_field_name("name") or m): m for m in methods if m is not None}
    for statement in body.named_children:
        inner = statement.named_children[0] if statement.named_children else None
        left = inner.child_by_field_name("left") if inner is not None and inner.type == "assignment" else None
        right = inner.child_by_field_name("right") if inner is not None else None
        if left is None or right is None or left.type != "identifier" or not _is_mutable(right):
            continue
        text, eol, indent = (
            f"self.{text_of(left)} = {text_of(right)}",
            site.code.newline,
            site.code.indent_of(statement),
        )
        maker = named.get("__init__")
        inside = maker.child_by_field_name("body") if maker is not None else None
        if inside is not None:
            first = first_of(inside)
            yield Rewrite(((Span(first.start_byte, first.start_byte), f"{text}{eol}{site.code.indent_of(first)}"),))
        elif named and "superclasses" not in {site.node.field_name_for_child(i) for i in range(site.node.child_count)}:
            at = next(n for n in body.named_children if _method(n) is not None).start_byte
            made = f"def __init__(self):{eol}{indent}{site.code.indent_unit}{text}{eol}{eol}{indent}"
            yield Rewrite(((Span(at, at), made),))


def _method(node: Node) -> Node | None:
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    return inner if inner is not None and inner.type == "function_definition" else None


def _is_mutable(node: Node) -> bool:
    function = node.child_by_field_name("function")
    return node.type in _MUTABLE or (node.type == "call" and function is not None and text_of(function) in _MAKERS)


@template(
    "scope.late",
    0.5,
    "lambda",
    (
        "def f(xs):\n    return [lambda: x for x in xs]\n",
        "def f(xs):\n    return [lambda x=x: x for x in xs]\n",
    ),
    (
        "def f(out, xs):\n    for x in xs:\n        out.append(lambda y: x + y)\n",
        "def f(out, xs):\n    for x in xs:\n        out.append(lambda y, x=x: x + y)\n",
    ),
)
def late(site: Site) -> Proposals:
    """A loop's variable that a function made in the loop reads when the loop is over."""
    body, parameters = site.field("body"), site.field("parameters")
    if body is None:
        return
    taken = {text_of(n) for n in walk(parameters) if n.type == "identifier"} if parameters is not None else set()
    read = {text_of(n) for n in walk(body) if n.type == "identifier"} - taken
    for name in sorted(read & _loop_names(site.node)):
        at = parameters.end_byte if parameters is not None else site.node.start_byte + len("lambda")
        yield Rewrite(((Span(at, at), f", {name}={name}" if parameters is not None else f" {name}={name}"),))


def _loop_names(node: Node) -> set[str]:
    found: set[str] = set()
    at = node.parent
    while at is not None and at.type not in ("function_definition", "class_definition"):
        clauses = [at] if at.type == "for_statement" else [c for c in at.named_children if c.type == "for_in_clause"]
        for left in (c.child_by_field_name("left") for c in clauses):
            found |= {text_of(n) for n in walk(left) if n.type == "identifier"} if left is not None else set()
        at = at.parent
    return found


_BINDINGS = ("property", "staticmethod", "classmethod")


@template(
    "scope.binding",
    0.35,
    "function_definition decorated_definition",
    (
        "class A:\n    def size(self):\n        return 1\n",
        "class A:\n    @property\n    def size(self):\n        return 1\n",
    ),
    (
        "class A:\n    def make(cls):\n        return cls()\n",
        "class A:\n    @classmethod\n    def make(cls):\n        return cls()\n",
    ),
    (
        "class A:\n    @staticmethod\n    def f(self):\n        return self\n",
        "class A:\n    def f(self):\n        return self\n",
    ),
)
def binding(site: Site) -> Proposals:
    """A method that is bound in another way than it is used: a property, without an instance, with the class."""
    if site.scope.node.type != "class_definition":
        return
    indent, eol = site.code.indent_of(site.node), site.code.newline
    if site.node.type == "decorated_definition":
        for mark in (c for c in site.node.named_children if c.type == "decorator"):
            name = text_of(mark)[1:]
            if name in _BINDINGS:
                start = site.code.data.rfind(b"\n", 0, mark.start_byte) + 1
                yield Rewrite(((Span(start, site.code.line_end(mark.end_byte) + len(eol)), ""),), 0.7)
                others = [o for o in _BINDINGS if o != name]
                yield from (Rewrite(((Span(mark.start_byte, mark.end_byte), f"@{o}"),), 0.5) for o in others)
        return
    parameters = site.field("parameters")
    if parameters is None or (site.node.parent is not None and site.node.parent.type == "decorated_definition"):
        return
    first = text_of(parameters.named_children[0]) if parameters.named_children else ""
    fits = {"property": first == "self" and len(parameters.named_children) == 1, "classmethod": first == "cls"}
    fits["staticmethod"] = first not in ("self", "cls")
    at = Span(site.node.start_byte, site.node.start_byte)
    yield from (Rewrite(((at, f"@{name}{eol}{indent}"),)) for name, fit in fits.items() if fit)


TEMPLATES = (declared, shared, late, binding)
