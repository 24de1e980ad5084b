"""Expressions that facts keep as text, read back as Python's own syntax trees."""

import ast
import re
from functools import lru_cache
from keyword import iskeyword

_STEPS = re.compile(r"\$([-*+:?!\d]+|@\w+@\d)\Z")
# Strings and numbers say no more than their type; some make the parser warn.
_STRING = re.compile(
    r"""(?:(?<!\w)[rbfuRBFU]{1,2})?(?:'''.*?'''|\"{3}.*?\"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")""", re.DOTALL
)
_WORDS = re.compile(r"[\w.\[\], |]*")
_NUMBER = re.compile(r"\b(?:\d\w*\.?\w*){2,}|\.\d\w*")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*", re.ASCII)
_LOAD = ast.Load()
_CACHED = 20_000
_SHORT = 100  # characters: too few to be nested deep
_DEEPEST = 60


def steps_of(value: str) -> tuple[str, str]:
    """The expression of a binding's value, and what is done with it (see :class:`fixbot_analysis.symbols.Binding`)."""
    if "$" not in value:
        return value, ""
    found = _STEPS.search(value)
    return (value[: found.start()], found[1]) if found else (value, "")


@lru_cache(_CACHED)
def parsed(text: str, *, annotation: bool = False) -> ast.expr | None:
    """The tree of an expression; None where it is none. Strings are kept for what they say in an `annotation` only."""
    if _DOTTED.fullmatch(text) and not any(map(iskeyword, text.split("."))):
        return _attributes(text)
    if not annotation:
        text = _STRING.sub(_emptied, text)
    return _parsed(_NUMBER.sub("0", text))


def _attributes(text: str) -> ast.expr:
    """The tree of a dotted name, placed as :func:`_parsed` would place it: several times as fast."""
    head, *rest = text.split(".")
    end = 1 + len(head)
    tree: ast.expr = ast.Name(head, _LOAD, lineno=1, col_offset=1, end_lineno=1, end_col_offset=end)
    for name in rest:
        end += 1 + len(name)
        tree = ast.Attribute(tree, name, _LOAD, lineno=1, col_offset=1, end_lineno=1, end_col_offset=end)
    return tree


def _emptied(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) < 40 and _WORDS.fullmatch(text[1:-1]):
        return text
    return "b''" if "b" in text[:2].lower() and text[0] not in "'\"" else "''"


def _parsed(text: str) -> ast.expr | None:
    try:
        tree = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return tree if len(text) < _SHORT or _is_flat(tree) else None


def _is_flat(tree: ast.expr) -> bool:
    """Whether an expression is not nested deeper than can be followed."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False
