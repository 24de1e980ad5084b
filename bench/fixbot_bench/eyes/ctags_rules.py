"""What is compared with universal-ctags in each language, and what both sides leave aside, and why: rules by kind, as data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b")


class Place(NamedTuple):
    """A definition, by where its name stands: path, line (from 1), name."""

    path: str
    line: int
    name: str


@dataclass(frozen=True)
class Rule:
    """What is left aside on both sides: `what` it is (a regular expression over kinds), on lines like `line`, called `name`; and `why`.

    Not where one of the words `introduced` (a regular expression) stands before the name.
    """

    why: str
    what: str = ".*"
    line: str = ""
    name: str = ".*"
    introduced: str = ""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return re.compile(self.what), re.compile(self.line), re.compile(self.name)

    def holds(self, place: Place, what: str, line: str) -> bool:
        """Whether a definition falls under the rule."""
        if self.introduced:
            words = rf"\b(?:{self.introduced})\s+{re.escape(place.name)}(?![\w$])"
            if re.search(words, line):
                return False
        kinds, lines, names = self._patterns
        return bool(kinds.fullmatch(what) and names.fullmatch(place.name) and lines.search(line))


@dataclass(frozen=True)
class Dialect:
    """How ctags calls a language and its kinds (ctags' -> ours; a kind that is not here is not compared), and the rules."""

    ctags: str
    kinds: Mapping[str, str]
    rules: tuple[Rule, ...] = ()
    conditionals: bool = False  # whether lines may stand in a second branch, which ctags reads at times

    def alternatives(self, lines: Sequence[str]) -> frozenset[int]:
        """Numbers (from 1) of the lines that stand behind an #else or #elif."""
        found, around = set(), list[bool]()
        for number, line in enumerate(lines if self.conditionals else (), 1):
            word = _DIRECTIVE.match(line)
            if word and word[1].startswith("if"):
                around.append(False)
            elif word and around and word[1] == "endif":
                around.pop()
            elif word and around:
                around[-1] = True
            elif any(around):
                found.add(number)
        return frozenset(found)

    def left_out(self, place: Place, what: str, line: str) -> str:
        """Why a definition is not compared; ``""`` where it is."""
        if not what.removeprefix("local "):
            return "a kind that only ctags has"
        return next((rule.why for rule in self.rules if rule.holds(place, what, line)), "")

    def spelled(self, name: str) -> str:
        """A name of ctags in our spelling: ``operator ==`` is ``operator==``, ``operator vector<T>`` is ``operator vector``."""
        if not name.startswith("operator "):
            return name
        bare = (
            re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", name))
            if name[9:10].isalpha() or name[9:10] == ":"
            else name
        )
        return bare if name[9:10].isalpha() or name[9:10] in "_:" else bare.replace(" ", "")


_ANONYMOUS = Rule("names that ctags makes up", name=r"(?:__anon|[Aa]nonymous)\w*")
_LOCAL = Rule("what stands in a function's body", what="local .*")
_TESTS = Rule("tests that are calls or macros: ctags has none, or the macro's name", what="(?:local )?test")
_LOCAL_CODE = Rule("what stands in a function's body", what="local .*", line=r"^(?!\s*#)")  # macros are never local
_HEADED = Rule(
    "functions whose header is a macro: ctags names the macro",
    what="function|test|variable",
    line=r"^\s*(?:static\s+)?[A-Z_][A-Z0-9_]+\s*\(",
)
_POINTERS = Rule(
    "pointers to functions with a macro before the star: ctags names the macro", line=r"\(\s*[A-Z][A-Z0-9_]*\s*\*"
)
_INNER = Rule("members of what a variable or constant holds: ctags does not look there", what="inner .*")
_DELETED = Rule(
    "members that are = default, = delete or = 0: declarations to ctags", line=r"=\s*(?:default|delete|0)\s*;"
)
_NO_NAME = Rule("the name that drops a value", name="_")
_LIFETIME = Rule(
    "constants of a type with a lifetime: ctags names the type",
    what="variable",
    line=r"\b(?:const|static)\s+(?:mut\s+)?\w+\s*:\s*&\s*'",
)
_ANNOTATED = Rule(
    "lines that begin with an annotation: ctags names the annotation", what="variable", line=r"^\s*@\w+\("
)
_WORDS = Rule(
    "what ctags calls by a word of the language",
    name="true|false|null|as|is|any|extends|implements|from|satisfies|instanceof|string|number|symbol|typeof",
)
_NUMBERS = Rule("halves of numbers that ctags takes for names", name=r"_\d[\d_]*n?")
_UNINTRODUCED = Rule(
    "types that no word introduces where they stand", what="class", introduced="class|interface|type|enum"
)
_INDENTED = Rule("variables that are not at the top of a file", what="(?:local )?variable", line=r"^\s")

_TYPESCRIPT = Dialect(
    "TypeScript",
    {
        "alias": "class", "class": "class", "constant": "variable", "enumerator": "variable", "function": "function", "generator": "function",
        "enum": "class", "interface": "class", "method": "method", "namespace": "namespace", "property": "variable", "variable": "variable",
    },
    (_ANONYMOUS, _TESTS, _LOCAL, _INNER, _WORDS, _NUMBERS, _UNINTRODUCED, _INDENTED),
)  # fmt: skip

DIALECTS: Mapping[str, Dialect] = {
    "javascript": Dialect(
        "JavaScript",
        {
            "constant": "variable", "field": "variable", "class": "class", "function": "function", "generator": "function",
            "getter": "method", "setter": "method", "method": "method", "variable": "variable",
        },
        (_ANONYMOUS, _TESTS, _LOCAL, _UNINTRODUCED, _INDENTED),
    ),
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "go": Dialect(
        "Go",
        {
            "talias": "class", "const": "variable", "func": "function", "interface": "class", "member": "variable",
            "methodSpec": "method", "struct": "class", "type": "class", "var": "variable",
        },
        (_LOCAL, _INNER, _NO_NAME),
    ),
    "rust": Dialect(
        "Rust",
        {
            "macro": "function", "method": "method", "enumerator": "variable", "function": "function", "enum": "class",
            "interface": "class", "field": "variable", "module": "namespace", "struct": "class", "typedef": "class", "variable": "variable",
        },
        (_LOCAL, _INNER, _NO_NAME, _LIFETIME),
    ),
    "java": Dialect(
        "Java",
        {
            "annotation": "class", "class": "class", "enumConstant": "variable", "field": "variable", "enum": "class",
            "interface": "class", "method": "method",
        },
        (_LOCAL, _INNER, _ANNOTATED, _WORDS),
    ),
    "c": Dialect(
        "C",
        {
            "macro": "function", "enumerator": "variable", "function": "function", "enum": "class", "member": "variable",
            "struct": "class", "typedef": "class", "union": "class", "variable": "variable",
        },
        (_ANONYMOUS, _TESTS, _HEADED, _POINTERS, _LOCAL_CODE),
        conditionals=True,
    ),
    "cpp": Dialect(
        "C++",
        {
            "class": "class", "macro": "function", "enumerator": "variable", "function": "function", "enum": "class",
            "member": "variable", "namespace": "namespace", "struct": "class", "typedef": "class", "union": "class", "variable": "variable",
        },
        (_ANONYMOUS, _TESTS, _HEADED, _POINTERS, _LOCAL_CODE, _DELETED),
        conditionals=True,
    ),
}  # fmt: skip
