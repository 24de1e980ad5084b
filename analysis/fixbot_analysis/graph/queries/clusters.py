"""The parts that a project falls into by what depends on what, each with a name of one line."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import GUESSED, KINDS, EdgeKind
from fixbot_analysis.graph.queries.communities import communities
from fixbot_analysis.graph.queries.modules import module_links, module_paths
from fixbot_analysis.graph.queries.selection import last_name, path_is_test
from fixbot_analysis.source import language_of
from fixbot_analysis.source.walk import is_vendored
from fixbot_analysis.symbols import SymbolKind, split_words

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

MOST = 24  # clusters; more are no overview
_CENTRAL, _WORDS = 3, 3  # symbols and words of a name
_SHARED = 0.6  # of the modules, that lie in the package that names a cluster
_HOLDS = 0.5  # weight of lying in a package, beside 1 for an import
_LEANS = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS)
_NAMING = (SymbolKind.CLASS, SymbolKind.FUNCTION)


_Parts = tuple[str, ...]  # of a dotted name or a path


@dataclass(frozen=True, slots=True)
class Cluster:
    """Modules that belong together. `package` is the dotted name or the folder most of them share, `title` the same with what is most
    central where other clusters share it too; no two have the same. `central` are the ids of what others lean on most, `words` what sets its names apart from other clusters'; `symbols` counts the definitions.
    """

    package: str
    title: str
    modules: tuple[str, ...]  # paths, sorted
    central: tuple[str, ...]
    words: tuple[str, ...]
    symbols: int

    @property
    def name(self) -> str:
        """One line: ``shop.cart: Cart, total (price, tax)``."""
        central = ", ".join(i.rpartition("::")[2] for i in self.central)
        words = f" ({', '.join(self.words)})" if self.words else ""
        return f"{self.title}{': ' if central else ''}{central}{words}"


def clusters(graph: "DependencyGraph", most: int = MOST) -> tuple[Cluster, ...]:
    """At most `most` clusters of all modules, the largest first; the same for the same graph."""
    paths = module_paths(graph)
    names = [_lying(p, graph.module_of(p)) for p in paths]
    links = _weights(graph, paths, names)
    groups = _few(communities(links), links, names, list(map(_sort_of, paths)), most)
    central = _central(graph, {paths[m]: g for g, group in enumerate(groups) for m in group}, len(groups))
    code = [[m for m in group if not path_is_test(paths[m])] or group for group in groups]
    dots = ["." if all(paths[m].endswith(".py") for m in group) else "/" for group in code]
    packages = [_package([names[m] for m in group], dot) for group, dot in zip(code, dots, strict=True)]
    titles = _titles(packages, central)
    words = _distinctive(graph, [[paths[m] for m in group] for group in groups], packages)
    sizes = Counter(i.partition("::")[0] for i in graph.nodes)
    found = [
        Cluster(
            packages[g],
            titles[g],
            tuple(paths[m] for m in group),
            central[g],
            words[g],
            sum(sizes[paths[m]] - 1 for m in group),
        )
        for g, group in enumerate(groups)
    ]
    return tuple(sorted(found, key=lambda c: (-len(c.modules), c.modules)))


def _weights(graph: "DependencyGraph", paths: Sequence[str], names: Sequence[_Parts]) -> list[dict[int, float]]:
    """How much modules have to do with each other.

    What half the project imports says little of where anything belongs, so a link weighs less the more lead to its target.
    """
    number = {path: i for i, path in enumerate(paths)}
    links = module_links(graph)
    importers = Counter(target for _, target in links)
    weights: list[dict[int, float]] = [defaultdict(float) for _ in paths]

    def link(a: int, b: int, weight: float) -> None:
        if is_vendored(paths[a]) != is_vendored(paths[b]):  # what a project brought along is no part of it
            return
        weights[a][b] += weight
        weights[b][a] += weight

    for (source, target), kinds in links.items():
        leaning = sum(kinds[k] for k in _LEANS)
        weight = (bool(kinds[EdgeKind.IMPORTS]) + math.log2(1 + leaning) / 2) / math.log2(2 + importers[target])
        link(number[source], number[target], weight)
    by_name = {name: i for i, name in enumerate(names)}
    for i, name in enumerate(names):
        if (package := by_name.get(name[:-1])) is not None:
            link(i, package, _HOLDS)
    return [dict(row) for row in weights]


def _few(
    groups: list[list[int]],
    links: Sequence[Mapping[int, float]],
    names: Sequence[_Parts],
    sorts: Sequence[str],
    most: int,
) -> list[list[int]]:
    """The groups, the smallest merged into what they lean on or lie beside until there are at most `most` and none is alone.

    What leans on nothing is merged with its own sort only; so there may be more, or one alone, where nothing is of its sort.
    """
    apart: set[int] = set()
    left = {g: list(group) for g, group in enumerate(groups)}
    home = {m: g for g, group in left.items() for m in group}
    while len(left) - len(apart) > 0:
        smallest = min(left.keys() - apart, key=lambda g: (len(left[g]), left[g]))
        if len(left) <= most and len(left[smallest]) > 1:
            break
        target = _beside(smallest, left, home, links, names, sorts)
        if target is None:
            apart.add(smallest)
            continue
        left[target] = sorted([*left[target], *left.pop(smallest)])
        home.update(dict.fromkeys(left[target], target))
    return list(left.values())


def _beside(
    group: int,
    left: Mapping[int, Sequence[int]],
    home: Mapping[int, int],
    links: Sequence[Mapping[int, float]],
    names: Sequence[_Parts],
    sorts: Sequence[str],
) -> int | None:
    """The group that `group` is linked to most, relative to its size; where it is linked to none, the one of its sort with the most similar names."""
    weights: dict[int, float] = defaultdict(float)
    for member in left[group]:
        for other, weight in links[member].items():
            if home[other] != group:
                weights[home[other]] += weight / math.sqrt(len(left[home[other]]))
    if weights:
        return max(sorted(weights), key=weights.__getitem__)
    own = {part for m in left[group] for part in _prefixes(names[m])}
    sort = {sorts[m] for m in left[group]}
    others = [g for g in left if g != group and sort & {sorts[m] for m in left[g]}]
    return max(
        others,
        key=lambda g: (len(own & {p for m in left[g] for p in _prefixes(names[m])}), len(left[g]), -g),
        default=None,
    )


def _lying(path: str, module: str) -> _Parts:
    """Where a module lies: the parts of its dotted name; in languages without, its folders, and then the file."""
    return tuple(module.split(".")) if path.endswith(".py") and module else PurePosixPath(path).parts


def _sort_of(path: str) -> str:
    """What a file has to have in common with another one to be thrown together with it: the language, and whose it is."""
    return f"{language_of(path) or PurePosixPath(path).suffix}{' brought along' if is_vendored(path) else ''}"


def _titles(packages: Sequence[str], central: Sequence[Sequence[str]]) -> list[str]:
    """The packages; where several are the same each with its most central symbol, and a number if that is no help."""
    packages = [p or "mixed" for p in packages]
    often = Counter(packages)
    said = [
        f"{p} · {last_name(symbols[0])}" if symbols and (often[p] > 1 or p == "mixed") else p
        for p, symbols in zip(packages, central, strict=True)
    ]
    met: Counter[str] = Counter()
    for at, title in enumerate(said):
        met[title] += 1
        said[at] = f"{title} ({met[title]})" if met[title] > 1 else title
    return said


def _prefixes(name: _Parts) -> list[_Parts]:
    return [name[:n] for n in range(1, len(name) + 1)]


def _package(names: Sequence[_Parts], dot: str) -> str:
    """The deepest packages, two at most, that hold most of the modules called `names`; two of many where nothing less than all does.

    ``""`` where they have none in common. The second one is given without the part that all names of the project begin with.
    """
    if len(names) == 1:
        return dot.join(names[0] if dot == "." else names[0][:-1] or names[0])
    counts = Counter(prefix for name in names for prefix in _prefixes(name))
    counts[()] = len(names)
    whole = _deepest((), counts)
    below = sorted((p for p in _children(whole, counts) if counts[p] > 1), key=lambda p: (-counts[p], p))[:2]
    most = sum(counts[p] for p in below) >= _SHARED * counts[whole]
    if len(below) == 2 and (most or len(whole) == 1):
        first, second = (_deepest(p, counts) for p in below)
        return f"{dot.join(first)} + {dot.join(second[len(whole[:1]) :])}{'' if most else ' + …'}"
    return dot.join(whole)


def _deepest(package: _Parts, counts: Mapping[_Parts, int]) -> _Parts:
    """Down from `package` as long as one package inside holds most of it."""
    while below := [p for p in _children(package, counts) if counts[p] > 1 and counts[p] >= _SHARED * counts[package]]:
        package = max(below, key=lambda p: (counts[p], p))
    return package


def _children(package: _Parts, counts: Mapping[_Parts, int]) -> list[_Parts]:
    return [p for p in counts if p and p[:-1] == package]


def _central(graph: "DependencyGraph", cluster_of: Mapping[str, int], count: int) -> list[tuple[str, ...]]:
    """Ids of the classes and functions of each cluster that the most other modules' definitions lean on."""
    edges, nodes = graph.edges, graph.nodes
    leaning = {KINDS.index(k) for k in _LEANS}
    weights: Counter[str] = Counter()
    for source, target, kind in zip(edges.sources, edges.targets, edges.kinds, strict=True):
        if kind < GUESSED and kind in leaning and source != target:
            weights[edges.ids[target]] += 1
    for each, weight in list(weights.items()):
        path, _, qualname = each.partition("::")
        if "." in qualname:  # a member speaks for its class
            weights[f"{path}::{qualname.partition('.')[0]}"] += weight
    found: list[list[str]] = [[] for _ in range(count)]
    for each, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        path, _, name = each.partition("::")
        if not name or "." in name or name.startswith("_") or path_is_test(path) or path not in cluster_of:
            continue
        group = found[cluster_of[path]]
        if len(group) < _CENTRAL and name not in map(last_name, group):
            node = nodes.get(each)
            if node and node.kind in _NAMING:
                group.append(each)
    return [tuple(group) for group in found]


def _distinctive(
    graph: "DependencyGraph", groups: Sequence[Sequence[str]], packages: Sequence[str]
) -> list[tuple[str, ...]]:
    """Words of modules' and symbols' names that are common in a cluster and rare in the others (tf-idf); tests have no say."""
    home = {path: g for g, group in enumerate(groups) for path in group}
    counts: list[Counter[str]] = [Counter() for _ in groups]
    for node in graph.nodes:
        path = node.partition("::")[0]
        if not path_is_test(path):
            last = last_name(node) or graph.module_of(path).rpartition(".")[2]
            counts[home[path]].update({w for w in split_words(last) if len(w) > 2 and not w.isdigit()})
    holding = Counter(word for found in counts for word in found)
    best = []
    for found, package in zip(counts, packages, strict=True):
        said = set(split_words(package))
        score = {w: n * math.log((1 + len(groups)) / holding[w]) for w, n in found.items() if n > 1 and w not in said}
        best.append(tuple(sorted(score, key=lambda w: (-score[w], w))[:_WORDS]))
    return best
