"""Parameters that are taken and never used, or not handed on to an inner call that takes the same."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, template
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Change,
    Function,
    assigned,
    attributes,
    behind,
    function_of,
    functions,
    own,
    reads,
)

_OPEN = "- mode buffering encoding errors newline closefd opener"
_JSON = "- - - - skipkeys ensure_ascii check_circular allow_nan cls indent separators default sort_keys"
_RUN = "- input timeout check cwd env shell stdin stdout stderr text encoding errors capture_output"
# Functions of the library that are called with options -> what they take, in this order; a dash is for what cannot be named, or is no option.
_TAKING: Mapping[str, tuple[str, ...]] = {
    name: tuple(options.split())
    for name, options in {
        "sorted": "- - - - key reverse",
        "sort": "- - - - key reverse",
        "min": "- - - - - - key default",
        "max": "- - - - - - key default",
        "sum": "- start",
        "enumerate": "- start",
        "round": "- ndigits",
        "int": "- base",
        "zip": "- - - - - strict",
        "print": "- - - - - - sep end file flush",
        "open": _OPEN,
        "read_text": "encoding errors newline",
        "write_text": "- encoding errors newline",
        "encode": "encoding errors",
        "decode": "encoding errors",
        "split": "sep maxsplit",
        "rsplit": "sep maxsplit",
        "splitlines": "keepends",
        "json.dumps": _JSON,
        "json.dump": _JSON,
        "json.loads": "- - - - cls object_hook parse_float parse_int parse_constant object_pairs_hook",
        "subprocess.run": _RUN,
        "subprocess.check_output": _RUN,
        "subprocess.Popen": "- bufsize cwd env shell stdin stdout stderr text encoding errors",
        "re.sub": "- - - count flags",
        "re.split": "- - maxsplit flags",
        "re.compile": "- flags",
        "re.search": "- - flags",
        "re.match": "- - flags",
        "re.findall": "- - flags",
        "csv.reader": "- dialect delimiter quotechar",
        "csv.writer": "- dialect delimiter quotechar lineterminator",
        "csv.DictReader": "- fieldnames restkey restval dialect delimiter quotechar",
        "csv.DictWriter": "- fieldnames restval extrasaction dialect delimiter quotechar",
        "deque": "- maxlen",
        "mkdir": "mode parents exist_ok",
        "os.makedirs": "- mode exist_ok",
        "datetime.now": "tz",
        "fromtimestamp": "- tz",
        "textwrap.wrap": "- width initial_indent subsequent_indent break_long_words",
        "textwrap.fill": "- width initial_indent subsequent_indent break_long_words",
        "quote": "- safe encoding errors",
        "urlencode": "- doseq safe encoding errors",
        "difflib.get_close_matches": "- - n cutoff",
        "accumulate": "- - initial",
        "hashlib.new": "- - usedforsecurity",
        "copytree": "- - symlinks ignore copy_function dirs_exist_ok",
    }.items()
}

_SHORT = 2  # characters of names that say too little


def _unused(function: Function) -> list[str]:
    """Parameters that the body does not read, where it does anything at all."""
    if function.is_empty or (
        function.name.startswith("__") and function.name not in ("__init__", "__call__", "__new__")
    ):
        return []
    read = reads(function.body)
    return [p for p in function.parameters if p not in read and not p.startswith("_")]


@template(
    "pitfall.not_handed",
    1.5,
    "call",
    (
        "def total(tree, deep=False):\n    if deep:\n        return sum(total(t) for t in tree.parts)\n    return tree.n\n",
        "def total(tree, deep=False):\n    if deep:\n        return sum(total(t, deep=deep) for t in tree.parts)\n    return tree.n\n",
    ),
    (
        "class B(A):\n    def save(self, path, *, force=False):\n        self.tidy()\n        super().save(path)\n",
        "class B(A):\n    def save(self, path, *, force=False):\n        self.tidy()\n        super().save(path, force=force)\n",
    ),
    (
        "def ranked(rows, key=None, reverse=False):\n    return sorted(rows, reverse=reverse)\n",
        "def ranked(rows, key=None, reverse=False):\n    return sorted(rows, reverse=reverse, key=key)\n",
    ),
    (
        "def outer(func):\n    def inner(*args, **kwargs):\n        return func(*args)\n    return inner\n",
        "def outer(func):\n    def inner(*args, **kwargs):\n        return func(*args, **kwargs)\n    return inner\n",
    ),
    most=5,
    relies=0.35,
)
def not_handed(site: Site) -> Proposals:
    """A call without an option that the function has and the called one takes: the recursive call, ``super``, the inner function."""
    function, called = function_of(site.code, site.node), site.field("function")
    if (
        function is None
        or called is None
        or _place(site.node) is None
        or not site.node.start_byte >= function.body.start_byte
    ):
        return
    unused = _unused(function)
    known = _takes(site, function, called)
    options = [p for p in function.parameters if p in known and _is_missing(site.node, p, known)]
    again = _is_again(function, text_of(called))
    sure = [p for p in options if p in unused or (again and p in function.defaults)]
    if text_of(called) == f"super().{function.name}" and not sure:
        sure = [p for p in unused if p in function.defaults and p not in text_of(site.node)]
    for name in sure:
        yield Rewrite((_handed(site.node, f"{name}={name}"),))
        if again and len(calls := _again(function, name)) > 1:
            yield Rewrite(tuple(_handed(c, f"{name}={name}") for c in calls), 0.99)
    if len(sure) > 1:
        yield Rewrite((_handed(site.node, ", ".join(f"{name}={name}" for name in sure)),), 0.95)
    for splat in _splats(site, function, called):
        yield Rewrite((_handed(site.node, splat),), 0.9)
    if not again:
        yield from (
            Rewrite((_handed(site.node, f"{p}={p}"),), 0.5) for p in options if p not in unused and len(p) > _SHORT
        )


def _takes(site: Site, function: Function, called: Node) -> tuple[str, ...]:
    """Parameters that what is called has, as far as that is known."""
    text = text_of(called)
    if _is_again(function, text):
        return function.parameters
    if (options := _TAKING.get(text) or _TAKING.get(text.rpartition(".")[2])) is not None:
        return options
    if (takes := site.code.takes(called)) is not None:
        return takes.names
    last = text.rpartition(".")[2]
    same = [f for f in functions(site.code).values() if f.name == last and f is not function and "." in text]
    return same[0].parameters if len(same) == 1 else ()


def _is_again(function: Function, called: str) -> bool:
    """Whether a call of that name is one of `function` itself."""
    head, _, last = called.rpartition(".")
    if last != function.name or last.startswith("__"):
        return False
    return not head if function.owner is None else bool(head) and "super" not in head


def _again(function: Function, name: str) -> list[Node]:
    """Calls of `function` itself that do not hand `name` on."""
    found = []
    for node in own(function.body):
        called = node.child_by_field_name("function") if node.type == "call" else None
        is_again = called is not None and _is_again(function, text_of(called)) and _place(node) is not None
        if is_again and _is_missing(node, name, function.parameters):
            found.append(node)
    return found


def _is_missing(call: Node, name: str, known: tuple[str, ...]) -> bool:
    """Whether the call hands nothing over for the parameter `name`."""
    arguments = call.child_by_field_name("arguments")
    given = [a for a in arguments.named_children if a.type != "comment"] if arguments is not None else []
    if any(a.type in ("list_splat", "dictionary_splat") for a in given) or any(name in reads(a) for a in given):
        return False
    if any(text_of(a).partition("=")[0].strip() == name for a in given if a.type == "keyword_argument"):
        return False
    positional = sum(a.type != "keyword_argument" for a in given)
    return name not in known[:positional]


def _place(call: Node) -> Node | None:
    """The arguments of a call, where another one can be put behind them."""
    arguments = call.child_by_field_name("arguments")
    return arguments if arguments is not None and arguments.type == "argument_list" else None


def _handed(call: Node, text: str) -> Change:
    """The change that hands `text` over too."""
    arguments = _place(call)
    assert arguments is not None
    given = [a for a in arguments.named_children if a.type != "comment"]
    at = given[-1].end_byte if given else arguments.end_byte - 1
    return Span(at, at), f"{', ' if given else ''}{text}"


def _splats(site: Site, function: Function, called: Node) -> Iterator[str]:
    """``*args`` and ``**kwargs`` that the function takes and does not read, where what it calls is a parameter, or its base's."""
    inner = text_of(called)
    free = called.type == "identifier" and site.code.scope(function.body).names.get(inner) is None
    outer = site.code.scope(function.node).names.get(inner)
    if inner != f"super().{function.name}" and not (free and outer is not None and outer.parameter):
        return
    for splat in function.splats:
        if splat.lstrip("*") not in reads(function.body) and (splat.startswith("**") or "=" not in text_of(site.node)):
            yield splat


