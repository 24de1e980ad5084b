"""Which names a file's facts give a meaning to, and what those meanings hang on: how far a change reaches.

A chain in a file can only change its meaning where the facts of a name changed that the file mentions, or of a name that those
facts mention, and so on. So the reach of a change is found by names alone, without resolving anything. Too much is redone at times, never too little.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import PurePosixPath

from fixbot_analysis.graph.foreign_shapes import interfaces, is_structural
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.symbols import FileFacts, SymbolKind

_WORD = re.compile(r"[\w$#]+")
_KIND = {kind: place for place, kind in enumerate(SymbolKind)}
_CALLABLE = (SymbolKind.FUNCTION, SymbolKind.METHOD)
_REACH_LIMIT = 300  # names; a change that reaches further is as quickly redone as followed

PROMISES = "\ninterface\n"  # stands among the words of a file that declares an interface which types implement by their methods

_MAKING = ("__init__", "__new__", "__init_subclass__")  # nothing hangs on what they give back

# What is said of a name, part by part: numbers and words.
Entry = tuple[object, ...]
Meanings = Mapping[str, tuple[Entry, ...]]


def mentioned(facts: FileFacts) -> str:
    """The words of a file that a meaning may hang on, sorted, each between line feeds."""
    texts = {name for symbol in facts.symbols for name in (symbol.name, symbol.returns, *symbol.parameters)}
    for symbol in facts.symbols:
        texts.update(symbol.bases, symbol.decorators)
    for each in facts.imports:
        texts.update((each.module, each.name, each.alias))
    for binding in facts.bindings:
        texts.update((binding.name, binding.value))
    if is_structural(facts):
        texts.update(s.parent for s in facts.symbols if s.kind is SymbolKind.METHOD)
        texts.update("interface" for _ in interfaces(facts))
    texts.update([call.callee for call in facts.calls], [name for name, _ in facts.references], facts.exports or ())
    return "\n" + "\n".join(sorted({*_WORD.findall(" ".join(texts))})) + "\n"


def meanings(path: str, facts: FileFacts) -> Meanings:
    """Name -> what the file at `path` says of it to others: definitions, imports and values at the level of the module or of a class.

    Of what stands inside of a function only that counts which its result hangs on, or an attribute that it assigns; it belongs
    to the function's own meaning. What runs without being named (``__call__``) belongs to its class too.
    """
    functions = frozenset(s.qualname for s in facts.symbols if s.kind in _CALLABLE)
    around = lru_cache(None)(partial(_outermost, functions=functions))
    found: dict[str, list[Entry]] = defaultdict(list)
    inside: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for scope, name, entry in _definitions(facts):
        if holder := around(scope):
            inside[holder][name.rpartition(".")[2]].append((scope, *entry))
        else:
            found[name].append((scope, *entry))
            if scope and _is_implicit(name):
                found[scope.rpartition(".")[2]].append((scope, *entry))
            if (writer := around(str(entry[-1]))) and scope != writer:
                inside[writer]["return"].append(entry)  # an attribute is what the method that assigns to it says
    for name, entry in (*_of_types(facts), *_exercised(path, facts, around)):
        found[name].append(entry)
    for holder, bound in inside.items():
        kept = _slice(bound)
        cls, _, name = holder.rpartition(".")
        found[name].extend(kept)
        if cls and _is_implicit(name) and name not in _MAKING:
            found[cls.rpartition(".")[2]].extend(kept)
    return {name: _without_lines(entries) for name, entries in found.items()}


def _is_implicit(name: str) -> bool:
    """Whether a method runs where its name is not written."""
    return name.startswith("__") and name.endswith("__")


def _slice(bound: Mapping[str, list[Entry]]) -> list[Entry]:
    """Of what is bound in a function, what it gives back hangs on."""
    queue, seen, kept = ["return", "yield"], {"return", "yield"}, []
    while queue:
        for entry in bound.get(queue.pop(), ()):
            kept.append(entry)
            for word in _words([entry]) - seen:
                seen.add(word)
                queue.append(word)
    return kept


def _without_lines(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """`entries` with their lines by rank: what is written above does not count, what comes first does."""
    lines = sorted({part for entry in entries for part in entry if type(part) is _Line})
    rank = {line: place + 1 for place, line in enumerate(lines) if line}
    return tuple(tuple([rank.get(p, 0) if type(p) is _Line else p for p in entry]) for entry in entries)


def changed(path: str, before: FileFacts | None, after: FileFacts | None) -> set[str] | None:
    """Names whose meaning is another after the file at `path` changed (None: is not there); None where it could be any name.

    The file came or went where one of the two is missing.
    """
    if any(f and f.language == "project" for f in (before, after)):
        return None  # it says how imports are looked up
    said = [sorted(interfaces(f)) if f else [] for f in (before, after)]
    if said[0] != said[1]:
        return None  # any type may implement another interface now
    old, new = (meanings(path, f) if f else {} for f in (before, after))
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if (before is None) != (after is None):
        where = PurePosixPath(path)
        if where.name == "__init__.py" or _stars(before) or _stars(after):
            return None
        # Elsewhere than in Python a folder's name may stand for the files in it.
        return names | {where.stem} | ({where.parent.name} if where.suffix != ".py" else set())
    if before and after:
        if _stars(before) != _stars(after) or (before.exports is None) != (after.exports is None):
            return None
        names |= {*(before.exports or ())} ^ {*(after.exports or ())}
    return names


def reached(names: Iterable[str], blocks: Mapping[str, str], facts: Callable[[str], FileFacts]) -> set[str] | None:
    """Paths of the files whose edges may hang on `names`; None where it may be most of them.

    `blocks` are the words that each file mentions (see :func:`mentioned`), `facts` is asked for those of single files.
    """
    found: set[str] = set()
    seen: set[str] = set()
    queue = [*names]
    known: dict[str, Mapping[str, frozenset[str]]] = {}
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if len(seen) > _REACH_LIMIT:
            return None
        word = f"\n{name}\n"
        for path in [p for p, words in blocks.items() if word in words]:
            found.add(path)
            if path not in known:
                known[path] = {n: _words(entries) for n, entries in meanings(path, facts(path)).items()}
            queue.extend(n for n, words in known[path].items() if name in words and n not in seen)
    return found


def _definitions(facts: FileFacts) -> Iterator[tuple[str, str, Entry]]:
    """(scope, name, what is said of it) of everything that gives a name a meaning; the last part is the scope that it is written in."""
    for s in facts.symbols:
        if s.kind is not SymbolKind.VARIABLE and s.name:
            # What else the header says: a metaclass, type variables.
            said = s.signature if s.kind is SymbolKind.CLASS or "[" in s.signature.partition("(")[0] else ""
            headers = (s.bases, s.decorators, s.returns, s.parameters, said)
            yield s.parent, s.name, (s.name, _KIND[s.kind], _Line(s.line), *headers, s.parent)
    for i in facts.imports:
        yield i.scope, i.bound, (i.module, i.level, i.name, i.alias, _Line(i.line), i.scope)
    for b in facts.bindings:
        yield b.scope, b.name, (b.name, b.value, _Line(b.first), _Line(b.last), b.leaks, b.at or b.scope)


def _of_types(facts: FileFacts) -> Iterator[tuple[str, Entry]]:
    """(name of a type, one of its methods) where what it implements hangs on those."""
    for s in facts.symbols if is_structural(facts) else ():
        if s.kind is SymbolKind.METHOD:
            yield s.parent.rpartition(".")[2], (s.parent, s.name, s.signature)


def _exercised(path: str, facts: FileFacts, around: Callable[[str], str]) -> Iterator[tuple[str, Entry]]:
    """(function of tests, what it uses): what a helper or a fixture calls is what its caller exercises."""
    if is_test(path) or PurePosixPath(path).name == "conftest.py":
        for scope, _, entry in _uses(facts):
            if holder := around(scope):
                yield holder.rpartition(".")[2], entry


def _uses(facts: FileFacts) -> Iterator[tuple[str, str, Entry]]:
    """(scope, name, what is said of it) of everything that a name is used for."""
    for c in facts.calls:
        yield c.scope, c.callee, (c.callee, c.scope)
    for dotted, scope in facts.references:
        yield scope, dotted, (dotted, scope)


def _words(entries: Iterable[tuple[object, ...]]) -> frozenset[str]:
    return frozenset(_WORD.findall(" ".join(text for entry in entries for text in _texts(entry))))


def _texts(entry: Iterable[object]) -> Iterator[str]:
    for part in entry:
        if isinstance(part, tuple):
            yield from _texts(part)
        elif isinstance(part, str):
            yield part


class _Line(int):
    """A line, which counts by its rank among those of a name."""


def _outermost(scope: str, functions: frozenset[str]) -> str:
    """The outermost function that `scope` is or lies in; ``""`` outside of functions."""
    parts = scope.split(".") if scope else []
    for cut in range(1, len(parts) + 1):
        if (name := ".".join(parts[:cut])) in functions:
            return name
    return ""


def _stars(facts: FileFacts | None) -> list[tuple[str, int]]:
    return [(i.module, i.level) for i in facts.imports if i.name == "*"] if facts else []
