"""What the parts of the resolver ask of each other."""

import ast
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple, Protocol

from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.outside import OutsideDefinitions
from fixbot_analysis.graph.scopes import ModuleScope
from fixbot_analysis.graph.values import Definition, Instance, Spot, Value, Values
from fixbot_analysis.symbols import Binding, Import


class Arguments(NamedTuple):
    """What a call passes: expressions where they stand, by position and by name."""

    spot: Spot | None = None
    positional: Sequence[ast.expr] = ()
    named: Mapping[str, ast.expr] = {}


class Engine(Protocol):
    """All of inference, seen from one of its parts."""

    @property
    def modules(self) -> ModuleMap:
        """Where modules are."""
        ...

    @property
    def abroad(self) -> OutsideDefinitions:
        """What installed packages define."""
        ...

    def scope(self, path: str) -> ModuleScope:
        """The names of the file at `path`."""
        ...

    def once(self, key: Hashable, work: Callable[[], Values]) -> Values:
        """What `work` gives, worked out once for each `key`; nothing on the way round a circle."""
        ...

    def infer(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an expression stands for."""
        ...

    def annotated(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an object of the annotation is."""
        ...

    def named(self, spot: Spot, name: str) -> Values:
        """What a bare name stands for."""
        ...

    def tested(self, spot: Spot, dotted: str) -> Values:
        """What isinstance tests say of a dotted name where it is used."""
        ...

    def bound(self, path: str, binding: Binding) -> Values:
        """What a binding gives to its name."""
        ...

    def brought(self, path: str, each: Import) -> Values:
        """What an import binds."""
        ...

    def exported(self, location: str, name: str) -> Values:
        """What ``from location import name`` binds."""
        ...

    def member_of(self, value: Value, name: str) -> Values:
        """What ``value.name`` stands for."""
        ...

    def call(self, value: Value, arguments: Arguments) -> Values:
        """What calling `value` gives."""
        ...

    def arguments(self, value: Instance, owner: Definition) -> Mapping[str, Values]:
        """What stands for the type variables of `owner`, a base of the object's class or that class, in this object."""
        ...

    def parameters(self, cls: Definition) -> tuple[str, ...]:
        """Names of the type variables of a class, in order."""
        ...

    def handed(self, value: Value, argument: str, place: int) -> Values:
        """What calling `value` gives, in `place`, to the callable that it takes as `argument` (a place or a name)."""
        ...

    def lineage(self, cls: Definition) -> tuple[Definition, ...]:
        """The method resolution order of a class, as far as its bases can be read."""
        ...

    def outside(self, cls: Definition) -> tuple[Value, ...]:
        """The bases of a class and its bases that cannot be read."""
        ...
