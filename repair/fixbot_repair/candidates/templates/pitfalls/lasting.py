"""What is made once where one for each was meant: multiplied rows, defaults, fields of a class, variables of closures; copies too shallow."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, span, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.library import call_of
from fixbot_repair.candidates.templates.pitfalls.usage import (
    calls,
    changed_in,
    given,
    inside,
)

_MADE = ("list", "dictionary", "set", "list_comprehension", "dictionary_comprehension", "set_comprehension")
_MAKERS = ("list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray")
_PLAIN = ("iter", "range", "str", "int", "float", "tuple", "frozenset", "len", "object", "repeat", "Decimal", "bytes", "round", "min", "max")  # fmt: skip


def is_made(node: Node) -> bool:
    """Whether `node` makes a container, or an instance of a class."""
    if node.type in _MADE or calls(node, *_MAKERS):
        return True
    function = node.child_by_field_name("function") if node.type == "call" else None
    name = text_of(function).rpartition(".")[2] if function is not None else ""
    if node.type == "binary_operator":
        return any(n.type == "list" for n in node.named_children)
    return name[:1].isupper() and not name.isupper() and name not in _PLAIN


@template(
    "pitfall.repeated",
    1.8,
    "binary_operator call assignment",
    ("def f(n, m):\n    return [[0] * n] * m\n", "def f(n, m):\n    return [[0] * n for _ in range(m)]\n"),
    ("def f(keys):\n    return dict.fromkeys(keys, [])\n", "def f(keys):\n    return {key: [] for key in keys}\n"),
    (
        "def f(n):\n    row = [0] * n\n    return [row] * n\n",
        "def f(n):\n    row = [0] * n\n    return [list(row) for _ in range(n)]\n",
    ),
    (
        "def f():\n    a = b = []\n    a.append(1)\n    return b\n",
        "def f():\n    a, b = [], []\n    a.append(1)\n    return b\n",
    ),
    relies=0.35,
)
def repeated(site: Site) -> Proposals:
    """One container for all: a row multiplied, the same value under all keys, two names for one."""
    if site.node.type == "call":
        yield from _under_all_keys(site)
    elif site.node.type == "assignment":
        yield from _named_twice(site)
    elif "[" in site.text and (sign := site.field("operator")) is not None and sign.type == "*":
        left, right = site.field("left"), site.field("right")
        for many, count in ((left, right), (right, left)):
            if many is None or count is None or many.type != "list" or len(many.named_children) != 1:
                continue
            each = many.named_children[0]
            copied = _copied(site, each)
            if copied:
                many_made = each.type == "identifier" or each.type in _MADE or calls(each, *_MAKERS)
                inner = text_of(count.named_children[0] if count.type == "parenthesized_expression" else count)
                yield site.become(f"[{copied} for _ in range({inner})]", weight=1.0 if many_made else 0.7)


def _copied(site: Site, each: Node) -> str:
    """What makes another one of `each`; "" where one is enough."""
    if is_made(each):
        return text_of(each)
    if each.type != "identifier":
        return ""
    kind = site.kind(each)
    name = {Kind.LIST: "list", Kind.DICT: "dict", Kind.SET: "set"}.get(kind)
    return f"{name}({text_of(each)})" if name else ""


def _under_all_keys(site: Site) -> Iterator[Rewrite]:
    parts = given(site.node)
    if calls(site.node, "fromkeys") and len(parts) == 2:
        made = _copied(site, parts[1])
        if made and "dict.fromkeys" in site.text:
            yield site.become(f"{{key: {made} for key in {grouped(parts[0], Level.OR)}}}")
    elif calls(site.node, "repeat") and len(parts) == 2 and (made := _copied(site, parts[0])):
        yield site.become(f"[{made} for _ in range({text_of(parts[1])})]")


def _named_twice(site: Site) -> Iterator[Rewrite]:
    names, right = [site.node.named_children[0]], site.field("right")
    while right is not None and right.type == "assignment":
        names.append(right.named_children[0])
        right = right.child_by_field_name("right")
    simple = all(n.type in ("identifier", "attribute", "subscript") for n in names)
    if right is not None and len(names) > 1 and simple and (right.type in _MADE or calls(right, *_MAKERS)):
        text = f"{', '.join(map(text_of, names))} = {', '.join([text_of(right)] * len(names))}"
        yield Rewrite(((span(site.node), text),))


_NOW = ("now", "utcnow", "today", "time", "monotonic", "uuid4", "uuid1", "random", "getcwd", "token_hex", "localtime")


@template(
    "pitfall.default",
    1.7,
    "function_definition",
    (
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen\n",
        "def f(x, seen=None):\n    if seen is None:\n        seen = []\n    seen.append(x)\n    return seen\n",
    ),
    (
        "class A:\n    def __init__(self, rows={}):\n        self.rows = rows\n",
        "class A:\n    def __init__(self, rows=None):\n        if rows is None:\n            rows = {}\n        self.rows = rows\n",
    ),
    (
        "import time\ndef f(x, at=time.time()):\n    return x, at\n",
        "import time\ndef f(x, at=None):\n    if at is None:\n        at = time.time()\n    return x, at\n",
    ),
    relies=0.35,
)
def default(site: Site) -> Proposals:
    """A default that all calls share, and that is changed, kept or given back; a time that is that of the import."""
    parameters, body = site.field("parameters"), site.field("body")
    if parameters is None or body is None or not body.named_children or "=" not in text_of(parameters):
        return
    first = first_of(body)
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    for parameter in parameters.named_children:
        name, value = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
        if name is None or value is None:
            continue
        share = 1.0 if calls(value, *_NOW) else _kept(site, text_of(name), body) if is_made(value) else 0.0
        if share:
            text = f"if {text_of(name)} is None:{eol}{indent}{unit}{text_of(name)} = {text_of(value)}{eol}{indent}"
            yield Rewrite(((span(value), "None"), (Span(first.start_byte, first.start_byte), text)), share)


def _kept(site: Site, name: str, body: Node) -> float:
    if changed_in(site.code, name, body):
        return 1.0
    for node in walk(body):
        if node.type == "identifier" and text_of(node) == name and node.parent is not None:
            if node.parent.type in ("return_statement", "yield", "pair"):
                return 0.9
            if node.parent.type == "assignment" and node.parent.child_by_field_name("right") == node:
                return 1.0
    return 0.0


# Empty containers -> what makes one.
_FACTORY: Mapping[str, str] = {"[]": "list", "{}": "dict", "set()": "set", "list()": "list", "dict()": "dict", "0": "int", "0.0": "float", '""': "str", "''": "str", "int()": "int"}  # fmt: skip


@template(
    "pitfall.factory",
    1.8,
    "call",
    (
        "from collections import defaultdict\nd = defaultdict([])\n",
        "from collections import defaultdict\nd = defaultdict(list)\n",
    ),
    (
        "class A(Model):\n    made = Field(default=datetime.now())\n",
        "class A(Model):\n    made = Field(default=datetime.now)\n",
    ),
    (
        "@dataclass\nclass A:\n    rows: list = field(default=[])\n",
        "@dataclass\nclass A:\n    rows: list = field(default_factory=list)\n",
    ),
    (
        "from threading import Thread\ndef f(q):\n    Thread(target=work(q)).start()\n",
        "from threading import Thread\ndef f(q):\n    Thread(target=work, args=(q,)).start()\n",
    ),
    relies=0.35,
)
def factory(site: Site) -> Proposals:
    """A value handed over where a function that makes it was meant: it is made once, on import, or too early."""
    parts = call_of(site)
    name = text_of(parts[0]).rpartition(".")[2] if parts else ""
    arguments = given(site.node)
    if name == "defaultdict" and arguments and arguments[0].type != "keyword_argument":
        text = text_of(arguments[0])
        if made := _FACTORY.get(text, f"lambda: {text}" if calls(arguments[0], *_MAKERS) else ""):
            yield Rewrite(((span(arguments[0]), made),))
    for argument in (a for a in arguments if a.type == "keyword_argument"):
        key, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
        if key is not None and value is not None:
            yield from _by_keyword(site, name, text_of(key), value, argument)
    if name in ("submit", "register", "call_soon", "signal", "add_done_callback") and arguments:
        last = arguments[-1] if name == "signal" else arguments[0]
        if last.type == "call" and not calls(last, "partial", "getattr") and name != "register":
            inner = "".join(f", {text_of(a)}" for a in given(last)) if name in ("submit", "call_soon") else ""
            yield Rewrite(((span(last), f"{text_of(last.named_children[0])}{inner}"),))


def _by_keyword(site: Site, name: str, key: str, value: Node, argument: Node) -> Iterator[Rewrite]:
    called = value.child_by_field_name("function") if value.type == "call" else None
    if key == "default" and (name[:1].isupper() or name in ("field", "mapped_column", "ib")):
        made = _FACTORY.get(text_of(value), "") if value.type in _MADE or called is not None else ""
        if called is not None and calls(value, *_NOW) and not given(value):
            made = text_of(called)
        if made and site.scope.node.type == "class_definition":
            shape = f"default_factory={made}" if name in ("field", "Field") else f"default={made}"
            yield Rewrite(((span(argument), shape),), 1.0 if name == "field" else 0.9)
            other = f"default={made}" if name == "Field" else f"default_factory={made}"
            yield Rewrite(((span(argument), other),), 1.0 if name == "Field" else 0.6)
    elif key in ("default_factory", "factory") and (made := _FACTORY.get(text_of(value), "")):
        yield Rewrite(((span(value), made),))
    elif key == "target" and called is not None and name in ("Thread", "Process") and not calls(value, "partial"):
        inner = ", ".join(map(text_of, given(value)))
        more = f", args=({inner}{',' if len(given(value)) == 1 else ''})" if inner else ""
        yield Rewrite(((span(value), f"{text_of(called)}{more}"),))


@template(
    "pitfall.late",
    1.6,
    "lambda function_definition",
    (
        "def f(out, xs):\n    for x in xs:\n        out.append(lambda y: x + y)\n",
        "def f(out, xs):\n    for x in xs:\n        out.append(lambda y, x=x: x + y)\n",
    ),
    (
        "def f(xs):\n    made = {}\n    for x in xs:\n        def go(n):\n            return n * x\n        made[x] = go\n    return made\n",
        "def f(xs):\n    made = {}\n    for x in xs:\n        def go(n, x=x):\n            return n * x\n        made[x] = go\n    return made\n",
    ),
    ("def f(xs):\n    return [lambda: x for x in xs]\n", "def f(xs):\n    return [lambda x=x: x for x in xs]\n"),
    relies=0.35,
)
def late(site: Site) -> Proposals:
    """A function made in a loop that reads the loop's variable when the loop is over."""
    body, parameters = site.field("body"), site.field("parameters")
    bound = _turned(site.node)
    if body is None or not bound or (parameters is not None and "*" in text_of(parameters)) or _used_at_once(site.node):
        return
    taken = {text_of(n) for n in walk(parameters) if n.type == "identifier"} if parameters is not None else set()
    read = {text_of(n) for n in walk(body) if n.type == "identifier" and is_read(n)} - taken
    names = sorted(read & bound)
    if not names:
        return
    extra = ", ".join(f"{name}={name}" for name in names)
    if site.node.type == "lambda":
        at = parameters.end_byte if parameters is not None else site.node.start_byte + len("lambda")
        yield Rewrite(((Span(at, at), f", {extra}" if parameters is not None else f" {extra}"),))
    elif parameters is not None:
        at = parameters.end_byte - 1
        yield Rewrite(((Span(at, at), f", {extra}" if parameters.named_children else extra),))


