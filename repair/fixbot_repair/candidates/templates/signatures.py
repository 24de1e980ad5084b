"""What is handed over and what is taken: parameters without a default, keywords that a call lacks, arguments in the wrong place."""

from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, replace, template

_SPLATS = ("list_splat", "dictionary_splat")


@template(
    "parameter.default",
    0.5,
    "parameters",
    ("def f(a, size):\n    return a\n", "def f(a, size=None):\n    return a\n"),
    ("def f(a, *, strict):\n    return a\n", "def f(a, *, strict=False):\n    return a\n"),
)
def parameter_default(site: Site) -> Proposals:
    """A parameter that calls leave out, and that has no default."""
    for node in reversed(site.node.named_children):
        if node.type in ("default_parameter", "typed_default_parameter", "dictionary_splat_pattern"):
            continue
        if node.type in ("keyword_separator", "list_splat_pattern", "positional_separator"):
            continue
        if node.type not in ("identifier", "typed_parameter") or text_of(node) in ("self", "cls"):
            return
        equals = "=" if node.type == "identifier" else " = "
        for i, value in enumerate(("None", "False", "0", '""', "()", "1", "True")):
            yield Rewrite(((Span(node.end_byte, node.end_byte), f"{equals}{value}"),), 1.0 / (1 + 0.4 * i))
        if not _is_keyword_only(node):
            return  # what stands before it may have a default only when this one has


def _is_keyword_only(node: Node) -> bool:
    before = node.prev_named_sibling
    while before is not None:
        if before.type in ("keyword_separator", "list_splat_pattern"):
            return True
        before = before.prev_named_sibling
    return False


@template(
    "parameter.more",
    0.25,
    "parameters",
    ("def f(a, b):\n    return a\n", "def f(a, b, **kwargs):\n    return a\n"),
    ("def f():\n    return 1\n", "def f(*args, **kwargs):\n    return 1\n"),
    (
        "def f(a, **_rest):\n    return a\ndef g(a):\n    return -a\n",
        "def f(a, **_rest):\n    return a\ndef g(a, **_rest):\n    return -a\n",
    ),
)
def parameter_more(site: Site) -> Proposals:
    """A function that is handed more than it takes."""
    parts = site.node.named_children
    kinds = [p.type for p in parts]
    if "dictionary_splat_pattern" in kinds or not site.text.endswith(")"):
        return
    end, comma = site.node.end_byte - 1, ", " if parts else ""
    for i, name in enumerate(dict.fromkeys([*_variadic(site), "kwargs"])):
        yield Rewrite(((Span(end, end), f"{comma}**{name}"),), 1.0 / (1 + 0.2 * i))
    if not {"list_splat_pattern", "keyword_separator"} & set(kinds):
        yield Rewrite(((Span(end, end), f"{comma}*args, **kwargs"),), 0.6)
        yield Rewrite(((Span(end, end), f"{comma}*args"),), 0.4)


def _variadic(site: Site) -> list[str]:
    """How other functions of the file name what more they are handed, the most often used name first."""
    found = Counter(text_of(n)[2:] for n in walk(site.code.root) if n.type == "dictionary_splat_pattern")
    return [name for name, _ in found.most_common(2) if name.isidentifier()]


@template(
    "parameter.taken",
    0.6,
    "parameters",
    (
        "def f(a):\n    return a\n",
        "def f(a, deep=None):\n    return a\n",
        "TypeError: f() got an unexpected keyword argument 'deep'",
    ),
    (
        "class A:\n    def f(self, a, **more):\n        return a\n",
        "class A:\n    def f(self, a, deep=False, **more):\n        return a\n",
        "TypeError: A.f() got an unexpected keyword argument 'deep'",
    ),
)
def parameter_taken(site: Site) -> Proposals:
    """A parameter that callers name and the function does not take."""
    function = site.node.parent
    name = function.child_by_field_name("name") if function is not None else None
    if name is None or not site.text.endswith(")"):
        return
    parts = site.node.named_children
    held = {text_of(n) for p in parts for n in walk(p) if n.type == "identifier"}
    last = parts[-1] if parts else None
    is_splat = last is not None and last.type == "dictionary_splat_pattern"
    at = last.start_byte if is_splat and last is not None else site.node.end_byte - 1
    for called, keyword in site.code.symptoms.unexpected:
        if called != text_of(name) or keyword in held:
            continue
        for i, value in enumerate(("None", "False", "True", "0", "()")):
            text = f"{keyword}={value}, " if is_splat else f"{', ' if parts else ''}{keyword}={value}"
            yield Rewrite(((Span(at, at), text),), 1.0 / (1 + 0.3 * i))


