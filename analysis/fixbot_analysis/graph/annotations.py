"""What an annotation says of a value (PEP 484 and its successors, as far as names of the project can matter)."""

import ast
from collections.abc import Sequence

from fixbot_analysis.graph.engine import Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.generics import substituted, variables
from fixbot_analysis.graph.outside import is_ours
from fixbot_analysis.graph.values import (
    NONE,
    UNKNOWN,
    Alias,
    Definition,
    External,
    Instance,
    Spot,
    Value,
    Values,
    Variable,
    union,
)

_UNIONS = frozenset({"Optional", "Union"})
_WRAPPERS = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar", "TypeGuard", "TypeIs"}
)
_FORMS = _UNIONS | _WRAPPERS | {"Callable", "Literal", "Type", "type", "tuple", "Tuple"}
_SAYS_NOTHING = frozenset({"Any", "object", "ParamSpec", "NewType"})
# Generator[yielded, sent, returned]: what iterating gives comes first; what awaiting gives comes last.
_LOWER = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Deque": "deque"}


class Annotations:
    """Reads annotations for an `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def objects(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an object of the annotation `node` is."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return self.objects(spot, parsed(node.value, annotation=True))
            return (NONE,) if node.value is None else UNKNOWN
        if isinstance(node, ast.BinOp):
            return union([self.objects(spot, node.left), self.objects(spot, node.right)])
        if isinstance(node, ast.Subscript):
            return self._subscripted(spot, node)
        if isinstance(node, ast.Starred):
            return self.objects(spot, node.value)
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            return union(self._object(spot, value, name) for value in self._engine.infer(spot, node))
        return UNKNOWN

    def alias(self, spot: Spot, node: ast.Subscript, base: Value) -> Values | None:
        """The type that an expression such as ``Optional[Item]`` or ``Box[Item]`` names; None where it is none."""
        if isinstance(base, Definition) and base.is_class and self._engine.parameters(base):
            return (Alias(self._subscripted(spot, node)),)
        if isinstance(base, External) and not base.made and (base.last in _FORMS or base.last[:1].isupper()):
            return (Alias(self._subscripted(spot, node)),)
        return None

    def _object(self, spot: Spot, value: Value, name: str = "") -> Values:
        """An object of what an annotation names by `name`."""
        if isinstance(value, Definition):
            return (Instance(value, own=value.receiver is not None),) if value.is_class else UNKNOWN
        if isinstance(value, Alias):
            return value.values
        if isinstance(value, External):
            if value.last == "Self":
                cls = self._engine.scope(spot.path).enclosing_class(spot.scope)
                return (Instance(Definition(spot.path, cls), own=True),) if cls else UNKNOWN
            if value.last == "TypeVar":
                return (Variable(name, value.items[0] if value.items else UNKNOWN),)
            if value.last in _SAYS_NOTHING:
                return UNKNOWN
            return (External(_LOWER.get(value.last, value.name), made=True, items=value.items),)
        return UNKNOWN

    def _subscripted(self, spot: Spot, node: ast.Subscript) -> Values:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        values = self._engine.infer(spot, node.value)
        ours, others = self._of_project, self._generic
        return union((ours if isinstance(v, Definition | Alias) else others)(spot, v, parts) for v in values)

    def _of_project(self, spot: Spot, value: Value, parts: Sequence[ast.expr]) -> Values:
        """An object of a class of the project, or of a type by another name, with what stands for its type variables."""
        if isinstance(value, Alias):
            names = dict.fromkeys(v.name for v in variables(value.values))
            return substituted(value.values, {n: self.objects(spot, p) for n, p in zip(names, parts, strict=False)})
        if isinstance(value, Definition) and value.is_class and self._engine.parameters(value):
            return (Instance(value, items=tuple(self.objects(spot, part) for part in parts)),)
        return self._object(spot, value)

    def _generic(self, spot: Spot, value: Value, parts: Sequence[ast.expr]) -> Values:
        """An object of ``value[parts]``, where `value` is from outside."""
        if not isinstance(value, External) or not parts:
            return self._object(spot, value)
        name = value.last
        if name in _UNIONS:
            return union(self.objects(spot, part) for part in parts)
        if name in _WRAPPERS:
            return self.objects(spot, parts[0])
        if name == "Literal":
            return (External("str", made=True),)
        if name in ("type", "Type"):
            made = self.objects(spot, parts[0])
            return tuple(_class_of(v) for v in made)
        if name == "Callable":
            taken = parts[0].elts if isinstance(parts[0], ast.List) else ()
            return (External("Callable", True, tuple(self.objects(spot, part) for part in (parts[-1], *taken))),)
        items = tuple(self.objects(spot, part) for part in parts if not _is_ellipsis(part))
        if name in ("tuple", "Tuple"):
            return (External("list" if len(items) < len(parts) else "tuple", True, items),)
        known = self._engine.abroad.cls(value.name) if any(map(is_ours, items)) else None
        return (Instance(known, items=items) if known else External(_LOWER.get(name, value.name), True, items),)


def _class_of(value: Value) -> Value:
    """The class whose object `value` is."""
    if isinstance(value, Variable):
        return External("type", True, ((value,),))
    return value.cls if isinstance(value, Instance) else External("type", made=True)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
