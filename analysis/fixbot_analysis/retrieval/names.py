"""Which definitions and files the names in a text mean: names recognised by their form, plain words that are names, imports."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fixbot_analysis.postings import Rows
from fixbot_analysis.retrieval.elsewhere import foreign, owned
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.mentions import NameMention, Where
from fixbot_analysis.retrieval.paths import dotted_of
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.snippets import imported

# How much it says that a name stands in this part of the text.
WHERE_WEIGHT = {Where.TITLE: 3.0, Where.MARKED: 2.0, Where.PROSE: 2.0, Where.BLOCK: 1.0}

_LONELY = 0.25  # a dotted name whose earlier parts fit nothing: ``obj.save``, where ``obj`` could be anything
_MOST = 2000  # names and words that are looked up
_PLAIN = re.compile(r"[A-Za-z_]\w{3,}", re.ASCII)

Numbers = dict[int, float]
Files = dict[str, float]


@dataclass(slots=True)
class Named:
    """By number of a definition: what the text names, uses, assigns, imports, or says as a plain word; and files meant as modules.

    `whole` are functions that title or running text name in full, so that nothing else can be meant; see :meth:`Naming.read`.

    A name shares its worth among its meanings, so that one with few of them says more of each.
    """

    named: Numbers = field(default_factory=lambda: defaultdict(float))
    used: Numbers = field(default_factory=lambda: defaultdict(float))
    assigned: Numbers = field(default_factory=lambda: defaultdict(float))
    plain: Numbers = field(default_factory=lambda: defaultdict(float))
    imports: Numbers = field(default_factory=lambda: defaultdict(float))
    modules: Files = field(default_factory=lambda: defaultdict(float))
    imported_modules: Files = field(default_factory=lambda: defaultdict(float))
    whole: Numbers = field(default_factory=dict)


class Naming:
    """What names mean in the files of a lexicon that are not `left_out`."""

    def __init__(self, lexicon: Lexicon, left_out: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._alive = lexicon.living(left_out)
        self._modules: dict[str, list[tuple[str, str]]] = defaultdict(list)  # last part -> (path, whole name)
        for path in lexicon.paths:
            if path not in left_out:
                module = dotted_of(path)
                self._modules[module.rpartition(".")[2]].append((path, module))

    def read(self, query: Query) -> Named:
        """What the names in a text mean.

        ``Cart.total`` or ``shop.cart.total`` names a function in full where one alone is called that; where there are several such names
        those of the title count. A text with a traceback says by that where to look.
        """
        found, tables = Named(), self._lexicon.tables
        outside = foreign(query.passages.blocks, self._lexicon.paths)
        own = owned(query.mentions.names, query.passages.blocks, self._lexicon.paths)[:_MOST]
        for mention in query.mentions.names[:_MOST]:  # what uses a name of elsewhere may be meant all the same
            self._share(found.used, self._fitting(tables.referenced, mention, None), WHERE_WEIGHT[mention.where])
        for mention in own:
            weight = WHERE_WEIGHT[mention.where]
            fit = _fit_of(mention)
            self._share(found.named, self._fitting(tables.defined, mention, fit), weight)
            self._share(found.assigned, self._fitting(tables.assigned, mention, fit), weight)
            _divide(found.modules, self._ending(mention.name), weight)
        for word in dict.fromkeys(_PLAIN.findall(f"{query.title}\n{query.passages.prose}")[:_MOST]):
            for spelling in {word, word.lower()} - outside:
                self._share(found.plain, [(n, 1.0) for n in self._meanings(tables.defined, spelling)], 1.0)
        self._imports(query, found)
        if not query.mentions.frames:
            found.whole = self._written_out(own)
        return found

    def _written_out(self, mentions: Sequence[NameMention]) -> Numbers:
        for places in ((Where.TITLE,), (Where.MARKED, Where.PROSE)):
            dotted = [m.name for m in mentions if m.where in places and "." in m.name]
            meant = {found[0] for name in dotted if len(found := self._in_full(name)) == 1}
            functions = [number for number in meant if not self._lexicon.is_class(number)]
            if functions:
                return dict.fromkeys(functions, 1.0)
        return {}

    def _in_full(self, name: str) -> list[int]:
        """Definitions that are called `name` as far as that is written out: the module with all that is in it, or the end of that."""
        defined = self._meanings(self._lexicon.tables.defined, name.rpartition(".")[2])
        return [n for n in defined if _in_module(self._place(n)).endswith("." + name)]

    def _imports(self, query: Query, found: Named) -> None:
        outside = foreign(query.passages.blocks, self._lexicon.paths)
        for module, name in dict.fromkeys(imported(query.passages.blocks)):
            if module.partition(".")[0] in outside:
                continue
            _divide(found.imported_modules, self._ending(module), 1.0)
            if name:
                _divide(found.imported_modules, self._ending(f"{module}.{name}"), 1.0)
                self._share(found.imports, self._from(module, name), 1.0)

    def _from(self, module: str, name: str) -> list[tuple[int, float]]:
        """Top-level definitions called `name` in or below `module`, wherever they are re-exported from; else anywhere."""
        at_top = [n for n in self._meanings(self._lexicon.tables.defined, name) if "." not in self._place(n)[1]]
        parts = set(module.split("."))
        below = [n for n in at_top if parts <= set(dotted_of(self._place(n)[0]).split("."))]
        return [(n, 1.0) for n in below or at_top]

    def _ending(self, name: str) -> list[str]:
        candidates = self._modules.get(name.rpartition(".")[2], ())
        return [path for path, module in candidates if ("." + module).endswith("." + name)]

    def _meanings(self, table: Rows, name: str) -> list[int]:
        return self._lexicon.named(table, name, self._alive)

    def _place(self, number: int) -> tuple[str, str]:
        return self._lexicon.definition(number)

    def _fitting(
        self, table: Rows, mention: NameMention, fit: "Callable[[tuple[str, str]], float] | None"
    ) -> list[tuple[int, float]]:
        """The definitions that fit best, with how well."""
        meanings = self._meanings(table, mention.name.rpartition(".")[2])
        if fit is None:
            return [(number, 1.0) for number in meanings]
        fits = [(number, fit(self._place(number))) for number in meanings]
        best = max((fit for _, fit in fits), default=0.0)
        return [(number, fit) for number, fit in fits if fit == best]

    @staticmethod
    def _share(scores: Numbers, meanings: Sequence[tuple[int, float]], weight: float) -> None:
        for number, fit in meanings:
            scores[number] += weight * fit / len(meanings)


def _in_module(place: tuple[str, str]) -> str:
    return f".{dotted_of(place[0])}.{place[1]}"


def _divide(scores: Files, paths: Iterable[str], weight: float) -> None:
    meant = list(paths)
    for path in meant:
        scores[path] += weight / len(meant)


def _fit_of(mention: NameMention) -> "Callable[[tuple[str, str]], float]":
    """How well the earlier parts of a dotted name fit a definition: all, some or none of them."""
    earlier = mention.name.split(".")[:-1]

    def fit(place: tuple[str, str]) -> float:
        if not earlier:
            return 1.0
        around = {*dotted_of(place[0]).split("."), *place[1].split(".")}
        return _LONELY + (1 - _LONELY) * sum(part in around for part in earlier) / len(earlier)

    return fit