@template(
    "argument.named",
    0.45,
    "call",
    (
        "def load(path, strict=True):\n    return path\ndef f(path, strict):\n    return load(path)\n",
        "def load(path, strict=True):\n    return path\ndef f(path, strict):\n    return load(path, strict=strict)\n",
    ),
    (
        "a = fetch(1, retry=False)\ndef f(x):\n    return fetch(x)\n",
        "a = fetch(1, retry=False)\ndef f(x):\n    return fetch(x, retry=False)\n",
    ),
    (
        "class A:\n    def f(self, x):\n        self.limit = 3\n        show(1, limit=4)\n        return show(x)\n",
        "class A:\n    def f(self, x):\n        self.limit = 3\n        show(1, limit=4)\n        return show(x, limit=self.limit)\n",
    ),
)
def named(site: Site) -> Proposals:
    """A keyword that the call lacks: one that the function takes, or that other calls of it hand over."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None or not site.text.endswith(")"):
        return
    parts = arguments.named_children
    given = {text_of(k) for p in parts if (k := p.child_by_field_name("name")) is not None}
    count = sum(p.type not in ("keyword_argument", *_SPLATS) for p in parts)
    takes = site.code.takes(function)
    elsewhere = _keywords(site, text_of(function).rpartition(".")[2])
    wanted = dict.fromkeys([*(takes.names[count:] if takes else ()), *elsewhere])
    end, comma = site.node.end_byte - 1, ", " if parts else ""
    for keyword in (k for k in wanted if k not in given):
        for value, weight in _values(site, keyword, elsewhere.get(keyword, ())):
            yield Rewrite(((Span(end, end), f"{comma}{keyword}={value}"),), weight)


def _keywords(site: Site, name: str) -> dict[str, list[str]]:
    """Keywords that the file hands to what is called `name`, with the values it hands."""
    found: dict[str, list[str]] = {}
    for call in site.code.calls.get(name, ()):
        arguments = call.child_by_field_name("arguments")
        for part in arguments.named_children if arguments is not None and call != site.node else ():
            key, value = part.child_by_field_name("name"), part.child_by_field_name("value")
            if part.type == "keyword_argument" and key is not None and value is not None:
                found.setdefault(text_of(key), []).append(text_of(value))
    return found


def _values(site: Site, keyword: str, seen: list[str] | tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if keyword in site.names():
        yield keyword, 1.0
    receiver = site.scope.method_self
    if receiver and keyword in site.code.attributes.get(receiver, ()):
        yield f"{receiver}.{keyword}", 0.9
    names = set(site.names())
    for value in list(dict.fromkeys(seen))[:3]:
        head = value.partition(".")[0]
        if not head.isidentifier() or head in names or head in ("True", "False", "None", receiver):
            yield value, 0.7
    yield from (("True", 0.4), ("False", 0.3), ("None", 0.2))


@template(
    "argument.place",
    0.4,
    "call",
    (
        "a = span(days=1)\ndef f(x):\n    return span(x)\n",
        "a = span(days=1)\ndef f(x):\n    return span(days=x)\n",
    ),
    (
        "def load(path, mode=1, size=2):\n    return path\ndef f(p, n):\n    return load(p, n)\n",
        "def load(path, mode=1, size=2):\n    return path\ndef f(p, n):\n    return load(p, size=n)\n",
    ),
)
def place(site: Site) -> Proposals:
    """An argument handed over by its place that belongs to another parameter: named now."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None:
        return
    positional = [p for p in arguments.named_children if p.type not in ("keyword_argument", *_SPLATS)]
    if not positional or positional[-1].type == "generator_expression":
        return
    last, count = positional[-1], len(positional)
    takes = site.code.takes(function)
    known = [*(takes.names[count:] if takes else ()), *_keywords(site, text_of(function).rpartition(".")[2])]
    for i, keyword in enumerate(dict.fromkeys(known)):
        if f"{keyword}=" not in text_of(arguments):
            weight = 1.0 if keyword == text_of(last) else 0.8 / (1 + 0.2 * i)
            yield replace(last, f"{keyword}={text_of(last)}", weight)


_OWN_WRAPPERS = 16


@template(
    "wrap.known",
    0.4,
    "identifier attribute subscript call string binary_operator",
    (
        "from m import clean\ndef f(a, b):\n    x = clean(a)\n    return x, b\n",
        "from m import clean\ndef f(a, b):\n    x = clean(a)\n    return x, clean(b)\n",
    ),
    (
        "import text\ndef f(s):\n    return s.name\ndef g(s):\n    return text.escape(s.label)\n",
        "import text\ndef f(s):\n    return text.escape(s.name)\ndef g(s):\n    return text.escape(s.label)\n",
    ),
)
def known(site: Site) -> Proposals:
    """A value that the file elsewhere first hands to a function of one argument: to clean, to convert, to escape."""
    if is_called(site.node) or site.is_receiver:
        return
    usable = {*site.names(values=False), site.scope.method_self}
    inner = site.field("function")
    for i, wrapper in enumerate(site.code.wrappers[:_OWN_WRAPPERS]):
        if wrapper.partition(".")[0] in usable and (inner is None or text_of(inner) != wrapper):
            yield site.become(
                f"{wrapper}({site.text})", Level.PRIMARY, site.near(wrapper.rpartition(".")[2]) / (1 + 0.05 * i)
            )


TEMPLATES = (parameter_default, parameter_more, parameter_taken, named, place, known)
