"""Names that a change leaves behind: a module is gone, or a name of one, and somebody still imports it, or calls it as the module's."""

import ast
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from fixbot_agent.reviewing.change import Change
from fixbot_agent.reviewing.comments import Comment, nearest
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.values import ModuleValue
from fixbot_analysis.index import Index
from fixbot_analysis.signatures import parsed, read
from fixbot_analysis.symbols import FileFacts, Import
from fixbot_repair.checks import Severity

_NOTHING = FileFacts("", "python", (), (), (), (), None)
_MOST = 20  # imports that one comment names
_DECLARING = re.compile(r"pyproject\.toml|setup\.(?:py|cfg)|[\w.-]*requirements[\w.-]*\.txt|Pipfile")


@dataclass(frozen=True, slots=True)
class _Site:
    """A line (from 1) of a file that needs what is gone: an import of `name` ("" for the module) from `module` as it is written, or a call."""

    path: str
    line: int
    module: str
    name: str
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class _Lost:
    """What a file no longer gives: all of it where `names` is None, else these, with the lines (from 1) that they stood on."""

    path: str
    names: Mapping[str, int] | None = None


def imports_left_behind(change: Change, index: Callable[[], Index]) -> tuple[Comment, ...]:
    """Effect: one comment for each file that is gone, or lost names at its top, of which somewhere an import is left that was right before.

    `index` opens the tree at the change's head; it is asked only where something was lost. Only imports that are run are looked
    at: none below ``if``, ``try`` or ``with``. A module that makes its names while it runs is passed over.
    """
    lost = {each.path: each for each in _lost(change)}
    if not lost:
        return ()
    head, found = _Head.of(index(), change, lost), dict[str, list[_Site]]()
    for path in sorted(head.paths):
        for gone, site in (*head.importing(path), *head.calling(path)):
            found.setdefault(gone, []).append(site)
    return tuple(_comment(change, lost[path], sites) for path, sites in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class _Head:
    """The Python files of the head, and what their names led to: `before` knows those that were lost, too."""

    index: Index
    lost: Mapping[str, _Lost]
    paths: frozenset[str]
    before: ModuleMap
    now: ModuleMap

    @classmethod
    def of(cls, index: Index, change: Change, lost: Mapping[str, _Lost]) -> "_Head":
        gone = change.before.keys() - change.after.keys()
        paths = frozenset(p for p in index.paths if p.endswith(".py") and p not in gone)
        return cls(index, lost, paths, ModuleMap({*paths, *lost}), ModuleMap(paths))

    def importing(self, path: str) -> Iterator[tuple[str, _Site]]:
        """Effect: the imports of a file that no longer hold, each with the lost file."""
        for each in self._facts(path).imports:
            if (gone := self.missed(path, each)) and any(a <= each.line <= b for a, b in _plain(self._tree(path).body)):
                yield gone, _Site(path, each.line, f"{'.' * each.level}{each.module}", each.name)

    def calling(self, path: str) -> Iterator[tuple[str, _Site]]:
        """Effect: the calls in a file of lost names as attributes of their modules, where nothing catches that or asks for the name."""
        lost = frozenset(name for each in self.lost.values() for name in each.names or ())
        for call in self._facts(path).calls if lost else ():
            owner, _, name = call.callee.rpartition(".")
            if not owner or name not in lost:
                continue
            values = self.index.graph.resolver.values(path, call.scope, owner, call.line)
            places = [v.location for v in values if isinstance(v, ModuleValue)]
            gone = self.lost.get(places[0]) if len(values) == len(places) == 1 else None
            if gone is None or name not in (gone.names or ()) or self.before.submodule(gone.path, name) in self.paths:
                continue
            if name not in _asked_for(self._tree(path), call.line):
                yield gone.path, _Site(path, call.line, owner, name, is_call=True)

    def _facts(self, path: str) -> FileFacts:
        try:
            return self.index.facts(path)
        except SourceError:
            return _NOTHING

    def _tree(self, path: str) -> ast.Module:
        try:
            return read(self.index.tree.read(path).data)[0]
        except SourceError:
            return ast.Module([], [])

    def missed(self, path: str, each: Import) -> str:
        """The lost file that an import in `path` needs, or a name of which; "" where there is none."""
        place, now = _place(self.before, path, each), _place(self.now, path, each)
        if place is None or (now != place and now in self.paths) or self._may_be_installed(path, place, each):
            return ""
        inside = self.before.submodule(place, each.name) if each.name else None
        if inside in self.paths:
            return ""
        if place in self.lost:
            names = self.lost[place].names
            if each.name in names if names is not None else each.name or not place.endswith("__init__.py"):
                return place
        is_gone = inside is not None and inside in self.lost and self.lost[inside].names is None
        return inside if inside and is_gone and (place == path or not self._gives(place, each.name)) else ""

    def _may_be_installed(self, path: str, place: str, each: Import) -> bool:
        """Effect: whether an import of what is gone may be of a package now that bears its name."""
        top = each.module.partition(".")[0]
        return place in self.lost and not each.level and self.now.location(top, path) is None and self._declares(top)

    def _declares(self, name: str) -> bool:
        """Effect: whether a file at the top of the project, in which packages that it needs may stand, has the name."""
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        for path in self.index.tree.root.iterdir():
            if _DECLARING.fullmatch(path.name) and path.is_file() and word.search(path.read_text("utf-8", "replace")):
                return True
        return False

    def _gives(self, package: str, name: str) -> bool:
        """Effect: whether a package has the name of itself, or may have: what it takes from elsewhere by a star is not looked at."""
        facts = self._facts(package) if package in self.paths else _NOTHING
        is_bound = any(i.name == "*" or i.bound == name for i in facts.imports)
        return is_bound or any(s.qualname == name for s in facts.symbols)


def _place(modules: ModuleMap, path: str, each: Import) -> str | None:
    """Where the module of an import in `path` is."""
    return modules.relative(path, each.level, each.module) if each.level else modules.location(each.module, path)


def _plain(body: Iterable[ast.stmt]) -> Iterator[tuple[int, int]]:
    """First and last lines of the imports that are run wherever these statements are, or what they define is called."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node.lineno, node.end_lineno or node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _plain(node.body)


def _lost(change: Change) -> Iterator[_Lost]:
    for path, data in change.before.items():
        if not path.endswith(".py"):
            continue
        if path not in change.after:
            yield _Lost(path)
        elif names := _names_lost(data, change.after[path]):
            yield _Lost(path, names)


def _names_lost(before: bytes, after: bytes) -> dict[str, int]:
    """The names at the top of a module that are no longer there; none where that cannot be told."""
    module, why = read(after)
    if why or any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in ast.walk(module)):
        return {}
    now = dict(_bound(module.body))
    is_open = "__getattr__" in now or b"globals()" in after or b"sys.modules" in after
    return {} if is_open else {name: line for name, line in _bound(parsed(before).body) if name not in now}


def _bound(body: Iterable[ast.stmt]) -> Iterator[tuple[str, int]]:
    """The names that statements bind, with their lines; not those within functions and classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((a.asname or a.name.partition(".")[0], node.lineno) for a in node.names if a.name != "*")
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.ExceptHandler | ast.match_case):
                yield from _bound(inner.body)
            elif isinstance(inner, ast.stmt):
                yield from _bound([inner])
            else:
                names = (n for n in ast.walk(inner) if isinstance(n, ast.Name))
                yield from ((n.id, n.lineno) for n in names if isinstance(n.ctx, ast.Store))


