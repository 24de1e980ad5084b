"""What the dotted names of one file mean: each beginning is worked out once, for all that begin with it."""

from collections.abc import Sequence

from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import ANYTHING, NONE, Definition, External, Spot, Values

OUTSIDE: Values = (ANYTHING,)


class Chains:
    """Looks up for the file at `path`, as long as no file changes."""

    def __init__(self, resolver: Resolver, path: str) -> None:
        self._resolver = resolver
        self._path = path
        self._tested = resolver.scope(path).tested
        self._heads: dict[tuple[str, str, int], Values] = {}
        self._values: dict[tuple[str, str, int], Values] = {}
        self._through: dict[tuple[str, str], Sequence[str]] = {}

    def values(self, scope: str, written: str, line: int = 0) -> Values:
        """What an expression means in `scope` on `line` (0: on any): as :meth:`Resolver.meant` says, but OUTSIDE for all that is not of the project."""
        head, dot, _ = written.partition(".")
        # A dotted name may be tested whatever its head is, and what a container holds may come out of a call.
        if (line and self._tested) or "(" in written or "[" in written or not head.isidentifier():
            return self._found(scope, written, line)
        values = self._head(scope, head, line)
        return self._found(scope, written, line) if dot and values and values is not OUTSIDE else values

    def through(self, scope: str, dotted: str) -> Sequence[str]:
        """Ids of the definitions that a dotted name leads through, on any line."""
        head, dot, _ = dotted.partition(".")
        values = self._head(scope, head, 0)
        if not values or values is OUTSIDE:
            return ()
        return self._led(scope, dotted) if dot else _defined(values)

    def _head(self, scope: str, name: str, line: int) -> Values:
        key = (scope, name, line)
        found = self._heads.get(key)
        if found is None:
            found = self._heads[key] = _ours(self._resolver.named(Spot(self._path, scope, line), name))
        return found

    def _found(self, scope: str, written: str, line: int) -> Values:
        key = (scope, written, line)
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = _ours(self._worked_out(scope, written, line))
        return found

    def _worked_out(self, scope: str, written: str, line: int) -> Values:
        before, dot, name = written.rpartition(".")
        if not dot and written.isidentifier():
            return self._head(scope, written, line)
        if not name.isidentifier() or (line and self._tested):
            return self._resolver.meant(self._path, scope, written, line)
        held = self._found(scope, before, line)
        return held if held is OUTSIDE else self._resolver.members(held, name)

    def _led(self, scope: str, dotted: str) -> Sequence[str]:
        """As :meth:`through`, of a head that is of the project."""
        key = (scope, dotted)
        found = self._through.get(key)
        if found is None:
            before, dot, name = dotted.rpartition(".")
            held = self._found(scope, before if dot else dotted, 0)
            found = [*self._led(scope, before), *self._resolver.read(held, name)] if dot else _defined(held)
            self._through[key] = found
        return found


def _defined(values: Values) -> list[str]:
    return [v.id for v in values if isinstance(v, Definition)]


def _ours(values: Values) -> Values:
    """`values`, or OUTSIDE where none of them is of the project: then nothing is that is found on them, and nothing that calling them runs."""
    for value in values:
        if type(value) is not External:
            return values
    return OUTSIDE if values and values != (NONE,) else values
