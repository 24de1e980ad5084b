"""Walks over what is linked: what was visited, all that depends and not the next ones only, the end of a worklist."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.usage import calls, function_of, given, loop_of


@template(
    "pitfall.visited",
    1.5,
    "while_statement",
    (
        "def f(g, start):\n    seen, todo, out = set(), [start], []\n    while todo:\n        node = todo.pop(0)\n        seen.add(node)\n        out.append(node)\n        for n in g[node]:\n            if n not in seen:\n                todo.append(n)\n    return out\n",
        "def f(g, start):\n    seen, todo, out = set(), [start], []\n    while todo:\n        node = todo.pop(0)\n        if node in seen:\n            continue\n        seen.add(node)\n        out.append(node)\n        for n in g[node]:\n            if n not in seen:\n                todo.append(n)\n    return out\n",
    ),
    (
        "def f(g, start):\n    seen = {start}\n    todo = [start]\n    while todo:\n        node = todo.pop()\n        for n in g[node]:\n            if n not in seen:\n                todo.append(n)\n    return seen\n",
        "def f(g, start):\n    seen = {start}\n    todo = [start]\n    while todo:\n        node = todo.pop()\n        for n in g[node]:\n            if n not in seen:\n                seen.add(n)\n                todo.append(n)\n    return seen\n",
    ),
    relies=0.35,
)
def visited(site: Site) -> Proposals:
    """A worklist that takes up what is on it already: what was seen is marked too late, or never."""
    body = site.field("body")
    text = text_of(body) if body is not None else ""
    if (
        body is None
        or "pop" not in text
        or not any(w in text for w in (".append(", "heappush(", ".put(", ".appendleft("))
    ):
        return
    taken = next((n for n in walk(body) if n.type == "assignment" and calls(n.child_by_field_name("right"), "pop", "popleft", "heappop", "get")), None)  # fmt: skip
    eol, unit = site.code.newline, site.code.indent_unit
    for test in (n for n in walk(body) if n.type == "comparison_operator" and "not in" in text_of(n)):
        parts, block = test.named_children, test.parent.child_by_field_name("consequence") if test.parent is not None else None  # fmt: skip
        if len(parts) != 2 or block is None or not any(calls(n, "append", "put", "heappush", "appendleft") for n in walk(block)):  # fmt: skip
            continue
        element, seen = text_of(parts[0]), text_of(parts[1])
        if f"{seen}.add({element})" not in text and f"{seen}.append({element})" not in text and f"{seen}[{element}]" not in text:  # fmt: skip
            first = first_of(block)
            line = f"{seen}.add({element}){eol}{site.code.indent_of(first)}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), line),))
        if taken is not None and (name := _popped(taken)) and f"if {name} in {seen}" not in text:
            marked = next((n for n in walk(body) if n.type == "expression_statement" and text_of(n) == f"{seen}.add({name})"), None)  # fmt: skip
            if marked is not None:
                indent = site.code.indent_of(marked)
                line = f"if {name} in {seen}:{eol}{indent}{unit}continue{eol}{indent}"
                yield Rewrite(((Span(marked.start_byte, marked.start_byte), line),))


def _popped(assignment: Node) -> str:
    """The name of the node that is taken off the worklist; "" where that is not said."""
    left = assignment.named_children[0]
    return text_of(left.named_children[-1] if left.type == "pattern_list" else left)


_LINKS = ("depend", "child", "parent", "deps", "link", "require", "import", "caller", "user", "neighbo", "edge", "graph", "include", "member", "subclass", "successor", "predecessor", "upstream", "downstream", "refer", "reverse", "base", "adj", "follow", "sub")  # fmt: skip


@template(
    "pitfall.one_step",
    1.4,
    "for_statement return_statement",
    (
        "class A:\n    def drop(self, key):\n        self.kept.pop(key, None)\n        for user in self.users[key]:\n            self.kept.pop(user, None)\n",
        "class A:\n    def drop(self, key):\n        self.kept.pop(key, None)\n        for user in self.users[key]:\n            self.drop(user)\n",
    ),
    (
        "def needed(deps, name):\n    out = set()\n    for other in deps.get(name, ()):\n        out.add(other)\n    return out\n",
        "def needed(deps, name):\n    out = set()\n    pending, done = list(deps.get(name, ())), set()\n    while pending:\n        other = pending.pop()\n        if other in done:\n            continue\n        done.add(other)\n        pending.extend(deps.get(other, ()))\n        out.add(other)\n    return out\n",
    ),
    (
        "def all_users(users, name):\n    return set(users.get(name, ()))\n",
        "def all_users(users, name):\n    found, pending = set(), [name]\n    while pending:\n        for each in users.get(pending.pop(), ()):\n            if each not in found:\n                found.add(each)\n                pending.append(each)\n    return found\n",
    ),
    relies=0.35,
)
def one_step(site: Site) -> Proposals:
    """What is done for the direct users, children or links of something alone, and not for theirs in turn."""
    if site.node.type == "return_statement":
        yield from _given_at_once(site)
        return
    left, right, body, function = site.field("left"), site.field("right"), site.field("body"), function_of(site.node)
    if left is None or right is None or body is None or function is None or left.type != "identifier":
        return
    key = _looked_up(right)
    if key is None or not any(word in text_of(right).lower() for word in _LINKS) or loop_of(site.node) is not None:
        return
    name, element = text_of(function.child_by_field_name("name") or function), text_of(left)
    if any(calls(n, name) for n in walk(function)) or "while " in text_of(function):
        return
    parameters = [n.text for n in site.scope.names.values() if n.parameter and n.text != site.scope.method_self]
    if text_of(key) not in parameters:
        return
    inside = text_of(body)
    if (
        len(body.named_children) == 1
        and len(parameters) == 1
        and _does(function, site.node, inside, element, text_of(key))
    ):
        called = f"{site.scope.method_self}.{name}" if site.scope.method_self else name
        yield replace(body, f"{called}({element})")
    inner = given(right)[0] if calls(right, "list", "set", "sorted", "tuple") and given(right) else right
    certain = inner.type == "subscript" or calls(inner, "get")
    yield _worked_off(site, right, key, element, 0.9 if certain else 0.6)


_WHOLE = (
    "all",
    "transitive",
    "closure",
    "recursive",
    "ancestor",
    "descendant",
    "reachable",
    "affected",
    "needed",
    "required",
)


def _given_at_once(site: Site) -> Iterator[Rewrite]:
    """The direct ones given back by a function whose name says all of them."""
    function, value = function_of(site.node), site.node.named_children[0] if site.node.named_children else None
    key = _looked_up(value) if value is not None else None
    name = text_of(function.child_by_field_name("name") or function) if function is not None else ""
    says_all = any(part.startswith(_WHOLE) for part in name.split("_"))
    if value is None or key is None or function is None or "while" in text_of(function):
        return
    if not says_all or value.type == "attribute":
        return
    inner = given(value)[0] if calls(value, "list", "set", "sorted", "tuple") and given(value) else value
    whole, start = text_of(inner).encode(), key.start_byte - inner.start_byte
    theirs = (whole[:start] + b"pending.pop()" + whole[start + key.end_byte - key.start_byte :]).decode()
    eol, indent, unit = site.code.newline, site.code.indent_of(site.node), site.code.indent_unit
    shape = "{}" if inner == value or calls(value, "set") else f"{text_of(value.named_children[0])}({{}})"
    if inner.type == "call" and len(given(inner)) > 1 and not calls(inner, "get"):
        return
    lines = (
        f"found, pending = set(), [{text_of(key)}]",
        "while pending:",
        f"{unit}for each in {theirs}:",
        f"{unit * 2}if each not in found:",
        f"{unit * 3}found.add(each)",
        f"{unit * 3}pending.append(each)",
        f"return {shape.format('found')}",
    )
    yield replace(site.node, f"{eol}{indent}".join(lines))


def _looked_up(right: Node) -> Node | None:
    """The key of a look-up: ``users[key]``, ``users.get(key, ())``, ``self.users_of(key)``."""
    inner = given(right)[0] if calls(right, "list", "set", "sorted", "tuple") and given(right) else right
    if inner.type == "subscript":
        key = inner.child_by_field_name("subscript")
    elif inner.type == "call":
        key = given(inner)[0] if given(inner) else None
    elif inner.type == "attribute":
        key = inner.child_by_field_name("object")
    else:
        key = None
    return key if key is not None and key.type == "identifier" else None


def _does(function: Node, loop: Node, inside: str, element: str, key: str) -> bool:
    """Whether the function does for the key itself what the loop does for each element."""
    block = function.child_by_field_name("body")
    wanted = inside.replace(element, key)
    return block is not None and any(text_of(s) == wanted for s in block.named_children if s != loop)


def _worked_off(site: Site, right: Node, key: Node, element: str, weight: float) -> Rewrite:
    """The loop over a worklist, to which the elements of each element are put; each is taken up once."""
    eol, indent, unit = site.code.newline, site.code.indent_of(site.node), site.code.indent_unit
    whole = text_of(right).encode()
    start, end = key.start_byte - right.start_byte, key.end_byte - right.start_byte
    theirs = (whole[:start] + element.encode() + whole[end:]).decode()
    block = first_of(site.field("body") or site.node)
    inner = site.code.indent_of(block)
    pending, done = (n if n not in site.scope.names else f"{n}_" for n in ("pending", "done"))
    head = f"{pending}, {done} = list({text_of(right)}), set(){eol}{indent}while {pending}:{eol}"
    lines = (f"{element} = {pending}.pop()", f"if {element} in {done}:", f"{unit}continue", f"{done}.add({element})", f"{pending}.extend({theirs})")  # fmt: skip
    text = head + "".join(f"{inner}{line}{eol}" for line in lines) + inner
    return Rewrite(((Span(site.node.start_byte, block.start_byte), text),), weight)


@template(
    "pitfall.other_end",
    1.3,
    "call",
    (
        "def f(g, start):\n    queue = [start]\n    while queue:\n        node = queue.pop()\n        queue.extend(g[node])\n",
        "def f(g, start):\n    queue = [start]\n    while queue:\n        node = queue.pop(0)\n        queue.extend(g[node])\n",
    ),
    (
        "from collections import deque\ndef f(g, start):\n    todo = deque([start])\n    while todo:\n        node = todo.pop()\n        todo.extend(g[node])\n",
        "from collections import deque\ndef f(g, start):\n    todo = deque([start])\n    while todo:\n        node = todo.popleft()\n        todo.extend(g[node])\n",
    ),
    (
        "def f(g, start):\n    stack = [start]\n    while stack:\n        node = stack.pop(0)\n        stack.extend(g[node])\n",
        "def f(g, start):\n    stack = [start]\n    while stack:\n        node = stack.pop()\n        stack.extend(g[node])\n",
    ),
    relies=0.35,
)
def other_end(site: Site) -> Proposals:
    """The wrong end of a worklist: the last first in a queue, the first first in a stack."""
    function, arguments = site.node.named_children[0], given(site.node)
    owner = function.child_by_field_name("object")
    if owner is None or not calls(site.node, "pop", "popleft"):
        return
    text = text_of(owner)
    made = (
        c.parent for c in site.code.calls.get("deque", ()) if c.parent is not None and c.parent.type == "assignment"
    )
    if any(text_of(a.named_children[0]) == text for a in made):
        other = "popleft" if text_of(function).endswith(".pop") else "pop"
        yield replace(site.node, f"{text}.{other}()", 1.0 if other == "popleft" else 0.7)
    elif not arguments and any(
        word in text.lower() for word in ("queue", "pending", "todo", "fifo", "waiting", "inbox")
    ):
        yield replace(site.node, f"{text}.pop(0)", 1.0 if "queue" in text or "fifo" in text else 0.7)
    elif (
        len(arguments) == 1
        and text_of(arguments[0]) == "0"
        and any(w in text.lower() for w in ("stack", "undo", "lifo"))
    ):
        yield replace(site.node, f"{text}.pop()")


TEMPLATES: tuple[Template, ...] = (visited, one_step, other_end)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.one_step": ("eclipse-4diac/4diac-ide#2838", "blocky/adlr#35"),
}
