"""Where the names of an example come from: what most files of the project import them from, or the one module that defines them."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from fixbot_repair.candidates.paths import is_test
from fixbot_repair.errors import PatchError

_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+(\([^)]{0,20000}\)|[^\n#]{1,2000})", re.MULTILINE)
_IMPORT = re.compile(
    r"^[ \t]*import[ \t]+([\w.]{1,200})(?:[ \t]+as[ \t]+(\w{1,100}))?[ \t]*(?:#[^\n]*)?$", re.MULTILINE
)
_MOST_FILES = 6000
_LARGEST = 2_000_000  # bytes
_TELLING = (".md", ".rst", ".txt", ".ipynb")  # documents
_MOST_TOLD = 600  # of them
_MOST_WORDS = 8_000_000  # characters of them
_CELL = re.compile(r"^[ \t]*(?:\"|>>> ?|In \[\d*\]: ?)|(?:\\n)?\",?[ \t]*$", re.MULTILINE)  # around a line of code
_FEWEST = 2  # files that must agree where a name is not defined in just one
_ABOVE = ("src", "lib")  # folders of packages that are none themselves

Read = Callable[[str], bytes]


def missing(source: str) -> tuple[str, ...]:
    """Names that `source` uses and neither binds nor finds among the built-in ones; a star import may bind some of them.

    Raises SyntaxError.
    """
    used: dict[str, None] = {}
    bound = set(dir(builtins)) | {"__file__", "__name__"}
    for node in ast.walk(ast.parse("\n".join(source.splitlines()))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[node.id] = None
        else:
            bound |= binds(node)
    return tuple(name for name in used if name not in bound)


def binds(node: ast.AST) -> set[str]:
    """The names that `node` itself binds."""
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, ast.alias):
        return {(node.asname or node.name).partition(".")[0]}
    if isinstance(node, ast.ExceptHandler):
        return {node.name or ""}
    return set()


class Origins:
    """Answers where names come from in a project of `paths`; `read` gives a file's bytes (OSError or PatchError where it cannot)."""

    def __init__(self, paths: Iterable[str], read: Read) -> None:
        paths = tuple(paths)
        self.paths = [p for p in paths if p.endswith(".py")][:_MOST_FILES]
        self.told = [p for p in paths if p.endswith(_TELLING)][:_MOST_TOLD]
        self.read = read
        self._texts: list[tuple[str, str]] | None = None
        self._words: list[tuple[str, str]] | None = None

    def imports(self, names: Sequence[str]) -> tuple[str, ...]:
        """Effect: reads the project's files. One import statement for each of `names` whose origin is known."""
        wanted = frozenset(names)
        if not wanted:
            return ()
        votes: dict[str, Counter[str]] = {name: Counter() for name in wanted}
        homes: dict[str, list[str]] = {name: [] for name in wanted}
        for path, text in self.texts():
            for name, statement in {*_imported(path, text, wanted)}:
                votes[name][statement] += 1
            for name in _defined(text, wanted) if not is_test(path) else ():
                homes[name].append(module_of(path))
        found = (self._best(name, votes[name], homes[name]) for name in dict.fromkeys(names))
        return tuple(statement for statement in found if statement)

    def _best(self, name: str, votes: Counter[str], homes: Sequence[str]) -> str:
        best = min(votes, key=lambda s: (-votes[s], len(s), s), default="")
        if best and votes[best] >= _FEWEST:
            return best
        if len(homes) == 1:
            return f"from {homes[0]} import {name}"
        if not homes and name in self._packages():
            return f"import {name}"
        return self._documented(name)

    def _documented(self, name: str) -> str:
        """Effect: reads the project's documents, once. How their examples import `name` from the project; "" for not at all."""
        votes, own = Counter[str](), self._packages()
        for _, text in self.documents():
            found = (_imported("", _CELL.sub("", text), frozenset([name]))) if name in text else ()
            votes.update({statement for _, statement in found if statement.split()[1].partition(".")[0] in own})
        return min(votes, key=lambda s: (-votes[s], len(s), s), default="")

    def documents(self) -> list[tuple[str, str]]:
        """Effect: reads the project's documents, once: path and text of each."""
        if self._words is None:
            self._words = list(self._documents())
        return self._words

    def _documents(self) -> Iterator[tuple[str, str]]:
        left = _MOST_WORDS
        for path in sorted(self.told, key=lambda p: (p.count("/"), p)):
            try:
                text = self.read(path)[:_LARGEST].decode("utf-8", "replace")
            except (OSError, PatchError):
                continue
            left -= len(text)
            if left < 0:
                return
            yield path, text

    def _packages(self) -> set[str]:
        """The project's own packages and modules that lie at its top."""
        return {module_of(p).partition(".")[0] for p in self.paths if not is_test(p)}

    def texts(self) -> list[tuple[str, str]]:
        """Effect: reads the project's files, once: path and text of each."""
        if self._texts is None:
            self._texts = list(self._texts_of())
        return self._texts

    def _texts_of(self) -> Iterator[tuple[str, str]]:
        for path in self.paths:
            try:
                data = self.read(path)
            except (OSError, PatchError):
                continue
            yield path, data[:_LARGEST].decode("utf-8", "replace")


def module_of(path: str) -> str:
    """The dotted name under which the module at `path` is imported."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    parts = parts[1:] if len(parts) > 1 and parts[0] in _ABOVE else parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _imported(path: str, text: str, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    for found in _FROM.finditer(text):
        for item in found[2].strip("()").replace("\\\n", " ").replace("\n", ",").split(","):
            name, _, alias = (part.strip() for part in item.partition("#")[0].partition(" as "))
            if (alias or name) in wanted and (module := _absolute(found[1], path)):
                yield alias or name, f"from {module} import {name}" + (f" as {alias}" if alias else "")
    for found in _IMPORT.finditer(text):
        if (found[2] or found[1]) in wanted:
            yield found[2] or found[1], f"import {found[1]}" + (f" as {found[2]}" if found[2] else "")


def _absolute(module: str, path: str) -> str:
    """`module` as it is imported from outside its package; "" where it leads out of the project."""
    dots = len(module) - len(module.lstrip("."))
    if not dots:
        return module
    package = module_of(path).split(".")
    package = package if path.endswith("__init__.py") else package[:-1]
    package = package[: len(package) - (dots - 1)] if dots > 1 else package
    return ".".join([*package, *filter(None, [module[dots:]])]) if package else ""


def _defined(text: str, wanted: frozenset[str]) -> frozenset[str]:
    pattern = r"^(?:(?:async )?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=[^=]"
    found = (m[1] or m[2] for m in re.finditer(pattern, text, re.MULTILINE))
    return wanted.intersection(found)