def _turned(node: Node) -> set[str]:
    """Names that the loops around `node`, in its own function, bind anew in each turn."""
    found: set[str] = set()
    child, at = node, node.parent
    while at is not None and at.type not in ("function_definition", "class_definition", "lambda"):
        clauses = [at] if at.type == "for_statement" else [c for c in at.named_children if c.type == "for_in_clause"]
        for clause in clauses:
            left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
            if left is not None and not inside(node, right):
                found |= {text_of(n) for n in walk(left) if n.type == "identifier"}
        if at.type == "for_statement" and (block := at.child_by_field_name("body")) == child and block is not None:
            found |= {text_of(n.named_children[0]) for n in walk(block) if n.type == "assignment"}
        child, at = at, at.parent
    return found


def _used_at_once(node: Node) -> bool:
    """Whether the function made is done with in the turn: a key, an argument of what runs it."""
    if node.type == "function_definition":
        return False
    parent = node.parent
    if parent is not None and parent.type == "keyword_argument":
        return text_of(parent.named_children[0]) in ("key", "default_factory")
    call = parent.parent if parent is not None and parent.type == "argument_list" else None
    return calls(call, "map", "filter", "sorted", "reduce", "sub", "min", "max", "sort", "apply", "any", "all", "next", "takewhile", "dropwhile", "groupby", "starmap", "assertRaises")  # fmt: skip


TEMPLATES: tuple[Template, ...] = (
    repeated,
    default,
    factory,
    late,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.repeated": ("mitreac/b575f19#14", "python/cpython#105165"),
    "pitfall.default": ("dinosauria123/gcv2hocr#30", "spotify/luigi#623"),
    "pitfall.factory": ("python-attrs/attrs#651", "a2aproject/a2a-python#744"),
    "pitfall.late": ("hazelcast/hazelcast-python-client#271", "golemfactory/clay#2971"),
}
