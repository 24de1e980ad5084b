"""What a Python file names of the rest of the project: imports that lead nowhere, calls whose arguments do not fit."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixbot_agent.tools.desk import Desk
from fixbot_analysis import signatures
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, Instance, Value
from fixbot_analysis.symbols import Import
from fixbot_repair.candidates.paths import is_test

_PLAIN = frozenset({"staticmethod", "classmethod"})  # decorators that leave the arguments what they are
_IMPLICIT = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})  # not bound as others are
_LONGEST = 200  # characters of a callee that is looked at
_AT_RUN_TIME = (b"globals()", b"__getattr__", b"vars()", b"setattr(", b"locals()")  # names that no fact knows


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines (from 1, both ends included) in which a file differs from what it was."""

    first: int
    last: int

    @classmethod
    def between(cls, before: bytes, after: bytes) -> "Lines":
        """The lines of `after` between what both begin and end with."""
        old, new = before.split(b"\n"), after.split(b"\n")
        shorter = min(len(old), len(new))
        head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
        tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
        return cls(head + 1, max(len(new) - tail, head + 1))

    def hold(self, node: ast.expr | ast.stmt) -> bool:
        """Whether `node` lies on one of them, in part."""
        return node.lineno <= self.last and (node.end_lineno or node.lineno) >= self.first


@dataclass(frozen=True, slots=True)
class Aimed:
    """The function that a call surely reaches; `is_bound`: its first argument is the receiver."""

    path: str
    qualname: str
    function: signatures.Function
    is_bound: bool


