"""Heaps: equal priorities compare what hangs on them, only the first element is in its place, and every change keeps the order."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.usage import Edit, calls, function_of, given

_PUSHES = ("heappush", "heappushpop", "heapreplace")
_USES = (*_PUSHES, "heappop", "heapify")
_COUNTER = "_ties"
_READS = ("return_statement", "for_statement", "for_in_clause")


def _heaps(code: Code) -> set[str]:
    """Expressions that the file keeps as heaps."""
    found = (given(c) for name in _USES for c in code.calls.get(name, ()))
    return {text_of(arguments[0]) for arguments in found if arguments}


@template(
    "pitfall.heap_ties",
    1.4,
    "call",
    (
        "import heapq\ndef f(jobs):\n    heap = []\n    for job in jobs:\n        heapq.heappush(heap, (job.cost, job))\n    cost, job = heapq.heappop(heap)\n    return job\n",
        "from itertools import count\nimport heapq\n_ties = count()\n\n\ndef f(jobs):\n    heap = []\n    for job in jobs:\n        heapq.heappush(heap, (job.cost, next(_ties), job))\n    cost, _, job = heapq.heappop(heap)\n    return job\n",
    ),
    (
        "import heapq\nclass A:\n    def __init__(self):\n        self.q = []\n    def put(self, n, item):\n        heapq.heappush(self.q, (n, item))\n    def get(self):\n        return heapq.heappop(self.q)[1]\n",
        "from itertools import count\nimport heapq\n_ties = count()\n\n\nclass A:\n    def __init__(self):\n        self.q = []\n    def put(self, n, item):\n        heapq.heappush(self.q, (n, next(_ties), item))\n    def get(self):\n        return heapq.heappop(self.q)[2]\n",
    ),
    relies=0.35,
)
def ties(site: Site) -> Proposals:
    """Elements of a heap that compare what they carry where their priorities are equal, or come out in no order then."""
    arguments = given(site.node)
    if not calls(site.node, *_USES) or not arguments or _COUNTER in site.text:
        return
    heap = text_of(arguments[0])
    pushed = [c for name in _PUSHES for c in site.code.calls.get(name, ()) if _is_of(c, heap)]
    tuples = [given(c)[1] for c in pushed if len(given(c)) == 2]
    sizes = {len(t.named_children) if t.type == "tuple" else 0 for t in tuples}
    if len(sizes) != 1 or not sizes & {2, 3} or "next(" in " ".join(map(text_of, tuples)):
        return
    size = sizes.pop()
    if all(site.code.scope(t).kind(t.named_children[-1]) in (Kind.NUMBER, Kind.TEXT) for t in tuples):
        return
    taken = _taken(site, heap, size)
    if taken is not None:
        put_in = [_counted(t) for t in [*tuples, *_first(site, heap, size)]]
        yield Rewrite((*_made(site), *put_in, *taken))


def _is_of(call: Node, heap: str) -> bool:
    arguments = given(call)
    return bool(arguments) and text_of(arguments[0]) == heap


def _counted(entry: Node) -> Edit:
    last = entry.named_children[-1]
    return Span(last.start_byte, last.start_byte), f"next({_COUNTER}), "


def _first(site: Site, heap: str, size: int) -> list[Node]:
    """Elements that the heap begins with."""
    found = []
    for node in walk(site.code.root):
        right = node.child_by_field_name("right") if node.type == "assignment" else None
        if right is not None and right.type == "list" and text_of(node.named_children[0]) == heap:
            found += [t for t in right.named_children if t.type == "tuple" and len(t.named_children) == size]
    return found


def _taken(site: Site, heap: str, size: int) -> list[Edit] | None:
    """Edits of where elements are taken out; None where one of them is not understood."""
    edits: list[Edit] = []
    for call in (c for name in ("heappop", "heappushpop", "heapreplace") for c in site.code.calls.get(name, ()) if _is_of(c, heap)):  # fmt: skip
        parent = call.parent
        if parent is None:
            return None
        if parent.type == "subscript" and parent.named_children[0] == call:
            if text_of(parent.named_children[1]) == str(size - 1):
                edits.append((span(parent.named_children[1]), str(size)))
        elif parent.type == "assignment" and (left := parent.named_children[0]).type == "pattern_list":
            if len(left.named_children) != size:
                return None
            at = left.named_children[-1].start_byte
            edits.append((Span(at, at), "_, "))
        elif parent.type != "expression_statement":
            return None
    return edits


def _made(site: Site) -> list[Edit]:
    """The counter, before the function or class of the module that the place is in."""
    top = site.node
    while top.parent is not None and top.parent.type != "module":
        top = top.parent
    called, edits = spelled(site, "itertools.count")
    eol = site.code.newline
    text = f"{_COUNTER} = {called}(){eol}{eol}{eol}"
    at = Span(top.start_byte, top.start_byte)
    if edits and edits[0][0] == at:
        return [(at, edits[0][1] + text)]
    return [*edits, (at, text)]


@template(
    "pitfall.heap_order",
    1.5,
    "call subscript identifier attribute",
    (
        "import heapq\ndef f(xs, x):\n    heapq.heapify(xs)\n    xs.append(x)\n    return heapq.heappop(xs)\n",
        "import heapq\ndef f(xs, x):\n    heapq.heapify(xs)\n    heapq.heappush(xs, x)\n    return heapq.heappop(xs)\n",
    ),
    (
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def all(self):\n        return self.q\n",
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def all(self):\n        return sorted(self.q)\n",
    ),
    (
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def get(self):\n        return self.q.pop(0)\n",
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def get(self):\n        return heapq.heappop(self.q)\n",
    ),
    (
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def drop(self, x):\n        self.q.remove(x)\n",
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def drop(self, x):\n        self.q.remove(x)\n        heapq.heapify(self.q)\n",
    ),
    (
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def last(self):\n        return self.q[-1]\n",
        "import heapq\nclass A:\n    def put(self, x):\n        heapq.heappush(self.q, x)\n    def last(self):\n        return max(self.q)\n",
    ),
    relies=0.35,
)
def heap_order(site: Site) -> Proposals:
    """A heap read or changed as if it were a sorted list."""
    if not any(name in site.code.calls for name in _USES):
        return
    node, parent = site.node, site.node.parent
    if node.type == "call":
        yield from _changed(site)
    elif node.type == "subscript":
        yield from _at_place(site)
    elif parent is not None and parent.type in _READS and site.text in _heaps(site.code):
        share = 1.0 if node.type == "attribute" else 0.0 if _is_worked_off(site) else 0.8
        yield from [replace(node, f"sorted({site.text})", share)] if share else []


def _at_place(site: Site) -> Iterator[Rewrite]:
    """The last of a heap, and the first few."""
    owner, key = text_of(site.node.named_children[0]), text_of(site.node.named_children[-1])
    if owner not in _heaps(site.code):
        return
    if key == "-1":
        yield site.become(f"max({owner})")
    elif key.startswith(":"):
        called, edits = spelled(site, "heapq.nsmallest")
        yield Rewrite((*edits, (span(site.node), f"{called}({key[1:]}, {owner})")))


def _is_worked_off(site: Site) -> bool:
    """Whether the function itself takes elements out of its heap."""
    return f"heappop({site.text})" in text_of(function_of(site.node) or site.node)


def _changed(site: Site) -> Iterator[Rewrite]:
    function, arguments = site.node.named_children[0], given(site.node)
    owner, name = function.child_by_field_name("object"), text_of(function).rpartition(".")[2]
    if owner is None or name not in ("append", "pop", "remove") or text_of(owner) not in _heaps(site.code):
        return
    heap, statement = text_of(owner), site.node.parent
    if name == "append" and len(arguments) == 1 and not _is_heapified(site, heap):
        called, edits = spelled(site, "heapq.heappush")
        yield Rewrite((*edits, (span(site.node), f"{called}({heap}, {text_of(arguments[0])})")))
    elif name == "pop" and (not arguments or text_of(arguments[0]) == "0"):
        called, edits = spelled(site, "heapq.heappop")
        yield Rewrite((*edits, (span(site.node), f"{called}({heap})")))
    elif statement is not None and statement.type == "expression_statement" and not _is_heapified(site, heap):
        called, edits = spelled(site, "heapq.heapify")
        line = f"{site.code.newline}{site.code.indent_of(statement)}{called}({heap})"
        yield Rewrite((*edits, (Span(site.node.end_byte, site.node.end_byte), line)))


def _is_heapified(site: Site, heap: str) -> bool:
    """Whether the function brings the heap in order behind the place."""
    function = function_of(site.node)
    later = (c for c in site.code.calls.get("heapify", ()) if c.start_byte > site.node.end_byte and _is_of(c, heap))
    return function is not None and any(c.end_byte <= function.end_byte for c in later)


TEMPLATES: tuple[Template, ...] = (ties, heap_order)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.heap_ties": ("networkx/networkx#3493", "BAI-LAB/MemoryOS#40", "chainer/chainer#316"),
}
