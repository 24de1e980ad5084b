"""Suspects and the ranking of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suspect:
    """A line that may be at fault; `line` from 1, `score` in 0..1, `why` names the signals (traceback, spectrum, …)."""

    path: str
    line: int
    symbol: str  # qualified name of the enclosing definition, "" at module level
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Localisation:
    """Suspects, the most suspicious first; `functions` are whole definitions, each named by the line that it begins on."""

    suspects: tuple[Suspect, ...] = ()
    functions: tuple[Suspect, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Files by their best suspect, each once."""
        return tuple(dict.fromkeys(s.path for s in self.suspects))
