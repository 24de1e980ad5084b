"""Which names of a sentence stand nowhere: not in the project, in what it imports, in Python, or in what was asked."""

import builtins
import collections.abc
import keyword
import re
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fixbot_agent.asking.conversing.packages import Outside
from fixbot_agent.asking.questions import written_names
from fixbot_agent.tools import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_analysis.errors import FixbotError, SourceError
from fixbot_analysis.symbols import Symbol, SymbolKind

_SHORTEST = 3  # letters of a name that is asked about: shorter ones are placeholders
_MOST_NAMES = 40  # of one sentence
_MOST_OUTSIDE = 200  # names that packages are looked through for; of more nothing is said
_MOST_BYTES = 96 << 20  # of a project that are looked through; in a larger one nothing is called unknown
_ANCESTORS = 30
_SPAN = re.compile(r"(`+)([^`\n]+?)\1")
_STRING = re.compile(r"(?P<sign>['\"]).*?(?P=sign)")
_COMMAND = re.compile(
    r"\s*(?:\$ |(?:pip3?|pipx|uv|poetry|git|python3?|pytest|tox|nox|npm|npx|yarn|go|cargo|make|docker|curl|apt)\s)"
)
_ADDRESS = re.compile(
    r"(?i:\b[a-z][a-z\d+.-]*://|\bwww\.)[^\s`'\"<>(){}]+|(?<=\w)@[\w-]+(?:\.[\w-]+)+|"
    r"(?<![\w./])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|org|edu|example|invalid|localhost)\b(?![\w.(])(?::\d+)?(?:/[^\s`'\"<>(){}]*)?"
)  # of the net, of mail, and hosts by themselves: none is a name of code
_COMMIT = re.compile(r"(?=[a-f]*\d)[0-9a-f]{7,40}")
_CHAIN = re.compile(r"(?<![\w.])[^\W\d][\w-]*(?:(?:\.|::|/)\.?[^\W\d][\w-]*)*")
_WORD = re.compile(r"[^\W\d]\w*")
_PLAIN = frozenset(
    [
        "GitHub",
        "GitLab",
        "JavaScript",
        "TypeScript",
        "PyPI",
        "PyPy",
        "MySQL",
        "PostgreSQL",
        "SQLite",
        "OpenSSL",
        "macOS",
        "iOS",
        "NumPy",
        "GraphQL",
        "OpenAPI",
        "WebSocket",
        "WebSockets",
        "OAuth",
        "LaTeX",
        "YouTube",
        "IntelliJ",
        "foo",
        "bar",
        "baz",
        "qux",
        "spam",
        "eggs",
    ]
)  # what is written like a name and is none of code, and what stands for any name
_TYPES = (
    str, bytes, bytearray, int, float, complex, list, tuple, dict, set, frozenset, object, type, property, slice, range, BaseException, OSError,
    UnicodeError, types.ModuleType, types.FunctionType, types.MethodType, types.GeneratorType, types.CoroutineType, types.TracebackType,
    types.FrameType, types.CodeType, collections.abc.AsyncGenerator, collections.abc.MutableMapping, collections.abc.MutableSequence,
)  # fmt: skip
_BUILT_IN = frozenset(
    {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *(name for each in _TYPES for name in dir(each))}
    | {"self", "cls", "args", "kwargs", "__enter__", "__exit__", "__aenter__", "__aexit__", "__get__", "__set__", "__set_name__", "__main__"}
    | {"__file__", "__path__", "__all__", "__version__", "__post_init__", "__slots__", "__fspath__", "__index__", "__getattr__", "__del__"}
    | {"__anext__", "__aiter__", "__missing__", "__copy__", "__deepcopy__", "__getstate__", "__setstate__", "__wrapped__", "__annotations__"}
)  # fmt: skip


@dataclass(slots=True)
class _Texts:
    """The project's files as bytes, read when they are first looked through."""

    desk: Desk
    _known: dict[str, bool] = field(default_factory=dict)

    def hold(self, names: Iterable[str]) -> frozenset[str]:
        """Effect: reads the project. Those of `names` that stand in it as whole words, all of them where it is too large to look."""
        wanted = frozenset(names)
        left = {name for name in wanted if name not in self._known}
        if left:
            found, whole = self._found(left)
            self._known.update({name: name in found or not whole for name in left})
        return frozenset(name for name in wanted if self._known[name])

    def _found(self, names: set[str]) -> tuple[set[str], bool]:
        """Those that stand in some file, and whether all files were looked through."""
        left, found, size = set(names), set[str](), 0
        for path in self.desk.listed():
            data = path.encode() + b"\n" + self.read(path)
            size += len(data)
            here = {name for name in left if _stands(name.encode(), data)}
            found |= here
            left -= here
            if not left or size > _MOST_BYTES:
                break
        return found, size <= _MOST_BYTES or not left

    def read(self, path: str) -> bytes:
        try:
            return self.desk.files.read(path)
        except FixbotError:
            return b""


def _stands(name: bytes, data: bytes) -> bool:
    """Whether it is a word of it, or a part between hyphens."""
    return name in data and re.search(rb"(?<![\w])" + re.escape(name) + rb"(?![\w])", data) is not None


