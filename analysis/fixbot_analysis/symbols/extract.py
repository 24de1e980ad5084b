"""From a file's bytes to its facts: one parse, one query, one pass over what it captured."""

import logging

from fixbot_analysis.source import digest
from fixbot_analysis.symbols import binders, foreign, patterns, quoted
from fixbot_analysis.symbols.bindings import Bindings
from fixbot_analysis.symbols.definitions import definitions, module_symbol
from fixbot_analysis.symbols.facts import FileFacts
from fixbot_analysis.symbols.flow import Blocks
from fixbot_analysis.symbols.imports import exports, imports
from fixbot_analysis.symbols.limits import TooLong, within
from fixbot_analysis.symbols.names import calls, references
from fixbot_analysis.symbols.python_query import PYTHON_QUERY
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node, SyntaxTree

# Goes up with every change of what is extracted, or of how it is stored: stored facts of another version are not used.
EXTRACTOR_VERSION = 10

# Processor time after which a file is given up, and seconds more for each byte: real files take a tenth of it, some text that was made for it takes minutes.
_SECONDS, _SECONDS_A_BYTE = 2.0, 5e-6

log = logging.getLogger(__name__)


def extract(data: bytes, language: str = "python") -> FileFacts:
    """Facts of the source `data` (UTF-8), however broken its syntax is; bare ones where reading it takes too long.

    Raises KeyError for a language that is not registered.
    """
    try:
        with within(_SECONDS + _SECONDS_A_BYTE * len(data)):
            return foreign.facts_of(data, language) if language != "python" else facts_of(SyntaxTree.parse(data))
    except TooLong:
        log.warning("a %s file of %d kB takes too long to read: it is only searched", language, len(data) >> 10)
        return foreign.bare(data, language)


def facts_of(tree: SyntaxTree) -> FileFacts:
    """Facts of a file that is parsed already."""
    data = tree.data
    found = tree.captures(PYTHON_QUERY)
    functions = found.get("function", [])
    nodes = sorted([*functions, *found.get("class", [])], key=lambda n: (n.start_byte, -n.end_byte))
    others = {n.start_byte for n in found.get("other", ())}
    defined = definitions(nodes, found.get("decorated", []), data, others)
    scopes = Segments(len(data), [(s.body, s.qualname) for s in defined], "")
    called, telling = calls(found.get("callee", []), data, scopes)
    bindings = Bindings(data, scopes, defined, Blocks(len(data), found.get("block", [])))
    _bind(bindings, found, functions, telling)
    hidden = [n for kind in ("text", "import", "from") for n in found.get(kind, ())]
    symbols = [module_symbol(tree.root, data), *defined, *bindings.variables.values()]
    symbols.sort(key=lambda s: (s.span.start, -s.span.end))
    imported = imports(found.get("import", []), found.get("from", []), data, scopes)
    strings = quoted.candidates(found.get("typed", ()), tree.root, data)
    used = references(hidden, others | bindings.others, data, scopes)
    typed = quoted.references(strings, quoted.renamed(imported), data, scopes)
    return FileFacts(
        digest=digest(data),
        language=tree.language,
        symbols=tuple(symbols),
        imports=imported,
        calls=called,
        references=tuple(dict.fromkeys([*used, *typed])),
        exports=exports(_assigned_to_all(found, telling, data), data),
        syntax_errors=len(found.get("error", ())) or int(tree.root.has_error or tree.given_up),
        bindings=bindings.found,
    )


def _bind(
    bindings: Bindings, found: dict[str, list[Node]], functions: list[Node], telling: dict[str, list[Node]]
) -> None:
    bindings.declared(found.get("global", ()), found.get("nonlocal", ()))
    binders.parameters(functions, bindings)
    bindings.assignments(found.get("assignment", ()))
    binders.loops(found.get("for", ()), found.get("clause", ()), bindings)
    binders.entered(found.get("as", ()), bindings)
    binders.named(found.get("named", ()), bindings)
    binders.lambdas(found.get("lambda", ()), bindings)
    binders.results(found.get("return", ()), found.get("yield", ()), bindings)
    binders.set_by_name([*telling.get("setattr", ()), *telling.get("add_to_class", ())], bindings)
    patterns.matched(found.get("match", ()), bindings)
    binders.narrowed(telling.get("isinstance", ()), bindings)


def _assigned_to_all(found: dict[str, list[Node]], telling: dict[str, list[Node]], data: bytes) -> list[Node]:
    """Values assigned or added to ``__all__``, in order."""
    values: list[Node] = []
    for node in [*found.get("assignment", []), *found.get("augmented", [])]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and data[left.start_byte : left.end_byte] == b"__all__":
            values.append(right)
    for callee in [*telling.get("__all__.extend", ()), *telling.get("__all__.append", ())]:
        arguments = callee.parent.child_by_field_name("arguments") if callee.parent else None
        values.extend(arguments.named_children[:1] if arguments else ())
    return sorted(values, key=lambda node: node.start_byte)
