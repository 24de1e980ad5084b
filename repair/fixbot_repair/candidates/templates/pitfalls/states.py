"""State that is changed before what can refuse it, and stays so."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.pitfalls.caches import CHANGING
from fixbot_repair.candidates.templates.pitfalls.peers import (
    ahead,
    assigned,
    behind,
    flush,
    following,
    function_of,
    functions,
    own,
    reads,
    removed,
    stands_alone,
)

_CHECKS = re.compile(r"_*(check|ensure|require|validate|verify|guard|must)")
_REFUSING = frozenset(
    ["int", "float", "Decimal", "json.loads", "Fraction", "UUID", "fromisoformat", "strptime", "index"]
)
_LIKELY = 0.7  # that a statement refuses, for it to count as one that does
_MOST_OVER = 3  # statements that a change is moved over


def target_of(statement: Node) -> str:
    """What a statement changes, as written: an attribute, what it is an element of, a container; ``""`` for nothing of the kind."""
    inner = statement.named_children[0] if statement.named_children else statement
    if statement.type == "delete_statement":
        return _container(inner)
    if inner.type in ("assignment", "augmented_assignment"):
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and left.type in ("attribute", "subscript"):
            return _container(left)
        inner = right if right is not None else inner
    called = inner.child_by_field_name("function") if inner.type == "call" else None
    if called is not None and called.type == "attribute" and text_of(called.named_children[-1]) in CHANGING:
        return _container(called.named_children[0])
    return ""


def _container(node: Node) -> str:
    while node.type == "subscript":
        node = node.named_children[0]
    return text_of(node) if node.type in ("attribute", "identifier") else ""


def _outlives(site: Site, target: str) -> bool:
    """Whether what is changed is still there after the function: an attribute, or what a parameter holds."""
    function = function_of(site.code, site.node)
    if function is None or function.name == "__init__":
        return False
    root = target.partition(".")[0]
    return root in (function.receiver, *function.parameters) or root not in site.scope.names


def _refuses(site: Site, statement: Node) -> float:
    """How likely `statement` refuses what is asked: 0 where nothing says so."""
    if statement.type == "if_statement":
        inner = statement.child_by_field_name("consequence")
        if inner is None or statement.child_by_field_name("alternative") is not None:
            return 0.0
        last = inner.named_children[-1].type
        return 1.0 if last == "raise_statement" else 0.4 if last == "return_statement" else 0.0
    if statement.type == "for_statement":
        return 0.9 if any(n.type == "raise_statement" for n in own(statement)) else 0.0
    if statement.type not in ("expression_statement", "assert_statement"):
        return 0.0
    calls = [c for n in own(statement) if n.type == "call" and (c := n.child_by_field_name("function")) is not None]
    return max((_refusal(site, text_of(c)) for c in calls), default=0.0)


def _refusal(site: Site, called: str) -> float:
    last = called.rpartition(".")[2]
    if _CHECKS.match(last):
        return 1.0
    if called in _REFUSING or last in _REFUSING:
        return 0.8
    raising = [f for f in functions(site.code).values() if f.name == last and not f.is_empty]
    return 0.7 if any(n.type == "raise_statement" for f in raising for n in own(f.body)) else 0.0


def _bound(statement: Node) -> set[str]:
    """Names that the statement binds."""
    return {text_of(s[0]) for n in own(statement) if n.type == "assignment" and (s := assigned(n)) is not None}


def _may_pass(site: Site, change: Node, other: Node) -> bool:
    """Whether `change` may stand behind `other`: neither reads or binds what the other binds or changes."""
    target = target_of(change)
    touched, (root, _, rest) = text_of(other), target.partition(".")
    function = function_of(site.code, change)
    about = target if function is not None and root == function.receiver and rest else root
    if re.search(rf"(?<![\w.]){re.escape(about)}\b", touched):
        return False
    return not (_bound(change) & reads(other) or _bound(other) & reads(change))


@template(
    "pitfall.checked_late",
    1.2,
    "expression_statement delete_statement",
    (
        "class A:\n    def move(self, k, to):\n        item = self.d.pop(k)\n        if to in self.full:\n            raise ValueError(to)\n        self.out[to] = item\n",
        "class A:\n    def move(self, k, to):\n        if to in self.full:\n            raise ValueError(to)\n        item = self.d.pop(k)\n        self.out[to] = item\n",
    ),
    (
        "class A:\n    def load(self, text):\n        self.rows.clear()\n        self.n = 0\n        data = json.loads(text)\n        self.rows.extend(data)\n",
        "class A:\n    def load(self, text):\n        data = json.loads(text)\n        self.rows.clear()\n        self.n = 0\n        self.rows.extend(data)\n",
    ),
    (
        "class A:\n    def take(self, n):\n        self.total -= n\n        self.check(n)\n        return n\n    def check(self, n):\n        if n < 0:\n            raise ValueError(n)\n",
        "class A:\n    def take(self, n):\n        self.check(n)\n        self.total -= n\n        return n\n    def check(self, n):\n        if n < 0:\n            raise ValueError(n)\n",
    ),
    most=3,
    relies=0.35,
)
def checked_late(site: Site) -> Proposals:
    """A change that is made before what can refuse it: on an error half of it has happened."""
    if not stands_alone(site, site.node) or not _changes(site, site.node):
        return
    moved, at = [site.node], following(site.node)
    while at is not None and _changes(site, at) and not _refuses(site, at):
        moved.append(at)
        at = following(at)
    for _ in range(_MOST_OVER):
        if at is None or not all(_may_pass(site, change, at) for change in moved):
            return
        if weight := _refuses(site, at):
            text = "\n".join(flush(site, change) for change in moved)
            yield Rewrite((*(removed(site, change) for change in moved), behind(site, at, text)), weight)
        at = following(at)


def _changes(site: Site, statement: Node) -> bool:
    target = target_of(statement) if statement.type in ("expression_statement", "delete_statement") else ""
    return bool(target) and _outlives(site, target)


@template(
    "pitfall.half_done",
    1.1,
    "for_statement",
    (
        "class A:\n    def add(self, rows):\n        for row in rows:\n            if row.n < 0:\n                raise ValueError(row)\n            self.rows.append(row)\n",
        "class A:\n    def add(self, rows):\n        for row in rows:\n            if row.n < 0:\n                raise ValueError(row)\n        for row in rows:\n            self.rows.append(row)\n",
    ),
    (
        "class A:\n    def set(self, values):\n        for k, v in values.items():\n            self._check(k)\n            self.d[k] = v\n",
        "class A:\n    def set(self, values):\n        for k, v in values.items():\n            self._check(k)\n        for k, v in values.items():\n            self.d[k] = v\n",
    ),
    relies=0.35,
)
def half_done(site: Site) -> Proposals:
    """A loop that checks and changes one after the other: when it refuses the second, the first has been changed."""
    body, left, right = site.field("body"), site.field("left"), site.field("right")
    if body is None or left is None or right is None or "await" in text_of(right):
        return
    parts = [c for c in body.named_children if c.type != "comment"]
    refusing = [i for i, part in enumerate(parts) if _refuses(site, part) >= _LIKELY]
    if not refusing or refusing[-1] + 1 >= len(parts) or any(n.type == "yield" for n in own(body)):
        return
    cut = refusing[-1] + 1
    bound = {name for part in parts[:cut] for name in _bound(part)}
    rest = parts[cut:]
    if any(_changes(site, p) for p in parts[:cut]) or not all(_changes(site, p) for p in rest):
        return
    if bound & {name for part in rest for name in reads(part)}:
        return
    targets = [target_of(p) for p in rest]
    if any(t in text_of(p) for t in targets for p in parts[:cut]):
        return  # what is refused depends on what was added before
    eol, indent = site.code.newline, site.code.indent_of(site.node)
    head = f"{indent}for {text_of(left)} in {text_of(right)}:{eol}"
    start = site.code.data.rfind(b"\n", 0, rest[0].start_byte) + 1
    yield Rewrite(((Span(start, start), head),))


@template(
    "pitfall.put_back",
    1.0,
    "expression_statement",
    (
        "class A:\n    def take(self, n):\n        self.used += n\n        if self.used > self.most:\n            raise ValueError(n)\n",
        "class A:\n    def take(self, n):\n        self.used += n\n        if self.used > self.most:\n            self.used -= n\n            raise ValueError(n)\n",
    ),
    (
        "class A:\n    def set(self, n):\n        self.most = n\n        self.check()\n    def check(self):\n        if self.most < 0:\n            raise ValueError(self.most)\n",
        "class A:\n    def set(self, n):\n        before = self.most\n        self.most = n\n        try:\n            self.check()\n        except Exception:\n            self.most = before\n            raise\n    def check(self):\n        if self.most < 0:\n            raise ValueError(self.most)\n",
    ),
    relies=0.35,
)
def put_back(site: Site) -> Proposals:
    """A change that has to be made for it to be checked, and that stays when it is refused."""
    after = following(site.node)
    if (
        after is None
        or not stands_alone(site, site.node)
        or not _changes(site, site.node)
        or _refuses(site, after) < _LIKELY
    ):
        return
    target, undo = target_of(site.node), _opposite(site.node)
    saving = ahead(site, site.node, f"before = {target}") if undo.endswith("= before") else None
    if not undo or (saving is not None and "before" in site.scope.names):
        return
    first = (saving,) if saving is not None else ()
    inner = after.child_by_field_name("consequence")
    if inner is not None and target in text_of(after):
        yield Rewrite((*first, ahead(site, inner.named_children[-1], undo)))
    elif after.type == "expression_statement" and after.named_children[0].type == "call" and stands_alone(site, after):
        unit = site.code.indent_unit
        head, tail = f"try:\n{unit}", f"except Exception:\n{unit}{undo}\n{unit}raise"
        if b"\n" not in (after.text or b""):
            start = ahead(site, after, head + text_of(after))[0]
            text = ahead(site, after, f"{head}{text_of(after)}\n{tail}")[1].rstrip()
            yield Rewrite((*first, (Span(start.start, after.end_byte), text)), 0.9)


def _opposite(statement: Node) -> str:
    """The statement that takes a change back; ``""`` where none is known."""
    text = text_of(statement)
    found = re.fullmatch(r"([\w.]+(?:\[\w+\])?) (\+=|-=) (.+)", text)
    if found is not None:
        return f"{found[1]} {'-=' if found[2] == '+=' else '+='} {found[3]}"
    if (called := re.fullmatch(r"([\w.]+)\.(append|add)\((.+)\)", text)) is not None:
        return f"{called[1]}.pop()" if called[2] == "append" else f"{called[1]}.discard({called[3]})"
    sides = assigned(statement)
    return f"{text_of(sides[0])} = before" if sides is not None and sides[0].type == "attribute" else ""


TEMPLATES = (checked_late, half_done, put_back)
SEEN: Mapping[str, tuple[str, ...]] = {}
