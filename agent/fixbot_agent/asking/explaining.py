"""What there is to know of a place by facts: the definition around it, who leans on it, what failed there, where its values come from."""

import ast
import re
from collections.abc import Iterable, Iterator

from fixbot_agent.asking.answer import Answer, Cited, Sentence, listed
from fixbot_agent.asking.assigning import Assigned, Function, around, assigned, parsed
from fixbot_agent.asking.failing import Failure, compared, way
from fixbot_agent.asking.ground import Ground
from fixbot_agent.asking.raising import raises
from fixbot_agent.asking.relations import callees, callers, defined, tests, used
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import Binding, Symbol, SymbolKind

_FEW = 3
_VALUES = 6  # names whose values are followed
_WORD = re.compile(r"[^\W\d]\w*")
_UNCOMPARED = (
    "assert",
    "in",
    "is",
    "not",
    "and",
    "or",
    "self",
    "return",
    "if",
    "for",
    "with",
    "raise",
    "None",
    "True",
    "False",
)


def explain(index: Index, path: str, first: int, last: int, failure: Failure | None = None) -> Answer:
    """Effect: read facts and files through the index. What the lines `first` to `last` (from 1) of `path` are part of.

    Of a `failure` is told first what was compared, which way it went and what was changed there, and where the values came from.
    Raises SourceError where `path` is not of the project.
    """
    ground, failure = Ground(index), failure or Failure()
    index.facts(path)  # says what is wrong with a path that is none
    symbol = _around(ground, path, first, last)
    node = f"{path}::{symbol.qualname}" if symbol and symbol.qualname else path
    here = Cited(path, first)
    sentences = list(compared(failure.said, here, ground.code(here, last, last - first + 1)))
    sentences += way(ground, failure, here) if failure.frames else ()
    sentences += _values(ground, path, symbol, first, last)
    sentences += _part(ground, node)
    definitions = (ground.definition(node),) if symbol and symbol.qualname else ()
    return Answer("explained", (node,), tuple(sentences), definitions).checked(index)


def _around(ground: Ground, path: str, first: int, last: int) -> Symbol | None:
    facts = ground.facts(path)
    lines = range(first, last + 1)
    inside = [s for s in facts.symbols if s.qualname and s.line in lines] if facts else []
    if len(lines) > 1 and len(inside) == 1:  # a whole definition was selected
        return inside[0]
    return facts.enclosing(first) if facts else None


def _values(ground: Ground, path: str, symbol: Symbol | None, first: int, last: int) -> Iterator[Sentence]:
    """For each name on the lines: the line that gave it its value, and what of the project computed that."""
    facts = ground.facts(path)
    if facts is None or symbol is None or not symbol.qualname:
        return
    words = _WORD.findall(ground.code(Cited(path, first), last, most=last - first + 1))
    names = [w for w in dict.fromkeys(words) if w not in _UNCOMPARED]
    local = facts.bindings_by_scope().get(symbol.qualname, ())
    function = _function(ground, path, first)
    told = 0
    for name in names:
        binding = _latest(local, name, first)
        if function is not None and (found := assigned(function, name, first)) is not None:
            if told < _VALUES:
                told += 1
                yield _from(ground, path, symbol, name, found)
        elif binding is not None and told < _VALUES:
            told += 1
            yield _origin(ground, path, symbol, binding)
        elif told < _VALUES and (made := _made_by(ground, f"{path}::{symbol.qualname}", name)):
            told += 1
            yield made


def _function(ground: Ground, path: str, line: int) -> Function | None:
    """Effect: read the file. The function around a line of Python."""
    try:
        tree = parsed(ground.index.tree.read(path).data) if path.endswith(".py") else None
    except SourceError:
        return None
    return around(tree, line) if tree is not None else None


def _from(ground: Ground, path: str, symbol: Symbol, name: str, found: Assigned) -> Sentence:
    """Where a name has its value from, by the statement that gave it."""
    makers = _makers(ground, f"{path}::{symbol.qualname}", found.value)
    how = f", {found.way}" if found.way else ""
    by = f"; {listed(ground.label(i) for i in makers)} computes that" if makers else ""
    at = (Cited(path, found.line), *(ground.place(i) for i in makers[:_FEW]))
    return Sentence(f"`{name}` comes from `{found.value}`{how}{by}.", at)


