"""What binds names besides assignments: parameters, loops, comprehensions, with, except, lambdas, returns, isinstance, setattr."""

from collections.abc import Iterable

from fixbot_analysis.symbols.bindings import Bindings, part
from fixbot_analysis.symbols.definitions import parameter_name
from fixbot_analysis.symbols.flow import Lines, guarded, tested, within
from fixbot_analysis.syntax import Node

# Their default says nothing of what else may be passed.
_TELLING = ("call", "identifier", "attribute")
_KEYED = ("sorted", "min", "max", "groupby")  # hand the elements of their first argument to their key
_APPLYING = ("map", "filter", "filterfalse", "takewhile", "dropwhile")  # hand the elements of the others to the first
_STARS = {"list_splat_pattern": "tuple[{}, ...]", "dictionary_splat_pattern": "dict[str, {}]"}


def parameters(functions: Iterable[Node], bindings: Bindings) -> None:
    """Bind parameters that are annotated or have a telling default; the others stand in :attr:`Symbol.parameters`."""
    owners = {s.name_span.start: s.qualname for s in bindings.defined.values()}
    for node in functions:
        name, listed = node.child_by_field_name("name"), node.child_by_field_name("parameters")
        owner = owners.get(name.start_byte) if name else None
        if owner is None or listed is None:
            continue
        for parameter in listed.named_children:
            named = parameter_name(parameter) if parameter.type != "identifier" else None
            if named is not None and (value := _parameter(parameter, bindings)):
                bindings.add(bindings.text(named), owner, value)


def _parameter(parameter: Node, bindings: Bindings) -> str:
    annotation = parameter.child_by_field_name("type")
    if annotation is not None:
        first = parameter.named_child(0)
        form = _STARS.get(first.type, "{}") if first is not None else "{}"
        return f"{form.format(bindings.text(annotation))}$:"
    default = parameter.child_by_field_name("value")
    return bindings.written(default) if default is not None and default.type in _TELLING else ""


def loops(statements: Iterable[Node], clauses: Iterable[Node], bindings: Bindings) -> None:
    """Bind what ``for`` gives, in its block and below, and in comprehensions."""
    for node in statements:
        left = node.child_by_field_name("left")
        if left is not None:
            value, lines = bindings.written(node.child_by_field_name("right")), bindings.blocks.after(node)
            lines = Lines(
                left.start_point[0] + 1, max(lines.last, node.end_point[0] + 1) if lines.last else 0, lines.leaks
            )
            bindings.target(left, part(value, "*"), lines)
    for node in clauses:
        left, whole = node.child_by_field_name("left"), node.parent
        if left is not None and whole is not None:
            bindings.target(left, part(bindings.written(node.child_by_field_name("right")), "*"), within(whole))


def entered(patterns: Iterable[Node], bindings: Bindings) -> None:
    """Bind what ``with … as`` and ``except … as`` name; `patterns` are the ``as`` patterns."""
    for node in patterns:
        value, target, around = node.named_child(0), node.child_by_field_name("alias"), node.parent
        if value is None or target is None or around is None or around.type == "case_pattern":
            continue
        lines = bindings.blocks.after(node)
        lines = Lines(node.start_point[0] + 1, lines.last, lines.leaks)
        if around.type == "with_item":
            bindings.target(target, part(bindings.written(value), "+"), lines)
        elif around.type == "except_clause":
            bindings.target(target, part(bindings.written(value), "?"), within(around))
        else:
            bindings.target(target, "", lines)


def named(expressions: Iterable[Node], bindings: Bindings) -> None:
    """Bind the names of assignment expressions."""
    for node in expressions:
        name = node.child_by_field_name("name")
        if name is not None:
            lines = bindings.blocks.after(node)
            value = bindings.written(node.child_by_field_name("value"))
            bindings.target(name, value, Lines(name.start_point[0] + 1, lines.last, lines.leaks))


