"""Values as parts of texts: bytes, None and enums as texts, parts of a joined text, commas that are missing, ``__str__``."""

import re
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, template
from fixbot_repair.candidates.templates.pitfalls.formatting import positional
from fixbot_repair.candidates.templates.pitfalls.holes import Found, literal, trap, traps


def _is_optional(site: Site, found: Found) -> bool:
    """Whether the value is a parameter whose default is None, or what ``get`` gave."""
    node = found["x"]
    text = text_of(node)
    if node.type == "identifier":
        parameters = scope_node(site.node).child_by_field_name("parameters")
        head = text_of(parameters) if parameters is not None else ""
        return re.search(rf"\b{re.escape(text)}\b[^,=]*= ?None\b", head) is not None
    return node.type == "call" and re.search(r"\.get\([^,()]*\)\Z", text) is not None


text_of_value = traps(
    "pitfall.text_of",
    1.6,
    "The text of bytes is a literal, that of None a word: a decoded or an empty text was meant.",
    *(
        trap(f"str(base64.{name}($x))", f'base64.{name}($x).decode("ascii")')
        for name in ("b64encode", "urlsafe_b64encode", "b32encode", "b16encode")
    ),
    trap("str(binascii.hexlify($x))", 'binascii.hexlify($x).decode("ascii")'),
    trap("str($x.encode(*rest))", "$x.encode(*rest).decode()", "$x"),
    trap("str($x.read())", "$x.read().decode()", weight=0.7),
    trap("str(subprocess.check_output(*rest))", "subprocess.check_output(*rest).decode()", "subprocess.check_output(*rest, text=True)"),
    trap("str($x.digest())", "$x.hexdigest()"),
    trap("str($x)", 'str($x or "")', '("" if $x is None else str($x))', weight=0.85, guard=_is_optional),
    trap("str($x)", "$x.decode()", 'str($x, "utf-8")', weight=0.7, guard=lambda site, found: bool(re.search(rf"\b{re.escape(text_of(found['x']))}: (?:bytes|bytearray)\b", text_of(scope_node(site.node))))),
    examples=[
        ("def f(x=None):\n    return str(x)\n", 'def f(x=None):\n    return str(x or "")\n'),
        ("def f(d):\n    return str(d.get(1))\n", 'def f(d):\n    return str(d.get(1) or "")\n'),
        ("def f(x: bytes):\n    return str(x)\n", "def f(x: bytes):\n    return x.decode()\n"),
    ],
)  # fmt: skip

_ENUM = re.compile(rb"^[ \t]*class (\w+)\([^)\n]*\b(?:Enum|IntEnum|StrEnum|Flag)\b", re.MULTILINE)
_members: WeakKeyDictionary[Code, re.Pattern[str] | None] = WeakKeyDictionary()


def _of_enum(code: Code) -> re.Pattern[str] | None:
    """What finds the names that the file annotates with one of its enums; None where it has none."""
    if code not in _members:
        classes = [name.decode() for name in _ENUM.findall(code.data)] if b"Enum" in code.data else []
        found: list[str] = []
        if classes:
            either = "|".join(classes)
            found = re.findall(
                rf"\b(\w+)(?:: *(?:{either})\b| = (?:{either})\.\w+$)",
                code.data.decode("utf-8", "replace"),
                re.MULTILINE,
            )
        _members[code] = (
            re.compile(rf"(?:\w+\.)*(?:{'|'.join(found)})|(?:{'|'.join(classes)})\.\w+") if found or classes else None
        )
    return _members[code]


@template(
    "pitfall.enum_text",
    1.5,
    "interpolation call",
    (
        "from enum import Enum\nclass C(Enum):\n    A = 'a'\ndef f(c: C):\n    return f'{c}'\n",
        "from enum import Enum\nclass C(Enum):\n    A = 'a'\ndef f(c: C):\n    return f'{c.value}'\n",
    ),
    (
        "from enum import Enum\nclass C(Enum):\n    A = 1\ndef f(c: C):\n    return str(c)\n",
        "from enum import Enum\nclass C(Enum):\n    A = 1\ndef f(c: C):\n    return c.value\n",
    ),
    relies=0.35,
)
def enum_text(site: Site) -> Proposals:
    """A member of an enum as text is its class and name; its value or its name was meant."""
    known = _of_enum(site.code)
    parts = site.node.named_children
    if known is None or not parts:
        return
    if site.node.type == "interpolation" and known.fullmatch(text_of(parts[0])):
        yield from (
            replace(parts[0], f"{text_of(parts[0])}.{name}", weight) for name, weight in (("value", 1.0), ("name", 0.9))
        )
    elif site.node.type == "call" and text_of(parts[0]) == "str" and len(given := positional(site.node)) == 1:
        own = text_of(given[0])
        if known.fullmatch(own):
            shapes = ((f"{own}.value", 1.0), (f"{own}.name", 0.9), (f"str({own}.value)", 0.8))
            yield from (replace(site.node, text, weight) for text, weight in shapes)


def _is_between(_: Site, found: Found) -> bool:
    value = literal(found["s"])
    return isinstance(value, str) and value != "" and not value.isalnum()


joined = traps(
    "pitfall.joined",
    1.3,
    "Parts that may be empty or absent are joined with a separator beside nothing; receiver and argument of ``join`` exchanged.",
    *(
        trap(f"$s.join({left}{names}{right})", f"$s.join(filter(None, {left}{names}{right}))", f"$s.join(p for p in {left}{names}{right} if p)", guard=_is_between)
        for left, right in ("[]", "()")
        for names in ("$a, $b", "$a, $b, $c", "$a, $b, $c, $d")
    ),
    trap("$name.join($s)", "$s.join($name)", guard=_is_between),
    trap("$s.join($name)", "$s.join(filter(None, $name))", weight=0.6, guard=_is_between),
    examples=[
        ('def f(a, b):\n    return " ".join([a, b])\n', 'def f(a, b):\n    return " ".join(filter(None, [a, b]))\n'),
        ('def f(x):\n    return x.join(", ")\n', 'def f(x):\n    return ", ".join(x)\n'),
    ],
)  # fmt: skip


