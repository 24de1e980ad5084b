"""How natural code looks in this project: what the search orders its candidates by, besides suspicion and templates."""

from collections.abc import Callable

from fixbot_agent.solving.ground import Ground
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.errors import SourceError

_MOST_BYTES = 4 << 20  # that are learned: about as many as the larger half of all projects has
_CONTEXT = 2000  # characters before the change
_HALF = 6.0  # bits a token at which a change counts half


def naturalness(ground: Ground) -> Callable[[str, str, bytes], float]:
    """Effect: learn the project's code; returns (path, new text, bytes before it) -> factor in 0..1.

    Source: Hellendoorn and Devanbu 2017, nested cache models; Ray et al. 2016, buggy lines are less natural.
    """
    model, left = CodeModel(), _MOST_BYTES
    for path in ground.index.paths:
        try:
            data = ground.index.tree.read(path).data
        except SourceError:
            continue
        left -= len(data)
        if left < 0:
            break
        model.learn(path, data)

    def factor(path: str, text: str, before: bytes) -> float:
        bits = model.bits(path, text, before[-_CONTEXT:].decode("utf-8", "ignore"))
        return float(2.0 ** (-bits / _HALF))

    return factor
