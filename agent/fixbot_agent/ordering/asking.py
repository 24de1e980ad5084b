"""Asking the models of the roles ``embed`` and ``rerank`` about the order of hits."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul
from pathlib import Path

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Message, Reply, Terms, Told, chain, usable
from fixbot_agent.models.known import key_of
from fixbot_agent.models.messages import Role
from fixbot_agent.models.ranking import Embedder, prefixes_of, scores, vectors
from fixbot_agent.models.routing import Make
from fixbot_agent.ordering.listwise import Ranker
from fixbot_agent.ordering.texts import asked, written
from fixbot_agent.ordering.trust import Trusts, learned
from fixbot_agent.ordering.vectors import Vectors
from fixbot_agent.settings import ModelSettings, Settings
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Definition, Hit, Opinion, agreed

EMBED, RERANK = "embed", "rerank"
_EMBEDDED, _RERANKED = 100, 20  # hits that each is asked about
_SECONDS = 60.0  # that one answer may take: somebody waits for the list


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask on which terms, of the project at `root`: `clean` takes keys out of what is sent, `heard` is told of every call, `cache` keeps vectors.

    `note` hears in a line how much a model's order counts, once it was found out.
    """

    root: Path
    settings: Settings
    terms: Terms
    cache: Path
    clean: Callable[[str], str]
    heard: Told = lambda _: None
    note: Callable[[str], None] = lambda _: None
    environ: Mapping[str, str] | None = None


class Ordering:
    """An :data:`fixbot_analysis.retrieval.Opinions`: what models say of the order of definitions in `index`. Where none answers, one line says so."""

    def __init__(self, index: Index, asked: Asked) -> None:
        self._index, self._asked = index, asked

    def __call__(self, text: str, hits: Sequence[Hit], history: ProjectHistory | None = None) -> list[Opinion]:
        """Effect: ask. The embeddings' opinion first; the reranker is asked about the best of what comes of it."""
        said = list[Opinion]()
        if not hits or not asked(text):
            return said
        if near := self._first(EMBED, lambda name: self._near(name, text, hits[:_EMBEDDED], history)):
            said.append(near)
        best = agreed(hits, said)[:_RERANKED]
        if last := self._first(RERANK, lambda name: self._ranked(name, text, best)):
            said.append(last)
        return said

    def _first(self, role: str, ask: Callable[[str], Opinion | None]) -> Opinion | None:
        """Effect: what the first model of `role` says that answers: vectors of two models have nothing to do with each other."""
        settings = self._asked.settings
        why = ""
        for name in () if settings.no_model else getattr(settings.roles, role):
            try:
                return ask(name)
            except ModelError as error:
                why = error.message
        if why:
            self._asked.terms.tell(f"the order is made without the role '{role}': {why[:200]}")
        return None

    def _endpoint(self, name: str) -> ModelSettings | None:
        """Where the model `name` is; None where offline forbids to ask it. Raises UsageFailure for one that is not configured."""
        settings = self._asked.settings
        return next(iter(usable(settings.models, (name,), offline=settings.offline)), None)

    def _near(self, name: str, text: str, hits: Sequence[Hit], history: ProjectHistory | None) -> Opinion | None:
        """Effect: ask for the vectors that are not kept, and the first time for those that tell how much the model's order counts here."""
        endpoint = self._endpoint(name)
        if endpoint is None:
            return None
        trusts, space = Trusts(self._asked.cache), _space(endpoint)
        trust = trusts.of(self._asked.root, space)
        if trust is None:
            trust = learned(self._index, history, lambda said, among: self._nearness(endpoint, said, among))
            trusts.keep(self._asked.root, space, trust)
            self._asked.note(f"the model '{name}': {trust.said}")
        scores = self._nearness(endpoint, text, hits) if trust.weight else {}
        return Opinion(EMBED, scores, trust.weight) if scores else None

    def _nearness(self, endpoint: ModelSettings, text: str, hits: Sequence[Hit]) -> dict[Definition, float]:
        """Effect: ask for the vectors that are not kept. How near the text each definition is: the cosine of their vectors."""
        marks = prefixes_of(endpoint.model)
        texts = [self._asked.clean(each) for each in written(self._index, hits[:_EMBEDDED])]
        store = Vectors(self._asked.cache, _space(endpoint))
        known = store.of(texts)
        new = [each for each in dict.fromkeys(texts) if each not in known]
        query = marks.query + self._asked.clean(asked(text))
        aim, *made = vectors(self._reply(EMBED, endpoint.name, [query, *(marks.text + each for each in new)], Embedder))
        fresh = dict(zip(new, made, strict=True))
        if fresh:
            store.keep(fresh)
        known |= fresh
        near = [sum(map(mul, aim, known[each])) if len(known[each]) == len(aim) else -1.0 for each in texts]
        return {(hit.path, hit.name): score for hit, score in zip(hits, near, strict=False)}

    def _ranked(self, name: str, text: str, hits: Sequence[Hit]) -> Opinion | None:
        """Effect: ask how much each definition has to do with the text."""
        endpoint = self._endpoint(name)
        if endpoint is None:
            return None
        texts = [self._asked.clean(each) for each in written(self._index, hits)]
        found = scores(self._reply(RERANK, name, [self._asked.clean(asked(text)), *texts], Ranker))
        return Opinion(RERANK, {(hit.path, hit.name): score for hit, score in zip(hits, found, strict=True)})

    def _reply(self, role: str, name: str, texts: Sequence[str], make: Make) -> Reply:
        """Effect: one answer of the model `name`. Raises ModelError, UsageFailure."""
        given = self._asked
        terms = replace(given.terms, hurries=True)
        model = chain(
            given.settings.models, (name,), environ=given.environ, asked=given.heard, role=role, terms=terms, make=make
        )  # fmt: skip
        if model is None:
            raise ModelError(f"the model '{name}' cannot be asked", "see 'fixbot models'")
        return model.complete([Message(Role.USER, text) for text in texts], timeout=_SECONDS)


def trust_of(cache: Path, root: Path, endpoint: ModelSettings) -> str:
    """Effect: reads what is kept. How much the order of an embedding model counts in the project at `root`, in words; "" where that is not known."""
    found = Trusts(cache).of(root, _space(endpoint))
    return found.said if found else ""


def _space(endpoint: ModelSettings) -> str:
    """What vectors hang on that may be held against each other."""
    return json.dumps([key_of(endpoint), prefixes_of(endpoint.model).text])
