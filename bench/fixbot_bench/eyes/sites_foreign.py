"""Places right after a dot in real files of languages other than Python: what their syntax trees call a name there."""

import random
from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.errors import SourceError
from fixbot_analysis.languages import get
from fixbot_analysis.source import SourceTree, language_of
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.sites import Hole

_SELECTING = {
    "c": (".", "->"),
    "cpp": (".", "->", "::"),
    "rust": (".", "::"),
    "java": (".", "::"),
}  # of others: . and ?. (a node of its own)
_LARGEST = 400_000  # bytes of a file that is read
_BRINGING = ("import", "package", "use_declaration", "using_declaration", "namespace_definition", "namespace_use")


def choose_members(tree: SourceTree, count: int, seed: int, language: str) -> list[Hole]:
    """Effect: reads all files of `language`, the two of TypeScript together. `count` names by chance that stand right after ``.``, ``->``, ``::`` or ``?.``.

    Imports are left out: what they name is no member. Raises DatasetError where there is no such name.
    """
    found = [(path, *spot) for path in tree.paths if _is_of(path, language) for spot in _members(tree, path)]
    if not found:
        raise DatasetError(
            f"{tree.root} holds no members in {language}", "name the folder of a project in that language"
        )
    chosen = random.Random(seed).sample(found, min(count, len(found)))
    return [Hole(path, tree.read(path).data[:start], name) for path, start, name in chosen]


def _is_of(path: str, language: str) -> bool:
    of = language_of(path)
    return of == language or (of == "tsx" and language == "typescript")


def _members(tree: SourceTree, path: str) -> Iterator[tuple[int, str]]:
    """Where members begin (bytes) and what they are, by place."""
    try:
        data = tree.read(path).data
    except SourceError:
        return
    language = get(language_of(path) or "")
    if len(data) > _LARGEST or not language.grammar:
        return
    text = language.readable(data)[0] if language.readable else data
    selecting = _SELECTING.get(language.name, (".", "optional_chain"))
    yield from _below(SyntaxTree.parse(text, language.name).root, data, selecting)


def _below(root: Node, data: bytes, selecting: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type.startswith(_BRINGING):
            continue
        waiting += reversed(node.children)
        before = node.prev_sibling
        if before is not None and before.type in selecting and (name := _name(node, data)):
            yield name


def _name(node: Node, data: bytes) -> tuple[int, str] | None:
    """Where the name begins that `node` is, or begins with (a call of a generic function); None where it is none."""
    while node.named_child_count and node.children[0].is_named:
        node = node.children[0]
    text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return (node.start_byte, text) if node.type.endswith("identifier") and text.isidentifier() else None
