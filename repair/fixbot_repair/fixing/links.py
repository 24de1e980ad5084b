"""What other files take from a module by name: a linter sees one file, and would remove an import that others live on."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_analysis.symbols import FileFacts, SymbolKind, extract
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.fixing.spelled import Spelled

_WORD = re.compile(rb"[^\W\d]\w*")


class Links:
    """The Python files of the project at `root`, read when they are first asked for, as they are on disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sources: dict[str, Document] | None = None
        self._facts: dict[tuple[str, bytes], FileFacts] = {}
        self._tops: dict[tuple[str, bytes], set[str]] = {}
        self._users: dict[tuple[str, str], str] = {}  # (path, name) -> who takes it, in words, "" for nobody
        self._spelled = Spelled(root, self._read, self._of)

    def cut(self, before: Document, after: Document, edits: Sequence[Edit]) -> str:
        """Who needs a name that `edits` take out of the module, by an import or by a string, in words; "" when nobody does.

        Modules are known by the last part of their names, so that in doubt a name is taken to be needed.
        """
        if language_of(before.path) != "python":
            return ""
        users = {name: self._user(before, name) for name in _taken(before, edits) & self._names(before)}
        needed = {name for name, user in users.items() if user}
        gone = sorted(needed - _top(extract(after.data))) if needed else []
        return users[gone[0]] if gone else ""

    def _user(self, document: Document, name: str) -> str:
        key = document.path, name
        if key not in self._users:
            other = self._sought(document.path, name)
            self._users[key] = f"{other} takes {name} from it" if other else self._spelled.user(document, name)
        return self._users[key]

    def _sought(self, path: str, name: str) -> str:
        place = PurePosixPath(path)
        module = place.parent.name if place.stem == "__init__" else place.stem
        for other, document in self._read().items():
            spelled = name.encode() in document.data or b"import *" in document.data
            if other != path and spelled and self._takes(document, module, name):
                return other
        return ""

    def _takes(self, document: Document, module: str, name: str) -> bool:
        facts = self._of(document)
        for imported in facts.imports:
            here = imported.module.rpartition(".")[2] == module or (imported.level and not imported.module)
            if here and (imported.name == name or (imported.name == "*" and _mentions(facts, name))):
                return True
        return any(f".{dotted}".endswith(f".{module}.{name}") for dotted, _ in facts.references)

    def _read(self) -> dict[str, Document]:
        if self._sources is None:
            tree = SourceTree(self._root)
            self._sources = {}
            for path in tree.paths:
                if language_of(path) == "python":
                    try:
                        self._sources[path] = tree.read(path)
                    except SourceError:
                        continue
        return self._sources

    def _names(self, document: Document) -> set[str]:
        key = (document.path, document.data)
        if key not in self._tops:
            self._tops[key] = _top(self._of(document))
        return self._tops[key]

    def _of(self, document: Document) -> FileFacts:
        key = (document.path, document.data)
        if key not in self._facts:
            self._facts[key] = extract(document.data)
        return self._facts[key]


def _taken(before: Document, edits: Sequence[Edit]) -> set[str]:
    """Words that `edits` take away; but for imports, one that they put back is none."""
    taken: set[bytes] = set()
    for edit in edits:
        words = set(_WORD.findall(before.data[edit.span.start : edit.span.end]))
        first, last = before.line_span(before.line_of(edit.span.start)), before.line_span(before.line_of(edit.span.end))
        imports = b"import" in before.data[first.start : last.end]
        taken |= words if imports else words - set(_WORD.findall(edit.text.encode()))
    return {word.decode() for word in taken}


def _top(facts: FileFacts) -> set[str]:
    """What a module binds at its top level."""
    symbols = {s.qualname for s in facts.symbols if s.kind is not SymbolKind.MODULE and "." not in s.qualname}
    return symbols | {i.bound for i in facts.imports if not i.scope} | {b.name for b in facts.bindings if not b.scope}


def _mentions(facts: FileFacts, name: str) -> bool:
    return any(dotted.partition(".")[0] == name for dotted, _ in facts.references) or any(
        call.callee.partition(".")[0] == name for call in facts.calls
    )
