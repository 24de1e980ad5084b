"""What iterating, subscripting, entering and awaiting give, and what builtins and the standard library make of what they hold."""

from collections.abc import Callable

from fixbot_analysis.graph.engine import Arguments, Engine
from fixbot_analysis.graph.generics import substituted
from fixbot_analysis.graph.values import ANYTHING, UNKNOWN, Definition, External, Instance, Value, Values, union

MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap"}
)
AWAITABLES = frozenset({"Coroutine", "Awaitable", "Future", "Task"})
TEXT = External("str", made=True)

# Functions that give a list of the elements of their first argument, the argument's element, or the argument itself.
_LISTING = frozenset(
    {"list", "set", "frozenset", "sorted", "reversed", "iter", "deque", "islice", "cycle", "chain", "from_iterable"}
)
_ELEMENT = frozenset({"next", "choice", "anext", "heappop"})
_SAME = frozenset({"copy", "deepcopy", "replace", "proxy", "shield", "wait_for", "closing", "nullcontext"})
_GIVING = frozenset({"Callable", "partial", "ref"})  # calling an object of these gives what it holds
# Methods of containers, by what they give.
_OF_SAME = frozenset(
    {"copy", "union", "intersection", "difference", "symmetric_difference", "__enter__", "__iter__", "new_child"}
)
_OF_VALUE = frozenset({"get", "pop", "setdefault", "popleft", "__getitem__", "__next__", "send"})


