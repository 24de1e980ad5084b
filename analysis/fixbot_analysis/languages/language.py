"""What fixbot has to know of a programming language, as data."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import translate
from functools import cache
from pathlib import PurePosixPath


class Lookup(StrEnum):
    """How the text of an import leads to files of the project."""

    NONE = "none"  # it does not
    RELATIVE = "relative"  # a path beside the file, its suffix left out; or what a project file maps (JavaScript)
    FOLDER = "folder"  # a folder, all of whose files belong together, below the project's own name (Go)
    MODULES = "modules"  # a path of modules, one file or folder each, from the root of a crate (Rust)
    DOTTED = "dotted"  # the end of a path, folders and file parted by dots (Java)
    INCLUDE = "include"  # the end of a path as written, from the file's own folder first (C)


Fact = tuple[str, str, str]  # name, scope, value: becomes a binding


@dataclass(frozen=True, slots=True)
class Language:
    """A language: how its files are called, parsed, taken apart and looked up. Give one to the entry-point group ``fixbot.languages``.

    `name` is lower case and stands in facts. `suffixes` begin with a dot and are compared in lower case; `filenames` are whole names without
    suffix (``Jenkinsfile``). `grammar` is the module of a tree-sitter grammar, imported on first use, and `entry` its function that
    gives the language. `query` (definitions, imports, variables) and `uses` (calls, names, comments) are tree-sitter query text whose
    captures say what is what, see :mod:`fixbot_analysis.languages`.
    `keywords` say nothing of what code is about. `test_files` are patterns (``*`` stands for any characters, slashes too) that a path or its last part matches;
    `test_names` and `test_marks` are regular expressions that a definition's whole name, or one of its decorators or attributes, matches
    where it is a test. `receivers` are the names by which a method calls its own object. `readable` gives the texts that are parsed for a file's,
    each as long as it; `reader`, for files without code, what they say, and no grammar is needed. `dialects` are pairs of a regular expression and the
    language that a file is read as if a line of it matches. `family` names languages that
    import each other's files (JavaScript and TypeScript); on its own a language is its own family. `interfaces` are those of the
    standard library whose methods a `structural` language has to know, by the name that they are written by: signatures. `version` goes up with
    every change of the query: stored facts of another version are not used.
    """

    name: str
    suffixes: tuple[str, ...]
    grammar: str = ""
    query: str = ""
    uses: str = ""
    entry: str = "language"
    filenames: tuple[str, ...] = ()
    lookup: Lookup = Lookup.NONE
    separator: str = "."  # between the parts of an imported path
    keywords: frozenset[str] = frozenset()
    test_files: tuple[str, ...] = ()
    not_tests: tuple[str, ...] = ()  # patterns of what lies among tests and is none
    test_names: str = ""
    test_marks: str = ""
    receivers: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()  # owners that stand for the file itself (module.exports)
    readable: Callable[[bytes], tuple[bytes, ...]] | None = None
    reader: Callable[[bytes], tuple[Fact, ...]] | None = None
    dialects: tuple[tuple[str, str], ...] = ()
    family: str = ""
    structural: bool = False  # types implement interfaces by having their methods, without saying so
    interfaces: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, hash=False
    )  # of the standard library: name as written -> signatures
    version: int = 1

    def __post_init__(self) -> None:
        """Raise ValueError for what no language can be."""
        if not self.name or not (self.grammar or self.reader) or not (self.suffixes or self.filenames):
            raise ValueError("a language has a name, a grammar or a reader, and suffixes or file names")
        if bad := [s for s in self.suffixes if not s.startswith(".") or s != s.lower()]:
            raise ValueError(f"suffixes begin with a dot and are lower case: {', '.join(bad)}")
        re.compile(self.test_names)
        re.compile(self.test_marks)

    @property
    def group(self) -> str:
        """The family, or the language itself."""
        return self.family or self.name

    def is_test_file(self, path: str) -> bool:
        """Whether the file at `path` (POSIX, relative) holds tests, by its name or its folders."""
        name = PurePosixPath(path).name
        if self.not_tests and _matcher(self.not_tests).match(name):
            return False
        matcher = _matcher(self.test_files) if self.test_files else None
        return matcher is not None and (matcher.match(name) is not None or matcher.match(path) is not None)

    def is_test(self, name: str, marks: tuple[str, ...]) -> bool:
        """Whether a definition is a test: by its `name`, or by one of the decorators or attributes on it."""
        if self.test_names and re.fullmatch(self.test_names, name):
            return True
        return bool(self.test_marks) and any(re.fullmatch(self.test_marks, mark) for mark in marks)


def words(text: str) -> frozenset[str]:
    """The words of `text`, which white space parts."""
    return frozenset(text.split())


@cache
def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))
