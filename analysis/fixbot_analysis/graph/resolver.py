"""From names as written to what they mean: the parts of inference put together, and what the graph asks of them.

Everything is worked out on demand from the facts of the files it leads through, and remembered. What an expression means depends on nothing
but the facts of the names that it mentions, of the names that those mention, and so on: the index relies on it when files change.
"""

import ast
from collections.abc import Callable, Hashable, Iterator, Mapping

from fixbot_analysis.graph.annotations import Annotations
from fixbot_analysis.graph.calling import Calling
from fixbot_analysis.graph.classes import Classes
from fixbot_analysis.graph.containers import Containers
from fixbot_analysis.graph.engine import Arguments
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.generics import Generics, substituted
from fixbot_analysis.graph.inference import Inference
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.names import Names
from fixbot_analysis.graph.outside import OutsideDefinitions, as_names, is_outside
from fixbot_analysis.graph.scopes import ModuleScope
from fixbot_analysis.graph.values import (
    ANYTHING,
    UNKNOWN,
    Definition,
    External,
    Instance,
    ModuleValue,
    Spot,
    Value,
    Values,
    Variable,
    union,
)
from fixbot_analysis.ports import Nothing, Outside
from fixbot_analysis.symbols import Binding, FileFacts, Import

_DEPTH = 32  # names followed inside of each other; a longer way leads nowhere that matters


