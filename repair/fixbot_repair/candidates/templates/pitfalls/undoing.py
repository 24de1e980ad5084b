"""State that is changed for a while, and not put back when something goes wrong meanwhile."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.pitfalls.peers import assigned, block_of, function_of, own, stands_alone

_PAIRS: Mapping[str, tuple[str, ...]] = {
    "acquire": ("release",),
    "push": ("pop",),
    "append": ("pop", "remove"),
    "add": ("discard", "remove"),
    "enter": ("exit", "leave"),
    "start": ("stop", "finish", "end"),
    "begin": ("end", "commit", "finish"),
    "open": ("close",),
    "lock": ("unlock",),
    "connect": ("disconnect", "close"),
    "disable": ("enable",),
    "enable": ("disable",),
    "pause": ("resume",),
    "suspend": ("resume",),
    "mute": ("unmute",),
    "block": ("unblock",),
    "install": ("uninstall",),
    "enable_hooks": ("disable_hooks",),
    "register": ("unregister",),
    "chdir": ("chdir",),
    "setlocale": ("setlocale",),
    "mkdtemp": ("rmtree",),
}


@template(
    "pitfall.undone",
    1.3,
    "expression_statement",
    (
        "class A:\n    def run(self, f):\n        self.busy = True\n        f()\n        self.busy = False\n",
        "class A:\n    def run(self, f):\n        self.busy = True\n        try:\n            f()\n        finally:\n            self.busy = False\n",
    ),
    (
        "class A:\n    def visit(self, node):\n        self.stack.append(node)\n        out = [self.visit(c) for c in node.parts]\n        self.stack.pop()\n        return out\n",
        "class A:\n    def visit(self, node):\n        self.stack.append(node)\n        try:\n            out = [self.visit(c) for c in node.parts]\n        finally:\n            self.stack.pop()\n        return out\n",
    ),
    (
        "def f(cfg, go):\n    old = cfg.level\n    cfg.level = 2\n    go()\n    cfg.level = old\n",
        "def f(cfg, go):\n    old = cfg.level\n    cfg.level = 2\n    try:\n        go()\n    finally:\n        cfg.level = old\n",
    ),
    relies=0.35,
)
def undone(site: Site) -> Proposals:
    """A change for a while that stays when something in between raises or returns."""
    parts = block_of(site.node)
    if site.node not in parts:
        return
    at = parts.index(site.node)
    for i in range(at + 2, min(len(parts), at + 12)):
        between = parts[at + 1 : i]
        if _undoes(parts[at], parts[i], parts[:at]):
            if any(n.type in ("call", "await", "raise_statement") for p in between for n in own(p)):
                yield from finally_done(site, between, parts[i : i + 1])
            return


def _undoes(change: Node, later: Node, before: list[Node]) -> bool:
    """Whether `later` takes back what `change` did."""
    if later.type != "expression_statement":
        return False
    one, two = assigned(change), assigned(later)
    if one is not None and two is not None:
        if text_of(one[0]) != text_of(two[0]) or one[0].type not in ("attribute", "subscript"):
            return False
        saved = [s for b in before if (s := assigned(b)) is not None and text_of(s[1]) == text_of(one[0])]
        return any(text_of(s[0]) == text_of(two[1]) for s in saved) or (
            (one[1].type in ("true", "false", "none", "integer") or two[1].type in ("true", "false", "none"))
            and one[1].type != two[1].type
        )
    first, second = change.named_children[0], later.named_children[0]
    if first.type == second.type == "augmented_assignment":
        parts = [[text_of(n) for n in at.children] for at in (first, second)]
        return parts[0][::2] == parts[1][::2] and (parts[0][1], parts[1][1]) in (("+=", "-="), ("-=", "+="))
    opened, closed = _method(one[1] if one is not None else first), _method(second)
    if opened is None or closed is None or closed[1] not in _PAIRS.get(opened[1], ()):
        return False
    return closed[0] in (opened[0], text_of(one[0]) if one is not None else opened[0])


def _method(node: Node) -> tuple[str, str] | None:
    """Receiver and last name of what the call `node` calls."""
    called = node.child_by_field_name("function") if node.type == "call" else None
    if called is None:
        return None
    owner, _, name = text_of(called).rpartition(".")
    return owner, name


def finally_done(site: Site, tried: list[Node], cleaning: list[Node]) -> Iterator[Rewrite]:
    """The rewrite that puts `tried` into a ``try`` and `cleaning`, which follows it, into its ``finally``."""
    data, eol = site.code.data, site.code.newline
    indent, unit = site.code.indent_of(tried[0]), site.code.indent_unit
    start, middle, end = tried[0].start_byte, cleaning[0].start_byte, cleaning[-1].end_byte
    if b'"""' in data[start:end] or b"'''" in data[start:end] or not stands_alone(site, tried[0]):
        return
    held = _deeper(data[start:middle].decode().rstrip(), unit)
    done = _deeper(data[middle:end].decode(), unit)
    text = f"try:{eol}{indent}{unit}{held}{eol}{indent}finally:{eol}{indent}{unit}{done}"
    yield Rewrite(((Span(start, end), text),))


def _deeper(text: str, unit: str) -> str:
    """The lines of `text` one step further in, all but the first."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(unit + line if line.strip() else line for line in rest)])


@template(
    "pitfall.left_open",
    1.7,
    "function_definition",
    (
        "@contextmanager\ndef quiet(log):\n    old = log.level\n    log.level = 9\n    yield log\n    log.level = old\n",
        "@contextmanager\ndef quiet(log):\n    old = log.level\n    log.level = 9\n    try:\n        yield log\n    finally:\n        log.level = old\n",
    ),
    (
        "class A:\n    @contextlib.contextmanager\n    def deeper(self):\n        self.n += 1\n        yield\n        self.n -= 1\n        self.show()\n",
        "class A:\n    @contextlib.contextmanager\n    def deeper(self):\n        self.n += 1\n        try:\n            yield\n        finally:\n            self.n -= 1\n            self.show()\n",
    ),
    relies=0.35,
)
def left_open(site: Site) -> Proposals:
    """A context manager made of a generator that cleans up only when the block under it raises nothing."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node or not any("contextmanager" in d for d in function.decorators):
        return
    for node in walk(function.body):
        if (
            node.type == "yield"
            and node.parent is not None
            and node.parent.type in ("expression_statement", "assignment")
        ):
            statement = node.parent if node.parent.type == "expression_statement" else node.parent.parent
            parts = block_of(statement) if statement is not None else []
            if statement not in parts or not parts[parts.index(statement) + 1 :] or _in_try(statement):
                continue
            yield from finally_done(site, [statement], parts[parts.index(statement) + 1 :])


def _in_try(statement: Node | None) -> bool:
    at = statement
    while at is not None and at.type != "function_definition":
        if at.type == "try_statement":
            return True
        at = at.parent
    return False


TEMPLATES = (undone, left_open)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.undone": ("python-cmd2/cmd2#122", "sourcegraph/pydep#19"),
    "pitfall.left_open": ("fabric/fabric#625", "erikrose/blessings#29", "mne-tools/mne-python#5775"),
}
