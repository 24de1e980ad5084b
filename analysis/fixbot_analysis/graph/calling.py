"""What calls give: objects of classes, what functions are annotated to return, or what they are seen to return."""

import ast
from collections.abc import Iterator

from fixbot_analysis.graph.containers import Containers
from fixbot_analysis.graph.engine import Arguments, Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.generics import is_open, substituted, unified
from fixbot_analysis.graph.outside import is_ours, is_outside
from fixbot_analysis.graph.values import (
    ANYTHING,
    NONE,
    UNKNOWN,
    Alias,
    Definition,
    External,
    Instance,
    Spot,
    Value,
    Values,
    is_nothing,
    union,
)
from fixbot_analysis.symbols import Symbol, SymbolKind

_RESULTS = 8  # return statements of one function that are looked at
_PASSED = 8  # arguments of one call that are looked at
_SITES = 2  # calls inside of each other that are followed with what they pass


class Calling:
    """Works out calls for an `engine`."""

    def __init__(self, engine: Engine, containers: Containers) -> None:
        self._engine = engine
        self._containers = containers
        self._sites = 0

    def call(self, value: Value, arguments: Arguments) -> Values:
        """What calling `value` gives."""
        if isinstance(value, External):
            known = self._defined_outside(value, arguments)
            return self.call(known, arguments) if known else self._containers.called(value, arguments)
        if isinstance(value, Instance):
            methods = [v for v in self._engine.member_of(value, "__call__") if isinstance(v, Definition)]
            return union(self.call(method, arguments) for method in methods)
        if isinstance(value, Alias):
            return value.values  # a type by another name, or with what stands for its variables
        if not isinstance(value, Definition):
            return UNKNOWN
        return (self._made(value, arguments),) if value.is_class else self._result(value, arguments)

    def _defined_outside(self, value: External, arguments: Arguments) -> Definition | None:
        """What a call from outside runs, where it is handed something of the project: nothing else can give back what matters."""
        spot, abroad = arguments.spot, self._engine.abroad
        if value.made or value.items or spot is None or not abroad.holds(value.name):
            return None
        passed = (*arguments.positional, *arguments.named.values())
        if not any(is_ours(self._engine.infer(spot, each)) for each in passed[:_PASSED]):
            return None
        return abroad.definition(value.name)

    def _made(self, cls: Definition, arguments: Arguments) -> Instance:
        """An object of a class; what is passed may tell what stands for its type variables."""
        own = isinstance(cls.receiver, Instance) and cls.receiver.own
        names = self._engine.parameters(cls) if arguments.spot is not None else ()
        if not names:
            return Instance(cls, own=own)
        found: dict[str, Values] = {}
        for maker in self._engine.member_of(Instance(cls), "__init__"):
            if isinstance(maker, Definition):
                found.update(self._standing(maker, arguments))
        return Instance(cls, own=own, items=tuple(found.get(name, UNKNOWN) for name in names) if found else ())

    def _result(self, function: Definition, arguments: Arguments) -> Values:
        key = ("result", function.path, function.symbol.qualname)
        values = self._engine.once(key, lambda: self._returned(function))
        if is_open(values):
            values = self._closed(values, function, arguments)
        if not values and arguments.spot is not None and (arguments.positional or arguments.named):
            values = self._at_site(function, arguments)
        if is_outside(function.path) and is_nothing(values):
            return (ANYTHING,)
        if any(isinstance(v, Instance) and v.own for v in values):
            return union(_on_receiver(v, function.receiver) for v in values)
        return values

    def _closed(self, values: Values, function: Definition, arguments: Arguments) -> Values:
        """A result with what stands for its type variables, by the object that the method is called on and by what is passed."""
        owner = self._engine.scope(function.path).symbols.get(function.symbol.parent)
        if isinstance(function.receiver, Instance) and owner is not None and owner.kind is SymbolKind.CLASS:
            known = self._engine.arguments(function.receiver, Definition(function.path, owner))
            values = substituted(values, known)
        if function.receiver is not None and is_open(values):
            values = substituted(values, self._of_receiver(function, function.receiver))
        if is_open(values) and arguments.spot is not None:
            values = substituted(values, self._standing(function, arguments))
        return values

    def _of_receiver(self, method: Definition, receiver: Value) -> dict[str, Values]:
        """Type variable -> what stands for it where a method says by one what it is called on (``self: T``)."""
        found: dict[str, Values] = {}
        bindings = self._engine.scope(method.path).bindings[method.symbol.qualname]
        for binding in bindings.get(next(iter(method.symbol.parameters), ""), ()):
            if binding.value.endswith("$:"):
                unified(self._engine.bound(method.path, binding), (receiver,), found, self._parts)
        return found

    def _standing(self, function: Definition, arguments: Arguments) -> dict[str, Values]:
        """Type variable -> what stands for it where a function is passed these `arguments`."""
        if self._sites >= _SITES:
            return {}
        self._sites += 1
        try:
            found: dict[str, Values] = {}
            bindings = self._engine.scope(function.path).bindings[function.symbol.qualname]
            for name, given in self._passed(function.symbol, arguments).items():
                for binding in bindings.get(name, ()):
                    if binding.value.endswith("$:"):
                        unified(self._engine.bound(function.path, binding), given, found, self._parts)
            return found
        finally:
            self._sites -= 1

    def _parts(self, asked: External | Instance, given: Value) -> Iterator[tuple[Values, Values]]:
        """What is asked of the parts of an object, and what is given there: of a container, a callable, a class, a generic one."""
        if isinstance(asked, Instance):
            if isinstance(given, Instance):
                known = self._engine.arguments(given, asked.cls)
                names = self._engine.parameters(asked.cls)
                yield from ((item, known.get(name, UNKNOWN)) for name, item in zip(names, asked.items, strict=False))
        elif asked.last == "type":
            is_class = isinstance(given, Definition) and given.is_class
            yield asked.items[0], self.call(given, Arguments()) if is_class else UNKNOWN
        elif asked.last == "Callable":
            yield asked.items[0], self.call(given, Arguments())
        elif len(asked.items) == 1:
            yield asked.items[0], self._containers.element(given)
        elif isinstance(given, External):
            yield from zip(asked.items, given.items, strict=False)

    def _returned(self, function: Definition) -> Values:
        symbol = function.symbol
        module = self._engine.scope(function.path)
        bindings = module.bindings[symbol.qualname]
        is_generator = "yield" in bindings
        if symbol.returns:
            own = module.type_parameters(symbol.qualname)
            spot = Spot(function.path, symbol.qualname if own else symbol.parent, 0)
            values = self._engine.annotated(spot, parsed(symbol.returns, annotation=True))
        elif is_generator:
            given = union(self._engine.bound(function.path, b) for b in bindings["yield"][:_RESULTS])
            values = (External("Generator", True, (given,)),)
        elif results := bindings.get("return"):
            values = union(self._engine.bound(function.path, b) for b in results[:_RESULTS])
        else:
            return UNKNOWN if _is_abstract(symbol) else (NONE,)
        if symbol.signature.startswith("async ") and not is_generator and not _iterates(symbol.returns):
            values = (External("Coroutine", True, (values,)),)
        if any(d.rpartition(".")[2].endswith("contextmanager") for d in symbol.decorators):
            given = union(map(self._containers.element, values))
            values = (External("AbstractContextManager", True, (given,)),)
        return values

    def _at_site(self, function: Definition, arguments: Arguments) -> Values:
        """What a function without annotation gives for what this call passes: its returns once more."""
        if self._sites >= _SITES or arguments.spot is None or function.symbol.returns:
            return UNKNOWN
        self._sites += 1
        try:
            module, names = self._engine.scope(function.path), self._passed(function.symbol, arguments)
            results = module.bindings[function.symbol.qualname].get("return", [])[:_RESULTS]
            if is_outside(function.path):
                # Only what is passed comes back: what it does with the project's objects would hang on names that no file here mentions.
                return union(names.get(b.value, UNKNOWN) for b in results)
            spots = [(Spot(function.path, function.symbol.qualname, b.first, names), b) for b in results]
            return union(self._engine.infer(spot, parsed(b.value)) for spot, b in spots)
        finally:
            self._sites -= 1

    def handed(self, value: Value, argument: str, place: int) -> Values:
        """What calling `value` gives, in `place`, to the callable that it takes as `argument` (a place or a name): as that is annotated."""
        if isinstance(value, Definition) and value.is_class:
            made = self._engine.member_of(Instance(value), "__init__")
            return union(self.handed(v, argument, place) for v in made if isinstance(v, Definition))
        if not isinstance(value, Definition):
            return UNKNOWN
        names = _parameters(value.symbol)
        if argument.isdigit():
            argument = names[int(argument)] if int(argument) < len(names) else ""
        bindings = self._engine.scope(value.path).bindings[value.symbol.qualname].get(argument, ())
        taken = union(self._engine.bound(value.path, b) for b in bindings if not b.first)
        # What it gives comes first.
        calls = (v for v in taken if isinstance(v, External) and v.last == "Callable" and len(v.items) > place + 1)
        return union(v.items[place + 1] for v in calls)

    def _passed(self, symbol: Symbol, arguments: Arguments) -> dict[str, Values]:
        """Values by parameter."""
        spot = arguments.spot
        if spot is None:
            return {}
        names = _parameters(symbol)
        by_place = zip(names, arguments.positional, strict=False)
        pairs = [*by_place, *((n, v) for n, v in arguments.named.items() if n in names)]
        return {name: self._engine.infer(spot, node) for name, node in pairs if not isinstance(node, ast.Starred)}


def _parameters(symbol: Symbol) -> tuple[str, ...]:
    """What can be passed to a function: a method's object is there already."""
    is_bound = symbol.kind is SymbolKind.METHOD and "staticmethod" not in symbol.decorators
    return symbol.parameters[1:] if is_bound else symbol.parameters


def _on_receiver(value: Value, receiver: Value | None) -> Values:
    """The receiver seen from inside is what the method was called on."""
    if not isinstance(value, Instance) or not value.own:
        return (value,)
    if isinstance(receiver, Instance):
        return (Instance(receiver.cls, own=receiver.own, items=receiver.items),)
    if isinstance(receiver, Definition):
        return (Instance(receiver, own=isinstance(receiver.receiver, Instance) and receiver.receiver.own),)
    return (Instance(value.cls),)


def _is_abstract(symbol: Symbol) -> bool:
    """Whether nothing follows from a function that returns nothing: it is only declared."""
    return any(d.rpartition(".")[2].startswith(("abstract", "overload")) for d in symbol.decorators)


def _iterates(annotation: str) -> bool:
    """Whether the annotation of an async function is that of an asynchronous iterator: calling it gives one at once."""
    return annotation.strip("'\"").rpartition(".")[2].startswith(("Async", "typing.Async"))
