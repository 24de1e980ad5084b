"""Which definitions a section documents, and which sections document a definition."""

from fixbot_analysis.documents.library import Library
from fixbot_analysis.documents.section import Section
from fixbot_analysis.graph import DependencyGraph

_AMBIGUOUS = 3  # a name that more definitions than that have says of none that it is meant
_DESCRIBED, _DOTTED, _NAMED = 4.0, 2.0, 1.0


def documented(graph: DependencyGraph, section: Section) -> tuple[str, ...]:
    """Ids of the definitions that the names of `section` mean, in the order in which it mentions them."""
    found: dict[str, None] = {}
    for name in section.names:
        meant = (exact,) if (exact := graph.resolve(name)) else graph.find(name)
        if len(meant) <= _AMBIGUOUS:
            found.update(dict.fromkeys(meant))
    return tuple(found)


def about(graph: DependencyGraph, library: Library, node: str, limit: int = 5) -> tuple[Section, ...]:
    """Effect: read documents. The sections that speak of the definition `node`, those that describe it first.

    A section counts where a name in it, as far as it is written out, fits the definition's dotted name: ``save`` alone
    only where few definitions are called that.
    """
    path, _, qualname = node.partition("::")
    module = graph.module_of(path)
    whole = f"{module}.{qualname}" if qualname else module
    last = whole.rpartition(".")[2]
    lonely = len(graph.find(last)) <= _AMBIGUOUS
    worth: dict[int, float] = {}
    for number in library.naming(last):
        names = library.names(number)
        for name in names:
            if name.rpartition(".")[2] == last and (score := _fit(name, whole, lonely)):
                score += _DESCRIBED if name == names[0] else 0.0
                worth[number] = max(worth.get(number, 0.0), score)
    best = sorted(worth, key=lambda number: (-worth[number], number))[:limit]
    read = library.read(best)
    return tuple(read[number] for number in best if number in read)


def _fit(name: str, whole: str, lonely: bool) -> float:
    if "." not in name:
        return _NAMED if lonely else 0.0
    parts, known = name.split("."), whole.split(".")
    if known[-len(parts) :] == parts:
        return _DOTTED * len(parts)
    # re-exported: `django.db.models.Model` is defined in django.db.models.base
    return _DOTTED if parts[0] == known[0] and _is_subsequence(parts, known) else 0.0


def _is_subsequence(parts: list[str], known: list[str]) -> bool:
    rest = iter(known)
    return all(part in rest for part in parts)
