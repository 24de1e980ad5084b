"""What a file consists of, as localisation counts it: definitions, and statements with the lines and the kind of each."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_analysis.syntax import Node, SyntaxTree

_CLAUSES = frozenset(["else_clause", "except_clause", "except_group_clause", "finally_clause", "block", "case_clause"])
# Node type -> kind; what is not here is no statement.
KINDS = {
    "return_statement": "return", "raise_statement": "raise", "assert_statement": "raise", "delete_statement": "change",
    "pass_statement": "jump", "break_statement": "jump", "continue_statement": "jump", "import_statement": "import",
    "import_from_statement": "import", "future_import_statement": "import", "global_statement": "import",
    "nonlocal_statement": "import", "if_statement": "if", "elif_clause": "if", "while_statement": "loop",
    "for_statement": "loop", "with_statement": "with", "try_statement": "with", "match_statement": "if",
    "function_definition": "definition", "class_definition": "class", "expression_statement": "call",
    "type_alias_statement": "import", "case_clause": "if", "except_clause": "if", "except_group_clause": "if",
}  # fmt: skip
_EXPRESSIONS = {"assignment": "assignment", "augmented_assignment": "change", "string": "text", "yield": "return"}
_DEFINITIONS = frozenset(["function_definition", "class_definition"])
_HELD = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, a class or (``""``) the module, by its lines from 1 to `end_line`; its own code is what no inner one holds."""

    name: str  # qualified
    line: int
    end_line: int
    is_function: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, or the header of a compound one: lines `line` to `end_line` (from 1). `within` is the name of what holds it."""

    line: int
    end_line: int
    kind: str  # one of the values of KINDS; "" where the text is not known
    within: str


@dataclass(slots=True)
class Outline:
    """One file. `lines` are its text by line, empty where it is not known."""

    definitions: dict[str, Definition]
    statements: tuple[Statement, ...]
    lines: tuple[str, ...] = ()
    _firsts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Index the statements."""
        self._firsts = [s.line for s in self.statements]

    def statement(self, line: int) -> Statement | None:
        """The statement whose lines hold `line`."""
        at = bisect_right(self._firsts, line) - 1
        return self.statements[at] if at >= 0 and line <= self.statements[at].end_line else None

    def text(self, statement: Statement) -> str:
        """Its source."""
        return "\n".join(self.lines[statement.line - 1 : statement.end_line])

    def is_loaded(self, statement: Statement) -> bool:
        """Whether it runs when the file is loaded: one of the module or of a class at its top, or the header of a function of these."""
        name = statement.within
        if statement.kind in ("definition", "class"):
            name = name.rpartition(".")[0]
        while name:
            holder = self.definitions.get(name)
            if holder is not None and holder.is_function:
                return False
            name = name.rpartition(".")[0]
        return True

    def inner(self) -> dict[str, list[Statement]]:
        """Statements by the definition that holds them."""
        found: dict[str, list[Statement]] = {}
        for statement in self.statements:
            found.setdefault(statement.within, []).append(statement)
        return found


def of_source(data: bytes) -> Outline:
    """The outline of a Python file, broken or not; raises SourceError where it cannot be read at all."""
    root = SyntaxTree.parse(data).root
    lines = tuple(data.decode("utf-8", "replace").split("\n"))
    definitions = {"": Definition("", 1, len(lines), is_function=False)}
    found: dict[int, Statement] = {}
    for statement in _statements(root, "", definitions):
        found.setdefault(statement.line, statement)  # of several on a line the first stands for all
    return Outline(definitions, tuple(_apart(found[line] for line in sorted(found))), lines)


def of_facts(facts: FileFacts, ran: Iterable[int]) -> Outline:
    """The same from a file's symbols alone: the lines of each definition are its statements, and at module level those that ran."""
    definitions = {"": Definition("", 1, 1, is_function=False)}
    within: dict[int, str] = dict.fromkeys(ran, "")
    for symbol in facts.symbols:
        if symbol.kind in _HELD:
            is_function = symbol.kind is not SymbolKind.CLASS
            definitions[symbol.qualname] = Definition(symbol.qualname, symbol.line, symbol.end_line, is_function)
            within.update(dict.fromkeys(range(symbol.line, symbol.end_line + 1), symbol.qualname))
    return Outline(definitions, tuple(Statement(line, line, "", within[line]) for line in sorted(within)))


def _statements(node: Node, within: str, definitions: dict[str, Definition]) -> Iterator[Statement]:
    todo = [(child, within) for child in reversed(node.named_children)]
    while todo:
        child, owner = todo.pop()
        kind = KINDS.get(child.type)
        if child.type in _DEFINITIONS:
            owner = _define(child, owner, definitions)
        if kind is not None:
            yield _statement(child, _kind(child, kind), owner)
        if (
            child.type in _DEFINITIONS
            or child.type == "decorated_definition"
            or kind in ("if", "loop", "with")
            or child.type in _CLAUSES
        ):
            todo += [(inner, owner) for inner in reversed(child.named_children)]


def _define(node: Node, owner: str, definitions: dict[str, Definition]) -> str:
    named = node.child_by_field_name("name")
    name = (named.text or b"").decode("utf-8", "replace") if named is not None else "?"
    name = f"{owner}.{name}" if owner else name
    outer = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    definitions[name] = Definition(
        name, outer.start_point[0] + 1, node.end_point[0] + 1, node.type == "function_definition"
    )
    return name


def _kind(node: Node, kind: str) -> str:
    if node.type == "expression_statement" and node.named_children:
        return _EXPRESSIONS.get(node.named_children[0].type, kind)
    return kind


def _statement(node: Node, kind: str, within: str) -> Statement:
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    body = next((c for c in node.named_children if c.type in ("block", "case_clause")), None)
    if body is not None:  # row of its first statement, counted from 0: the number of the line before
        last = max(first, min(last, body.start_point[0]))
    return Statement(first, last, kind, within)


def _apart(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The same, each ending before the next begins (a lambda or a decorator may stand inside)."""
    before: Statement | None = None
    for statement in statements:
        if before is not None:
            end = min(before.end_line, statement.line - 1)
            yield before if end == before.end_line else Statement(before.line, end, before.kind, before.within)
        before = statement
    if before is not None:
        yield before
