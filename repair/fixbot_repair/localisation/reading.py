"""What one statement reads, writes and calls, told by its own text: no file is parsed for it, and nothing is resolved.

A plain name stands as itself, an attribute with a dot before it (``.total``), whatever it is an attribute of. Operators read
the special methods behind them (``a + b`` reads ``.__add__``): where a class has such a method, it is what runs.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

_COMPOUND = frozenset({"if", "loop", "with", "definition", "class"})
_LONGEST = 4000  # characters of a statement that are read
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.LShift: "lshift",
    ast.RShift: "rshift", ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "contains", ast.NotIn: "contains", ast.USub: "neg", ast.Invert: "invert", ast.For: "iter", ast.comprehension: "iter",
    ast.With: "enter",
}  # fmt: skip
_BUILT_IN = {"len": "len", "str": "str", "format": "str", "print": "str", "repr": "repr", "iter": "iter", "next": "next", "bool": "bool", "int": "int", "list": "iter", "sorted": "lt", "hash": "hash", "abs": "abs"}  # fmt: skip

_SHOWN = frozenset({".__str__", ".__repr__"})  # what showing a value runs: the second where a class has not the first


@dataclass(frozen=True, slots=True)
class Call:
    """A call by the last part of the callee's name; `is_open` when it hands on `*` or `**`, so that nobody knows what is given."""

    name: str
    positional: int
    keywords: frozenset[str]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Default:
    """A parameter that has a default: its place among the positional ones, -1 where it is given by keyword only; the names in it."""

    name: str
    place: int
    reads: frozenset[str]

    def is_left_out(self, call: Call, bound: int) -> bool:
        """Whether `call` takes the default; `bound` parameters (self) are given by the call's receiver."""
        given = 0 <= self.place < call.positional + bound
        return not call.is_open and not given and self.name not in call.keywords


@dataclass(slots=True)
class Reading:
    """The names that a statement reads and writes, its calls, and, where it is the header of a function, its defaults."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    defaults: tuple[Default, ...] = ()
    is_header: bool = False  # of a function
    is_bound: bool = False  # a function's first parameter is self or cls

    @property
    def hands_on(self) -> bool:
        """Whether it does nothing but give a value another name: a default, or an assignment that calls nothing."""
        return bool(self.defaults) if self.is_header else bool(self.writes) and not self.calls


def read(text: str, kind: str = "") -> Reading:
    """Read the source `text` of one statement, of a compound one its header; `kind` as in the outline. Empty where it is no Python."""
    found = Reading()
    for node in _nodes(text.strip()[:_LONGEST], kind):
        _note(node, found)
    return found


def _nodes(text: str, kind: str) -> Iterator[ast.AST]:
    if text.startswith("elif"):
        text = text[2:]
    elif text.startswith("except"):
        text = f"try:\n pass\n{text}"
    drafts = (f"{text}\n pass", text) if kind in _COMPOUND else (text, f"{text}\n pass")
    for draft in drafts:
        try:
            yield from ast.walk(ast.parse(draft))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return


def _note(node: ast.AST, found: Reading) -> None:
    match node:
        case ast.Name():
            _place(node.id, node.ctx, found)
        case ast.Attribute():
            _place(f".{node.attr}", node.ctx, found)
        case ast.Subscript():
            _subscript(node, found)
        case ast.Call():
            _call(node, found)
        case ast.AugAssign():
            found.reads |= _root(node.target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=changed))):  # a call for its effect alone
            found.writes |= _root(changed)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _header(node, found)
        case ast.FormattedValue() | ast.Constant():
            found.reads |= _showing(node)
    if (operator := _OPERATORS.get(type(node))) is not None:
        found.reads.add(f".__{operator}__")


def _showing(node: ast.FormattedValue | ast.Constant) -> frozenset[str]:
    """What runs where a value is put into a text, by an f-string or by a text with places for values."""
    if isinstance(node, ast.FormattedValue):
        return frozenset({".__repr__"}) if node.conversion == ord("r") else _SHOWN
    has_places = isinstance(node.value, str) and ("%" in node.value or "{" in node.value)
    return _SHOWN if has_places else frozenset()


def _subscript(node: ast.Subscript, found: Reading) -> None:
    if isinstance(node.ctx, ast.Load):
        found.reads.add(".__getitem__")
    else:
        found.reads.add(".__setitem__")
        found.writes |= _root(node.value)


def _place(name: str, context: ast.expr_context, found: Reading) -> None:
    (found.reads if isinstance(context, ast.Load) else found.writes).add(name)


def _root(node: ast.expr) -> set[str]:
    """What changes when something inside of `node` does: the variable, or the attribute, that holds it."""
    while isinstance(node, (ast.Subscript, ast.Call)):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    if isinstance(node, ast.Attribute):
        return {f".{node.attr}", *(_root(node.value) - {"self", "cls"})}
    return {node.id} if isinstance(node, ast.Name) else set()


def _call(node: ast.Call, found: Reading) -> None:
    callee = node.func
    name = callee.attr if isinstance(callee, ast.Attribute) else callee.id if isinstance(callee, ast.Name) else ""
    if isinstance(callee, ast.Name) and name in _BUILT_IN:
        found.reads |= _SHOWN if _BUILT_IN[name] == "str" else {f".__{_BUILT_IN[name]}__"}
    if not name:
        found.reads.add(".__call__")
        return
    keywords = frozenset(k.arg for k in node.keywords if k.arg)
    is_open = len(keywords) < len(node.keywords) or any(isinstance(a, ast.Starred) for a in node.args)
    found.calls.append(Call(name, len(node.args), keywords, is_open))


def _header(node: ast.FunctionDef | ast.AsyncFunctionDef, found: Reading) -> None:
    listed = [*node.args.posonlyargs, *node.args.args]
    first = len(listed) - len(node.args.defaults)
    late = [
        Default(a.arg, -1, _names(d)) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d
    ]
    placed = enumerate(zip(listed[first:], node.args.defaults, strict=True), first)
    found.defaults = (*(Default(a.arg, n, _names(d)) for n, (a, d) in placed), *late)
    found.is_header = True
    found.is_bound = bool(listed) and listed[0].arg in ("self", "cls", "klass", "mcs")
    rest = [a for a in (node.args.vararg, node.args.kwarg) if a]
    found.writes |= {a.arg for a in (*listed, *node.args.kwonlyargs, *rest)}


def _names(node: ast.expr) -> frozenset[str]:
    """Names and attributes in an expression, without dots."""
    held = ast.walk(node)
    return frozenset(
        n.id if isinstance(n, ast.Name) else n.attr for n in held if isinstance(n, (ast.Name, ast.Attribute))
    )