@template(
    "pitfall.unused",
    1.4,
    "function_definition",
    (
        'def fields(line, sep=","):\n    return [p.strip() for p in line.split(",")]\n',
        'def fields(line, sep=","):\n    return [p.strip() for p in line.split(sep)]\n',
    ),
    (
        "class A:\n    def __init__(self, name, limit=10):\n        self.name = name\n        self.limit = 10\n",
        "class A:\n    def __init__(self, name, limit=10):\n        self.name = name\n        self.limit = limit\n",
    ),
    (
        "class A:\n    def __init__(self, name, strict=False):\n        self.name = name\n    def go(self):\n        return self.strict\n",
        "class A:\n    def __init__(self, name, strict=False):\n        self.name = name\n        self.strict = strict\n    def go(self):\n        return self.strict\n",
    ),
    (
        "def find(d, k, default=None):\n    if k in d:\n        return d[k]\n    return None\n",
        "def find(d, k, default=None):\n    if k in d:\n        return d[k]\n    return default\n",
    ),
    (
        "class A:\n    def pay(self, n, rate=None):\n        return n * self.rate\n",
        "class A:\n    def pay(self, n, rate=None):\n        return n * (self.rate if rate is None else rate)\n",
    ),
    most=6,
    relies=0.35,
)
def unused(site: Site) -> Proposals:
    """A parameter that is never read, where something else stands in its place: its default, an attribute, a constant."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node:
        return
    for name in _unused(function):
        yield from _stand_ins(function, name)
        if function.name == "__init__":
            yield from _kept(site, function, name)
        else:
            yield from _own_attribute(function, name)


def _stand_ins(function: Function, name: str) -> Proposals:
    """Constants in the place of the parameter: its default written out, a keyword or a name of the same word."""
    default = function.defaults.get(name, "")
    same, named = [], []
    for node in own(function.body):
        value = node.child_by_field_name("value") if node.type == "keyword_argument" else None
        if value is not None and text_of(node.named_children[0]) == name:
            named.append(value)
        elif (node.type in _CONSTANT and text_of(node) == default and is_read(node)) or _is_constant(node, name):
            same.append(node)
    for value in named:
        yield replace(value, name)
    weight = 0.4 if default in _COMMON else 1.0
    if default == "None":
        same = [n for n in same if n.parent is not None and n.parent.type == "return_statement"]
        weight = 1.0 if name in ("default", "fallback", "missing", "otherwise") else 0.4
    if len(same) > 1:
        yield Rewrite(tuple((span(n), name) for n in same), weight)
    yield from (replace(n, name, 0.95 * weight) for n in same[:3])


_CONSTANT = ("string", "integer", "float", "true", "false", "none", "list", "dictionary", "tuple")
_COMMON = frozenset(("0", "1", "True", "False", '""', "''", "[]", "{}", "()"))


def _is_constant(node: Node, name: str) -> bool:
    """Whether `node` is a constant of the file that says what the parameter `name` is for: ``LIMIT``, ``DEFAULT_LIMIT``."""
    return node.type == "identifier" and text_of(node) in (name.upper(), f"DEFAULT_{name.upper()}", f"_{name.upper()}")


def _kept(site: Site, function: Function, name: str) -> Proposals:
    """``self.name = name``, in the place of what is kept under that name, or behind the other such lines."""
    last = None
    for statement in function.statements:
        sides = assigned(statement) if statement.type == "expression_statement" else None
        if sides is None or not text_of(sides[0]).startswith(f"{function.receiver}."):
            continue
        last = statement
        if text_of(sides[0]).rpartition(".")[2].lstrip("_") == name:
            yield replace(sides[1], name)
            return
    for attribute in (name, f"_{name}"):
        if last is not None and attribute in site.code.attributes.get(function.receiver, ()):
            yield Rewrite((behind(site, last, f"{function.receiver}.{attribute} = {name}"),))
            return


def _own_attribute(function: Function, name: str) -> Proposals:
    """The parameter in the place of the attribute of the same name."""
    found = [n for a, n in attributes(function.body, function.receiver) if a.lstrip("_") == name and is_read(n)]
    if not function.receiver or not found:
        return
    if function.defaults.get(name) == "None":
        for node in found[:2]:
            text = f"{text_of(node)} if {name} is None else {name}"
            yield Rewrite(((span(node), text if _is_whole(node) else f"({text})"),))
    else:
        yield Rewrite(tuple((span(n), name) for n in found), 0.9)


def _is_whole(node: Node) -> bool:
    """Whether a conditional expression may stand in the place of `node` as it is."""
    parent = node.parent
    return parent is not None and parent.type in ("assignment", "return_statement", "keyword_argument")


TEMPLATES = (not_handed, unused)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.not_handed": ("sphinx-doc/sphinx#6517", "gem/oq-engine#6140"),
    "pitfall.unused": ("yonatanzunger/pyppin#8", "benrutter/clamshell#4"),
}
