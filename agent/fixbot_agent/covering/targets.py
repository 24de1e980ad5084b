"""What of a module can be called: its functions, the methods of its classes, and how their objects are made."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fixbot_agent.covering.branches import Function

_DANGEROUS = frozenset({"main", "__del__", "__init_subclass__", "__set_name__", "__class_getitem__", "__new__"})
_SPECIAL = {
    "__len__": "len({0})",
    "__str__": "str({0})",
    "__repr__": "repr({0})",
    "__bool__": "bool({0})",
    "__iter__": "list({0})",
}
_BINARY = {
    "__eq__": "==", "__ne__": "!=", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__add__": "+",
    "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__and__": "&", "__or__": "|", "__xor__": "^", "__mod__": "%",
    "__lshift__": "<<", "__rshift__": ">>", "__floordiv__": "//", "__matmul__": "@", "__pow__": "**",
}  # fmt: skip


class Kind(StrEnum):
    """How something is called."""

    FUNCTION = "function"
    METHOD = "method"
    STATIC = "static"  # of the class itself: class and static methods
    PROPERTY = "property"
    MAKING = "making"  # the class is called


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` is None where a value has to be given."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    is_keyword: bool = False
    is_rest: bool = False  # *args: one of them may be given, by its place


@dataclass(frozen=True, slots=True)
class Target:
    """Something to call: dotted `name`, the class that it is of ("" for a function), its definition (None for one that is made for it)."""

    name: str
    kind: Kind
    parameters: tuple[Parameter, ...]
    node: Function | None
    holder: str = ""
    is_generator: bool = False

    @property
    def last(self) -> str:
        """Its own name."""
        return self.name.rpartition(".")[2]

    @property
    def is_operator(self) -> bool:
        """Whether it is an operator of two, the other of which is likely of the same class."""
        return self.last in _BINARY

    @property
    def is_private(self) -> bool:
        """Whether its name, or its class's, says that it is not for others."""
        return any(part.startswith("_") and not part.endswith("__") for part in self.name.split("."))

    def call(self, receiver: str, arguments: str) -> str:
        """The expression that calls it."""
        text = self._plain(receiver, arguments)
        if self.node is not None and isinstance(self.node, ast.AsyncFunctionDef):
            return f"asyncio.run({text})"
        return f"list({text})" if self.is_generator else text

    def statement(self, receiver: str, values: tuple[str | None, ...], arguments: str) -> str:
        """The call as a statement of its own."""
        if self.last == "__setitem__" and len(values) == 2 and None not in values:
            return f"{receiver}[{values[0]}] = {values[1]}"
        if self.last == "__delitem__":
            return f"del {receiver}[{arguments}]"
        return self.call(receiver, arguments)

    def _plain(self, receiver: str, arguments: str) -> str:
        if self.kind is Kind.METHOD:
            if self.last in _SPECIAL and not arguments:
                return _SPECIAL[self.last].format(receiver)
            if self.last in _BINARY:
                return f"{receiver} {_BINARY[self.last]} {arguments}"
            if self.last == "__getitem__":
                return f"{receiver}[{arguments}]"
            if self.last == "__contains__":
                return f"{arguments} in {receiver}"
            return f"{receiver}({arguments})" if self.last == "__call__" else f"{receiver}.{self.last}({arguments})"
        if self.kind is Kind.PROPERTY:
            return f"{receiver}.{self.last}"
        return f"{self.holder}({arguments})" if self.kind is Kind.MAKING else f"{self.name}({arguments})"


