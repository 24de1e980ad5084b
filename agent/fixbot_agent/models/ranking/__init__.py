"""Models that order texts: embeddings and rerankers, each a :class:`fixbot_agent.models.Model`, so that routing, budgets and accounts are those of all."""

from fixbot_agent.models.ranking.embedder import Embedder, Vector, vectors
from fixbot_agent.models.ranking.prefixes import Prefixes, prefixes_of
from fixbot_agent.models.ranking.reranker import Reranker, scores

__all__ = ["Embedder", "Prefixes", "Reranker", "Vector", "prefixes_of", "scores", "vectors"]
