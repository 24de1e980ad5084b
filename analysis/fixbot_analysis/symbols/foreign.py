"""From a file in any language but Python to its facts: one parse, and what the language's queries find in it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from sys import intern

from fixbot_analysis import languages
from fixbot_analysis.languages import Language
from fixbot_analysis.source import Span, digest
from fixbot_analysis.symbols.facts import Binding, Call, FileFacts, Symbol, SymbolKind
from fixbot_analysis.symbols.foreign_definitions import Found, find, symbols
from fixbot_analysis.symbols.foreign_docs import Docs
from fixbot_analysis.symbols.foreign_imports import bindings, imports
from fixbot_analysis.symbols.foreign_text import chain, dotted_name, named_before
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import ERRORS, Node, SyntaxTree, matches
from fixbot_analysis.syntax.grammars import captures

_log = logging.getLogger(__name__)


def facts_of(data: bytes, name: str) -> FileFacts:
    """Facts of the source `data` (UTF-8) in the language called `name`, read as the dialect that the text shows.

    Bare where the language's grammar or queries fail: the file can be searched, and nothing else.
    """
    language = languages.get(languages.dialect_of(data, name))
    if language in languages.BUILTIN:
        facts = _read(data, language)
    else:
        try:
            facts = _read(data, language)
        except Exception as error:  # noqa: BLE001 a plug-in's functions and queries may do anything; the file can still be searched
            _log.warning("language %s: a file is only searched: %s", language.name, error)
            facts = _bare(data, language)
    return facts if language.name == name else replace(facts, language=name)


def _read(data: bytes, language: Language) -> FileFacts:
    if language.reader:
        return _told(data, language)
    if not _usable(language):
        return _bare(data, language)
    texts = language.readable(data) if language.readable else (data,)
    return _facts(data, [SyntaxTree.parse(text, language.name) for text in texts], language)


@cache
def _usable(language: Language) -> bool:
    """Effect: import the grammar and try the queries; whether both work. Says once what is wrong."""
    try:
        root = SyntaxTree.parse(b"", language.name).root
        matches(language.name, language.query, root)
        captures(language.name, language.uses + ERRORS, root)
    except Exception as error:  # noqa: BLE001 a grammar is foreign code; without it the file can still be searched
        _log.warning("language %s: its files are only searched: %s", language.name, error)
        return False
    return True


def _facts(data: bytes, trees: Sequence[SyntaxTree], language: Language) -> FileFacts:
    matched = [match for tree in trees for match in matches(language.name, language.query, tree.root)]
    found = _captured(trees, language.uses + ERRORS)
    definitions = find(matched, language, data)
    marks = [Span(n.start_byte, n.end_byte) for m in matched for n in m.get("mark.node", ())]
    docs = Docs(data, found.get("comment", ()), marks)
    defined = symbols(definitions, docs, data)
    owning = [s for s in defined if s.kind is not SymbolKind.VARIABLE]
    scopes = Segments(len(data), [(s.span, s.qualname) for s in _apart(owning)], "")
    members = Segments(len(data), [(f.whole, f.qualname) for f in definitions if _holds_members(f)], "")
    names = {s.name_span.start for s in defined}
    return FileFacts(
        digest=digest(data),
        language=language.name,
        symbols=(_module(data, docs), *sorted(defined, key=lambda s: (s.span.start, -s.span.end))),
        imports=imports(matched, language, data, scopes),
        calls=_calls(found.get("call", []), found.get("call.tokens", []), data, scopes),
        references=_references(found.get("reference", []), names, data, scopes),
        exports=None,
        syntax_errors=len(found.get("error", ())) or int(any(tree.root.has_error or tree.given_up for tree in trees)),
        bindings=bindings(matched, data, scopes, members.owner),
    )


def _captured(trees: Sequence[SyntaxTree], query: str) -> dict[str, list[Node]]:
    """What a query captures in all `trees`: name -> nodes by place, outer before inner."""
    found = trees[0].captures(query)
    for tree in trees[1:]:
        for name, nodes in tree.captures(query).items():
            found[name] = sorted([*found.get(name, ()), *nodes], key=lambda n: (n.start_byte, -n.end_byte))
    return found


def _apart(owning: list[Symbol]) -> list[Symbol]:
    """By place, outer before inner, one for each span."""
    unique = {(s.span.start, -s.span.end): s for s in reversed(owning)}
    return [unique[key] for key in sorted(unique)]


def _holds_members(found: Found) -> bool:
    return found.kind in ("", "class", "struct", "union", "enum", "interface", "type")


def _module(data: bytes, docs: Docs) -> Symbol:
    """The file itself: no name, as facts do not know their path."""
    everything, lines = Span(0, len(data)), max(len(data.splitlines()), 1)
    return Symbol("", "", SymbolKind.MODULE, everything, Span(0, 0), everything, 1, lines, doc=docs.head())


def _calls(nodes: list[Node], lasts: list[Node], data: bytes, scopes: Segments[str]) -> tuple[Call, ...]:
    """What `nodes` call, and what the names `lasts` stand at the end of, by place."""
    called = [(node, chain(node, data, called=True)) for node in nodes]
    called += [(node, named_before(data, node.start_byte, node.end_byte)) for node in lasts]
    if lasts:
        called.sort(key=lambda pair: pair[0].start_byte)
    return tuple(
        Call(intern(callee), scopes.owner(node.start_byte), node.start_point[0] + 1)
        for node, callee in called
        if callee
    )


def _references(nodes: list[Node], names: set[int], data: bytes, scopes: Segments[str]) -> tuple[tuple[str, str], ...]:
    """(longest dotted name, scope) of each use of a name; `nodes` by place, outer first; `names` are defined where they begin."""
    found: dict[tuple[str, str], None] = {}
    past = 0
    for node in nodes:
        start = node.start_byte
        if start < past:
            continue
        end = node.end_byte
        if name := dotted_name(data, start, end):
            past = end
            if start not in names:
                found[intern(name), scopes.owner(start)] = None
    return tuple(found)


def _told(data: bytes, language: Language) -> FileFacts:
    """Facts of a file without code: what its reader makes of it."""
    assert language.reader is not None
    said = tuple(Binding(*each) for each in language.reader(data))
    return FileFacts(digest(data), language.name, (_module(data, Docs(data, (), ())),), (), (), (), None, 0, said)


def bare(data: bytes, name: str) -> FileFacts:
    """What is said of a file that cannot be read: it can be searched, and nothing else."""
    return _bare(data, languages.get(name))


def _bare(data: bytes, language: Language) -> FileFacts:
    docs = Docs(data, (), ())
    return FileFacts(digest(data), language.name, (_module(data, docs),), (), (), (), None)