def targets(tree: ast.Module) -> tuple[Target, ...]:
    """All targets of a module, in order."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found: list[Target] = []
    for node in _top(tree.body):
        if isinstance(node, Function):
            if _can_be_called(node):
                found.append(Target(node.name, Kind.FUNCTION, _parameters(node.args, 0), node, "", _yields(node)))
        elif not _is_made_otherwise(node):
            found += _of_class(node, classes)
    return tuple(found)


def _top(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef):
            yield node
        elif isinstance(node, ast.If):
            yield from _top([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _top([*node.body, *(s for handler in node.handlers for s in handler.body)])


def _of_class(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[Target]:
    making = making_of(node, classes)
    yield making
    for child in node.body:
        if not isinstance(child, Function) or not _can_be_called(child) or child.name == "__init__":
            continue
        names = [ast.unparse(d) for d in child.decorator_list]
        kind, skip = Kind.METHOD, 1
        if any(n in ("property", "cached_property", "functools.cached_property") for n in names):
            kind = Kind.PROPERTY
        elif "staticmethod" in names or "classmethod" in names:
            kind, skip = Kind.STATIC, int("classmethod" in names)
        elif any(n.endswith((".setter", ".deleter")) for n in names):
            continue
        given = _parameters(child.args, skip)
        yield Target(f"{node.name}.{child.name}", kind, given, child, node.name, _yields(child))


def making_of(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Target:
    """How objects of a class are made: by its own ``__init__``, a dataclass's fields, or that of a base in the module."""
    own = next((c for c in node.body if isinstance(c, Function) and c.name == "__init__"), None)
    name = f"{node.name}.__init__"
    if own is not None:
        return Target(name, Kind.MAKING, _parameters(own.args, 1), own, node.name)
    inherited: tuple[Parameter, ...] = ()
    for base in map(ast.unparse, node.bases):
        if base in classes and classes[base] is not node:
            inherited = making_of(classes[base], {k: v for k, v in classes.items() if k != node.name}).parameters
            break
    has_fields = any("dataclass" in ast.unparse(d) for d in node.decorator_list)
    if has_fields or any(ast.unparse(b).endswith("NamedTuple") for b in node.bases):
        inherited += tuple(_fields(node))
    if any(ast.unparse(b).endswith(("Error", "Exception")) for b in node.bases) and not inherited:
        inherited = (Parameter("message", ast.Name("str"), None),)
    return Target(name, Kind.MAKING, inherited, None, node.name)


def members_of(node: ast.ClassDef) -> list[str]:
    """The members of an enumeration, as expressions; none of any other class."""
    kinds = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")
    if not any(ast.unparse(b).rpartition(".")[2] in kinds for b in node.bases):
        return []
    names = [t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)]
    return [f"{node.name}.{name}" for name in names if not name.startswith("_")]


def _fields(node: ast.ClassDef) -> Iterator[Parameter]:
    for child in node.body:
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            text = ast.unparse(child.annotation)
            if "ClassVar" in text or (child.value is not None and "init=False" in ast.unparse(child.value)):
                continue
            yield Parameter(child.target.id, child.annotation, child.value)


def _parameters(arguments: ast.arguments, skip: int) -> tuple[Parameter, ...]:
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    defaults = [*missing, *arguments.defaults]
    found = [Parameter(a.arg, a.annotation, d) for a, d in zip(plain, defaults, strict=True)][skip:]
    if arguments.vararg is not None and not arguments.kwonlyargs:
        found.append(Parameter(arguments.vararg.arg, arguments.vararg.annotation, ast.Constant(None), is_rest=True))
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(each.arg, each.annotation, default, is_keyword=True))
    return tuple(found)


def _can_be_called(node: Function) -> bool:
    decorators = [ast.unparse(d) for d in node.decorator_list]
    return node.name not in _DANGEROUS and not any(
        "overload" in d or "contextmanager" in d or "fixture" in d or "abstractmethod" in d for d in decorators
    )


def _is_made_otherwise(node: ast.ClassDef) -> bool:
    """Whether objects of a class are not made by calling it: enumerations, protocols, typed dictionaries."""
    bases = [ast.unparse(b).rpartition(".")[2] for b in node.bases]
    return any(b in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "Protocol", "TypedDict") for b in bases)


def _yields(node: Function) -> bool:
    if isinstance(node, ast.AsyncFunctionDef):
        return False
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(each, Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(each)
    return False
