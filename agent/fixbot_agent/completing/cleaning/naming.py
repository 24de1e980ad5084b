"""Names that a suggestion in Python reads: each is in scope, built in or bound by the suggestion; members that a whole class has not are refused."""

import builtins
from collections.abc import Iterator

from fixbot_agent.completing.cleaning.draft import Draft, Reason, Refused
from fixbot_agent.completing.cleaning.units import inside
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node, SyntaxTree

_BUILTINS = frozenset(
    {
        *vars(builtins),
        "__file__",
        "__name__",
        "__doc__",
        "__path__",
        "__class__",
        "__spec__",
        "__loader__",
        "__package__",
    }
)
_BINDING = {
    "assignment": ("left",), "for_statement": ("left",), "for_in_clause": ("left",), "named_expression": ("name",),
    "function_definition": ("name", "parameters"), "class_definition": ("name",), "lambda": ("parameters",),
    "as_pattern": ("alias",), "augmented_assignment": (), "type_alias_statement": ("left",), "except_clause": ("alias",),
}  # fmt: skip
_PARAMETERS = frozenset({"default_parameter", "typed_default_parameter"})


def unknown_name(draft: Draft, tree: SyntaxTree, span: Span) -> Refused | None:
    """The refusal of a text that reads a name nobody bound, as far as the names in scope are told."""
    if draft.names is None or tree.language != "python":
        return None
    known: frozenset[str] | None = None
    fresh = set(_bound(tree, span))
    for node in _nodes(tree, span):
        if node.type != "identifier" or not _is_read(node):
            continue
        name = _text(node, tree.data)
        if name in _BUILTINS or name in fresh:
            continue
        known = frozenset(draft.names()) if known is None else known
        if name not in known:
            return Refused(Reason.NAMES, name)
    return None


def unknown_member(draft: Draft, tree: SyntaxTree, span: Span) -> Refused | None:
    """The refusal of a text that reads a member its receiver has not, where all members are known; what the text writes is new."""
    if draft.members is None or tree.language != "python":
        return None
    fresh = set(_bound(tree, span, within=True))
    for node in _nodes(tree, span):
        if node.type != "attribute" or _is_written(node):
            continue
        owner, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        if owner is None or name is None or not span.start < name.end_byte <= span.end:
            continue
        written = _text(owner, tree.data)
        if written.partition(".")[0].partition("(")[0] in fresh:
            continue
        members = draft.members(written)
        if (
            members is not None
            and _text(name, tree.data) not in members
            and not _text(name, tree.data).startswith("__")
        ):
            return Refused(Reason.MEMBERS, f"{written}.{_text(name, tree.data)}")
    return None


def _nodes(tree: SyntaxTree, span: Span) -> Iterator[Node]:
    """Every named node that the span touches."""
    waiting = [tree.root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(inside(node, span))


def _bound(tree: SyntaxTree, span: Span, within: bool = False) -> Iterator[str]:
    """Names that statements touched by the span bind, the ones around it (a loop's header completed) too, unless only those `within` it count."""
    for node in _nodes(tree, span):
        if node.type in ("import_statement", "import_from_statement"):
            for each in node.children_by_field_name("name"):
                alias = each.child_by_field_name("alias")
                yield _text(alias, tree.data) if alias is not None else _text(each, tree.data).partition(".")[0]
        for field in _BINDING.get(node.type, ()):
            target = node.child_by_field_name(field)
            if target is not None and (not within or (target.start_byte < span.end and span.start < target.end_byte)):
                yield from _targets(target, tree)
        if node.type in ("case_pattern", "as_pattern_target", "except_clause", "global_statement"):
            yield from _targets(node, tree)


def _targets(node: Node, tree: SyntaxTree) -> Iterator[str]:
    if node.type == "identifier":
        yield _text(node, tree.data)
    elif node.type in _PARAMETERS:
        name = node.child_by_field_name("name")
        yield from _targets(name, tree) if name is not None else ()
    elif node.type == "typed_parameter":
        yield from _targets(node.named_children[0], tree)
    elif node.type not in ("attribute", "subscript", "call"):
        for child in node.named_children:
            yield from _targets(child, tree)


def _is_read(node: Node) -> bool:
    """Whether an identifier stands for a value, not for a member, an argument's name or part of a module's."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("object") == node
    if parent.type == "keyword_argument":
        return parent.child_by_field_name("name") != node
    return parent.type not in ("dotted_name", "aliased_import", "global_statement", "nonlocal_statement", "ERROR")


def _is_written(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "assignment" and parent.child_by_field_name("left") == node


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
