"""Models of the roles ``embed`` and ``rerank``, asked in which order definitions that were found fit a text.

From outside: :func:`ordering` makes what :func:`fixbot_analysis.retrieval.locate` takes as its `opinions`; :class:`Orders` keeps what
they said in a run, and gives it again.
"""

from fixbot_agent.ordering.asking import Asked, Ordering, trust_of
from fixbot_agent.ordering.opening import is_asked, ordering
from fixbot_agent.ordering.orders import Orders

__all__ = ["Asked", "Ordering", "Orders", "is_asked", "ordering", "trust_of"]
