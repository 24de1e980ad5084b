"""Asking the models of the roles ``embed`` and ``rerank`` about the order of hits."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Message, Reply, Terms, Told, chain
from fixbot_agent.models.known import key_of
from fixbot_agent.models.messages import Role
from fixbot_agent.models.ranking import Embedder, prefixes_of, scores, vectors
from fixbot_agent.models.routing import Make
from fixbot_agent.ordering.listwise import Ranker
from fixbot_agent.ordering.texts import asked, written
from fixbot_agent.ordering.vectors import Vectors
from fixbot_agent.settings import ModelSettings, Settings
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Hit, Opinion
from fixbot_analysis.retrieval.opinions import agreed

EMBED, RERANK = "embed", "rerank"
_EMBEDDED, _RERANKED = 100, 20  # hits that each is asked about
_SECONDS = 60.0  # that one answer may take: somebody waits for the list


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask on which terms: `clean` takes keys out of what is sent, `heard` is told of every call, `cache` keeps vectors."""

    settings: Settings
    terms: Terms
    cache: Path
    clean: Callable[[str], str]
    heard: Told = lambda _: None
    environ: Mapping[str, str] | None = None


class Ordering:
    """An :data:`fixbot_analysis.retrieval.Opinions`: what models say of the order of definitions in `index`. Where none answers, one line says so."""

    def __init__(self, index: Index, asked: Asked) -> None:
        self._index, self._asked = index, asked

    def __call__(self, text: str, hits: Sequence[Hit]) -> list[Opinion]:
        """Effect: ask. The embeddings' opinion first; the reranker is asked about the best of what comes of it."""
        query, said = self._asked.clean(asked(text)), list[Opinion]()
        if not query or not hits:
            return said
        if near := self._first(EMBED, query, hits[:_EMBEDDED], self._near):
            said.append(near)
        best = agreed(hits, said)[:_RERANKED]
        if sorted_ := self._first(RERANK, query, best, self._ranked):
            said.append(sorted_)
        return said

    def _first(
        self, role: str, query: str, hits: Sequence[Hit], ask: Callable[[str, str, list[str]], list[float]]
    ) -> Opinion | None:
        """Effect: what the first model of `role` says that answers: vectors of two models have nothing to do with each other."""
        settings = self._asked.settings
        names = () if settings.no_model else tuple(getattr(settings.roles, role))
        texts = [self._asked.clean(t) for t in written(self._index, hits)] if names else []
        why = ""
        for name in names:
            try:
                found = ask(name, query, texts)
            except ModelError as error:
                why = error.message
            else:
                return Opinion(role, {(h.path, h.name): s for h, s in zip(hits, found, strict=True)}) if found else None
        if why:
            self._asked.terms.tell(f"the order is made without the role '{role}': {why[:200]}")
        return None

    def _near(self, name: str, query: str, texts: list[str]) -> list[float]:
        """Effect: ask for the vectors that are not kept. How near the question each text is: the cosine of their vectors."""
        endpoint = self._asked.settings.models.get(name)
        marks = prefixes_of(endpoint.model) if endpoint else prefixes_of("")
        asked = {text: marks.text + text for text in dict.fromkeys(texts)}
        store = Vectors(self._asked.cache, _space(endpoint, marks.text))
        known = store.of(list(asked))
        new = [text for text in asked if text not in known]
        reply = self._reply(EMBED, name, [marks.query + query, *(asked[text] for text in new)], Embedder)
        if reply is None:
            return []
        aim, *made = vectors(reply)
        fresh = dict(zip(new, made, strict=True))
        if fresh:
            store.keep(fresh)
        known |= fresh
        return [sum(map(mul, aim, known[text])) if len(known[text]) == len(aim) else -1.0 for text in texts]

    def _ranked(self, name: str, query: str, texts: list[str]) -> list[float]:
        """Effect: ask how much each text has to do with the question."""
        reply = self._reply(RERANK, name, [query, *texts], Ranker)
        return scores(reply) if reply is not None else []

    def _reply(self, role: str, name: str, texts: Sequence[str], make: Make) -> Reply | None:
        """Effect: one answer of the model `name`; None where offline forbids to ask it. Raises ModelError, UsageFailure."""
        given = self._asked
        model = chain(
            given.settings.models, (name,), offline=given.settings.offline, environ=given.environ, asked=given.heard,
            role=role, terms=given.terms, make=make,
        )  # fmt: skip
        return model.complete([Message(Role.USER, text) for text in texts], timeout=_SECONDS) if model else None


def _space(endpoint: ModelSettings | None, prefix: str) -> str:
    return json.dumps([key_of(endpoint) if endpoint else "", prefix])