class Resolver:
    """Resolves names of a project, whose `modules` and files' `facts` it is handed; modules from `outside` are read where they decide.

    What questions are answered with is of the project, or a name (:class:`External`): definitions from outside are seen by the parts of
    inference only.
    """

    def __init__(self, modules: ModuleMap, facts: Callable[[str], FileFacts], outside: Outside | None = None) -> None:
        self.modules = modules
        self.abroad = OutsideDefinitions(outside or Nothing())
        self._facts = facts
        self._scopes: dict[str, ModuleScope] = {}
        self._known: dict[Hashable, Values] = {}
        self._trial: dict[Hashable, Values] = {}
        self._heads: dict[tuple[str, str, str], Values] = {}
        self._open: dict[Hashable, int] = {}
        self._round = _DEPTH  # the outermost open question that the present answer leans on
        self.containers = Containers(self)
        self._names = Names(self)
        self._generics = Generics(self)
        self._classes = Classes(self)
        self._annotations = Annotations(self)
        self._inference = Inference(self, self.containers, self._annotations)
        self._calling = Calling(self, self.containers)

    def scope(self, path: str) -> ModuleScope:
        """The names of the file at `path`."""
        found = self._scopes.get(path)
        if found is None:
            far = self.abroad.scope(path) if is_outside(path) else None
            found = self._scopes[path] = far or ModuleScope(path, self._facts(path))
        return found

    def values(self, path: str, scope: str, written: str, line: int = 0) -> Values:
        """All that the expression `written` (see :class:`Binding`) can stand for in `scope` of the file at `path`, on `line` (0: on any).

        An object of a type variable is what that is bound to.
        """
        return as_names(self.meant(path, scope, written, line))

    def meant(self, path: str, scope: str, written: str, line: int = 0) -> Values:
        """As :meth:`values`, but definitions from outside as they are: for whoever looks for members on."""
        return substituted(self._meant(path, scope, written, line), {}, whole=True)

    def _meant(self, path: str, scope: str, written: str, line: int) -> Values:
        if not line and "." not in written and written.isidentifier():
            return self._at_hand(path, scope, written)
        spot = Spot(path, scope, line)
        if written.isidentifier():
            return self.named(spot, written)
        if "(" in written or "[" in written or not written.replace(".", "").isidentifier():
            return self.infer(spot, parsed(written)) if "?" not in written else UNKNOWN
        if line and self.scope(path).tested:
            return self.infer(spot, parsed(written))
        head, *rest = written.split(".")
        values = self.named(spot, head) if line else self._at_hand(path, scope, head)
        for name in rest:
            values = self.members(values, name)
        return values

    def _at_hand(self, path: str, scope: str, name: str) -> Values:
        """A bare name, whatever the line; kept where the answer is whole."""
        key = (path, scope, name)
        found = self._heads.get(key)
        if found is None:
            found = self.named(Spot(path, scope), name)
            if not self._open:
                self._heads[key] = found
        return found

    def evaluate(self, path: str, scope: str, written: str, line: int = 0) -> Value:
        """The first of :meth:`values`, something of the project before all else; ANYTHING where nothing is known."""
        return _first(self.values(path, scope, written, line))

    def attribute(self, value: Value, name: str) -> Value:
        """What ``value.name`` stands for, as :meth:`evaluate` gives it."""
        return _first(as_names(self.member_of(value, name)))

    def member(self, cls: Definition, name: str) -> Value:
        """The attribute `name` of a class, as :meth:`evaluate` gives it."""
        return self.attribute(cls, name)

    def imported(self, path: str, each: Import) -> str | None:
        """Path of the module that an import in `path` leads to, as ``from package import module`` means the module.

        Where the module that ``import`` names is not there (generated, compiled), the package around it is loaded all the same.
        """
        location = self._names.origin(path, each)
        if location is None and not each.name and "." in each.module:
            location = self.modules.location(each.module.rpartition(".")[0], path)
        if location is None:
            return None
        if each.name and each.name != "*":
            location = self.modules.submodule(location, each.name) or location
        return location if location.endswith(".py") else None

    def bases(self, cls: Definition) -> list[Definition]:
        """Bases of a class that the project defines."""
        return [
            b for b in self._classes.bases(cls) if isinstance(b, Definition) and b != cls and not is_outside(b.path)
        ]

    def members(self, values: Values, name: str) -> Values:
        """What ``.name`` of any of `values` stands for."""
        if len(values) == 1:
            return self.member_of(values[0], name)
        return union([self.member_of(value, name) for value in values])

    def read(self, values: Values, name: str) -> Iterator[str]:
        """Ids of the functions and classes that ``.name`` of any of `values` is, properties themselves and not what they give."""
        for value in values:
            if isinstance(value, ModuleValue):
                yield from (v.id for v in self.exported(value.location, name) if isinstance(v, Definition))
                continue
            cls = value.cls if isinstance(value, Instance) else value
            if isinstance(cls, Definition) and cls.is_class:
                found = self._classes.defined(cls, name, above=isinstance(value, Instance) and value.above)
                if found:
                    yield found

    def holder(self, cls: Definition, name: str, *, above: bool = False) -> Definition | None:
        """The class that gives `cls` the attribute `name` (`above`: looked for after the class itself)."""
        return self._classes.holder(cls, name, above=above)

    def origin(self, path: str, each: Import) -> str | None:
        """Location of the module that an import in `path` names; None where it is not of the project."""
        return self._names.origin(path, each)

    def starred(self, module: ModuleScope, name: str) -> list[str]:
        """Paths of the modules whose stars bring `name` into `module`."""
        return list(self._names.starred(module, name))

    def once(self, key: Hashable, work: Callable[[], Values]) -> Values:
        """What `work` gives, worked out once for each `key`; nothing on the way round a circle.

        An answer that leans on a question still open is kept only until the outermost question is answered.
        """
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._trial:
            self._round = 0
            return self._trial[key]
        depth = len(self._open)
        if key in self._open or depth >= _DEPTH:
            self._round = min(self._round, self._open.get(key, 0))
            return UNKNOWN
        before, self._round = self._round, _DEPTH
        self._open[key] = depth
        try:
            found = work()
        except RecursionError:
            if depth:
                raise
            self._classes.abandon()
            found = UNKNOWN
        finally:
            del self._open[key]
            leans, self._round = self._round, min(before, self._round if self._round < depth else _DEPTH)
        (self._known if leans >= depth else self._trial)[key] = found
        if not depth:
            self._trial.clear()
        return found

    def infer(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an expression stands for."""
        return self._inference.infer(spot, node)

    def annotated(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an object of the annotation is."""
        return self._annotations.objects(spot, node)

    def named(self, spot: Spot, name: str) -> Values:
        """What a bare name stands for."""
        return self._names.named(spot, name)

    def tested(self, spot: Spot, dotted: str) -> Values:
        """What isinstance tests say of a dotted name where it is used."""
        return self._names.flow(self.scope(spot.path), spot.scope, dotted, spot.line)

    def bound(self, path: str, binding: Binding) -> Values:
        """What a binding gives to its name."""
        key = (path, binding.scope, binding.name, binding.value, binding.first, binding.at)
        known = self._known.get(key)
        return self.once(key, lambda: self._inference.bound(path, binding)) if known is None else known

    def brought(self, path: str, each: Import) -> Values:
        """What an import binds."""
        return self._names.imported(path, each)

    def exported(self, location: str, name: str) -> Values:
        """What ``from location import name`` binds."""
        key = (location, name)
        known = self._known.get(key)
        return self.once(key, lambda: self._names.exported(location, name)) if known is None else known

    def member_of(self, value: Value, name: str) -> Values:
        """What ``value.name`` stands for."""
        if isinstance(value, ModuleValue):
            return self.exported(value.location, name)
        if isinstance(value, Variable):
            return self.members(value.bound, name)
        if isinstance(value, Instance):
            key = (value.cls.path, value.cls.symbol.qualname, name, value.above, value.own, value.items)
            known = self._known.get(key)
            return self.once(key, lambda: self._classes.member_of(value, name)) if known is None else known
        return self._classes.member_of(value, name)

    def call(self, value: Value, arguments: Arguments) -> Values:
        """What calling `value` gives."""
        return self._calling.call(value, arguments)

    def arguments(self, value: Instance, owner: Definition) -> Mapping[str, Values]:
        """What stands for the type variables of `owner`, a base of the object's class or that class, in this object."""
        return self._generics.arguments(value, owner)

    def parameters(self, cls: Definition) -> tuple[str, ...]:
        """Names of the type variables of a class, in order."""
        return self._generics.parameters(cls)

    def handed(self, value: Value, argument: str, place: int) -> Values:
        """What calling `value` gives, in `place`, to the callable that it takes as `argument` (a place or a name)."""
        return self._calling.handed(value, argument, place)

    def order(self, cls: Definition) -> tuple[Definition, ...]:
        """The method resolution order of a class, without the classes that are not of the project."""
        return tuple(each for each in self._classes.order(cls) if not is_outside(each.path))

    def lineage(self, cls: Definition) -> tuple[Definition, ...]:
        """The method resolution order of a class, as far as its bases can be read, be they of the project or not."""
        return self._classes.order(cls)

    def made_by(self, cls: Definition) -> Iterator[str]:
        """Ids of the functions that run when the class itself is made, after its body."""
        return self._classes.made_by(cls)

    def outside(self, cls: Definition) -> tuple[Value, ...]:
        """Bases of a class, and of its bases, that are neither of the project nor can be read."""
        return self._classes.outside(cls)


def _first(values: Values) -> Value:
    return next((v for v in values if not isinstance(v, External)), values[0] if values else ANYTHING)
