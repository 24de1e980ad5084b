"""Calls of the library of regular expressions: how much must match, where flags stand, what groups give."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, template
from fixbot_repair.candidates.templates.imports import imports_of
from fixbot_repair.candidates.templates.pitfalls.holes import Found, last_name, trap, traps
from fixbot_repair.candidates.templates.pitfalls.texts import is_asked

_FUNCTIONS = frozenset(("compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"))
_compiled: WeakKeyDictionary[Code, dict[str, Node]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Use:
    """A call of the library of regular expressions: its function's name, the pattern, and the call that holds the pattern."""

    function: Node  # the name alone
    name: str
    pattern: Node
    arguments: tuple[Node, ...]  # of the call itself, the pattern left out
    holder: Node  # where flags belong: this call, or the one that compiled the pattern
    is_compiled: bool

    @property
    def flags(self) -> str:
        """The holder's source without the pattern: flags stand there."""
        return text_of(self.holder).replace(text_of(self.pattern), "")

    @property
    def inner(self) -> str:
        """The pattern between its quotes as it is written; "" where it is no literal."""
        text = text_of(self.pattern)
        if self.pattern.type != "string" or not text.isascii():
            return ""
        body = text.lstrip("rRbBfFuU")
        return body[3:-3] if body.startswith(('"""', "'''")) else body[1:-1]

    @property
    def start(self) -> int:
        """Offset of :attr:`inner`."""
        text = text_of(self.pattern)
        body = text.lstrip("rRbBfFuU")
        return self.pattern.start_byte + len(text) - len(body) + (3 if body.startswith(('"""', "'''")) else 1)

    def change(self, at: re.Match[str], text: str, weight: float = 1.0) -> Rewrite:
        """The rewrite of what `at` matched in :attr:`inner`."""
        return Rewrite(((Span(self.start + at.start(), self.start + at.end()), text),), weight)


def _definitions(code: Code) -> dict[str, Node]:
    """Calls of ``re.compile`` by the last name they are assigned to."""
    if code not in _compiled:
        found = {}
        for call in code.calls.get("compile", ()):
            parent = call.parent
            left = parent.child_by_field_name("left") if parent is not None and parent.type == "assignment" else None
            if left is not None and imports_of(code).full(text_of(call.named_children[0])) == "re.compile":
                found[last_name(left)] = call
        _compiled[code] = found
    return _compiled[code]


def _constant(code: Code, pattern: Node) -> Node:
    """The literal that a name stands for, where the file assigns it at its top or in a class; else `pattern` itself."""
    if pattern.type not in ("identifier", "attribute"):
        return pattern
    name, found = last_name(pattern), []
    bodies = [
        code.root,
        *(b for n in code.root.named_children if n.type == "class_definition" and (b := n.child_by_field_name("body"))),
    ]
    for statement in (s for body in bodies for s in body.named_children if s.type == "expression_statement"):
        inner = statement.named_children[0] if statement.named_children else None
        left = inner.child_by_field_name("left") if inner is not None and inner.type == "assignment" else None
        right = inner.child_by_field_name("right") if inner is not None else None
        if left is not None and right is not None and text_of(left) == name and right.type == "string":
            found.append(right)
    return found[0] if len(found) == 1 else pattern