@template(
    "pitfall.missing_comma",
    1.5,
    "concatenated_string",
    ('X = ["a", "b" "c", "d"]\n', 'X = ["a", "b", "c", "d"]\n'),
    ('X = {\n    "one"\n    "two",\n    "six",\n}\n', 'X = {\n    "one",\n    "two",\n    "six",\n}\n'),
    relies=0.35,
)
def missing_comma(site: Site) -> Proposals:
    """Two literals of a list side by side, that without a comma are one."""
    parent, parts = site.node.parent, site.node.named_children
    if parent is None or parent.type not in ("list", "set", "tuple") or len(parts) > 3:
        return
    others = [e for e in parent.named_children if e.type == "string"]
    if len(others) >= len(parent.named_children) - 1 and not any(" " in text_of(p).strip("'\" ") for p in parts[:-1]):
        ends = [part.end_byte for part in parts[:-1]]
        yield Rewrite(tuple((Span(end, end), ",") for end in ends), 1.0 if others else 0.6)


_TAKE_MANY = ("args", "choices", "params", "parameters", "exclude", "include", "columns", "fields")
_EXECUTES = frozenset(("execute", "executemany"))


@template(
    "pitfall.one_of_tuple",
    1.7,
    "parenthesized_expression",
    ("def f(g, x):\n    return Thread(target=g, args=(x))\n", "def f(g, x):\n    return Thread(target=g, args=(x,))\n"),
    ('def f():\n    for x in ("abc"):\n        go(x)\n', 'def f():\n    for x in ("abc",):\n        go(x)\n'),
    ("def f(c, q, x):\n    c.execute(q, (x))\n", "def f(c, q, x):\n    c.execute(q, (x,))\n"),
    relies=0.35,
)
def one_of_tuple(site: Site) -> Proposals:
    """Brackets around one value are no tuple: it is gone through letter by letter."""
    parent, inner = site.node.parent, site.node.named_children[:1]
    if parent is None or not inner or inner[0].type not in ("string", "identifier", "attribute", "subscript", "call"):
        return
    named = parent.child_by_field_name("name") if parent.type == "keyword_argument" else None
    call = parent.parent if parent.type == "argument_list" else None
    called = text_of(call.named_children[0]).rpartition(".")[2] if call is not None else ""
    looped = parent.type in ("for_statement", "for_in_clause") and parent.child_by_field_name("right") == site.node
    if (
        (named is not None and text_of(named) in _TAKE_MANY)
        or called in _EXECUTES
        or (looped and inner[0].type == "string")
    ):
        yield Rewrite(((Span(inner[0].end_byte, inner[0].end_byte), ","),))


@template(
    "pitfall.no_text",
    1.4,
    "return_statement",
    (
        "class A:\n    n = 1\n    def __str__(self):\n        return self.n\n",
        "class A:\n    n = 1\n    def __str__(self):\n        return str(self.n)\n",
    ),
    (
        "class A:\n    def __repr__(self):\n        return self.a, self.b\n",
        "class A:\n    def __repr__(self):\n        return str((self.a, self.b))\n",
    ),
    relies=0.35,
)
def no_text(site: Site) -> Proposals:
    """``__str__`` and its like must give a text."""
    name = site.scope.node.child_by_field_name("name")
    if name is None or text_of(name) not in ("__str__", "__repr__", "__format__") or not site.node.named_children:
        return
    value = site.node.named_children[0]
    if (value.type == "attribute" and site.kind(value) & Kind.NUMBER) or (
        value.type in ("expression_list", "tuple", "integer", "float", "list", "dictionary")
    ):
        own = f"({text_of(value)})" if value.type == "expression_list" else text_of(value)
        yield replace(value, f"str({own})")
        yield replace(value, f"repr({own})", 0.7)


@template(
    "pitfall.quoted_value",
    0.8,
    "string",
    ("def f(x):\n    return f\"no '{x}'\"\n", 'def f(x):\n    return f"no {x!r}"\n'),
    ('def f(x, y):\n    return f"{x!r} of {y}"\n', 'def f(x, y):\n    return f"{x} of {y}"\n'),
    relies=0.35,
)
def quoted_value(site: Site) -> Proposals:
    """A value in quotes that may hold quotes itself, or one shown as a literal where its text was meant."""
    parts = site.node.named_children
    for i, part in enumerate(parts):
        if part.type != "interpolation":
            continue
        around = [
            text_of(p) if p.type == "string_content" else "" for p in (parts[i - 1], parts[min(i + 1, len(parts) - 1)])
        ]
        if around[0][-1:] == "'" == around[1][:1] and len(part.named_children) == 1:
            yield Rewrite(((Span(part.start_byte - 1, part.end_byte + 1), f"{text_of(part)[:-1]}!r}}"),))
        elif len(part.named_children) == 2 and text_of(part.named_children[1]) == "!r":
            yield replace(part.named_children[1], "", 0.8)


TEMPLATES: tuple[Template, ...] = (text_of_value, enum_text, joined, missing_comma, one_of_tuple, no_text, quoted_value)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.text_of": ("getpelican/pelican-plugins#798", "pantsbuild/pants#6475"),
}
