"""On which lines a binding holds: the blocks around it, and what an isinstance test says of the lines it guards."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import dotted, expression
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

_LEAVING = ("return_statement", "raise_statement", "continue_statement", "break_statement")
_WRAPPING = ("parenthesized_expression", "not_operator", "boolean_operator")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines (from 1, both ends included) on which something holds; with `leaks` it may hold on the later ones too."""

    first: int
    last: int
    leaks: bool = False


class Blocks:
    """The indented blocks of a file."""

    def __init__(self, size: int, blocks: Sequence[Node]) -> None:
        """`blocks` are the block nodes by start, outer before inner."""
        spans = ((Span(b.start_byte, b.end_byte), at) for at, b in enumerate(blocks))
        self._blocks = blocks
        self._segments: Segments[int] = Segments(size, spans, -1)
        self._ends: dict[int, tuple[int, bool]] = {}

    def after(self, node: Node) -> Lines:
        """Lines below the statement of `node`, to the end of its block: where it binds a name."""
        end, leaks = self._end(self._segments.owner(node.start_byte))
        return Lines(node.end_point[0] + 2, end, leaks)

    def _end(self, block: int) -> tuple[int, bool]:
        """Last line of a block, and whether what follows the block is reached from there; of the module (-1) no end is known."""
        if block < 0:
            return 0, True
        if block not in self._ends:
            node = self._blocks[block]
            self._ends[block] = node.end_point[0] + 1, not leaves(node)
        return self._ends[block]


def leaves(block: Node) -> bool:
    """Whether the last statement of `block` goes elsewhere than to what follows."""
    last = block.named_child(block.named_child_count - 1) if block.named_child_count else None
    return last is not None and last.type in _LEAVING


def within(node: Node) -> Lines:
    """The lines of `node`, and none after."""
    return Lines(node.start_point[0] + 1, node.end_point[0] + 1)


def tested(callee: Node, data: bytes) -> tuple[str, str]:
    """What the isinstance call of `callee` tests, and against which classes; empty where that is no name."""
    call = callee.parent
    arguments = call.child_by_field_name("arguments") if call else None
    if arguments is None or arguments.named_child_count != 2:
        return "", ""
    first, second = arguments.named_children
    return dotted(data, first.start_byte, first.end_byte), expression(second, data)


def guarded(callee: Node, blocks: Blocks, *, negated: bool = False) -> list[Lines]:
    """Lines that run only where the isinstance call of `callee` holds (`negated`: does not hold)."""
    found: list[Lines] = []
    inner = callee.parent
    outer = inner.parent if inner else None
    while inner is not None and outer is not None and outer.type in _WRAPPING:
        if outer.type == "not_operator":
            negated = not negated
        elif outer.type == "boolean_operator":
            found.append(Lines(inner.end_point[0] + 1, outer.end_point[0] + 1))
            operator = outer.child_by_field_name("operator")
            if operator is None or operator.type != ("or" if negated else "and"):
                return [] if operator is None else found[:-1]
        inner, outer = outer, outer.parent
    if inner is not None and outer is not None:
        found.extend(_by_statement(inner, outer, blocks, negated=negated))
    return found


def _by_statement(test: Node, statement: Node, blocks: Blocks, *, negated: bool) -> list[Lines]:
    """Lines guarded by the whole `test` of a statement or conditional expression."""
    kind = statement.type
    if kind in ("if_statement", "elif_clause", "while_statement"):
        suite = statement.child_by_field_name("body" if kind == "while_statement" else "consequence")
        other = statement.child_by_field_name("alternative")
        if suite is None or test.start_byte >= suite.start_byte:
            return []
        if not negated:
            return [within(suite)]
        if other is not None:
            return [within(other)]
        return [blocks.after(statement)] if kind == "if_statement" and leaves(suite) else []
    if negated:
        return []
    if kind == "assert_statement":
        return [blocks.after(statement)]
    if kind == "conditional_expression":
        return [within(statement)]
    return [within(statement.parent)] if kind == "if_clause" and statement.parent else []
