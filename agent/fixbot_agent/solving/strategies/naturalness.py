"""How natural a change looks in this project, and what its past fixes did: what the search orders and makes candidates by, besides suspicion and templates."""

from dataclasses import dataclass

from fixbot_agent.solving.ground import Ground
from fixbot_analysis.codemodel import CodeModel, Lessons
from fixbot_analysis.source import Span
from fixbot_repair.candidates.generate import Naturalness
from fixbot_repair.git import kept_past, past

_MOST_FILES = 5000  # that are learnt before the search where nothing was kept of the project
_CONTEXT = 2000  # bytes before the change
_AFTER = 400  # bytes after it
_SCALE = 9.0  # bits by which odds halve, learned by `fixbot bench reach --natural`; tokens that are added earn nothing: those fixes had few
_LARGEST = 64.0  # odds are 2 to the power of so much at most
_DONORS = 20


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt of a project: a :data:`Naturalness` that also remembers what fixes of the past did."""

    model: CodeModel
    ground: Ground

    def __call__(self, path: str, data: bytes, lines: Span, text: str) -> float:
        """The factor of a change, see :func:`factor`."""
        return factor(self.model)(path, data, lines, text)

    def donors(self, words: str) -> tuple[tuple[str, str], ...]:
        """Effect: reads the project's past as of the base. Lines before and after small fixes that `words` speak of, the likest first.

        None where nothing is kept of the past: reading all of it costs a search more time than it gives.
        """
        ground = self.ground
        if ground.cache is None or kept_past(ground.root, ground.cache) is None:
            return ()
        fixes = past(ground.root, ground.cache, ground.base, patched=0).donors(words, _DONORS)
        return tuple((edit.before, edit.after) for fix in fixes for edit in fix.edits if edit.before or edit.after)


def naturalness(ground: Ground) -> Learnt:
    """Effect: read back what was learnt of the project's code, and learn what is new.

    Sources: Hellendoorn and Devanbu 2017, nested cache models; Ray et al. 2016, buggy lines are less natural, and their fixes more.
    """
    lessons = Lessons(ground.index, ground.cache, ground.root, packages=())  # they add next to nothing to bits of lines
    for done, _ in lessons.read():
        if done >= _MOST_FILES:
            break
    lessons.settle()
    return Learnt(lessons.model, ground)


def factor(model: CodeModel) -> Naturalness:
    """One half for a change whose lines, with what follows them, surprise as much as what they replace.

    More for what surprises less, but not for less code.
    """

    def natural(path: str, data: bytes, lines: Span, text: str) -> float:
        before, after = _text(data[max(0, lines.start - _CONTEXT) : lines.start]), _text(data[lines.end :][:_AFTER])
        old, new = model.edit_bits(path, before, _text(data[lines.start : lines.end]), text, after)
        return float(1.0 / (1.0 + 2.0 ** min((new - old) / _SCALE, _LARGEST)))

    return natural


def _text(data: bytes) -> str:
    return data.decode("utf-8", "ignore")
