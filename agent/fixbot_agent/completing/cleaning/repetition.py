"""A model in a loop: lines told already just above, lines and words told over and over."""

from collections.abc import Sequence

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.lexemes import is_telling, lexemes
from fixbot_agent.completing.cleaning.work import Work

_TIMES = 3  # that a run of lines follows itself before it is a loop
_WORDS = 4  # that a run of lexemes does
_LONGEST = 12  # lexemes of a run on one line
_LONG_RUN = 8  # lines


def unrepeated(work: Work) -> Work | Refused:
    """The text up to its second round; nothing where it only tells what stands right above."""
    lines = _once(work.text.split("\n"))
    text = "\n".join(lines)
    if any(_loops(lexemes(line)) for line in lines):
        return Refused(Reason.REPETITION)
    full = [work.site.head + lines[0], *lines[1:]]
    own = [line.strip() for line in full if line.strip()]
    above = [line.strip() for line in work.site.above]
    if own and any(map(is_telling, own)) and above[-len(own) :] == own:
        return Refused(Reason.REPETITION)
    if len(own) >= 3 and _follows_in(own, above):
        return Refused(Reason.REPETITION)
    return work.told(text)


def _once(lines: list[str]) -> list[str]:
    """`lines` up to the end of the first run that follows itself :data:`_TIMES` times."""
    bare = [line.strip() for line in lines]
    for size in range(1, _LONG_RUN + 1):
        for at in range(len(bare) - (_TIMES - 1) * size):
            run = bare[at : at + size]
            rounds = (bare[at + n * size : at + (n + 1) * size] for n in range(1, _TIMES))
            if any(map(is_telling, run)) and all(each == run for each in rounds):
                return lines[: at + size]
    return lines


def _loops(words: Sequence[str]) -> bool:
    """Whether a run of lexemes follows itself :data:`_WORDS` times, a single one eight times."""
    for size in range(1, min(_LONGEST, len(words) // _WORDS) + 1):
        times = 8 if size == 1 else _WORDS if size > 2 else 6
        for at in range(len(words) - times * size + 1):
            run = words[at : at + size]
            if any(w[0].isalpha() for w in run) and all(
                words[at + n * size : at + (n + 1) * size] == run for n in range(1, times)
            ):
                return True
    return False


def _follows_in(own: list[str], above: list[str]) -> bool:
    """Whether all of `own` stands somewhere in `above`, line after line."""
    return any(above[at : at + len(own)] == own for at in range(len(above) - len(own) + 1))