def lambdas(nodes: Iterable[Node], bindings: Bindings) -> None:
    """Bind the parameters of lambdas on their own lines, to what the call that they are passed to gives them."""
    for node in nodes:
        listed = node.child_by_field_name("parameters")
        for place, parameter in enumerate(listed.named_children if listed is not None else ()):
            name = parameter_name(parameter)
            if name is not None:
                plain = parameter.type == "identifier" and place < 10
                bindings.target(name, _handed(node, place, bindings) if plain else "", within(node))


def _handed(node: Node, place: int, bindings: Bindings) -> str:
    """What parameter `place` of a lambda is given, as a binding's value; ``""`` where it is not passed to a call of a name."""
    keyword = node.parent if node.parent is not None and node.parent.type == "keyword_argument" else None
    listed = (keyword or node).parent
    call = listed.parent if listed is not None and listed.type == "argument_list" else None
    function = call.child_by_field_name("function") if call is not None else None
    if listed is None or function is None:
        return ""
    callee = bindings.written(function)
    passed = [a for a in listed.named_children if a.type not in ("keyword_argument", "comment")]
    receiver, _, name = callee.rpartition(".")
    if keyword is not None:
        said = keyword.child_by_field_name("name")
        word = bindings.text(said) if said is not None else ""
        if word == "key" and name == "sort":
            return part(receiver, "*")
        if word == "key" and name in _KEYED and passed:
            value = bindings.written(passed[0])
            return part(value, "*") if len(passed) == 1 else value
        return f"{callee}$@{word}@{place}" if callee and word.isidentifier() else ""
    at = next((n for n, each in enumerate(passed) if each.start_byte == node.start_byte), 0)
    if name in _APPLYING and at == 0:
        return part(bindings.written(passed[1 + place]), "*") if len(passed) > 1 + place else ""
    return f"{callee}$@{at}@{place}" if callee else ""


def results(returns: Iterable[Node], yields: Iterable[Node], bindings: Bindings) -> None:
    """Bind what functions without annotation return and yield to the names ``return`` and ``yield`` of their scopes."""
    for word, nodes in (("return", returns), ("yield", yields)):
        for node in nodes:
            owner = bindings.defined.get(bindings.scopes.owner(node.start_byte))
            if owner is None or owner.returns or not node.named_child_count:
                continue
            value = bindings.written(node.named_child(0))
            if _hands_on(node):
                value = part(value, "*")
            line = node.start_point[0] + 1
            bindings.add(word, owner.qualname, value, Lines(line, line))


def _hands_on(node: Node) -> bool:
    """Whether a yield hands on what another iterable gives."""
    second = node.child(1)
    return second is not None and second.type == "from"


def narrowed(callees: Iterable[Node], bindings: Bindings) -> None:
    """Bind what isinstance calls test, on the lines that they guard."""
    for callee in callees:
        name, classes = tested(callee, bindings.data)
        if name and classes:
            scope = bindings.scopes.owner(callee.start_byte)
            for lines in guarded(callee, bindings.blocks):
                bindings.add(name, scope, f"{classes}$?", lines)
            if bindings.binds(scope, name):  # elsewhere it would hide what the name is
                for lines in guarded(callee, bindings.blocks, negated=True):
                    bindings.add(name, scope, f"{classes}$!", Lines(lines.first, lines.last))


def set_by_name(callees: Iterable[Node], bindings: Bindings) -> None:
    """Bind attributes that a method gives to its object, or ``__new__`` to the one it makes, by calls with a constant name:
    ``setattr(cls, "name", value)`` and ``cls.add_to_class("name", value)``.
    """
    for callee in callees:
        listed = callee.parent.child_by_field_name("arguments") if callee.parent is not None else None
        passed = [a for a in listed.named_children if a.type != "comment"] if listed is not None else []
        if callee.type == "attribute":
            receiver = callee.child_by_field_name("object")
            passed = [receiver, *passed] if receiver is not None else []
        if len(passed) == 3 and passed[0].type == "identifier" and passed[1].type == "string":
            name = bindings.text(passed[1]).strip("\"'")
            if name.isidentifier():
                bindings.attribute(bindings.text(passed[0]), name, bindings.written(passed[2]), callee)