def use_of(site: Site) -> Use | None:
    """What the call at the site asks of the library of regular expressions, None where that is nothing."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None or function.type not in ("attribute", "identifier"):
        return None
    name = function.child_by_field_name("attribute") if function.type == "attribute" else function
    if name is None or text_of(name) not in _FUNCTIONS:
        return None
    given = arguments.named_children if arguments.type == "argument_list" else []
    if imports_of(site.code).full(text_of(function)) == f"re.{text_of(name)}":
        pattern = _constant(site.code, given[0]) if given else None
        return Use(name, text_of(name), pattern, tuple(given[1:]), site.node, False) if pattern is not None else None
    owner = function.child_by_field_name("object")
    made = _definitions(site.code).get(last_name(owner)) if owner is not None else None
    held = made.child_by_field_name("arguments") if made is not None else None
    if made is None or held is None or not held.named_children:
        return None
    return Use(name, text_of(name), held.named_children[0], tuple(given), made, True)


_END = re.compile(r"(?<!\\)((?:\\\\)*)\$\Z")


@template(
    "pitfall.whole_match",
    1.4,
    "call",
    (
        'import re\ndef f(x):\n    return bool(re.match(r"\\d+", x))\n',
        'import re\ndef f(x):\n    return bool(re.fullmatch(r"\\d+", x))\n',
    ),
    (
        'import re\ndef f(x):\n    return re.match(r"a+$", x)\n',
        'import re\ndef f(x):\n    return re.match(r"a+\\Z", x)\n',
    ),
    (
        'import re\nP = re.compile(r"[a-z]+")\ndef f(x):\n    if not P.match(x):\n        raise ValueError(x)\n',
        'import re\nP = re.compile(r"[a-z]+")\ndef f(x):\n    if not P.fullmatch(x):\n        raise ValueError(x)\n',
    ),
    ('import re\ndef f(x):\n    return re.match("b", x)\n', 'import re\ndef f(x):\n    return re.search("b", x)\n'),
    relies=0.35,
)
def whole_match(site: Site) -> Proposals:
    """``match`` begins at the start and ends anywhere, ``$`` also stands before a last line feed, ``search`` looks anywhere."""
    use = use_of(site)
    if use is None or "MULTILINE" in use.flags or "re.M" in use.flags:
        return
    end = _END.search(use.inner)
    asked = (
        is_asked(site.node)
        or re.search(r"is (?:not )?None", text_of(site.node.parent) if site.node.parent else "") is not None
    )
    if end is not None:
        yield Rewrite(
            ((Span(use.start + end.end() - 1, use.start + end.end()), r"\Z"),), 1.0 if use.pattern != site.node else 0.9
        )
    elif use.name == "match" and not use.inner.endswith(r"\Z"):
        yield replace(use.function, "fullmatch", 1.0 if asked else 0.75)
    elif use.name == "search" and asked and not use.inner.endswith(r"\Z"):
        yield replace(use.function, "fullmatch", 0.7)
    if use.name == "match":
        yield replace(use.function, "search", 0.8)
    elif use.name == "search":
        yield replace(use.function, "match", 0.65)


def _is_flag(_: Site, found: Found) -> bool:
    return re.search(r"\bre\.[A-Z]|_FLAGS|flags", text_of(found["f"])) is not None


flags_place = traps(
    "pitfall.flags_place",
    1.9,
    "Flags handed over where the library takes a count, a place, or nothing.",
    trap("re.sub($p, $r, $x, $f)", "re.sub($p, $r, $x, flags=$f)", guard=_is_flag),
    trap("re.subn($p, $r, $x, $f)", "re.subn($p, $r, $x, flags=$f)", guard=_is_flag),
    trap("re.split($p, $x, $f)", "re.split($p, $x, flags=$f)", guard=_is_flag),
    trap("re.compile($p).sub($r, $x, $f)", "re.compile($p, $f).sub($r, $x)", guard=_is_flag),
    examples=[
        ("import re\ndef f(p, x):\n    return re.sub(p, '', x, re.I)\n", "import re\ndef f(p, x):\n    return re.sub(p, '', x, flags=re.I)\n"),
        ("import re\ndef f(p, x):\n    return re.split(p, x, re.M)\n", "import re\ndef f(p, x):\n    return re.split(p, x, flags=re.M)\n"),
    ],
)  # fmt: skip


_OPTIONAL = (b")?", b")*", b"|")


def _may_be_none(site: Site, _: object) -> bool:
    return any(mark in site.code.data for mark in _OPTIONAL) and not (
        site.node.parent is not None
        and site.node.parent.type
        in ("boolean_operator", "comparison_operator", "if_statement", "conditional_expression")
    )


group_none = traps(
    "pitfall.group_none",
    1.0,
    "A group that took no part in a match is None; group 0 is all of it.",
    trap("$x.group($i)", '($x.group($i) or "")', guard=_may_be_none),
    trap("$x.group($s)", '($x.group($s) or "")', guard=_may_be_none),
    trap("$x.groups()", '$x.groups("")', '$x.groups(default="")'),
    trap("$x.groupdict()", '$x.groupdict("")', '$x.groupdict(default="")'),
    trap("$x.group()", "$x.group(1)"),
    trap("$x.group(0)", "$x.group(1)", weight=0.9),
    trap("$x.group(1)", "$x.group(0)", "$x.group(2)", weight=0.7),
    trap("int($x.group($i))", "int($x.group($i) or 0)"),
    trap("int($x.group($s))", "int($x.group($s) or 0)"),
    trap("$x.match($y).group($z)", "$x.search($y).group($z)", weight=0.8),
    examples=[
        (
            'import re\ndef f(x):\n    m = re.match("(a)?(b)", x)\n    return m.group(1)\n',
            'import re\ndef f(x):\n    m = re.match("(a)?(b)", x)\n    return m.group(1) or ""\n',
        ),
    ],
)

_FLAG_WANTED: tuple[tuple[str, re.Pattern[str], float], ...] = (  # flag, what of a pattern asks for it, weight
    ("MULTILINE", re.compile(r"\A\^|(?<!\\)\$\Z"), 1.0),
    ("DOTALL", re.compile(r"(?<![\\\[])\.[*+]\??(?:\)|[^)$])"), 0.9),
    ("VERBOSE", re.compile(r"\n[ \t]+|\s# "), 1.0),
    ("IGNORECASE", re.compile(r"\[a-z\]|\[A-Z\]|\A[A-Za-z ]{3,}|\b[a-z]{3,}\b"), 0.75),
    ("ASCII", re.compile(r"\\[dwb]"), 0.7),
)


@template(
    "pitfall.pattern_flags",
    1.0,
    "call",
    (
        'import re\ndef f(x):\n    return re.findall(r"^\\w+:", x)\n',
        'import re\ndef f(x):\n    return re.findall(r"^\\w+:", x, re.MULTILINE)\n',
    ),
    ('import re\nP = re.compile(r"<!--.*?-->")\n', 'import re\nP = re.compile(r"<!--.*?-->", re.DOTALL)\n'),
    (
        'import re\ndef f(x):\n    return re.sub(r"/\\*.*?\\*/", "", x)\n',
        'import re\ndef f(x):\n    return re.sub(r"/\\*.*?\\*/", "", x, flags=re.DOTALL)\n',
    ),
    relies=0.35,
)
def pattern_flags(site: Site) -> Proposals:
    """A pattern over several lines, in any case or of ASCII alone, without the flag that says so."""
    use = use_of(site)
    if use is None or not use.inner or re.search(r"\bre\.[A-Z]|flags", use.flags) or use.inner.startswith("(?"):
        return
    owner = text_of(use.holder.named_children[0]).rpartition(".")[0]
    arguments = use.holder.child_by_field_name("arguments")
    if not owner or arguments is None:
        return
    keyword = "flags=" if not use.is_compiled and use.name in ("sub", "subn", "split") else ""
    at = arguments.named_children[-1].end_byte
    for flag, asks, weight in _FLAG_WANTED:
        if flag == "MULTILINE" and use.name in ("match", "fullmatch"):
            continue
        if asks.search(use.inner):
            yield Rewrite(((Span(at, at), f", {keyword}{owner}.{flag}"),), weight)


@template(
    "pitfall.flags_compiled",
    1.7,
    "call",
    (
        'import re\nP = re.compile("a")\ndef f(x):\n    return P.search(x, re.I)\n',
        'import re\nP = re.compile("a", re.I)\ndef f(x):\n    return P.search(x)\n',
    ),
    (
        'import re\nP = re.compile("a")\ndef f(x):\n    return P.sub("", x, flags=re.S)\n',
        'import re\nP = re.compile("a", re.S)\ndef f(x):\n    return P.sub("", x)\n',
    ),
    relies=0.35,
)
def flags_compiled(site: Site) -> Proposals:
    """Flags handed to a method of a compiled pattern, which takes them for a place or a count."""
    use = use_of(site)
    arguments = use.holder.child_by_field_name("arguments") if use is not None and use.is_compiled else None
    if (
        use is None
        or arguments is None
        or len(use.arguments) < 2
        or not re.search(r"\bre\.[A-Z]", text_of(use.arguments[-1]))
    ):
        return
    last, before = use.arguments[-1], use.arguments[-2]
    flag = text_of(last.named_children[-1]) if last.type == "keyword_argument" else text_of(last)
    end = arguments.named_children[-1].end_byte
    yield Rewrite(((Span(end, end), f", {flag}"), (Span(before.end_byte, last.end_byte), "")))


_GROUP = re.compile(r"(?<!\\)\((?!\?)")


@template(
    "pitfall.captured",
    1.2,
    "call",
    (
        'import re\ndef f(x):\n    return re.split(r"(,|;)", x)\n',
        'import re\ndef f(x):\n    return re.split(r"(?:,|;)", x)\n',
    ),
    (
        'import re\ndef f(x):\n    return re.findall(r"(ab)+c", x)\n',
        'import re\ndef f(x):\n    return re.findall(r"(?:ab)+c", x)\n',
    ),
    relies=0.35,
)
def captured(site: Site) -> Proposals:
    """Groups that are there for grouping only: ``split`` keeps what they took, ``findall`` gives them instead of the match."""
    use = use_of(site)
    if use is None or use.name not in ("split", "findall") or not use.inner:
        return
    groups = list(_GROUP.finditer(use.inner))
    if len(groups) > 1:
        yield Rewrite(tuple((Span(use.start + g.start(), use.start + g.end()), "(?:") for g in groups))
    yield from (use.change(group, "(?:", 1.0 if len(groups) == 1 else 0.9) for group in groups)


TEMPLATES: tuple[Template, ...] = (whole_match, flags_place, flags_compiled, group_none, pattern_flags, captured)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.flags_place": ("sqlmapproject/sqlmap#2481", "beetbox/beets#2518", "pypa/flit#105"),
    "pitfall.whole_match": ("bufbuild/protovalidate-py#285", "plu5/retype#64", "diazoxide/charter#580"),
}
