"""From names as written to what they mean: local scopes, imports, re-exports, attributes through inheritance, light inference.

Everything is worked out on demand from the facts of the files it leads through, and remembered.
"""

import re
from collections.abc import Callable

from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.scopes import ModuleScope
from fixbot_analysis.graph.values import EXTERNAL, UNKNOWN, Definition, Instance, ModuleValue, Value
from fixbot_analysis.symbols import FileFacts, Import, Symbol, SymbolKind

_LINK = re.compile(r"\w+|\(\)|\?")
_SUBSCRIPT = re.compile(r"\[.*", re.DOTALL)
_PLAIN_CLASS = re.compile(r"[\"']?(\w+(?:\.\w+)*)(?:\[.*\])?[\"']?", re.DOTALL)
_DEPTH = 12  # steps through bindings and re-exports; a longer way is a circle
_ASSIGNMENTS = 4  # of one name that are looked at
_PROPERTIES = ("property", "cached_property", "functools.cached_property")


class Resolver:
    """Resolves names of a project, whose `modules` and files' `facts` it is handed."""

    def __init__(self, modules: ModuleMap, facts: Callable[[str], FileFacts]) -> None:
        self.modules = modules
        self._facts = facts
        self._scopes: dict[str, ModuleScope] = {}
        self._exported: dict[tuple[str, str], Value] = {}
        self._orders: dict[Definition, tuple[Definition, ...]] = {}
        self._bound: dict[tuple[str, str, str], Value] = {}
        self._open_orders: set[Definition] = set()

    def scope(self, path: str) -> ModuleScope:
        """The names of the file at `path`."""
        if path not in self._scopes:
            self._scopes[path] = ModuleScope(path, self._facts(path))
        return self._scopes[path]

    def evaluate(self, path: str, scope: str, chain: str, depth: int = _DEPTH) -> Value:
        """What `chain` (see :class:`Call`) stands for in `scope` of the file at `path`."""
        links = _LINK.findall(chain)
        if not links or links[0] == "?" or depth <= 0:
            return UNKNOWN
        if links[:2] == ["super", "()"]:
            value, rest = self._super(path, scope), links[2:]
        else:
            value, rest = self._name(path, scope, links[0], depth), links[1:]
        for link in rest:
            if value is EXTERNAL or value is UNKNOWN:
                return value
            value = self._called(value, depth) if link == "()" else self.attribute(value, link, depth)
        return value

    def imported(self, path: str, each: Import) -> str | None:
        """Path of the module that an import in `path` leads to, as `from package import module` means the module."""
        location = self._origin(path, each)
        if location is None:
            return None
        if each.name and each.name != "*":
            location = self.modules.submodule(location, each.name) or location
        return location if location.endswith(".py") else None

    def exported(self, location: str, name: str, depth: int = _DEPTH) -> Value:
        """What ``from location import name`` binds."""
        key = (location, name)
        if key not in self._exported:
            self._exported[key] = UNKNOWN  # what a circle finds on its way back
            self._exported[key] = self._export(location, name, depth)
        return self._exported[key]

    def attribute(self, value: Value, name: str, depth: int = _DEPTH) -> Value:
        """What ``value.name`` stands for."""
        if isinstance(value, ModuleValue):
            return self.exported(value.location, name, depth)
        if isinstance(value, Instance):
            found = self.member(value.cls, name, depth, above=value.above)
            if isinstance(found, Definition) and any(d in _PROPERTIES for d in found.symbol.decorators):
                return self._called(found, depth)
            return found
        if isinstance(value, Definition) and value.symbol.kind is SymbolKind.CLASS:
            return self.member(value, name, depth)
        return UNKNOWN

    def member(self, cls: Definition, name: str, depth: int = _DEPTH, *, above: bool = False) -> Value:
        """The attribute `name` of a class, looked for along its method resolution order (`above`: after the class itself)."""
        order = self.order(cls)
        for owner in order[1:] if above else order:
            module = self.scope(owner.path)
            if symbol := module.member(owner.symbol.qualname, name):
                return Definition(owner.path, symbol)
            if name in module.bindings[owner.symbol.qualname]:
                return self._binding(module, owner.symbol.qualname, name, depth)
        return EXTERNAL if any(self._has_outside_base(owner) for owner in order) else UNKNOWN

    def order(self, cls: Definition) -> tuple[Definition, ...]:
        """The class and its bases of the project, depth first (which is the method resolution order but for diamonds)."""
        if cls in self._orders:
            return self._orders[cls]
        if cls in self._open_orders:
            return ()
        self._open_orders.add(cls)
        found = {cls: None}
        for base in self.bases(cls):
            found.update(dict.fromkeys(self.order(base)))
        self._open_orders.discard(cls)
        self._orders[cls] = tuple(found)
        return self._orders[cls]

    def bases(self, cls: Definition) -> list[Definition]:
        """Bases of a class that the project defines."""
        values = (self._base(cls, written) for written in cls.symbol.bases)
        return [v for v in values if isinstance(v, Definition) and v.symbol.kind is SymbolKind.CLASS and v != cls]

    def _base(self, cls: Definition, written: str) -> Value:
        return self.evaluate(cls.path, cls.symbol.parent, _SUBSCRIPT.sub("", written))

    def _has_outside_base(self, cls: Definition) -> bool:
        return any(not isinstance(self._base(cls, b), Definition) for b in cls.symbol.bases if b != "object")

    def _origin(self, path: str, each: Import) -> str | None:
        if each.level:
            return self.modules.relative(path, each.level, each.module)
        return self.modules.location(each.module, path)

    def _export(self, location: str, name: str, depth: int) -> Value:
        if depth <= 0:
            return UNKNOWN
        found: Value = EXTERNAL
        if location.endswith(".py"):
            found = self._global(self.scope(location), name, depth)
        if found is EXTERNAL and (below := self.modules.submodule(location, name)):
            return ModuleValue(below)
        return found

    def _global(self, module: ModuleScope, name: str, depth: int) -> Value:
        """A name at the top of a module; EXTERNAL where the module has none of that name."""
        found = self._local(module, "", name, depth)
        if found is not None:
            return found
        for star in module.stars:
            origin = self._origin(module.path, star)
            if origin and origin.endswith(".py") and origin != module.path and self.scope(origin).is_public(name):
                value = self.exported(origin, name, depth - 1)
                if value is not EXTERNAL:
                    return value
        return EXTERNAL

    def _local(self, module: ModuleScope, scope: str, name: str, depth: int) -> Value | None:
        """A name bound directly in `scope`; None where it is not."""
        if symbol := module.member(scope, name):
            return Definition(module.path, symbol)
        if each := module.imports[scope].get(name):
            return self._import(module.path, each, depth)
        return self._binding(module, scope, name, depth) if name in module.bindings[scope] else None

    def _binding(self, module: ModuleScope, scope: str, name: str, depth: int) -> Value:
        """What a variable was given, by the first of its assignments that says something."""
        key = (module.path, scope, name)
        if key not in self._bound:
            self._bound[key] = UNKNOWN  # what a circle finds on its way back
            chains = [c for c in map(_chain, module.bindings[scope][name]) if c and _head(c) != name][:_ASSIGNMENTS]
            results = (self.evaluate(module.path, scope, c, depth - 1) for c in chains)
            self._bound[key] = next((r for r in results if r is not UNKNOWN), UNKNOWN)
        return self._bound[key]

    def _import(self, path: str, each: Import, depth: int) -> Value:
        if not each.name and not each.alias:  # import a.b binds a
            top = self.modules.location(each.module.partition(".")[0], path)
            return ModuleValue(top) if top is not None else EXTERNAL
        location = self._origin(path, each)
        if location is None:
            return EXTERNAL
        return self.exported(location, each.name, depth - 1) if each.name else ModuleValue(location)

    def _name(self, path: str, scope: str, name: str, depth: int) -> Value:
        """A bare name in `scope`: local, enclosing functions, module, outside."""
        module, around = self.scope(path), scope
        while around:
            symbol = module.symbols.get(around)
            if symbol is None or symbol.kind is not SymbolKind.CLASS or around == scope:
                found = self._local(module, around, name, depth)
                if found is not None:
                    return found
                if symbol is not None and name in symbol.parameters:
                    return self._parameter(module, symbol, name)
            around = around.rpartition(".")[0]
        return self._global(module, name, depth)

    def _parameter(self, module: ModuleScope, function: Symbol, name: str) -> Value:
        """The receiver of a method; of other parameters without annotation nothing is known."""
        if (
            function.kind is not SymbolKind.METHOD
            or name != function.parameters[0]
            or "staticmethod" in function.decorators
        ):
            return UNKNOWN
        owner = module.symbols.get(function.parent)
        if owner is None:
            return UNKNOWN
        cls = Definition(module.path, owner)
        is_class = "classmethod" in function.decorators or function.name in (
            "__new__",
            "__init_subclass__",
            "__class_getitem__",
        )
        return cls if is_class else Instance(cls)

    def _super(self, path: str, scope: str) -> Value:
        module, around = self.scope(path), scope
        while around:
            symbol = module.symbols.get(around)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                return Instance(Definition(path, symbol), above=True)
            around = around.rpartition(".")[0]
        return UNKNOWN

    def _called(self, value: Value, depth: int) -> Value:
        """What calling `value` gives: an object of a class, or what a function's annotation says."""
        if not isinstance(value, Definition):
            return UNKNOWN
        if value.symbol.kind is SymbolKind.CLASS:
            return Instance(value)
        plain = _PLAIN_CLASS.fullmatch(value.symbol.returns)
        if plain is None or depth <= 0:
            return UNKNOWN
        found = self.evaluate(value.path, value.symbol.parent, plain[1], depth - 1)
        return Instance(found) if isinstance(found, Definition) and found.symbol.kind is SymbolKind.CLASS else UNKNOWN


def _head(chain: str) -> str:
    return chain.partition(".")[0].removesuffix("()")


def _chain(value: str) -> str:
    """A binding's value as a chain, ``""`` where it is none."""
    written, _, steps = value.partition("$")
    if steps not in ("", ":"):
        return ""
    if steps:
        plain = _PLAIN_CLASS.fullmatch(_OPTIONAL.sub("", written))
        return f"{plain[1]}()" if plain else ""
    while (shorter := _ARGUMENTS.sub("()", written)) != written:
        written = shorter
    return written if _WHOLE.fullmatch(written) else ""


_OPTIONAL = re.compile(r"\s*\|\s*None\b")
_ARGUMENTS = re.compile(r"\((?!\))[^()]*\)|(?<=\()\(\)")
_WHOLE = re.compile(r"\w+(?:\.\w+|\(\))*")
