"""What a bare name stands for: local scopes, imports, re-exports, stars, builtins."""

import builtins
from collections.abc import Iterator, Sequence

from fixbot_analysis.graph.engine import Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.outside import is_outside, module_of
from fixbot_analysis.graph.scopes import ModuleScope, ends, holding, is_test_of_type
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
    is_nothing,
    union,
)
from fixbot_analysis.symbols import Binding, Import, Symbol, SymbolKind

_BUILTINS = frozenset(dir(builtins))
_MODULE_NAMES = frozenset({"__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__"})
_ON_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_ASSIGNMENTS = 8  # of one name that are looked at


class Names:
    """Looks names up for an `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def named(self, spot: Spot, name: str) -> Values:
        """A bare name where it is used."""
        if spot.names is not None and name in spot.names:
            return spot.names[name]
        module = self._engine.scope(spot.path)
        owner = module.owner(spot.scope, name)
        if owner is None and (variable := self._type_variable(module, spot, name)):
            return variable
        line = spot.line if owner == spot.scope or not (owner or spot.scope) else 0
        if line:
            bindings = module.bindings[owner or ""].get(name)
            if not bindings or (len(bindings) == 1 and bindings[0].first <= line and not ends(bindings[0], line)):
                line = 0
        if line:
            return self._found(module, owner, name, line)
        return self._engine.once((spot.path, owner, name, ""), lambda: self._found(module, owner, name, 0))

    def _type_variable(self, module: ModuleScope, spot: Spot, name: str) -> Values:
        """A type variable that the header of a definition around declares (PEP 695)."""
        around = spot.scope if module.is_generic else ""
        while around:
            declared = module.type_parameters(around)
            if name in declared:
                bound = self._engine.annotated(Spot(spot.path, around), parsed(declared[name], annotation=True))
                return (External("typing.TypeVar", True, (bound,)),)
            around = around.rpartition(".")[0]
        return UNKNOWN

    def _found(self, module: ModuleScope, owner: str | None, name: str, line: int) -> Values:
        """A name of the scope `owner`; where there is none (None) of a star or of the builtins."""
        if owner:
            return self._local(module, owner, name, line)
        found = self._global(module, name, line)
        if found is None and name not in _BUILTINS:
            outside = next((s for s in module.stars if self.origin(module.path, s) is None), None)
            found = (External(f"{self._module(module.path, outside)}.{name}"),) if outside is not None else None
        return found if found is not None else _builtin(name)

    def exported(self, location: str, name: str) -> Values:
        """What ``from location import name`` binds."""
        found: Values | None = None
        if location.endswith(".py"):
            found = self._global(self._engine.scope(location), name, 0)
        if found is None or all(isinstance(v, External) for v in found):
            below = self._engine.modules.submodule(location, name)
            if below is not None:
                return (ModuleValue(below),)
        return found if found is not None else (ANYTHING,)

    def flow(self, module: ModuleScope, owner: str, name: str, line: int) -> Values:
        """What the variable `name` of the scope `owner` holds on `line` (0: on any)."""
        return self._flow(module, owner, name, module.bindings[owner].get(name, ()), line)

    def imported(self, path: str, each: Import) -> Values:
        """What an import binds."""
        if not each.name and not each.alias:  # import a.b binds a
            top = each.module.partition(".")[0]
            location = None if is_outside(path) else self._engine.modules.location(top, path)
            return (ModuleValue(location),) if location is not None else (External(top),)
        location = self.origin(path, each)
        if location is None:
            return (External(".".join(filter(None, (self._module(path, each), each.name)))),)
        return self._engine.exported(location, each.name) if each.name else (ModuleValue(location),)

    def origin(self, path: str, each: Import) -> str | None:
        """Location of the module that an import names; None where it is not of the project, as whatever is imported outside of it."""
        if is_outside(path):
            return None
        if each.level:
            return self._engine.modules.relative(path, each.level, each.module)
        return self._engine.modules.location(each.module, path)

    @staticmethod
    def _module(path: str, each: Import) -> str:
        """The module from outside that an import names, as written where that is in the project."""
        return module_of(path, each) if is_outside(path) else "." * each.level + each.module

    def starred(self, module: ModuleScope, name: str) -> Iterator[str]:
        """Paths of the modules whose stars bring `name` into `module`."""
        for star in module.stars:
            origin = self.origin(module.path, star)
            if origin and origin.endswith(".py") and origin != module.path and self._is_public(origin, name):
                yield origin

    def _local(self, module: ModuleScope, owner: str, name: str, line: int) -> Values:
        if symbol := module.member(owner, name):
            return (Definition(module.path, symbol),)
        if imports := module.imports[owner].get(name):
            found = union(self.imported(module.path, each) for each in imports)
            bindings = module.bindings[owner].get(name)
            return union([found, self._flow(module, owner, name, bindings, line)]) if bindings else found
        return self.flow(module, owner, name, line)

    def _global(self, module: ModuleScope, name: str, line: int) -> Values | None:
        """A name at the top of a module; None where the module has none of that name."""
        if name in module.names(""):
            return self._local(module, "", name, line)
        for origin in self.starred(module, name):
            value = self._engine.exported(origin, name)
            if value != (ANYTHING,):
                return value
        return None

    def _flow(self, module: ModuleScope, owner: str, name: str, bindings: Sequence[Binding], line: int) -> Values:
        symbol = module.symbols.get(owner)
        is_parameter = symbol is not None and name in symbol.parameters
        if len(bindings) == 1 and not is_parameter and not is_test_of_type(bindings[0]):
            return UNKNOWN if ends(bindings[0], line) else self._engine.bound(module.path, bindings[0])
        found, sure = holding(bindings, line)
        if sure and is_test_of_type(found[-1]):
            test = found.pop()
            others = [b for b in bindings if b is not test]
            found_values = self._narrowed(module.path, test, self._flow(module, owner, name, others, line))
        else:
            found_values = UNKNOWN
        parts = [found_values, *(self._engine.bound(module.path, b) for b in found[:_ASSIGNMENTS])]
        if not sure and symbol is not None and is_parameter:
            parts.append(self._parameter(module, symbol, name))
        values = union(parts)
        # A loop may bring along what is bound below.
        if line and not is_parameter and is_nothing(values) and (values or not found):
            later = [b for b in bindings if b.leaks or not b.last]
            return union([values, *(self._engine.bound(module.path, b) for b in later[:_ASSIGNMENTS])])
        return values

    def _narrowed(self, path: str, test: Binding, before: Values) -> Values:
        """Those of the values `before` that are of the tested classes, else objects of those classes; or those that are not."""
        tested = self._engine.bound(path, test)
        named = (self._engine.abroad.cls(v.name) for v in tested if isinstance(v, External))
        classes = {v.cls for v in tested if isinstance(v, Instance)}.union(filter(None, named))
        if test.value.endswith("!"):
            others = (v for v in before if v not in tested)
            return tuple(v for v in others if not (isinstance(v, Instance) and self._is_one(v, classes))) or before
        kept = tuple(v for v in before if isinstance(v, Instance) and self._is_one(v, classes))
        return kept or tested

    def _is_one(self, value: Instance, classes: set[Definition]) -> bool:
        """Whether an object is of one of the `classes`."""
        return not classes.isdisjoint(self._engine.lineage(value.cls))

    def _parameter(self, module: ModuleScope, function: Symbol, name: str) -> Values:
        """The receiver of a method; of other parameters what the methods say that this one overrides."""
        owner = module.symbols.get(function.parent)
        if function.kind is not SymbolKind.METHOD or owner is None:
            return UNKNOWN
        cls = Definition(module.path, owner)
        if name == function.parameters[0] and not any(d.endswith("staticmethod") for d in function.decorators):
            if function.name in _ON_CLASS or any(d.endswith("classmethod") for d in function.decorators):
                return (Definition(module.path, owner, Instance(cls, own=True)),)
            is_meta = any(_is_type(v) for v in self._engine.outside(cls))
            return (Instance(cls, own=True), ANYTHING) if is_meta else (Instance(cls, own=True),)
        for base in self._engine.lineage(cls)[1:]:
            bindings = self._engine.scope(base.path).bindings[f"{base.symbol.qualname}.{function.name}"].get(name, ())
            if found := next((b for b in bindings if not b.first), None):
                return self._engine.bound(base.path, found)
        return UNKNOWN

    def _is_public(self, path: str, name: str) -> bool:
        module = self._engine.scope(path)
        if module.is_public(name):
            return True
        listed = (e.removesuffix(".__all__") for e in module.exports or () if e.endswith(".__all__"))
        places = (self._engine.named(Spot(path, ""), each.partition(".")[0]) for each in listed if "." not in each)
        found = {v.location for values in places for v in values if isinstance(v, ModuleValue)}
        return any(p.endswith(".py") and p != path and self._is_public(p, name) for p in found)


def _builtin(name: str) -> Values:
    return (
        (External(name),) if name in _BUILTINS else (External(name, made=True) if name in _MODULE_NAMES else ANYTHING,)
    )


def _is_type(value: Value) -> bool:
    return isinstance(value, External) and value.name == "type"
