"""How natural a change looks in this project: what the search orders its candidates by, besides suspicion and templates."""

from fixbot_agent.solving.ground import Ground
from fixbot_analysis.codemodel import CodeModel, Lessons
from fixbot_analysis.source import Span
from fixbot_repair.candidates.generate import Naturalness

_MOST_FILES = 5000  # that are learnt before the search where nothing was kept of the project
_CONTEXT = 2000  # bytes before the change
_AFTER = 400  # bytes after it
_SCALE = 12.0  # bits by which odds halve; from 6 to 24 it makes little difference on fixes of real projects
_LARGEST = 64.0  # odds are 2 to the power of so much at most


def naturalness(ground: Ground) -> Naturalness:
    """Effect: read back what was learnt of the project's code, and learn what is new; returns the factor of a change.

    Sources: Hellendoorn and Devanbu 2017, nested cache models; Ray et al. 2016, buggy lines are less natural, and their fixes more.
    """
    lessons = Lessons(ground.index, ground.cache, ground.root, packages=())  # they add next to nothing to bits of lines
    for done, _ in lessons.read():
        if done >= _MOST_FILES:
            break
    lessons.settle()
    return factor(lessons.model)


def factor(model: CodeModel) -> Naturalness:
    """One half for a change whose lines, with what follows them, surprise as much as what they replace; more for what surprises less, but not for less code."""

    def natural(path: str, data: bytes, lines: Span, text: str) -> float:
        before, after = _text(data[max(0, lines.start - _CONTEXT) : lines.start]), _text(data[lines.end :][:_AFTER])
        old, new = model.edit_bits(path, before, _text(data[lines.start : lines.end]), text, after)
        return float(1.0 / (1.0 + 2.0 ** min((new - old) / _SCALE, _LARGEST)))

    return natural


def _text(data: bytes) -> str:
    return data.decode("utf-8", "ignore")