def _asked_for(tree: ast.Module, line: int) -> frozenset[str]:
    """The names that a module holds as text, as for ``hasattr`` and patches; where a ``try`` with handlers is around `line`, all of it."""
    caught = (n for n in ast.walk(tree) if isinstance(n, ast.Try) and n.handlers)
    if any(n.lineno <= line <= (n.end_lineno or n.lineno) for n in caught):
        return frozenset(n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute))
    return frozenset(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _comment(change: Change, lost: _Lost, sites: Sequence[_Site]) -> Comment:
    told = list(_told([s for s in sites if not s.is_call]))
    calls = [f"{s.path}:{s.line}: {s.module}.{s.name}(…)" for s in sites if s.is_call]
    path, line, rule = sites[0].path, sites[0].line, "import-left-behind"
    if lost.names is None:
        said = f"{lost.path} is gone, and {_counted(len(told), 'import')} of it will raise ModuleNotFoundError"
    else:
        names, rule = sorted({each.name for each in sites}, key=lost.names.__getitem__), "name-left-behind"
        ends = ((told, "import", "ImportError"), (calls, "call", "AttributeError"))
        raised = (f"{_counted(len(rows), what)} of it will raise {error}" for rows, what, error in ends if rows)
        said = (
            f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} gone from {lost.path}, and {' and '.join(raised)}"
        )
        if touched := change.lines[lost.path]:
            path, line = lost.path, nearest(lost.names[names[0]], touched)
    rows = [*told, *calls]
    more = [f"and {len(rows) - _MOST} more"] if len(rows) > _MOST else []
    return Comment(
        path=path,
        line=line,
        end_line=line,
        kind="correctness",
        message=said,
        evidence="\n".join([*rows[:_MOST], *more]),
        suggestion="",
        fingerprint=hashlib.blake2b(f"{lost.path}\0{said}".encode("utf-8", "replace"), digest_size=8).hexdigest(),
        tool="graph",
        rule=rule,
        severity=Severity.ERROR,
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _told(sites: Sequence[_Site]) -> Iterator[str]:
    """The imports as rows: those that a file has of one module together."""
    for (path, module), found in groupby(sites, lambda site: (site.path, site.module)):
        imports = list(found)
        names = ", ".join(dict.fromkeys(each.name for each in imports if each.name))
        yield f"{path}:{imports[0].line}: {f'from {module} import {names}' if names else f'import {module}'}"
