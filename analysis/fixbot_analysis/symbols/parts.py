"""Facts of a stretch of a Python file, which begins and ends between statements of its outermost level, and those of the file put together of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from fixbot_analysis.source import Span, digest
from fixbot_analysis.symbols import binders, patterns, quoted
from fixbot_analysis.symbols.bindings import NOTHING, Bindings, Elsewhere
from fixbot_analysis.symbols.definitions import definitions, docstring, module_symbol
from fixbot_analysis.symbols.facts import Binding, Call, FileFacts, Import, Symbol, SymbolKind
from fixbot_analysis.symbols.flow import Blocks
from fixbot_analysis.symbols.imports import exports, imports, listed
from fixbot_analysis.symbols.names import calls, references
from fixbot_analysis.symbols.python_query import PYTHON_QUERY
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node, SyntaxTree

Uses = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # scope, and what is referred to there, each with the scope


class Around(NamedTuple):
    """What a stretch is read by that its file says elsewhere: names imported under another, whether it mentions typing."""

    aliases: Mapping[str, str]
    typing: bool


@dataclass(slots=True)
class Part:
    """What one stretch says, in the order in which a file's facts hold it; places count from its begin until it is :meth:`put`."""

    rows: int  # line ends
    doc: str
    symbols: tuple[Symbol, ...]
    imports: tuple[Import, ...]
    calls: tuple[Call, ...]
    uses: Uses
    typed: tuple[tuple[str, str], ...]
    exports: tuple[Sequence[str] | None, ...]
    bindings: tuple[tuple[Binding, ...], ...]  # by what binds
    declaring: frozenset[str]  # scopes with global or nonlocal statements
    asked: Mapping[tuple[str, str], bool]  # scopes and names: whether they are given a value decided what is said
    errors: int
    elsewhere: Elsewhere = NOTHING  # what it was read by
    _at: tuple[int, int] = field(default=(0, 0))

    @property
    def defined(self) -> Iterator[Symbol]:
        """Its classes, functions and methods, by place."""
        return (s for s in self.symbols if s.kind is not SymbolKind.VARIABLE)

    def put(self, offset: int, row: int) -> None:
        """Count from there: the byte and the line (from 0) of the file that it begins at."""
        moved, down = offset - self._at[0], row - self._at[1]
        self._at = offset, row
        if moved or down:
            self.symbols = tuple([_moved(s, moved, down) for s in self.symbols])
        if down:
            self.imports = tuple([Import(*i[:4], i.line + down, i.scope) for i in self.imports])
            self.calls = tuple([Call(c.callee, c.scope, c.line + down) for c in self.calls])
            self.bindings = tuple([tuple([_lower(b, down) for b in found]) for found in self.bindings])


def _moved(symbol: Symbol, by: int, down: int) -> Symbol:
    name, qualname, kind, span, name_span, body, line, end_line, signature, doc, takes, bases, decorators, returns = (
        symbol
    )
    return Symbol(
        name, qualname, kind, _shifted(span, by), _shifted(name_span, by), _shifted(body, by), line + down, end_line + down,
        signature, doc, takes, bases, decorators, returns,
    )  # fmt: skip


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _lower(binding: Binding, down: int) -> Binding:
    name, scope, value, first, last, leaks, at = binding
    return Binding(name, scope, value, first + down if first else 0, last + down if last else 0, leaks, at)


