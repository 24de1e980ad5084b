"""From a file's bytes to its facts: one parse, one query, one pass over what it captured."""

from fixbot_analysis.source import digest
from fixbot_analysis.symbols import foreign
from fixbot_analysis.symbols.bindings import Bindings
from fixbot_analysis.symbols.definitions import definitions, module_symbol
from fixbot_analysis.symbols.facts import FileFacts
from fixbot_analysis.symbols.imports import exports, imports
from fixbot_analysis.symbols.names import calls, references
from fixbot_analysis.symbols.python_query import PYTHON_QUERY
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.symbols.words import count_words
from fixbot_analysis.syntax import Node, SyntaxTree

# Goes up with every change of what is extracted: stored facts of another version are not used.
EXTRACTOR_VERSION = 2


def extract(data: bytes, language: str = "python") -> FileFacts:
    """Facts of the source `data` (UTF-8), however broken its syntax is. Raises KeyError for a language that is not registered."""
    if language != "python":
        return foreign.facts_of(data, language)
    return facts_of(SyntaxTree.parse(data, language))


def facts_of(tree: SyntaxTree) -> FileFacts:
    """Facts of a file that is parsed already."""
    data = tree.data
    found = tree.captures(PYTHON_QUERY)
    functions = found.get("function", [])
    nodes = sorted([*functions, *found.get("class", [])], key=lambda n: (n.start_byte, -n.end_byte))
    defined = definitions(nodes, found.get("decorated", []), data)
    scopes = Segments(len(data), [(s.body, s.qualname) for s in defined])
    bindings = Bindings(data, scopes, defined)
    bindings.parameters(functions)
    bindings.assignments(found.get("assignment", []))
    bindings.bound([*found.get("target", []), *found.get("bound", [])])
    others = {n.start_byte for kind in ("other", "target", "bound") for n in found.get(kind, ())}
    symbols = [module_symbol(tree.root, data), *defined, *bindings.variables.values()]
    symbols.sort(key=lambda s: (s.span.start, -s.span.end))
    return FileFacts(
        digest=digest(data),
        language=tree.language,
        symbols=tuple(symbols),
        imports=imports(found.get("import", []), found.get("from", []), data, scopes),
        calls=calls(found.get("callee", []), data, scopes),
        references=references(found.get("name", []), others, data, scopes),
        exports=exports(_assigned_to_all(found, data), data),
        terms=_terms(data, Segments(len(data), [(s.span, s.qualname) for s in defined])),
        syntax_errors=len(found.get("error", ())) or int(tree.root.has_error),
        bindings=bindings.found,
    )


def _assigned_to_all(found: dict[str, list[Node]], data: bytes) -> list[Node]:
    """Values assigned or added to ``__all__``, in order."""
    values: list[Node] = []
    for node in sorted([*found.get("assignment", []), *found.get("augmented", [])], key=lambda n: n.start_byte):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and data[left.start_byte : left.end_byte] == b"__all__":
            values.append(right)
    return values


def _terms(data: bytes, pieces: Segments) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    texts: dict[str, list[str]] = {}
    for span, owner in pieces:
        texts.setdefault(owner, []).append(data[span.start : span.end].decode("utf-8", "replace"))
    counted = ((owner, count_words(parts)) for owner, parts in texts.items())
    return tuple((owner, tuple(sorted(words.items()))) for owner, words in counted if words)
