"""What the code itself says of its parameters: constants that conditions compare them with, keys, methods, types asked for."""

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fixbot_agent.covering.branches import Function
from fixbot_agent.covering.patterns import used

_TEXT_METHODS = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "split", "rsplit", "startswith", "endswith", "splitlines", "encode",
    "title", "capitalize", "partition", "rpartition", "isdigit", "isalpha", "isidentifier", "isspace", "isupper", "islower",
    "casefold", "replace", "join", "zfill", "format",
})  # fmt: skip
_DICT_METHODS = frozenset({"items", "keys", "values", "get", "setdefault"})
_LIST_METHODS = frozenset({"append", "extend", "insert", "sort", "reverse"})
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "os.environ", "environ", "environ.get", "getenv"})
_CALLING = frozenset(
    {"map", "filter", "reduce", "partial", "starmap", "takewhile", "dropwhile", "filterfalse", "accumulate"}
)
_MOST_TEXTS = 40


@dataclass(slots=True)
class Clue:
    """What is known of one parameter: texts of values that matter, types, keys looked up in it, attributes read from it, of these `methods` called."""

    texts: dict[str, None] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    methods: dict[str, None] = field(default_factory=dict)
    is_called: bool = False

    @property
    def is_mapping(self) -> bool:
        """Whether keys are looked up in it that only a mapping has."""
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class Clues:
    """Of one function: a clue per parameter, and for each line of a condition which parameters it hangs on."""

    of: Mapping[str, Clue]
    at: Mapping[int, frozenset[str]]
    variables: tuple[str, ...] = ()  # of the environment that are read


def clues(function: Function, patterns: Mapping[str, tuple[str, ...]]) -> Clues:
    """Read a function. Names that are made of parameters stand for these; ``self.x`` is one more, of that name.

    `patterns` are texts that compiled patterns of the module match, by their names.
    """
    arguments = function.args
    matched = [*used(function), *(t for n in sorted(_names(function) & patterns.keys()) for t in patterns[n])]
    function = _OwnAsNames().visit(copy.deepcopy(function))
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [arguments.vararg.arg] if arguments.vararg else []
    names += sorted({n for n in _names(function) if n.startswith("self.")})
    made_of = _made_of(function, names)
    found = {name: Clue() for name in names}
    at: dict[int, frozenset[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.For):
            at[node.lineno] = _parameters(node.iter if isinstance(node, ast.For) else node.test, made_of)
        for name, note in _notes(node):
            for parameter in made_of.get(name, ()):
                note.onto(found[parameter], is_direct=name == parameter)
    _share(function, found)
    for text in dict.fromkeys(map(repr, matched)):
        for clue in found.values():
            clue.texts.setdefault(text)
    return Clues(found, at, tuple(dict.fromkeys(_variables(function))))


def _share(function: Function, found: Mapping[str, Clue]) -> None:
    """Effect: parameters that stand for each other (``first = second``) have the same clues of what they are."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in found:
            for goal in node.targets:
                if isinstance(goal, ast.Name) and goal.id in found:
                    one, other = found[goal.id], found[node.value.id]
                    one.is_called = other.is_called = one.is_called or other.is_called
                    one.types.update(other.types)
                    other.types.update(one.types)


class _OwnAsNames(ast.NodeTransformer):
    """Writes ``self.x`` as one name."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`node`, or the name in its place."""
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.copy_location(ast.Name(f"self.{node.attr}", node.ctx), node)
        self.generic_visit(node)
        return node


@dataclass(frozen=True, slots=True)
class _Note:
    texts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    attribute: str = ""
    method: str = ""
    is_called: bool = False

    def onto(self, clue: Clue, *, is_direct: bool) -> None:
        """Effect: add it to `clue`; what is said of something made of a parameter says nothing of its own type."""
        for text in self.texts:
            if len(clue.texts) < _MOST_TEXTS:
                clue.texts.setdefault(text)
        if is_direct:
            clue.types.update(dict.fromkeys(self.types))
            clue.keys.update(dict.fromkeys(self.keys))
            clue.attributes.update({self.attribute: None} if self.attribute else {})
            clue.methods.update({self.method: None} if self.method else {})
            clue.is_called = clue.is_called or self.is_called


def _made_of(function: Function, names: list[str]) -> dict[str, frozenset[str]]:
    """Local name -> parameters that it is made of, itself for a parameter."""
    found = {name: frozenset([name]) for name in names}
    for _ in range(2):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                goals, source = node.targets, node.value
            elif isinstance(node, ast.For | ast.comprehension):
                goals, source = [node.target], node.iter
            elif isinstance(node, ast.NamedExpr):
                goals, source = [node.target], node.value
            else:
                continue
            parameters = _parameters(source, found)
            for goal in goals:
                for each in ast.walk(goal):
                    if isinstance(each, ast.Name) and each.id not in names:
                        found[each.id] = found.get(each.id, frozenset()) | parameters
    return found


def _parameters(node: ast.AST, made_of: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found |= made_of.get(each.id, frozenset())
    return found


def _notes(node: ast.AST) -> Iterator[tuple[str, _Note]]:
    """(name, what one node says of it)."""
    if isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.value, ast.Name):
        yield node.value.id, _of_attribute(node.attr) if isinstance(node, ast.Attribute) else _of_key(node.slice)
    elif isinstance(node, ast.BinOp):
        kinds = ("int", "str") if isinstance(node.op, ast.Mod) else ("int", "float")
        yield from ((side.id, _Note(types=kinds)) for side in (node.left, node.right) if isinstance(side, ast.Name))
    elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Name):
        yield node.iter.id, _Note(types=("list", "str"))


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, _Note]]:
    sides = [node.left, *node.comparators]
    asked = [s.args[0] for s in sides if isinstance(s, ast.Call) and ast.unparse(s.func) == "type" and len(s.args) == 1]
    kinds = tuple(ast.unparse(s) for s in sides if isinstance(s, ast.Name | ast.Attribute))
    yield from ((name, _Note(types=kinds)) for each in asked for name in sorted(_names(each)) if kinds)
    texts = tuple(text for side in sides for text in _constants(side))
    for side in sides:
        note = _Note(tuple(_about(side, texts, node.ops[0])))
        yield from ((name, note) for name in sorted(_names(side)))


