"""One file as templates see it: its tree, its statements, the scope of each place, and what it offers as donor code."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

from tree_sitter import Node

from fixbot_analysis.symbols import extract
from fixbot_repair.candidates.donors import Fitted, fit
from fixbot_repair.candidates.insight import Insight, Takes
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, parsed, walk
from fixbot_repair.candidates.scope import Scope, build, scope_node
from fixbot_repair.candidates.symptoms import Symptoms

_LINE_FEED = 10
_ASKED = ("identifier", "attribute", "call", "subscript")  # expressions whose kind the project is asked for
_LONG = 60  # bytes of one
_MOST_INSIDE = 200  # nodes of an expression that are looked at
_MOST_PARTS = 24  # attributes of an expression that are looked at
_MOST_DONORS = 3000  # nodes of a function that are looked at for donor code
_NAMED_PARAMETERS = ("identifier", "default_parameter", "typed_parameter", "typed_default_parameter")


class Code:
    """A parsed Python file; `data` is UTF-8. Everything derived is computed once. `insight` knows the project around it.

    `symptoms` are of the failing tests; `told` are literals of the issue.
    """

    def __init__(
        self,
        path: str,
        data: bytes,
        insight: Insight | None = None,
        told: Iterable[str] = (),
        symptoms: Symptoms | None = None,
    ) -> None:
        self.path = path
        self.told = tuple(told)
        self.symptoms = symptoms or Symptoms()
        self.data = data
        self._tree = parsed(data)
        self.root: Node = self._tree.root_node
        self._given = insight
        self._scopes: dict[int, Scope] = {}
        self._donors: dict[int, tuple[Node, ...]] = {}
        self._kinds: dict[tuple[int, str], Kind] = {}
        self._fitted: dict[int, tuple[Fitted, ...]] = {}
        self._usable: dict[tuple[int, int], list[tuple[str, int, bool]]] = {}

    def scope(self, node: Node) -> Scope:
        """The scope that `node` stands in."""
        return build(scope_node(node), self._scopes)

    def usable(self, scope: Scope, offset: int) -> list[tuple[str, int, bool]]:
        """Names that may be used in `scope` at the byte `offset`, without a method's receiver: (name, kind, whether it is a value)."""
        key = (scope.node.id, offset)
        if key not in self._usable:
            plain = int(Kind.CALLABLE | Kind.CLASS | Kind.MODULE)
            line = self.data.count(b"\n", 0, offset) + 1
            named = [n for n in scope.visible(offset) if n.text != scope.method_self]
            kinds = [int(self._kind(scope.node, n.text, line) if n.kind == Kind.ANY else n.kind) for n in named]
            self._usable[key] = [(n.text, k, k & plain != k) for n, k in zip(named, kinds, strict=True)]
        return self._usable[key]

    def kind(self, node: Node) -> Kind:
        """What the project says of the kind of the expression `node`; ANY where that is nothing."""
        if node.type not in _ASKED or node.end_byte - node.start_byte > _LONG:
            return Kind.ANY
        return self._kind(scope_node(node), text_of(node), node.start_point[0] + 1)

    def _kind(self, scope: Node, written: str, line: int) -> Kind:
        key = (scope.id, written)
        if key not in self._kinds:
            found = self._insight.kind(self.path, line, written)
            self._kinds[key] = Kind.ANY if found == Kind.NONE else found  # only its absence is known
        return self._kinds[key]

    def distance(self, name: str, line: int) -> int:
        """Lines between `line` (from 0) and the nearest one that has the identifier `name`."""
        lines = self._mentions.get(name)
        if not lines:
            return 1000
        at = bisect(lines, line)
        return min(abs(line - near) for near in lines[max(0, at - 1) : at + 1])

    @cached_property
    def _mentions(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for node in walk(self.root):
            if node.type == "identifier":
                found.setdefault(text_of(node), []).append(node.start_point[0])
        return found

    def members(self, node: Node) -> frozenset[str] | None:
        """Names of all attributes that the expression `node` has; None where that is not known."""
        return self._insight.members(self.path, node.start_point[0] + 1, text_of(node))

    def parts(self, node: Node) -> Mapping[str, Kind]:
        """Public attributes of the expression `node` that hold values, with their kinds, as far as the project knows what it is."""
        scope, written, line = scope_node(node), text_of(node), node.start_point[0] + 1
        named = sorted(name for name in self.members(node) or () if not name.startswith("_"))
        kinds = {name: self._kind(scope, f"{written}.{name}", line) for name in named[:_MOST_PARTS]}
        return {name: kind for name, kind in kinds.items() if kind & Kind.VALUE}

    def takes(self, node: Node) -> Takes | None:
        """What the callable `node` takes; None where that is not known."""
        return self._insight.takes(self.path, node.start_point[0] + 1, text_of(node))

    @cached_property
    def _insight(self) -> Insight:
        """What is known of the project; of this file alone where no project was given."""
        return self._given or Insight([self.path], {self.path: extract(self.data)}.get, {self.path: self.data}.get)

    def inside(self, node: Node) -> tuple[Node, ...]:
        """Distinct expressions that `node` reads, itself among them, outer before inner."""
        found: dict[str, Node] = {}
        for inner in islice(walk(node), _MOST_INSIDE):
            if is_read(inner):
                found.setdefault(text_of(inner), inner)
        return tuple(found.values())

    @cached_property
    def calls(self) -> dict[str, list[Node]]:
        """Calls of the file by the last name of what is called."""
        found: dict[str, list[Node]] = {}
        for node in walk(self.root):
            if node.type == "call" and (function := node.child_by_field_name("function")) is not None:
                found.setdefault(text_of(function).rpartition(".")[2], []).append(node)
        return found

    @cached_property
    def tested(self) -> tuple[str, ...]:
        """Types that the file asks for with ``isinstance``."""
        found: dict[str, None] = {}
        for call in self.calls.get("isinstance", ()):
            arguments = call.child_by_field_name("arguments")
            kind = arguments.named_children[-1] if arguments is not None and arguments.named_children else None
            for each in kind.named_children if kind is not None and kind.type == "tuple" else [kind] if kind else []:
                found[text_of(each)] = None
        return tuple(found)[:12]

    @cached_property
    def wrappers(self) -> tuple[str, ...]:
        """What the file calls with one argument for a value, the most often called first: functions to normalise and convert with."""
        counts: Counter[str] = Counter()
        for call in (c for calls in self.calls.values() for c in calls):
            function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
            if function is None or arguments is None or len(arguments.named_children) != 1 or not is_read(call):
                continue
            is_plain = function.type == "identifier" or (
                function.type == "attribute" and function.named_children[0].type == "identifier"
            )
            if is_plain and arguments.named_children[0].type != "keyword_argument" and is_read(call):
                counts[text_of(function)] += 1
        return tuple(name for name, _ in counts.most_common(24))

    @cached_property
    def written(self) -> tuple[tuple[int, str], ...]:
        """Comments and docstrings with the line (from 0) that they begin on."""
        found = []
        for node in walk(self.root):
            is_text = node.type == "string" and node.parent is not None and node.parent.type == "expression_statement"
            if node.type == "comment" or is_text:
                found.append((node.start_point[0], text_of(node)))
        return tuple(found)

    def literals(self, name: str) -> tuple[str, ...]:
        """Short constants that the project compares things called `name` with, or hands them over as."""
        return self._insight.literals(name)

    def donors(self, scope: Scope) -> tuple[Fitted, ...]:
        """Statements and conditions of the project in the names of the function of `scope`, those that fit best first."""
        if scope.node.id not in self._fitted:
            attributes = self.attributes.get(scope.method_self, frozenset()) | self.functions.keys()
            self._fitted[scope.node.id] = fit(self._insight.donors(self.path), scope, self.path, attributes)
        return self._fitted[scope.node.id]

    @property
    def fields(self) -> tuple[str, ...]:
        """Attributes that the project reads somewhere, and knows constants for."""
        return tuple(sorted(self._insight.fields))

    @cached_property
    def quote(self) -> str:
        """The quotation mark that the file uses most."""
        return "'" if self.data.count(b"'") > self.data.count(b'"') else '"'

    def expressions(self, node: Node) -> tuple[Node, ...]:
        """Distinct expressions that the innermost function around `node` reads, in order: its donor code."""
        owner = scope_node(node)
        if owner.id not in self._donors:
            seen: dict[str, Node] = {}
            for inner in islice(walk(owner.child_by_field_name("body") or owner), _MOST_DONORS):
                if is_read(inner):
                    seen.setdefault(text_of(inner), inner)
            self._donors[owner.id] = tuple(seen.values())
        return self._donors[owner.id]

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """Attribute names of the file by the receiver they are read from or assigned to, as written; ``""`` has all."""
        found: dict[str, set[str]] = {"": set()}
        for node in walk(self.root):
            if node.type == "attribute":
                owner, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
                if owner is not None and name is not None:
                    found.setdefault(text_of(owner), set()).add(text_of(name))
                    found[""].add(text_of(name))
        return {owner: frozenset(names) for owner, names in found.items()}

    @cached_property
    def functions(self) -> dict[str, int]:
        """Functions that the file defines, with their number of parameters (receiver not counted)."""
        found = {}
        for node in walk(self.root):
            if node.type == "function_definition" and (name := node.child_by_field_name("name")) is not None:
                parameters = node.child_by_field_name("parameters")
                names = [text_of(p) for p in parameters.named_children] if parameters is not None else []
                found[text_of(name)] = len([n for n in names if n not in ("self", "cls")])
        return found

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Names of all parameters of the file's functions."""
        found = [p for n in walk(self.root) if n.type == "parameters" for p in n.named_children]
        return frozenset(text_of(p.child_by_field_name("name") or p) for p in found if p.type in _NAMED_PARAMETERS)

    def indent_of(self, node: Node) -> str:
        """The white space before the statement `node`."""
        start = self.data.rfind(b"\n", 0, node.start_byte) + 1
        head = self.data[start : node.start_byte].decode("utf-8", "replace")
        return head if not head.strip() else " " * node.start_point[1]

    def line_start(self, line: int) -> int:
        """Offset at which the line `line` (from 1) begins; the end of the file where it has no such line."""
        return self._starts[line - 1] if 0 < line <= len(self._starts) else len(self.data)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, byte in enumerate(self.data) if byte == _LINE_FEED)]

    def line_end(self, offset: int) -> int:
        """Offset of the end of the line that holds the byte `offset`, before its line end."""
        end = self.data.find(b"\n", offset)
        end = len(self.data) if end < 0 else end
        return end - 1 if self.data[offset:end].endswith(b"\r") else end

    @cached_property
    def newline(self) -> str:
        """The file's own line end."""
        return "\r\n" if b"\r\n" in self.data[:4096] else "\n"

    @cached_property
    def indent_unit(self) -> str:
        """One step of indentation, as the file's first block has it."""
        for node in walk(self.root):
            if node.type == "block" and node.parent is not None:
                inner, outer = self.indent_of(node), self.indent_of(node.parent)
                if len(inner) > len(outer) and inner.startswith(outer):
                    return inner[len(outer) :]
        return "    "