def part_of(tree: SyntaxTree, around: Around | None = None, elsewhere: Elsewhere = NOTHING) -> Part:
    """What a parsed stretch says; without `around` it is the whole file."""
    data = tree.data
    found = tree.captures(PYTHON_QUERY)
    functions = found.get("function", [])
    nodes = sorted([*functions, *found.get("class", [])], key=lambda n: (n.start_byte, -n.end_byte))
    others = {n.start_byte for n in found.get("other", ())}
    defined = definitions(nodes, found.get("decorated", []), data, others)
    scopes = Segments(len(data), [(s.body, s.qualname) for s in defined], "")
    called, telling = calls(found.get("callee", []), data, scopes)
    bindings = Bindings(data, scopes, defined, Blocks(len(data), found.get("block", [])), elsewhere)
    ends = [*_bind(bindings, found, functions, telling)]
    imported = imports(found.get("import", []), found.get("from", []), data, scopes)
    hidden = [n for kind in ("text", "import", "from") for n in found.get(kind, ())]
    symbols = [*defined, *bindings.variables.values()]
    symbols.sort(key=lambda s: (s.span.start, -s.span.end))
    used = references(hidden, others | bindings.others, data, scopes)
    around = around or Around(quoted.renamed(imported), quoted.mentions_typing(data))
    strings = quoted.candidates(found.get("typed", ()), tree.root, data, typing=around.typing)
    bound = bindings.found
    return Part(
        rows=data.count(b"\n"),
        doc=docstring(tree.root, data),
        symbols=tuple(symbols),
        imports=imported,
        calls=called,
        uses=tuple([(owner, tuple([(name, owner) for name in names])) for owner, names in used]),
        typed=tuple(quoted.references(strings, around.aliases, data, scopes)),
        exports=tuple([listed(each, data) for each in _assigned_to_all(found, telling, data)]),
        bindings=tuple([bound[a:b] for a, b in zip([0, *ends], ends, strict=False)]),
        declaring=bindings.declaring,
        asked=bindings.asked,
        errors=len(found.get("error", ())) or int(tree.root.has_error or tree.given_up),
        elsewhere=elsewhere,
    )


def _bind(
    bindings: Bindings, found: dict[str, list[Node]], functions: list[Node], telling: dict[str, list[Node]]
) -> Iterator[int]:
    """Find all bindings, kind by kind of what binds; yields how many there are after each."""
    bindings.declared(found.get("global", ()), found.get("nonlocal", ()))
    kinds: tuple[Callable[[], None], ...] = (
        lambda: binders.parameters(functions, bindings),
        lambda: bindings.assignments(found.get("assignment", ())),
        lambda: binders.loops(found.get("for", ()), (), bindings),
        lambda: binders.loops((), found.get("clause", ()), bindings),
        lambda: binders.entered(found.get("as", ()), bindings),
        lambda: binders.named(found.get("named", ()), bindings),
        lambda: binders.lambdas(found.get("lambda", ()), bindings),
        lambda: binders.results(found.get("return", ()), (), bindings),
        lambda: binders.results((), found.get("yield", ()), bindings),
        lambda: binders.set_by_name(telling.get("setattr", ()), bindings),
        lambda: binders.set_by_name(telling.get("add_to_class", ()), bindings),
        lambda: patterns.matched(found.get("match", ()), bindings),
        lambda: binders.narrowed(telling.get("isinstance", ()), bindings),
    )
    for bind in kinds:
        bind()
        yield len(bindings)


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


def joined(data: bytes, language: str, parts: Sequence[Part]) -> FileFacts:
    """Facts of the file `data`, which consists of `parts`, each put where it begins."""
    bound = chain.from_iterable([part.bindings[kind] for kind in range(len(parts[0].bindings)) for part in parts])
    return FileFacts(
        digest=digest(data),
        language=language,
        symbols=(module_symbol(data, parts[0].doc), *_symbols(parts)),
        imports=tuple(chain.from_iterable([part.imports for part in parts])),
        calls=tuple(chain.from_iterable([part.calls for part in parts])),
        references=_references(parts),
        exports=exports([each for part in parts for each in part.exports]),
        syntax_errors=sum(part.errors for part in parts),
        bindings=tuple(bound),
    )


def _symbols(parts: Sequence[Part]) -> Sequence[Symbol]:
    """By place; a variable only where it is first assigned, and where no definition has its name."""
    if len(parts) == 1:
        return parts[0].symbols
    known = {s.qualname for part in parts for s in part.defined}
    found = []
    for symbol in chain.from_iterable([part.symbols for part in parts]):
        if symbol.kind is SymbolKind.VARIABLE:
            if symbol.qualname in known:
                continue
            known.add(symbol.qualname)
        found.append(symbol)
    return found


def _references(parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    """Each use once, by scope, in the order in which scopes and uses are met; those in quoted types after the others."""
    owners: dict[str, list[tuple[tuple[str, str], ...]]] = {}
    for part in parts:
        for owner, pairs in part.uses:
            owners.setdefault(owner, []).append(pairs)
    found = dict.fromkeys(chain.from_iterable([pairs for kept in owners.values() for pairs in kept]))
    found.update(dict.fromkeys(chain.from_iterable([part.typed for part in parts])))
    return tuple(found)
