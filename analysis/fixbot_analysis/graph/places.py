"""Where the thing that a name denotes is declared: imports are followed, values are not."""

from collections.abc import Iterable

from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, Instance, ModuleValue, Values
from fixbot_analysis.symbols import Import

# Path of the file and qualified name in it.
Place = tuple[str, str]


class Places:
    """Finds declarations for a `resolver`."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._exported: dict[Place, frozenset[Place]] = {}

    def of_name(self, path: str, scope: str, name: str, line: int = 0) -> frozenset[Place]:
        """Where the bare `name` used in `scope` of the file at `path`, on `line` (0: on any), is declared.

        Empty for builtins, for what is from outside, and for the variables of comprehensions and lambdas.
        """
        module = self._resolver.scope(path)
        owner = module.owner(scope, name)
        if owner is None:
            return self._starred(path, name)
        if line and owner == scope and module.is_passing(owner, name, line):
            return frozenset()
        return self._owned(path, owner, name)

    def of_member(self, values: Values, name: str) -> frozenset[Place]:
        """Where the attribute `name` of any of `values` is declared."""
        found: set[Place] = set()
        for value in values:
            if isinstance(value, ModuleValue):
                found |= self.exported(value.location, name)
                continue
            cls = value.cls if isinstance(value, Instance) else value
            if isinstance(cls, Definition) and cls.is_class:
                above = isinstance(value, Instance) and value.above
                owner = self._resolver.holder(cls, name, above=above)
                if owner is not None:
                    found |= self._owned(owner.path, owner.symbol.qualname, name)
        return frozenset(found)

    def exported(self, location: str, name: str) -> frozenset[Place]:
        """Where that is declared which ``from location import name`` binds."""
        key = (location, name)
        if key not in self._exported:
            self._exported[key] = frozenset()  # what a circle finds on its way back
            self._exported[key] = self._export(location, name)
        return self._exported[key]

    def _export(self, location: str, name: str) -> frozenset[Place]:
        if not location.endswith(".py"):
            return frozenset()
        if name in self._resolver.scope(location).names(""):
            return self._owned(location, "", name)
        return self._starred(location, name)

    def _owned(self, path: str, owner: str, name: str) -> frozenset[Place]:
        """A name that belongs to the scope `owner`: declared there, or imported."""
        module = self._resolver.scope(path)
        qualname = f"{owner}.{name}" if owner else name
        imports = module.imports[owner].get(name, ())
        found = self._brought(path, imports)
        if not imports or qualname in module.symbols or name in module.bindings[owner]:
            found |= {(path, qualname)}
        return frozenset(found)

    def _brought(self, path: str, imports: Iterable[Import]) -> set[Place]:
        found: set[Place] = set()
        for each in imports:
            location = self._resolver.origin(path, each)
            if location is not None and each.name:
                found |= self.exported(location, each.name)
        return found

    def _starred(self, path: str, name: str) -> frozenset[Place]:
        for origin in self._resolver.starred(self._resolver.scope(path), name):
            if found := self.exported(origin, name):
                return found
        return frozenset()