@dataclass(slots=True)
class Naming:
    """Looks at the changed `lines` of one file, which the index knows as it is now."""

    desk: Desk
    resolver: Resolver
    path: str
    lines: Lines
    _parsed: dict[str, ast.Module] = field(default_factory=dict)

    def faults(self, data: bytes) -> Iterator[str]:
        """Effect: reads the files that names lead to. In words what cannot work, each with its line; what may work is passed over."""
        for node, guarded in self._held(signatures.read(data)[0], guarded=False):
            if isinstance(node, ast.Import | ast.ImportFrom) and not guarded:
                yield from self._imports(node)
            elif isinstance(node, ast.Call) and not is_test(self.path) and (fault := self._misfit(node)):
                yield f"line {node.lineno}: {fault}"

    def _held(self, node: ast.AST, *, guarded: bool) -> Iterator[tuple[ast.AST, bool]]:
        """What is on the lines, below `node`, and whether a ``try`` is around it; what is not is not walked through."""
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr | ast.stmt) or self.lines.hold(child):
                inside = guarded or isinstance(child, ast.Try)
                yield child, inside
                yield from self._held(child, guarded=inside)

    def _imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        for alias in node.names:
            if isinstance(node, ast.Import):
                fault = self._module(alias.name, 0)
            else:
                fault = self._module(module, level) or self._member(Import(module, level, alias.name, "", node.lineno))
            if fault:
                yield f"line {node.lineno}: {fault}"

    def _module(self, module: str, level: int) -> str:
        """Why a module cannot be imported; ``""`` where it may be, or nothing is known (submodules, generated and compiled files)."""
        top, last = module.partition(".")[0], module.rpartition(".")[2]
        if self._location(module, level) is not None or (not level and top in sys.stdlib_module_names):
            return ""
        if not level and not self._is_plain(top):
            knows = self.desk.equipment.installed
            is_elsewhere = knows is None or knows(top) or self._location(top, 0) is not None
            return "" if is_elsewhere else f"there is no module {module}"
        package = self._location(module.rpartition(".")[0], level) if level or "." in module else None
        if package is None or not last:
            return ""
        stem = f"{package.rpartition('/')[0]}/{last}".removeprefix("/")
        if any(p.startswith((f"{stem}.", f"{stem}/")) for p in self.desk.files.paths):
            return ""
        return f"there is no module {'.' * level}{module}"

    def _location(self, module: str, level: int) -> str | None:
        return self.resolver.origin(self.path, Import(module, level, "", "", 0))

    def _is_plain(self, top: str) -> bool:
        """Whether the project's own top-level module is meant: what examples and vendored folders hold may stand for a package."""
        location = self._location(top, 0)
        return location is not None and location.removeprefix("src/").removeprefix("lib/").startswith(
            (f"{top}/", f"{top}.py")
        )

    def _member(self, each: Import) -> str:
        """Why a name cannot be imported from a module of the project."""
        location = self.resolver.origin(self.path, each)
        if location is None or each.name == "*" or self.resolver.modules.submodule(location, each.name) is not None:
            return ""
        if not location.endswith(".py") or not (each.level or self._is_plain(each.module.partition(".")[0])):
            return ""
        scope = self.resolver.scope(location)
        if scope.stars or each.name in scope.names("") or each.name in scope.variables or self._is_dynamic(location):
            return ""
        folder = location.removesuffix("__init__.py")
        if folder != location and any(p.startswith(f"{folder}{each.name}.") for p in self.desk.files.paths):
            return ""
        return f"{location} has no {each.name}"

    def _is_dynamic(self, path: str) -> bool:
        data = self.desk.document(path).data
        return any(word in data for word in _AT_RUN_TIME) or _binds_otherwise(data)

    def _misfit(self, call: ast.Call) -> str:
        """Why a call raises TypeError; ``""`` where it does not, or nothing is known."""
        aimed = self.aimed(call)
        why = signatures.misfit(aimed.function, call, aimed.is_bound) if aimed else ""
        if aimed is None or not why:
            return ""
        place, takes = f"{aimed.path}:{aimed.function.lineno}", ast.unparse(aimed.function.args)[:200]
        return f"{ast.unparse(call)[:120]}: {why}; it is {aimed.qualname}({takes}) in {place}"

    def aimed(self, call: ast.Call) -> Aimed | None:
        """Effect: reads the files that names lead to. What a call surely calls, with its parameters; None where that is not known."""
        if signatures.is_open(call) or not isinstance(call.func, ast.Name | ast.Attribute):
            return None
        written = ast.unparse(call.func)
        scope = self.desk.symbols.facts(self.path).enclosing(call.lineno)
        inside = scope.qualname if scope else ""
        if len(written) > _LONGEST:
            return None
        values = self.resolver.values(self.path, inside, written, call.lineno)
        if len(values) != 1 or not isinstance(values[0], Definition):
            return None
        return self._function_of(values[0], self._receiver(call.func, inside))

    def _receiver(self, callee: ast.expr, inside: str) -> Value | None:
        if not isinstance(callee, ast.Attribute):
            return None
        values = self.resolver.values(self.path, inside, ast.unparse(callee.value), callee.lineno)
        return values[0] if len(values) == 1 else None

    def _function_of(self, target: Definition, receiver: Value | None) -> Aimed | None:
        """The function whose parameters a call of `target` on `receiver` has to fit."""
        qualname = target.symbol.qualname
        if target.is_class:
            if target.symbol.decorators or (target.symbol.bases and self._has_new(target)):
                return None
            qualname += ".__init__"
        function = signatures.functions(self._tree(target.path)).get(qualname)
        if function is None or function.name in _IMPLICIT or self._is_bound_again(target.path, qualname):
            return None
        if isinstance(receiver, Instance) and receiver.own and _is_abstract(function):
            return None  # it is whatever a subclass makes of it
        names = {ast.unparse(d) for d in function.decorator_list}
        is_method = "." in qualname
        if not names <= _PLAIN or (is_method and not target.is_class and receiver is None):
            return None
        is_bound = is_method and "staticmethod" not in names
        if is_bound and not target.is_class and "classmethod" not in names and not isinstance(receiver, Instance):
            return None  # called on the class, or on what may be either
        return Aimed(target.path, qualname, function, is_bound)

    def _is_bound_again(self, path: str, qualname: str) -> bool:
        """Whether its class gives the name to something else besides: ``check = staticmethod(check)``."""
        owner, _, name = qualname.rpartition(".")
        return name in self.resolver.scope(path).bindings[owner]

    def _has_new(self, cls: Definition) -> bool:
        """Whether another than the class itself may say how it is called: bases with a metaclass or ``__new__``."""
        tree = self._tree(cls.path)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == cls.symbol.name and node.lineno >= cls.symbol.line:
                return bool(node.keywords) or any(
                    isinstance(n, ast.FunctionDef) and n.name == "__new__" for n in node.body
                )
        return True

    def _tree(self, path: str) -> ast.Module:
        if path not in self._parsed:
            try:
                self._parsed[path] = signatures.parsed(self.desk.files.read(path))
            except FixbotError:
                self._parsed[path] = ast.Module([], [])
        return self._parsed[path]


def _is_abstract(function: signatures.Function) -> bool:
    """Whether it says nothing but what it is for."""
    said = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return all(isinstance(s, ast.Raise | ast.Pass) for s in said)


def _binds_otherwise(data: bytes) -> bool:
    """Whether names of the module may be bound in ways that facts do not tell: ``exec``, ``import_module`` into ``sys.modules``."""
    return b"exec(" in data or b"sys.modules[" in data


def hints(resolver: Resolver | None, names: Iterator[str], found: Iterator[tuple[str, str]]) -> str:
    """Where undefined `names` are defined: `found` are (name, path) of definitions at the top of files."""
    wanted = dict.fromkeys(names)
    lines = [f"import {name}" for name in wanted if name in sys.stdlib_module_names]
    for name, path in found:
        if name in wanted and resolver is not None and len(lines) < 4 and path in resolver.modules:
            lines.append(f"from {resolver.modules.name(path)} import {name}")
    return f" It may need: {'; '.join(dict.fromkeys(lines))}" if lines else ""
