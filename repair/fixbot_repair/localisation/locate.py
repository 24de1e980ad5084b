"""All signals together: spectra, tracebacks, text and structure, fused into ranked suspects."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from fixbot_analysis.symbols import FileFacts
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback
from fixbot_repair.issue import Issue
from fixbot_repair.localisation.frames import from_issue, from_outcomes
from fixbot_repair.localisation.spectrum import spectrum
from fixbot_repair.localisation.suspect import Localisation, Suspect

Line = tuple[str, int]
Facts = Callable[[str], FileFacts | None]
_MOST = 400  # suspects
# How far each signal is believed when it is at its strongest.
_WEIGHTS = {"spectrum": 0.8, "traceback": 0.7, "issue traceback": 0.8, "text": 0.5, "same function": 0.25}


def localise(
    feedback: Feedback,
    failing: Sequence[str],
    facts: Facts,
    *,
    issue: Issue | None = None,
    paths: Iterable[str] = (),
    mentioned: Mapping[Line, float] | None = None,
) -> Localisation:
    """Rank the lines that may be at fault for `failing`; works without a passing test, without a trace, without a test.

    `facts` gives the symbols of a file, `paths` are the files of the repository (for tracebacks in an issue), `mentioned` are
    lines that the issue's words point at (0..1). Tests are never suspects.
    """
    signals: dict[str, dict[Line, float]] = {
        "spectrum": _only_sources(spectrum(feedback.outcomes, failing)),
        "traceback": from_outcomes(feedback.outcomes, failing, _may_be_at_fault),
        "issue traceback": from_issue(issue, paths, _may_be_at_fault) if issue else {},
        "text": _only_sources(mentioned or {}),
    }
    signals["same function"] = _neighbours(signals, facts)
    return Localisation(tuple(_fused(signals, facts))[:_MOST])


def _may_be_at_fault(path: str) -> bool:
    return not is_test(path) and path.endswith(".py")


def _only_sources(lines: Mapping[Line, float]) -> dict[Line, float]:
    return {line: score for line, score in lines.items() if _may_be_at_fault(line[0])}


def _neighbours(signals: Mapping[str, Mapping[Line, float]], facts: Facts) -> dict[Line, float]:
    """Other lines of the functions that tracebacks name: what should have been there may be missing."""
    found: dict[Line, float] = {}
    for name in ("traceback", "issue traceback", "spectrum"):
        for (path, line), score in signals[name].items():
            known = facts(path)
            symbol = known.enclosing(line) if known else None
            if symbol is not None and symbol.end_line - symbol.line < _MOST:
                for other in range(symbol.line, symbol.end_line + 1):
                    found[path, other] = max(found.get((path, other), 0.0), score)
    return found


def _fused(signals: Mapping[str, Mapping[Line, float]], facts: Facts) -> list[Suspect]:
    """Independent evidence adds up: 1 - the product of (1 - weight x signal)."""
    doubt: dict[Line, float] = {}
    why: dict[Line, list[str]] = {}
    for name, lines in signals.items():
        for line, score in lines.items():
            doubt[line] = doubt.get(line, 1.0) * (1.0 - _WEIGHTS[name] * min(max(score, 0.0), 1.0))
            why.setdefault(line, []).append(name)
    ranked = sorted(doubt, key=lambda line: (doubt[line], line))
    return [Suspect(p, n, _symbol(facts(p), n), 1.0 - doubt[p, n], tuple(why[p, n])) for p, n in ranked]


def _symbol(facts: FileFacts | None, line: int) -> str:
    symbol = facts.enclosing(line) if facts else None
    return symbol.qualname if symbol else ""