class Known:
    """What names a sentence about one project may speak of. `asked` is what the user said: what he names may be spoken of."""

    def __init__(self, desk: Desk, definitions: Definitions, root: Path | None = None, asked: str = "") -> None:
        self._desk, self._definitions, self._texts = desk, definitions, _Texts(desk)
        self._outside = Outside(root)
        self._told = set(_WORD.findall(asked))
        self._asked = 0  # names that packages were looked through for

    def hear(self, words: Iterable[str]) -> None:
        """Take the words of a text that was shown, such as of a commit: they may be spoken of."""
        self._told.update(words)

    def prepare(self, texts: Iterable[str]) -> None:
        """Effect: may read the whole project, once for all names of `texts`."""
        words = {part for text in texts for _, parts in chains_of(text) for part in parts}
        self._texts.hold(word for word in words if not self._is_plain(word, frozenset()))

    def strangers(self, text: str, near: Iterable[str] = ()) -> tuple[str, ...]:
        """Effect: may read the whole project, and packages that it imports. The names of `text` that stand nowhere, as they are written; `near` are words of the lines that it cites."""
        here = frozenset(near)
        chains = list(dict.fromkeys(chains_of(text)))[:_MOST_NAMES]
        return tuple(written for written, parts in chains if self._is_strange(written, parts, here))

    def _is_strange(self, written: str, parts: tuple[str, ...], here: frozenset[str]) -> bool:
        if self._is_path(written):
            return False
        left = [p for p in parts if not self._is_plain(p, here)]
        left = [p for p in left if p not in self._texts.hold(left)]
        if left and "-" in written and self._texts.hold([written]):
            return False
        self._asked += bool(left)
        if left:
            return self._asked <= _MOST_OUTSIDE and not self._outside.holds(parts[0], left, self._imported)
        return len(parts) > 1 and not here.issuperset(parts[-2:]) and self._is_no_member(parts[-2], parts[-1])

    def _is_plain(self, word: str, here: frozenset[str]) -> bool:
        """Whether there is nothing to look for."""
        return (
            len(word) < _SHORTEST or word in here or word in _BUILT_IN or word in _PLAIN or word in self._told
            or word in self._names or word in sys.stdlib_module_names
        )  # fmt: skip

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(s.name for _, s in self._definitions.all())

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(f"/{path}" for path in self._desk.listed())

    @cached_property
    def _imported(self) -> frozenset[str]:
        """Effect: reads the index. The tops of what Python files import, those of the project itself left out."""
        found: set[str] = set()
        for path in self._desk.listed():
            try:
                facts = self._desk.symbols.facts(path) if path.endswith((".py", ".pyi")) else None
            except SourceError:
                continue
            found |= {each.module.partition(".")[0] for each in (facts.imports if facts else ()) if not each.level}
        return frozenset(each for each in found if each and not self._is_path(each) and not self._is_path(f"{each}.py"))

    def _is_path(self, written: str) -> bool:
        """Whether a file or folder of the project is called so."""
        end = "/" + written.strip("/").removeprefix("./")
        return any(path.endswith(end) or f"{end}/" in path for path in self._paths)

    @cached_property
    def _classes(self) -> dict[str, list[tuple[str, Symbol]]]:
        found: dict[str, list[tuple[str, Symbol]]] = {}
        for path, symbol in self._definitions.all():
            if symbol.kind is SymbolKind.CLASS:
                found.setdefault(symbol.name, []).append((path, symbol))
        return found

    def _is_no_member(self, owner: str, name: str) -> bool:
        """Whether `owner` is a class of the project, all that it inherits from is, too, and nothing near them is called `name`."""
        if owner not in self._classes or name in _BUILT_IN or len(name) < _SHORTEST:
            return False
        waiting, files, seen = [owner], set[str](), set[str]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            found = self._classes.get(here, [])
            if (not found and here != "object") or len(seen) > _ANCESTORS:
                return False  # it inherits from what is not known here
            files |= {path for path, _ in found}
            waiting += [base.partition("[")[0].rpartition(".")[2] for _, symbol in found for base in symbol.bases]
        if any(_stands(name.encode(), self._texts.read(path)) for path in files):
            return False
        both = re.compile(rb"\." + re.escape(name.encode()) + rb"(?!\w)")
        texts = (self._texts.read(path) for path in self._desk.listed())
        return not any(both.search(data) and _stands(owner.encode(), data) for data in texts)


def chains_of(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name of code in `text` as it is written, with its parts: in code marks, or written as only code is."""
    text = _ADDRESS.sub(" ", text)
    for _, code in _SPAN.findall(text):
        if not _COMMAND.match(code):
            yield from _chains(_STRING.sub(" ", code))
    for name in written_names(_SPAN.sub(" ", text)):
        if name not in _PLAIN:
            yield from _chains(name)


def _chains(code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for match in _CHAIN.finditer(code):
        written = match[0].rstrip("-")
        if (parts := tuple(_WORD.findall(written))) and not _COMMIT.fullmatch(written):
            yield written, parts


def listed(names: Sequence[str]) -> str:
    """The names, in code marks."""
    return ", ".join(f"`{name}`" for name in names)
