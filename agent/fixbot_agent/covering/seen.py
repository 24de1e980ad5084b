"""Values that a project's code, documents and tests are seen to give to parameters: literals of calls, doctests, records of test runs."""

import ast
import doctest
from collections.abc import Iterable, Iterator, Mapping

from fixbot_agent.covering.targets import Kind, Target
from fixbot_repair.exercising import Reached

_MOST = 12  # of one parameter
_LONGEST = 200  # characters


class Seen:
    """Texts of values by target and parameter, what is nearest first."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], dict[str, None]] = {}

    def of(self, target: Target, parameter: str) -> tuple[str, ...]:
        """The values that a parameter was given."""
        return tuple(self._texts.get((target.name, parameter), ()))

    def add(self, target: Target, parameter: str, text: str) -> None:
        """Keep one more."""
        held = self._texts.setdefault((target.name, parameter), {})
        if len(held) < _MOST and len(text) <= _LONGEST:
            held.setdefault(text)

    def add_recorded(self, targets: Iterable[Target], reached: Reached) -> None:
        """Keep what tests called functions with."""
        by_line: Mapping[int, Target] = {
            min([t.node.lineno, *(d.lineno for d in t.node.decorator_list)]): t for t in targets if t.node is not None
        }
        for (line, name), texts in sorted(reached.values.items()):
            target = by_line.get(line)
            if target is not None and any(p.name == name for p in target.parameters):
                for text in texts:
                    self.add(target, name, text)

    def add_code(self, targets: Iterable[Target], source: str) -> None:
        """Keep literals of calls in a file, and in the examples of its docstrings."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return
        by_name = _by_name(targets)
        for call in _calls(tree):
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            for target in by_name.get(name, ()):
                self._add_call(target, call)

    def _add_call(self, target: Target, call: ast.Call) -> None:
        plain = [p for p in target.parameters if not p.is_keyword]
        if any(isinstance(a, ast.Starred) for a in call.args):
            return
        pairs = [(p.name, a) for p, a in zip(plain, call.args, strict=False)]
        pairs += [(k.arg, k.value) for k in call.keywords if k.arg in {p.name for p in target.parameters}]
        for name, value in pairs:
            try:
                ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            self.add(target, name, ast.unparse(value))


def _by_name(targets: Iterable[Target]) -> dict[str, list[Target]]:
    found: dict[str, list[Target]] = {}
    for target in targets:
        found.setdefault(target.holder if target.kind is Kind.MAKING else target.last, []).append(target)
    return found


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of a file; those of doctests among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _documented(ast.get_docstring(node) or "")


def _documented(text: str) -> Iterator[ast.Call]:
    if ">>>" not in text:
        return
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    for example in examples:
        try:
            yield from (n for n in ast.walk(ast.parse(example.source)) if isinstance(n, ast.Call))
        except (SyntaxError, ValueError):
            continue
