"""Classes: their bases, the order in which they are searched, and what their attributes stand for."""

import re
from collections.abc import Iterator, Sequence

from fixbot_analysis.graph.engine import Arguments, Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.generics import is_open, substituted
from fixbot_analysis.graph.outside import is_outside
from fixbot_analysis.graph.scopes import is_test_of_type
from fixbot_analysis.graph.values import (
    ANYTHING,
    UNKNOWN,
    Alias,
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
from fixbot_analysis.symbols import Binding, Symbol, SymbolKind

_ASSIGNMENTS = 8  # of one attribute that are looked at
_METACLASS = re.compile(r"\bmetaclass ?= ?([\w.]+)")
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_NO_BASES = frozenset({"object", "Generic", "Protocol", "ABC"})  # what they hold is on every object


class Classes:
    """Works out bases and members for an `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bases: dict[Definition, tuple[Value, ...]] = {}
        self._orders: dict[tuple[str, str], tuple[Definition, ...]] = {}
        self._outside: dict[tuple[str, str], tuple[Value, ...]] = {}
        self._holders: dict[tuple[str, str, str, bool], Definition | None] = {}
        self._open: set[Definition] = set()

    def abandon(self) -> None:
        """Forget which classes were being worked out."""
        self._open.clear()

    def bases(self, cls: Definition) -> tuple[Value, ...]:
        """What the bases of a class are, as written from left to right; an unknown one is ANYTHING."""
        known = self._bases.get(cls)
        if known is None:
            self._bases[cls] = ()  # what a circle finds on its way back
            known = self._bases[cls] = tuple(self._base(cls, text) for text in cls.symbol.bases)
        return known

    def order(self, cls: Definition) -> tuple[Definition, ...]:
        """C3 linearisation over the classes that can be read; depth first where there is none (Barrett et al., 1996)."""
        key = (cls.path, cls.symbol.qualname)
        if key in self._orders:
            return self._orders[key]
        if cls in self._open:
            return ()
        self._open.add(cls)
        plain = Definition(cls.path, cls.symbol)
        bases = [b for b in self.bases(cls) if isinstance(b, Definition) and b != cls]
        orders = [o for base in bases if (o := self.order(base))]
        self._open.discard(cls)
        found = (plain, *_merged([*orders, tuple(o[0] for o in orders)]))
        if not self._open or len(orders) == len(bases):
            self._orders[key] = found
        return found

    def outside(self, cls: Definition) -> tuple[Value, ...]:
        """Bases of a class and of its bases that are not of the project, and cannot be read."""
        key = (cls.path, cls.symbol.qualname)
        known = self._outside.get(key)
        if known is None:
            found = (b for owner in self.order(cls) for b in self.bases(owner) if isinstance(b, External))
            known = tuple(dict.fromkeys(b for b in found if b.last not in _NO_BASES))
            if not self._open:
                self._outside[key] = known
        return known

    def is_enum(self, cls: Definition) -> bool:
        """Whether the class is an enumeration."""
        return any(isinstance(b, External) and b.last in _ENUMS for b in self.outside(cls))

    def holder(self, cls: Definition, name: str, *, above: bool = False) -> Definition | None:
        """The class that gives `cls` the attribute `name` (`above`: looked for after the class itself)."""
        key = (cls.path, cls.symbol.qualname, name, above)
        if key not in self._holders:
            found = self._holder(cls, name, above=above)
            if self._open:  # bases are being worked out
                return found
            self._holders[key] = found
        return self._holders[key]

    def defined(self, cls: Definition, name: str, *, above: bool = False) -> str:
        """Id of the function or class that a class or its bases define as `name`, ``""`` where it is none."""
        owner = self.holder(cls, name, above=above)
        if owner is None:
            return ""
        qualname = f"{owner.symbol.qualname}.{name}"
        return f"{owner.path}::{qualname}" if qualname in self._engine.scope(owner.path).symbols else ""

    def _holder(self, cls: Definition, name: str, *, above: bool) -> Definition | None:
        order = self.order(cls)
        for owner in order[1:] if above else order:
            module, qualname = self._engine.scope(owner.path), owner.symbol.qualname
            if (
                f"{qualname}.{name}" in module.symbols
                or name in module.bindings[qualname]
                or name in module.imports[qualname]
            ):
                return owner
        return None

    def member_of(self, value: Value, name: str) -> Values:
        """What ``value.name`` stands for."""
        if isinstance(value, ModuleValue):
            return self._engine.exported(value.location, name)
        if isinstance(value, Instance):
            return self._of_instance(value, name)
        if isinstance(value, Definition):
            return self._of_class(value, name) if value.is_class else (External(f"function.{name}", made=True),)
        if isinstance(value, External):
            return (External(f"{value.name}.{name}", items=value.items),) if len(value.name) < 100 else (ANYTHING,)
        return UNKNOWN

    def _of_instance(self, value: Instance, name: str) -> Values:
        if name == "__class__":
            return (Definition(value.cls.path, value.cls.symbol, value),)
        owner = self.holder(value.cls, name, above=value.above)
        if owner is None:
            return self._absent(value, name)
        symbol = self._engine.scope(owner.path).member(owner.symbol.qualname, name)
        if symbol is None:
            held = self._variable(owner, name, value, value.cls)
            return substituted(held, self._engine.arguments(value, owner)) if is_open(held) else held
        found = Definition(owner.path, symbol, value)
        return self._engine.call(found, Arguments()) if is_property(symbol) else (found,)

    def _of_class(self, cls: Definition, name: str) -> Values:
        owner = self.holder(cls, name)
        if owner is None:
            if name.startswith("__") or name == "mro":
                return (ANYTHING,)
            if made := self._of_metaclass(cls, name):
                return made
            return self._outside_member(cls, name)
        symbol = self._engine.scope(owner.path).member(owner.symbol.qualname, name)
        if symbol is None:
            return (Instance(cls),) if self.is_enum(cls) else self._variable(owner, name, cls, cls)
        if is_property(symbol) and not symbol.decorators[0].startswith("class"):
            return (External("property", made=True),)
        return (Definition(owner.path, symbol, cls),)

    def _of_metaclass(self, cls: Definition, name: str) -> Values:
        """An attribute that the metaclass of a class defines, or gives to the classes that it makes."""
        meta = self.metaclass(cls)
        if meta is None or self.holder(meta, name) is None:
            return UNKNOWN
        return union(self._described(v, cls) for v in self._engine.member_of(Instance(meta), name))

    def metaclass(self, cls: Definition) -> Definition | None:
        """The metaclass that a class or the first of its bases names, if it is of the project."""
        written = ((each, _METACLASS.search(each.symbol.signature)) for each in self.order(cls))
        for each, named in written:
            if named is not None:
                values = self._engine.infer(Spot(each.path, each.symbol.parent), parsed(named[1]))
                return next((v for v in values if isinstance(v, Definition) and v.is_class), None)
        return None

    def made_by(self, cls: Definition) -> Iterator[str]:
        """Ids of the functions that run when the class itself is made, after its body."""
        yield from filter(None, [self.defined(cls, "__init_subclass__", above=True)])
        meta = self.metaclass(cls)
        yield from filter(None, [self.defined(meta, name) for name in ("__new__", "__init__")] if meta else [])

    def _absent(self, value: Instance, name: str) -> Values:
        """An attribute that no class gives that can be read."""
        if self.is_enum(value.cls) and name in ("name", "value"):
            return (ANYTHING,)
        if self.holder(value.cls, "__getattr__") is not None and not name.startswith("__"):
            made = union(self._engine.call(v, Arguments()) for v in self._of_instance(value, "__getattr__"))
            return made or UNKNOWN
        if name.startswith("__") and name.endswith("__"):
            return (ANYTHING,)
        return self._outside_member(value.cls, name)

    def _outside_member(self, cls: Definition, name: str) -> Values:
        """What a base that cannot be read gives as `name`, or one from outside makes while it runs; nothing where there is none of either."""
        outside = (b for b in self.outside(cls) if isinstance(b, External))
        found = tuple(External(f"{b.name}.{name}", items=b.items) for b in outside)[:1]
        return found or ((ANYTHING,) if any(is_outside(each.path) for each in self.order(cls)) else UNKNOWN)

    def _variable(self, owner: Definition, name: str, value: Value, cls: Definition) -> Values:
        """An attribute that is assigned, not defined: what it is declared to be there or in a base, else all that is assigned."""
        module = self._engine.scope(owner.path)
        bindings = [b for b in module.bindings[owner.symbol.qualname].get(name, ()) if not is_test_of_type(b)]
        declared = self._declared(owner, name)
        if declared is not None:
            values = self._engine.bound(*declared)
        else:
            imports = module.imports[owner.symbol.qualname].get(name, ())
            values = union(
                [
                    *(self._engine.brought(owner.path, each) for each in imports),
                    *(self._engine.bound(owner.path, b) for b in bindings[:_ASSIGNMENTS]),
                ]
            )
        if is_outside(owner.path) and is_nothing(values):
            return (ANYTHING,)
        if all(b.at for b in bindings):
            return values
        return union(self._described(v, value) for v in values)

    def _declared(self, owner: Definition, name: str) -> tuple[str, Binding] | None:
        """The annotation of an attribute, in its class or the next base that has one, with its path."""
        for each in self.order(owner):
            for binding in self._engine.scope(each.path).bindings[each.symbol.qualname].get(name, ()):
                if binding.value.endswith("$:"):
                    return each.path, binding
        return None

    def _described(self, found: Value, value: Value) -> Values:
        """What a value in a class body is seen as through an object: descriptors are asked (``__get__``)."""
        if isinstance(found, Definition) and not found.is_class:
            return (Definition(found.path, found.symbol, value),)
        if isinstance(found, Instance) and self.holder(found.cls, "__get__") is not None:
            got = union(self._engine.call(v, Arguments()) for v in self._of_instance(found, "__get__"))
            return got or (ANYTHING,)
        return (found,)

    def _base(self, cls: Definition, text: str) -> Value:
        spot = Spot(cls.path, cls.symbol.parent, cls.symbol.line)
        values = self._engine.infer(spot, parsed(text))
        named = [held for v in values for held in (v.values if isinstance(v, Alias) else (v,))]
        classes = [v.cls if isinstance(v, Instance) else v for v in named if isinstance(v, Definition | Instance)]
        classes = [c for c in classes if c.is_class]
        outside = [v for v in named if isinstance(v, External)]
        known = (self._engine.abroad.cls(v.name) for v in outside if v.last not in _NO_BASES)
        unknown = (External(v.name, items=v.items) for v in outside)
        return next(iter(classes), None) or next(filter(None, known), None) or next(unknown, ANYTHING)


def is_property(symbol: Symbol) -> bool:
    """Whether reading the attribute calls the function."""
    return symbol.kind is SymbolKind.METHOD and any(
        d.partition("(")[0].rpartition(".")[2].endswith("property") for d in symbol.decorators
    )


def _merged(orders: Sequence[tuple[Definition, ...]]) -> list[Definition]:
    left = [list(o) for o in orders if o]
    found: list[Definition] = []
    while left:
        tails = {each for order in left for each in order[1:]}
        head = next((o[0] for o in left if o[0] not in tails), None)
        if head is None:  # no consistent order: depth first
            return list(dict.fromkeys([*found, *(each for order in left for each in order)]))
        found.append(head)
        left = [rest for o in left if (rest := o[1:] if o[0] == head else o)]
    return found