def _makers(ground: Ground, scope: str, value: str) -> list[str]:
    """The project's functions that an expression calls at its top."""
    head = value.partition("(")[0].rpartition(".")[2]
    made = ground.edges(scope, EdgeKind.CALLS, outgoing=True) if "(" in value else {}
    return [i for i in made if i.rpartition(".")[2].rpartition("::")[2] == head]


def _latest(bindings: Iterable[Binding], name: str, line: int) -> Binding | None:
    """What gave `name` its value last before `line`, as far as the facts say."""
    before = [b for b in bindings if b.name == name and b.value and 0 < b.first <= line]
    return max(before, key=lambda b: b.first, default=None)


def _origin(ground: Ground, path: str, symbol: Symbol, binding: Binding) -> Sentence:
    value, _, steps = binding.value.partition("$")
    value, steps = _item(value, steps)
    at = Cited(path, max(binding.first - 1, symbol.line)) if binding.first > symbol.line else Cited(path, symbol.line)
    at = _written(ground, at, binding)
    if ":" in steps:
        return Sentence(f"`{binding.name}` is a parameter, annotated `{value}`.", (at,))
    way = "" if not steps else ", an element or part of it" if set(steps) & set("*0123456789-") else ""
    makers = _makers(ground, f"{path}::{symbol.qualname}", value)
    by = f"; {listed(ground.label(i) for i in makers)} computes that" if makers else ""
    return Sentence(f"`{binding.name}` comes from `{value}`{way}{by}.", (at, *(ground.place(i) for i in makers[:_FEW])))


def _item(value: str, steps: str) -> tuple[str, str]:
    """The part of a tuple that is written out which a name is bound to, and the steps that are left."""
    while steps[:1].isdigit():
        try:
            node = ast.parse(value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            break
        at = int(steps[0])
        if not isinstance(node, ast.Tuple | ast.List) or at >= len(node.elts):
            break
        value, steps = ast.unparse(node.elts[at]), steps[1:]
    return value, steps


def _written(ground: Ground, at: Cited, binding: Binding) -> Cited:
    """The line on which a binding is written: it holds from the line after its statement, or from it."""
    for line in (binding.first - 1, binding.first, at.line):
        if re.search(rf"(?<!\w){re.escape(binding.name)}(?!\w)", ground.code(Cited(at.path, line), line)):
            return Cited(at.path, line)
    return at


def _made_by(ground: Ground, scope: str, name: str) -> Sentence | None:
    """A function that is called on the lines themselves."""
    found = [i for i in ground.edges(scope, EdgeKind.CALLS, outgoing=True) if re.split(r"::|\.", i)[-1] == name]
    if not found:
        return None
    where = listed(f"{ground.label(i)} in {i.partition('::')[0]}" for i in found[:_FEW])
    return Sentence(f"`{name}` is {where}.", tuple(ground.place(i) for i in found[:_FEW]))


def _part(ground: Ground, node: str) -> Iterator[Sentence]:
    """The definition's part in the code."""
    yield from defined(ground, node)
    kind = ground.kind(node)
    if kind == SymbolKind.MODULE:
        return
    if kind == SymbolKind.VARIABLE:
        yield from list(used(ground, node))[: 1 + _FEW]
        return
    is_test = queries.in_tests(node) and re.split(r"::|\.", node)[-1].startswith("test")
    if is_test and not ground.edges(node, EdgeKind.CALLS, outgoing=True):
        said = "calls nothing of the project by a name that is known: what it runs is reached through values, such as a client or a fixture"
        yield Sentence(f"{ground.label(node)} {said}.", (ground.place(node),))
        return
    for relation in (callees,) if is_test else (callers, callees, tests):
        yield from list(relation(ground, node))[: 1 + _FEW]
    if ground.is_function(node) and not is_test:
        yield from list(raises(ground, node))[: 1 + _FEW]
