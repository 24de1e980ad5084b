"""The graph in the store: the whole of it once, then only the blocks that were made anew."""

from collections.abc import Callable

from fixbot_analysis.graph import GRAPH_VERSION, DependencyGraph
from fixbot_analysis.index.store import Store
from fixbot_analysis.ports import Outside
from fixbot_analysis.symbols import EXTRACTOR_VERSION, FileFacts

_STAMP = f"{GRAPH_VERSION} {EXTRACTOR_VERSION}"
_PIECES = 8  # above one file in so many, the whole is stored again


class KeptGraph:
    """What the `store` holds of the graph of the project at `root`, as it was linked with these modules from `outside`."""

    def __init__(self, store: Store, root: str, outside: Outside) -> None:
        self._store = store
        self._root = root
        self._outside = outside
        self._stamp = f"{_STAMP} {outside.signature}"
        self._stored: DependencyGraph | None = None  # what the store holds, as far as we know
        self._turn = 0
        self._pieces: set[str] = set()

    def load(self, facts: Callable[[str], FileFacts]) -> DependencyGraph | None:
        """Effect: the stored graph, whatever the project holds by now; None where there is none that is sound."""
        found = self._store.graph(self._root, self._stamp)
        if found is None:
            return None
        self._turn, whole, pieces = found
        try:
            self._stored = DependencyGraph.decode(whole, facts, pieces, self._outside)
        except ValueError:
            return None
        self._pieces = set(pieces)
        return self._stored

    def save(self, graph: DependencyGraph) -> None:
        """Effect: store `graph`, or only what differs from the stored one; the last of several processes wins."""
        if graph is self._stored:
            return
        pieces = graph.pieces_since(self._stored) if self._stored else None
        if pieces is not None and len(self._pieces | pieces.keys()) * _PIECES <= len(graph.links.blocks):
            turn = self._store.save_blocks(self._root, self._turn, pieces) if pieces else self._turn
            self._pieces |= pieces.keys()
        else:
            turn = 0
        if not turn:
            turn = self._store.save_graph(self._root, self._stamp, graph.encode())
            self._pieces.clear()
        self._turn, self._stored = turn, graph if turn else None
