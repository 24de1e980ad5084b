"""What fails for nothing at all, and loops that know after the first element what only all of them tell."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import (
    Proposals,
    Rewrite,
    Site,
    Template,
    owns_brackets,
    replace,
    span,
    template,
)
from fixbot_repair.candidates.templates.pitfalls.usage import calls, changed_in, function_of, given, loop_of


@template(
    "pitfall.nothing",
    1.2,
    "call subscript assignment",
    ("def f(sets):\n    return set.union(*sets)\n", "def f(sets):\n    return set().union(*sets)\n"),
    ("def f(xs):\n    return max(x.n for x in xs)\n", "def f(xs):\n    return max((x.n for x in xs), default=0)\n"),
    (
        "def f(xs):\n    return next(x for x in xs if x.on)\n",
        "def f(xs):\n    return next((x for x in xs if x.on), None)\n",
    ),
    (
        "def f(xs):\n    return [x for x in xs if x.on][0]\n",
        "def f(xs):\n    return next((x for x in xs if x.on), None)\n",
    ),
    (
        "def f(pairs):\n    a, b = zip(*pairs)\n    return a, b\n",
        "def f(pairs):\n    a, b = zip(*pairs) if pairs else ((), ())\n    return a, b\n",
    ),
    ("def f(xs):\n    return max(*xs)\n", "def f(xs):\n    return max(xs)\n"),
    relies=0.4,
)
def nothing(site: Site) -> Proposals:
    """What fails for nothing at all, or for one alone: the first of none, the largest of none, the union of none."""
    node, inner = site.node, given(site.node) if site.node.type == "call" else []
    if node.type == "assignment":
        yield from _unzipped(site)
    elif node.type == "subscript":
        value, key = site.field("value"), site.field("subscript")
        if value is not None and key is not None and value.type == "list_comprehension" and text_of(key) == "0":
            yield site.become(f"next(({text_of(value)[1:-1]}), None)")
    elif site.text.startswith(("set.union(*", "set.intersection(*", "frozenset().union(*")) and len(inner) == 1:
        sets = text_of(inner[0])[1:]
        if ".union" in site.text:
            yield site.become(f"set().union(*{sets})")
        else:
            yield site.become(f"{site.text} if {sets} else set()", Level.CONDITIONAL)
    elif calls(node, "max", "min", "next") and len(inner) == 1:
        yield from _of_none(site, inner[0])


def _unzipped(site: Site) -> Iterator[Rewrite]:
    """Columns of rows, where there may be no rows."""
    left, right = site.field("left"), site.field("right")
    star = given(right) if right is not None and calls(right, "zip") else []
    if left is None or right is None or left.type != "pattern_list" or len(star) != 1 or star[0].type != "list_splat":
        return
    rows = star[0].named_children[0]
    if rows.type in ("identifier", "attribute"):
        empty = ", ".join("()" for _ in left.named_children)
        yield replace(right, f"{text_of(right)} if {text_of(rows)} else ({empty})")


def _of_none(site: Site, only: Node) -> Iterator[Rewrite]:
    name = text_of(site.node.named_children[0])
    if only.type == "list_splat" and name in ("max", "min"):
        yield replace(only, text_of(only)[1:])
    elif only.type == "generator_expression":
        bare = text_of(only) if owns_brackets(only) else grouped(only, Level.PRIMARY)
        for default, weight in (("None", 0.85),) if name == "next" else (("default=0", 0.85), ("default=None", 0.7)):
            edit = span(site.node.named_children[1]), f"({bare}, {default})"
            yield Rewrite((edit,), weight)
    elif only.type == "list_comprehension" and name != "next":
        yield Rewrite(((Span(only.end_byte, only.end_byte), ", default=0"),), 0.7)


@template(
    "pitfall.first_only",
    1.7,
    "for_statement",
    (
        "def f(xs):\n    for x in xs:\n        if x > 1:\n            return True\n        else:\n            return False\n",
        "def f(xs):\n    for x in xs:\n        if x > 1:\n            return True\n    return False\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        if x > 1:\n            return False\n        return True\n",
        "def f(xs):\n    for x in xs:\n        if x > 1:\n            return False\n    return True\n",
    ),
    (
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n        return out\n",
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out\n",
    ),
    relies=0.35,
)
def first_only(site: Site) -> Proposals:
    """A loop that gives its answer in the first turn, whatever the others would say."""
    body = site.field("body")
    last = body.named_children[-1] if body is not None and body.named_children else None
    if body is None or last is None:
        return
    eol, indent = site.code.newline, site.code.indent_of(site.node)
    begin, end = last, site.code.line_end(site.node.end_byte)
    if last.type == "if_statement":
        other = last.named_children[-1]
        held = other.child_by_field_name("body") if other.type == "else_clause" else None
        if held is None or len(held.named_children) != 1 or "return" not in text_of(last.named_children[1]):
            return
        begin, last = other, held.named_children[0]
    if last.type != "return_statement" or not last.named_children or not _answers(site, body, last, begin):
        return
    # With the line's end, so that the statement that is looked at anew is one around the loop.
    whole = Span(site.code.data.rfind(b"\n", 0, begin.start_byte) + 1, min(end + len(eol), len(site.code.data)))
    behind = site.node.next_named_sibling
    is_said = behind is not None and behind.type == "return_statement"
    yield Rewrite(((whole, "" if is_said else f"{indent}{text_of(last)}{eol}"),))


def _answers(site: Site, body: Node, last: Node, begin: Node) -> bool:
    """Whether the last statement of a turn gives the answer for all: a truth value beside another one, or what the loop collects."""
    value = last.named_children[0]
    if value.type in ("true", "false"):
        other = "return False" if value.type == "true" else "return True"
        return other in text_of(body)
    return value.type == "identifier" and begin == last and bool(changed_in(site.code, text_of(value), body))


@template(
    "pitfall.overwritten",
    1.5,
    "assignment",
    (
        "def f(xs, n):\n    found = False\n    for x in xs:\n        found = x == n\n    return found\n",
        "def f(xs, n):\n    found = False\n    for x in xs:\n        found = found or x == n\n    return found\n",
    ),
    (
        "def f(xs):\n    ok = True\n    for x in xs:\n        ok = check(x)\n    return ok\n",
        "def f(xs):\n    ok = True\n    for x in xs:\n        ok = check(x) and ok\n    return ok\n",
    ),
    relies=0.35,
)
def overwritten(site: Site) -> Proposals:
    """A truth value that each turn of a loop overwrites: the last one decides alone."""
    left, right, loop, function = site.field("left"), site.field("right"), loop_of(site.node), function_of(site.node)
    if left is None or right is None or loop is None or function is None or left.type != "identifier":
        return
    if right.type not in ("comparison_operator", "call", "not_operator", "boolean_operator") or _is_seen(loop, left):
        return
    statement = site.node.parent
    if statement is None or statement.parent != loop.child_by_field_name("body") or "break" in text_of(loop):
        return
    for node in walk(function):
        first = node.child_by_field_name("right") if node.type == "assignment" else None
        if first is None or node.start_byte > loop.start_byte or text_of(node.named_children[0]) != text_of(left):
            continue
        if first.type in ("true", "false"):
            word, level = ("and", Level.AND) if first.type == "true" else ("or", Level.OR)
            each = grouped(right, level)
            yield replace(right, f"{text_of(left)} {word} {each}", 0.95)
            yield replace(right, f"{each} {word} {text_of(left)}")


def _is_seen(loop: Node, name: Node) -> bool:
    """Whether the loop reads the name itself."""
    body = loop.child_by_field_name("body") or loop
    return any(n.type == "identifier" and text_of(n) == text_of(name) and is_read(n) for n in walk(body))


TEMPLATES: tuple[Template, ...] = (nothing, first_only, overwritten)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.nothing": ("StackStorm/st2#1260", "AstarVienna/ScopeSim#290", "VIDA-NYU/openclean-core#41"),
}
