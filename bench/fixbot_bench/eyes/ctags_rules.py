"""What is compared with universal-ctags in each language, and what both sides leave aside, and why: rules by kind, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Place(NamedTuple):
    """A definition, by where its name stands: path, line (from 1), name."""

    path: str
    line: int
    name: str


@dataclass(frozen=True)
class Rule:
    """What is left aside on both sides: `what` it is (a regular expression over kinds), on lines like `line`, called `name`; and `why`."""

    why: str
    what: str = ".*"
    line: str = ""
    name: str = ".*"

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return re.compile(self.what), re.compile(self.line), re.compile(self.name)

    def holds(self, place: Place, what: str, line: str) -> bool:
        """Whether a definition falls under the rule."""
        kinds, lines, names = self._patterns
        return bool(kinds.fullmatch(what) and names.fullmatch(place.name) and lines.search(line))


@dataclass(frozen=True)
class Dialect:
    """How ctags calls a language and its kinds (ctags' -> ours; a kind that is not here is not compared), and the rules."""

    ctags: str
    kinds: Mapping[str, str]
    rules: tuple[Rule, ...] = ()

    def left_out(self, place: Place, what: str, line: str) -> str:
        """Why a definition is not compared; ``""`` where it is."""
        if not what.removeprefix("local "):
            return "a kind that only ctags has"
        return next((rule.why for rule in self.rules if rule.holds(place, what, line)), "")

    def spelled(self, name: str) -> str:
        """A name of ctags in our spelling: ``operator ==`` is ``operator==``."""
        found = re.fullmatch(r"operator (\W.*)", name)
        return f"operator{found[1].replace(' ', '')}" if found else name


_ANONYMOUS = Rule("names that ctags makes up", name=r"(?:__anon|[Aa]nonymous)\w*")
_LOCAL = Rule("what stands in a function's body", what="local .*")
_TESTS = Rule("tests that are calls or macros: ctags has none, or the macro's name", what="(?:local )?test")
_INDENTED = Rule("variables that are not at the top of a file", what="(?:local )?variable", line=r"^\s")

_TYPESCRIPT = Dialect(
    "TypeScript",
    {
        "alias": "class", "class": "class", "constant": "variable", "enumerator": "variable", "function": "function", "generator": "function",
        "enum": "class", "interface": "class", "method": "method", "namespace": "namespace", "property": "variable", "variable": "variable",
    },
    (_ANONYMOUS, _TESTS, _INDENTED),
)  # fmt: skip

DIALECTS: Mapping[str, Dialect] = {
    "javascript": Dialect(
        "JavaScript",
        {
            "constant": "variable", "field": "variable", "class": "class", "function": "function", "generator": "function",
            "getter": "method", "setter": "method", "method": "method", "variable": "variable",
        },
        (_ANONYMOUS, _TESTS, _INDENTED),
    ),
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "go": Dialect(
        "Go",
        {
            "talias": "class", "const": "variable", "func": "function", "interface": "class", "member": "variable",
            "methodSpec": "method", "struct": "class", "type": "class", "var": "variable",
        },
        (_LOCAL,),
    ),
    "rust": Dialect(
        "Rust",
        {
            "macro": "function", "method": "method", "enumerator": "variable", "function": "function", "enum": "class",
            "interface": "class", "field": "variable", "module": "namespace", "struct": "class", "typedef": "class", "variable": "variable",
        },
        (_LOCAL,),
    ),
    "java": Dialect(
        "Java",
        {
            "annotation": "class", "class": "class", "enumConstant": "variable", "field": "variable", "enum": "class",
            "interface": "class", "method": "method",
        },
        (_LOCAL,),
    ),
    "c": Dialect(
        "C",
        {
            "macro": "function", "enumerator": "variable", "function": "function", "enum": "class", "member": "variable",
            "struct": "class", "typedef": "class", "union": "class", "variable": "variable",
        },
        (_ANONYMOUS, _LOCAL),
    ),
    "cpp": Dialect(
        "C++",
        {
            "class": "class", "macro": "function", "enumerator": "variable", "function": "function", "enum": "class",
            "member": "variable", "namespace": "namespace", "struct": "class", "typedef": "class", "union": "class", "variable": "variable",
        },
        (_ANONYMOUS, _LOCAL),
    ),
}  # fmt: skip
