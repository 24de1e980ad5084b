"""Scores of functions and statements: by all signals, and by the plain formulas that they are held against."""

from collections.abc import Callable, Mapping
from math import exp

from fixbot_bench.suspecting.cases import Suspected
from fixbot_bench.suspecting.learning import Learned, Rows
from fixbot_bench.suspecting.ranks import Place, place
from fixbot_repair.localisation.locate import score, softmax
from fixbot_repair.localisation.scene import Key
from fixbot_repair.localisation.spectrum import Count, dstar, ochiai, op2

Statement = tuple[str, int]  # path, first line
Formula = Callable[[Count, int, int], float]
PLAIN: Mapping[str, Formula] = {
    "ochiai": lambda c, failing, _: ochiai(c.failed, c.passed, failing),
    "dstar": lambda c, failing, _: dstar(c.failed, c.passed, failing),
    "op2": lambda c, failing, passing: op2(c.failed, c.passed, failing, passing),
}


def by_weights(case: Rows, weights: Learned) -> tuple[Place, Place]:
    """Places of the best edited function and of the best edited statement by all signals."""
    keys = list(case.definitions)
    scores = {key: score(case.definitions[key], weights.definitions) for key in keys}
    top = max(scores.values(), default=0.0)
    functions = {key: scores[key] for key in case.real}
    lines: dict[Statement, float] = {}
    faults: set[Statement] = set()
    for key in keys:
        inner = case.inner[key]
        chances = softmax([score(row, weights.statements) for row in inner.rows])
        for (first, last), chance in zip(inner.lines, chances, strict=True):
            lines[key[0], first] = exp(scores[key] - top) * chance
            if any((key[0], n) in case.lines for n in range(first, last + 1)):
                faults.add((key[0], first))
    known = frozenset(faults) or case.lines
    return place(functions, case.functions, case.all_functions), place(lines, known, case.all_statements)


def by_formula(case: Suspected, rows: Rows, formula: Formula) -> tuple[Place, Place]:
    """The same by a formula over the lines that failing tests ran: a statement or function has the score of its best line."""
    scene = case.scene
    functions: dict[Key, float] = {}
    lines: dict[Statement, float] = {}
    faults: set[Statement] = set()
    for (path, line), counted in scene.spectrum.counts.items():
        value = formula(counted, scene.spectrum.failing, scene.spectrum.passing)
        statement = scene.outlines[path].statement(line)
        if statement is None:
            continue
        key, first = (path, statement.within), (path, statement.line)
        lines[first] = max(lines.get(first, 0.0), value)
        if key in rows.real:
            functions[key] = max(functions.get(key, 0.0), value)
        if any((path, n) in rows.lines for n in range(statement.line, statement.end_line + 1)):
            faults.add(first)
    known = frozenset(faults) or rows.lines
    return place(functions, rows.functions, rows.all_functions), place(lines, known, rows.all_statements)
