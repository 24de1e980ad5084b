"""Headers of definitions, read from tokens: the name, parameters with their types, or bases."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING

_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Type", "type", "typing", "t", "Required"})


@dataclass(frozen=True, slots=True)
class Header:
    """A ``def`` or ``class``. `names`: parameters in order without stars, or the last names of the bases.

    `annotations` pairs parameters with the class that they are said to be objects of.
    """

    kind: str
    name: str
    names: tuple[str, ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()


def read_header(kind: str, tokens: Sequence[str], at: int) -> Header:
    """The header that begins with the word ``def`` or ``class`` at index `at`; as much of it as there is."""
    name = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].isidentifier() else ""
    parts = list(_arguments(tokens, at + 2))
    if kind == "class":
        bases = [_last_name(part) for part in parts if "=" not in part]
        return Header(kind, name, tuple(base for base in bases if base))
    names, annotations = [], []
    for part in parts:
        words = part[1:] if part[0] in ("*", "**") else part
        if words and words[0].isidentifier():
            names.append(words[0])
            if words[1:2] == [":"] and (type_ := _type_name(words[2:])):
                annotations.append((words[0], type_))
    return Header(kind, name, tuple(names), tuple(annotations))


def _arguments(tokens: Sequence[str], at: int) -> "list[list[str]]":
    """The parts between the commas of the bracket at index `at`."""
    found: list[list[str]] = [[]]
    if at >= len(tokens) or tokens[at] != "(":
        return []
    depth = 0
    for word in tokens[at : at + 400]:
        depth += (word in OPENING) - (word in CLOSING)
        if depth == 0 or word in LAYOUT:
            break
        if word == "," and depth == 1:
            found.append([])
        elif depth > 1 or word != "(":
            found[-1].append(word)
    return [part for part in found if part]


def _last_name(part: Sequence[str]) -> str:
    name = ""
    for word in part:
        if word.isidentifier():
            name = word
        elif word != ".":
            break
    return name


def _type_name(words: Sequence[str]) -> str:
    """The class in an annotation: ``Optional[a.B]``, ``"B"`` and ``B | None`` all say B."""
    for at, word in enumerate(words):
        if word == "=":
            break
        plain = word.strip("\"'").rpartition(".")[2]
        if plain.isidentifier() and plain not in _WRAPPERS and plain != "None" and words[at + 1 : at + 2] != ["."]:
            return plain
    return ""
