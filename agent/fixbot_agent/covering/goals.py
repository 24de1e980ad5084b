"""What there is to cover in a module: its branches as coverage.py counts them, and the entry of each function.

A function without branches counts by its entry, as in EvoSuite and Pynguin, while tests are looked for; what is told to people is branches alone.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fixbot_agent.covering.branches import Exit, Function, by_line, exits
from fixbot_agent.covering.leaving_out import Patterns, Statements
from fixbot_repair.exercising import Head

Goal = int
"""The number of an exit from a line with several, -line for the entry of a function whose body begins there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A function by its dotted name: first line with decorators, first line of the body, last line."""

    name: str
    first: int
    body: int
    last: int


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals of a module: `exits` by number, and the entries of its functions, `spans`.

    `free` are exits that count as taken whatever runs; `ends` has the last line of each statement of several, by its first. `outside` are
    goals that run only where the file is the program: they count, as for coverage.py, and no test that imports the module reaches them.
    """

    exits: tuple[Exit, ...]
    spans: tuple[Span, ...]
    free: frozenset[Goal] = frozenset()
    ends: Mapping[int, int] = field(default_factory=dict)
    outside: frozenset[Goal] = frozenset()
    branches: frozenset[Goal] = field(init=False)
    all: frozenset[Goal] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", frozenset(range(len(self.exits))))
        object.__setattr__(self, "all", self.branches | {-span.body for span in self.spans})

    @property
    def heads(self) -> tuple[Head, ...]:
        """The lines with several exits, as a guest is told of them."""
        found = []
        for line, numbers in by_line(self.exits).items():
            ways = tuple((number, self.exits[number].seen) for number in numbers)
            found.append((line, self.ends.get(line, line), ways))
        return tuple(found)

    def left(self, reached: frozenset[Goal]) -> frozenset[Goal]:
        """The goals that are open and within reach."""
        return self.all - reached - self.outside

    def reached(self, lines: frozenset[int], branches: frozenset[int]) -> frozenset[Goal]:
        """The goals among what ran."""
        entered = (-span.body for span in self.spans if any(span.body <= n <= span.last for n in lines))
        return self.all.intersection([*branches, *entered])

    def near(self, lines: frozenset[int], goal: Goal) -> bool:
        """Whether the line of `goal` ran: another exit was taken."""
        line = self.line_of(goal)
        return goal >= 0 and any(n in lines for n in range(line, self.ends.get(line, line) + 1))

    def span_of(self, line: int) -> Span | None:
        """The innermost function that holds a line."""
        return max((s for s in self.spans if s.first <= line <= s.last), key=lambda s: s.first, default=None)

    def line_of(self, goal: Goal) -> int:
        """Where a goal is, from 1."""
        return -goal if goal < 0 else self.exits[goal].line

    def share(self, reached: frozenset[Goal]) -> float:
        """Which part of all branches `reached` holds, as coverage.py would say; of all functions where there are no branches, and 1 without these."""
        if self.exits:
            return len(self.branches & (reached | self.free)) / len(self.exits)
        return self.entered(reached)

    def called(self, reached: frozenset[Goal]) -> tuple[int, int]:
        """How many functions are entered, of how many within reach."""
        within = [-span.body for span in self.spans if -span.body not in self.outside]
        return sum(goal in reached for goal in within), len(within)

    def entered(self, reached: frozenset[Goal]) -> float:
        """Which part of the functions within reach is entered; 1 where there are none."""
        count, most = self.called(reached)
        return count / most if most else 1.0

    def suffices(self, reached: frozenset[Goal], target: float) -> bool:
        """Whether that share of the branches is reached, and of the functions, too."""
        return min(self.share(reached), self.entered(reached)) >= target


def goals(source: bytes, patterns: Patterns | None = None) -> Goals:
    """The goals of a module, without what `patterns` leave out of reports. Raises SyntaxError, ValueError."""
    tree = ast.parse(source)
    statements = Statements(source, tree, patterns or Patterns())
    spans = tuple(span for span in _spans(tree, "") if statements.first(span.body) not in statements.excluded)
    found = exits(tree, statements)
    free = frozenset(n for n, each in enumerate(found) if each.line in statements.partial)
    programs = [(node.lineno, node.body) for node in tree.body if isinstance(node, ast.If) and _is_program(node.test)]
    inside = [(line, body[0].lineno, body[-1].end_lineno or body[-1].lineno) for line, body in programs]
    outside = {-span.body for span in spans if any(first <= span.body <= last for _, first, last in inside)}
    for n, each in enumerate(found):
        if any(first <= (each.to if each.line == line else each.line) <= last for line, first, last in inside):
            outside.add(n)
    return Goals(found, spans, free, statements.spans, frozenset(outside))


def _is_program(test: ast.expr) -> bool:
    """Whether a condition is that the file is run as a program."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = {ast.unparse(test.left), ast.unparse(test.comparators[0])}
    return sides == {"__name__", "'__main__'"}


def _spans(node: ast.AST, prefix: str) -> Iterator[Span]:
    """Functions of modules and classes; those within functions count as part of these."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            body = _body(child)
            first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
            if body is not None:
                yield Span(prefix + child.name, first, body, child.end_lineno or child.lineno)
        elif isinstance(child, ast.ClassDef):
            yield from _spans(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try):
            yield from _spans(child, prefix)


def _body(function: Function) -> int | None:
    """The line of the first statement that runs; None where there is nothing to run."""
    for statement in function.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Global | ast.Nonlocal):
            return statement.lineno if statement.lineno > function.lineno else None
    return None
