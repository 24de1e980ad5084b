"""Type variables: which ones a class has, and what stands for them (PEP 484, PEP 695)."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from fixbot_analysis.graph.engine import Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.values import Definition, External, Instance, Spot, Value, Values, Variable, union

# What is asked and what is given -> the same of their parts.
Parts = Callable[[External | Instance, Value], Iterable[tuple[Values, Values]]]

_DECLARING = frozenset({"Generic", "Protocol"})
_DEEPEST = 4  # containers within each other that are looked into


class Generics:
    """Answers for an `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parameters: dict[tuple[str, str], tuple[str, ...]] = {}

    def parameters(self, cls: Definition) -> tuple[str, ...]:
        """Names of the type variables of a class, in order."""
        key = (cls.path, cls.symbol.qualname)
        if key not in self._parameters:
            self._parameters[key] = ()  # what a circle finds on its way back
            self._parameters[key] = self._declared(cls)
        return self._parameters[key]

    def arguments(self, value: Instance, owner: Definition) -> Mapping[str, Values]:
        """What stands for the type variables of `owner`, a base of the object's class or that class, in this object."""
        own = dict(zip(self.parameters(value.cls), value.items, strict=False))
        if value.cls == owner or not self.parameters(owner):
            return own if value.cls == owner else {}
        for base, parts in self._bases(value.cls):
            if isinstance(base, Definition) and owner in self._engine.lineage(base):
                items = tuple(substituted(self._engine.annotated(self._spot(value.cls), p), own) for p in parts)
                return self.arguments(Instance(base, items=items), owner)
        return {}

    def _declared(self, cls: Definition) -> tuple[str, ...]:
        if named := self._engine.scope(cls.path).type_parameters(cls.symbol.qualname):
            return tuple(named)
        found: dict[str, None] = {}
        for base, parts in self._bases(cls):
            names = [v.name for p in parts for v in variables(self._engine.annotated(self._spot(cls), p))]
            if isinstance(base, External) and base.last in _DECLARING:
                return tuple(dict.fromkeys(names))
            found.update(dict.fromkeys(names))
        return tuple(found)

    def _bases(self, cls: Definition) -> Iterator[tuple[Value, list[ast.expr]]]:
        """Bases of a class with what stands in brackets behind each."""
        for text in cls.symbol.bases:
            written, parts = parsed(text, annotation=True), list[ast.expr]()
            node = written
            if isinstance(written, ast.Subscript):
                inside = written.slice
                node, parts = written.value, inside.elts if isinstance(inside, ast.Tuple) else [inside]
            for base in self._engine.infer(self._spot(cls), node)[:1]:
                yield self._read(base), parts

    def _read(self, base: Value) -> Value:
        """A base from outside as its class, where that can be read."""
        if isinstance(base, External) and base.last not in _DECLARING:
            return self._engine.abroad.cls(base.name) or base
        return base

    def _spot(self, cls: Definition) -> Spot:
        """Where the bases of a class are written; its own variables are known there."""
        own = self._engine.scope(cls.path).type_parameters(cls.symbol.qualname)
        return Spot(cls.path, cls.symbol.qualname if own else cls.symbol.parent)


def variables(values: Values, depth: int = _DEEPEST) -> Iterator[Variable]:
    """The type variables in `values`."""
    for value in values:
        if isinstance(value, Variable):
            yield value
        elif isinstance(value, External | Instance) and depth:
            for held in value.items:
                yield from variables(held, depth - 1)


def is_open(values: Values) -> bool:
    """Whether there is a type variable in `values`."""
    return next(variables(values), None) is not None


def substituted(values: Values, known: Mapping[str, Values], *, whole: bool = False) -> Values:
    """`values` with what stands for their type variables; `whole`: where that is not known, what they are bound to."""
    if not is_open(values):
        return values
    return union(_replaced(value, known, whole) for value in values)


def _replaced(value: Value, known: Mapping[str, Values], whole: bool) -> Values:
    if isinstance(value, Variable):
        return known.get(value.name) or (value.bound if whole else (value,))
    if isinstance(value, External):
        return (External(value.name, value.made, tuple(substituted(i, known, whole=whole) for i in value.items)),)
    if isinstance(value, Instance):
        items = tuple(substituted(i, known, whole=whole) for i in value.items)
        return (Instance(value.cls, value.above, value.own, items),)
    return (value,)


def unified(asked: Values, given: Values, found: dict[str, Values], parts: Parts, depth: int = _DEEPEST) -> None:
    """Note in `found` what stands for the type variables of `asked`, an annotation's objects, where `given` is passed.

    `parts` are the pairs of what is asked of the parts of an object, and what is given there.
    """
    for value in asked if given and depth else ():
        if isinstance(value, Variable):
            found.setdefault(value.name, given)
        elif isinstance(value, External | Instance) and is_open((value,)):
            for each in given:
                for part, held in parts(value, each):
                    unified(part, held, found, parts, depth - 1)
