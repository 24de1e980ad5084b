"""Names that a stretch of Python binds, read from its tokens; nothing needs to parse."""

import keyword
from collections.abc import Iterator, Sequence

from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING


def parameters(header: str) -> tuple[str, ...]:
    """Parameters of the first ``def`` in `header`, in order, without stars."""
    return parameters_of(tokenize(header))


def parameters_of(tokens: Sequence[str]) -> tuple[str, ...]:
    """Parameters of the first ``def`` among `tokens`, in order, without stars."""
    try:
        at = tokens.index("(", tokens.index("def"))
    except ValueError:
        return ()
    found, depth = [], 0
    for earlier, word in zip(tokens[at:], tokens[at + 1 :], strict=False):
        depth += (earlier in OPENING) - (earlier in CLOSING)
        if depth == 0:
            break
        if depth == 1 and earlier in {"(", ",", "*", "**"} and is_name(word):
            found.append(word)
    return tuple(found)


def bound(text: str) -> tuple[str, ...]:
    """Names bound by assignments, loops, ``with``, ``except``, imports and definitions, in order, each once."""
    found: dict[str, None] = {}
    for statement in _statements(tokenize(text)):
        found.update((name, None) for name, _ in names_bound(statement))
    return tuple(found)


def is_name(word: str) -> bool:
    """Whether `word` is an identifier that a program may bind."""
    return word.isidentifier() and not keyword.iskeyword(word)


def _statements(tokens: Sequence[str]) -> Iterator[list[str]]:
    statement: list[str] = []
    for word in tokens:
        if word in LAYOUT or word == ";":
            if statement:
                yield statement
            statement = []
        else:
            statement.append(word)
    if statement:
        yield statement


_HOW = {"def": "definition", "class": "definition", "with": "with", "except": "except"}


def names_bound(statement: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names that the tokens of a statement bind, each with how: assigned, loop, with, except, import, definition, comprehension."""
    head = statement[1] if statement[0] == "async" and len(statement) > 1 else statement[0]
    if head in {"import", "from"}:
        yield from ((name, "import") for name in _imported(statement))
        return
    yield from ((name, "assigned") for name in _targets(statement))
    for at, word in enumerate(statement[:-1]):
        after = statement[at + 1]
        if word in {"as", "def", "class"} and is_name(after):
            yield after, _HOW.get(head, "assigned")
        elif word == "for":
            how = "loop" if at == 0 or (at == 1 and head == "for") else "comprehension"
            yield from ((name, how) for name in _until_in(statement[at + 1 :]))
        elif after == ":=" and is_name(word):
            yield word, "assigned"


def _imported(statement: Sequence[str]) -> Iterator[str]:
    if statement[0] == "from":
        statement = statement[statement.index("import") + 1 :] if "import" in statement else []
    for at, word in enumerate(statement):
        after = statement[at + 1] if at + 1 < len(statement) else ""
        if is_name(word) and after != "as" and (at == 0 or statement[at - 1] != "."):
            yield word


def _until_in(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word == "in":
            return
        if is_name(word):
            yield word


def _targets(statement: Sequence[str]) -> Iterator[str]:
    """Names left of ``=`` outside brackets, and the name before an annotation."""
    if len(statement) > 1 and statement[1] == ":" and is_name(statement[0]):
        yield statement[0]
    last = _last_assignment(statement)
    for at in range(last):
        word, after = statement[at], statement[at + 1]
        if is_name(word) and after in {"=", ",", ")"} and (at == 0 or statement[at - 1] in {",", "=", "(", "*"}):
            yield word


def _last_assignment(statement: Sequence[str]) -> int:
    """Index of the last ``=`` outside brackets, 0 without one."""
    depth = last = 0
    for at, word in enumerate(statement):
        depth += (word in OPENING) - (word in CLOSING)
        if word == "=" and depth == 0:
            last = at
    return last
