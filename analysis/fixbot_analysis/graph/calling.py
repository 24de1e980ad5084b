"""What calls give: objects of classes, what functions are annotated to return, or what they are seen to return."""

import ast

from fixbot_analysis.graph.containers import Containers
from fixbot_analysis.graph.engine import Arguments, Engine
from fixbot_analysis.graph.expressions import parsed
from fixbot_analysis.graph.values import NONE, UNKNOWN, Definition, External, Instance, Spot, Value, Values, union
from fixbot_analysis.symbols import Symbol, SymbolKind

_RESULTS = 8  # return statements of one function that are looked at
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
            return self._containers.called(value, arguments)
        if isinstance(value, Instance):
            methods = [v for v in self._engine.member_of(value, "__call__") if isinstance(v, Definition)]
            return union(self.call(method, arguments) for method in methods)
        if not isinstance(value, Definition):
            return UNKNOWN
        if value.is_class:
            return (Instance(value, own=isinstance(value.receiver, Instance) and value.receiver.own),)
        return self._result(value, arguments)

    def _result(self, function: Definition, arguments: Arguments) -> Values:
        key = ("result", function.path, function.symbol.qualname)
        values = self._engine.once(key, lambda: self._returned(function))
        if not values and arguments.spot is not None and (arguments.positional or arguments.named):
            values = self._at_site(function, arguments)
        if any(isinstance(v, Instance) and v.own for v in values):
            return union(_on_receiver(v, function.receiver) for v in values)
        return values

    def _returned(self, function: Definition) -> Values:
        symbol = function.symbol
        module = self._engine.scope(function.path)
        bindings = module.bindings[symbol.qualname]
        is_generator = "yield" in bindings
        if symbol.returns:
            spot = Spot(function.path, symbol.parent, 0)
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
        """What a function gives for what this call passes: an annotation that names a parameter's, else its returns once more."""
        if self._sites >= _SITES or arguments.spot is None:
            return UNKNOWN
        self._sites += 1
        passed = self._passed(function.symbol, arguments)
        try:
            if function.symbol.returns:
                return self._as_passed(function, passed)
            module, names = self._engine.scope(function.path), passed
            results = module.bindings[function.symbol.qualname].get("return", [])[:_RESULTS]
            spots = [(Spot(function.path, function.symbol.qualname, b.first, names), b) for b in results]
            return union(self._engine.infer(spot, parsed(b.value)) for spot, b in spots)
        finally:
            self._sites -= 1

    def _as_passed(self, function: Definition, passed: dict[str, Values]) -> Values:
        """``def first(items: list[T]) -> T`` and the like: the argument whose annotation is the result's type variable."""
        bindings = self._engine.scope(function.path).bindings[function.symbol.qualname]
        for name, values in passed.items():
            for binding in bindings.get(name, ()):
                written = binding.value.removesuffix("$:")
                if written == function.symbol.returns:
                    return values
                if written.lower() == f"type[{function.symbol.returns}]".lower():
                    return tuple(Instance(v) for v in values if isinstance(v, Definition) and v.is_class)
                if written.endswith(f"[{function.symbol.returns}]"):
                    return union(map(self._containers.element, values))
        return UNKNOWN

    def _passed(self, symbol: Symbol, arguments: Arguments) -> dict[str, Values]:
        """Values by parameter."""
        spot = arguments.spot
        if spot is None:
            return {}
        is_bound = symbol.kind is SymbolKind.METHOD and "staticmethod" not in symbol.decorators
        names = symbol.parameters[1:] if is_bound else symbol.parameters
        by_place = zip(names, arguments.positional, strict=False)
        pairs = [*by_place, *((n, v) for n, v in arguments.named.items() if n in names)]
        return {name: self._engine.infer(spot, node) for name, node in pairs if not isinstance(node, ast.Starred)}


def _on_receiver(value: Value, receiver: Value | None) -> Values:
    """The receiver seen from inside is what the method was called on."""
    if not isinstance(value, Instance) or not value.own:
        return (value,)
    if isinstance(receiver, Instance):
        return (Instance(receiver.cls, own=receiver.own),)
    if isinstance(receiver, Definition):
        return (Instance(receiver, own=isinstance(receiver.receiver, Instance) and receiver.receiver.own),)
    return (Instance(value.cls),)


def _is_abstract(symbol: Symbol) -> bool:
    """Whether nothing follows from a function that returns nothing: it is only declared."""
    return any(d.rpartition(".")[2].startswith(("abstract", "overload")) for d in symbol.decorators)


def _iterates(annotation: str) -> bool:
    """Whether the annotation of an async function is that of an asynchronous iterator: calling it gives one at once."""
    return annotation.strip("'\"").rpartition(".")[2].startswith(("Async", "typing.Async"))