class Containers:
    """Answers for an `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def element(self, value: Value) -> Values:
        """What iterating over `value` gives."""
        if isinstance(value, Instance):
            return self._iterated(value)
        if isinstance(value, External) and value.made:
            if value.name == "str":
                return (TEXT,)
            if value.last == "tuple":
                return union(value.items)
            return value.items[0] if value.items else (ANYTHING,)
        if isinstance(value, Definition) and value.is_class:
            return (Instance(value),)  # an enumeration
        return (ANYTHING,) if isinstance(value, External) else UNKNOWN

    def item(self, value: Value, index: int | None = None) -> Values:
        """What ``value[index]`` gives; None: any index."""
        if isinstance(value, Instance):
            found = self._method(value, "__getitem__")
            return found if found is not None else self._from_base(value, self.item)
        if isinstance(value, Definition):
            return (value,) if value.is_class else UNKNOWN
        if isinstance(value, External):
            if not value.made or not value.items:
                return (ANYTHING,)
            if value.last == "tuple":
                near = index is not None and -len(value.items) <= index < len(value.items)
                return value.items[index] if near and index is not None else union(value.items)
            return value.items[1] if value.last in MAPPINGS and len(value.items) > 1 else value.items[0]
        return UNKNOWN

    def part(self, value: Value, index: int) -> Values:
        """What unpacking gives at one place."""
        if isinstance(value, External) and value.last == "tuple":
            return self.item(value, index)
        return self.element(value)

    def entered(self, value: Value) -> Values:
        """What ``with value as`` binds."""
        if isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                found = self._method(value, name)
                if found is not None:
                    return union(self.awaited(v) for v in found)
            return (value,)
        if isinstance(value, External) and value.last.endswith("ContextManager"):
            return value.items[0] if value.items else (ANYTHING,)
        return (value,)

    def awaited(self, value: Value) -> Values:
        """What awaiting `value` gives."""
        if isinstance(value, External) and value.made:
            return value.items[-1] if value.last in AWAITABLES and value.items else (ANYTHING,)
        return (value,)

    def called(self, value: External, arguments: Arguments) -> Values:
        """What calling something from outside gives."""
        if value.made:
            return value.items[0] if value.last in _GIVING and value.items else (ANYTHING,)
        if value.items:
            return self._method_of(value)
        name = value.last
        first = arguments.positional[0] if arguments.positional else None
        if name in _LISTING | _ELEMENT | _SAME | {"enumerate", "zip", "tuple", "dict", "map", "filter"}:
            passed = [self._engine.infer(arguments.spot, a) for a in arguments.positional] if arguments.spot else []
            return self._built(value, name, passed)
        if name == "TypeVar" and arguments.spot and "bound" in arguments.named:
            return (External(value.name, True, (self._engine.annotated(arguments.spot, arguments.named["bound"]),)),)
        if name in ("ref", "WeakMethod") and arguments.spot and first is not None:
            return (External("weakref.ref", True, (self._engine.infer(arguments.spot, first),)),)
        if name == "partial" and arguments.spot and first is not None:
            made = (self._engine.call(v, Arguments()) for v in self._engine.infer(arguments.spot, first))
            return (External("functools.partial", True, (union(made),)),)
        if name == "defaultdict" and arguments.spot and first is not None:
            made = (self._engine.call(v, Arguments()) for v in self._engine.infer(arguments.spot, first))
            return (External("collections.defaultdict", True, ((ANYTHING,), union(made))),)
        return (External(value.name, made=True),)

    def _built(self, value: External, name: str, passed: list[Values]) -> Values:
        """What a builtin makes of the elements of what is `passed`."""
        if not passed:
            return (External(value.name, made=True),)
        elements = [union(map(self.element, values)) for values in passed]
        if name in _SAME or (name == "tuple" and any(isinstance(v, External) and v.last == "tuple" for v in passed[0])):
            return passed[0]
        if name in _ELEMENT:
            return elements[0]
        if name in ("enumerate", "zip"):
            parts = ((ANYTHING,), elements[0]) if name == "enumerate" else tuple(elements)
            return _listing((External("tuple", True, parts),))
        if name == "map":
            return _listing(union(self._engine.call(v, Arguments()) for v in passed[0]))
        if name == "dict":
            return _dictionary(passed[0], elements[0])
        if name == "from_iterable":
            return _listing(union(map(self.element, elements[0])))
        return _listing(union(elements) if name == "chain" else elements[1 if name == "filter" and passed[1:] else 0])

    def _method_of(self, value: External) -> Values:
        """What a method of a container gives."""
        owner, name = value.name.split(".")[-2:]
        held = value.items[1] if owner in MAPPINGS and len(value.items) > 1 else value.items[0]
        if name in _OF_VALUE:
            return held
        if name in _OF_SAME:
            return (External(value.name.rpartition(".")[0], True, value.items),)
        if name == "items" and len(value.items) > 1:
            return _listing((External("tuple", True, value.items),))
        if name in ("values", "keys"):
            return _listing(held if name == "values" else value.items[0])
        return (ANYTHING,)

    def _iterated(self, value: Instance) -> Values:
        found = self._method(value, "__iter__")
        if found is None:
            found = self._method(value, "__aiter__")
        if found is not None:
            return union(self._next(v) for v in found)
        got = self._method(value, "__getitem__")
        return got if got is not None else self._from_base(value, self.element)

    def _next(self, iterator: Value) -> Values:
        if isinstance(iterator, Instance):
            for name in ("__next__", "__anext__"):
                found = self._method(iterator, name)
                if found is not None:
                    return union(self.awaited(v) for v in found)
            return UNKNOWN
        return self.element(iterator)

    def _method(self, value: Instance, name: str) -> Values | None:
        """What calling a method of a class of the project gives; None where it has none."""
        found = [v for v in self._engine.member_of(value, name) if isinstance(v, Definition)]
        return union(self._engine.call(v, Arguments()) for v in found) if found else None

    def _from_base(self, value: Instance, ask: Callable[[Value], Values]) -> Values:
        """What the bases from outside say of an object."""
        bases = [b for b in self._engine.outside(value.cls) if isinstance(b, External)]
        found = union(ask(External(b.name, True, b.items)) for b in bases)
        return substituted(found, self._engine.arguments(value, value.cls))


def _dictionary(passed: Values, elements: Values) -> Values:
    """What ``dict(passed)`` is."""
    kept = tuple(v for v in passed if isinstance(v, External) and v.last in MAPPINGS)
    pairs = [v.items for v in elements if isinstance(v, External) and len(v.items) == 2]
    return kept or (External("dict", True, pairs[0] if pairs else ()),)


def _listing(elements: Values) -> Values:
    return (External("list", True, (elements,)),)