def _of_key(key: ast.expr) -> _Note:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return _Note(types=("dict",), keys=(repr(key.value),))
    return _Note(types=("list", "str"))


def _of_call(node: ast.Call) -> Iterator[tuple[str, _Note]]:
    function = node.func
    yield from ((name, _Note(is_called=True)) for name in _given_on(node))
    texts = tuple(text for a in node.args for text in _constants(a))
    if isinstance(function, ast.Name):
        yield function.id, _Note(is_called=True)
        if function.id == "isinstance" and len(node.args) == 2 and isinstance(node.args[0], ast.Name):
            kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            yield node.args[0].id, _Note(types=tuple(ast.unparse(k) for k in kinds))
    elif isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name):
            yield function.value.id, _Note(method=function.attr)
        for name in sorted(_names(function.value)):
            is_key = function.attr in ("get", "setdefault", "pop") and isinstance(function.value, ast.Name)
            yield name, _Note(tuple(_spelled(texts)), keys=texts[:1] if is_key else ())
        for argument in node.args:
            if isinstance(argument, ast.Name) and texts:
                yield argument.id, _Note(texts)


def _given_on(node: ast.Call) -> Iterator[str]:
    """Names that a call takes in order to call them: the first of ``map`` and its like, a ``key=``."""
    name = ast.unparse(node.func).rpartition(".")[2]
    taken = (
        [k.value for k in node.keywords if k.arg == "key"]
        if name in ("sorted", "min", "max", "sort", "groupby")
        else []
    )
    for each in [*taken, *(node.args[:1] if name in _CALLING else [])]:
        if isinstance(each, ast.Name):
            yield each.id


def _of_attribute(name: str) -> _Note:
    if name in _TEXT_METHODS:
        return _Note(types=("str",))
    if name in _DICT_METHODS:
        return _Note(types=("dict",))
    if name in _LIST_METHODS:
        return _Note(types=("list",))
    return _Note() if name.startswith("__") else _Note(attribute=name)


def _about(side: ast.expr, texts: tuple[str, ...], how: ast.cmpop) -> Iterator[str]:
    """Values that make a comparison come out either way, by what `side` is."""
    measured = isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "len"
    for text in texts:
        value = ast.literal_eval(text)
        if isinstance(value, bool) or value is None:
            yield text
        elif isinstance(value, int) and measured:
            for n in sorted({max(value - 1, 0), min(value, 40), min(value + 1, 40)}):
                yield repr("abcdefghij"[:n] if n <= 10 else "a" * n)
                yield repr(list(range(1, n + 1)))
        elif isinstance(value, int | float):
            yield from (repr(value), repr(value + 1), repr(value - 1))
        elif isinstance(value, str):
            yield from _spelled((text,))
            if isinstance(how, ast.In | ast.NotIn):
                yield from (repr([value]), repr({value: 1}))
        else:
            yield text


def _spelled(texts: tuple[str, ...]) -> Iterator[str]:
    """Texts, and such that begin, end or hold them."""
    for text in texts:
        value = ast.literal_eval(text)
        yield text
        if isinstance(value, str) and value:
            yield from (repr(value + "a"), repr("a" + value), repr(f"a{value}b"))


def _constants(node: ast.expr) -> Iterator[str]:
    """Source text of the constants of an operand, each of a tuple's for itself."""
    for each in ast.walk(node):
        if (
            isinstance(each, ast.Constant)
            and not isinstance(each.value, bytes | complex)
            and each.value is not Ellipsis
        ):
            yield repr(each.value)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _variables(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args:
            where, place = ast.unparse(node.func), node.args[0]
        elif isinstance(node, ast.Subscript):
            where, place = ast.unparse(node.value), node.slice
        else:
            continue
        if where in _ENVIRONMENT and isinstance(place, ast.Constant) and isinstance(place.value, str):
            yield place.value
