"""Which test files are run first where the whole suite may take longer than there is time for.

Told by words alone: linking the graph of a project that is large enough for this to matter takes longer than the tests that it would find.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving import tying
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.reach import is_test
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Suspect

_FEW = 60  # test files that are run in one go, whatever is suspected
_MOST = 16  # of those that go first
_SUSPECTS = 20
_SHORTEST = 3  # letters of a name that says something
_BESIDE = 1.0  # of a suspect's share: what lying in the folder of its file, or in one of that, is worth
_CALLED = 2.0  # what being named for its file is worth


def are_many(ground: Ground) -> bool:
    """Whether the project has so many test files that those near the fault are run before all others."""
    return len(_tests(ground)) > _FEW


def nearest(ground: Ground, issue: Issue | None, suspects: Iterable[Suspect]) -> tuple[str, ...]:
    """Effect: reads test files. What was made from an issue, and the test files nearest to what it names and its words point at.

    The nearest first; nothing but what was made where nothing is known of the fault.
    """
    ids = tying.names(issue) if issue is not None else ()
    tests = _tests(ground)
    named = [t for t in tests if any(_names(i, t) for i in ids)]
    shares = _shares({t: _data(ground, t) for t in tests}, list(suspects)[:_SUSPECTS])
    near = sorted((t for t in tests if shares[t] > 0), key=lambda t: -shares[t])
    made = sorted(path for path in ground.added if path.endswith(".py"))
    return tuple(dict.fromkeys((*made, *named, *near)))[:_MOST]


def _tests(ground: Ground) -> list[str]:
    return [p for p in ground.workspace.paths if p.endswith(".py") and is_test(p) and p not in ground.added]


def _data(ground: Ground, path: str) -> bytes:
    try:
        return ground.index.tree.read(path).data
    except SourceError:
        return b""


def _names(name: str, path: str) -> bool:
    """Whether what an issue names is, or lies in, the test file at `path`: by path, or dotted as unittest and Django say it."""
    dotted = path.removesuffix(".py").replace("/", ".")
    return name.partition("::")[0] == path or f".{name}.".startswith(f".{dotted}.") or f".{dotted}." in f".{name}."


def _shares(tests: Mapping[str, bytes], suspects: Sequence[Suspect]) -> dict[str, float]:
    """Test file -> what the suspects come to that it names (rare names say more), lies beside, or is called after."""
    found = dict.fromkeys(tests, 0.0)
    for suspect in suspects:
        for name in {n for n in suspect.symbol.split(".") if len(n) >= _SHORTEST and not n.startswith("__")}:
            having = [t for t, data in tests.items() if name.encode() in data]
            for test in having:
                found[test] += suspect.score * math.log(len(tests) / len(having))
        place = PurePosixPath(suspect.path)
        stem = place.stem.strip("_")
        for test in tests:
            beside = place.parent in PurePosixPath(test).parents and str(place.parent) != "."
            called = len(stem) >= _SHORTEST and stem in PurePosixPath(test).stem
            found[test] += suspect.score * (_BESIDE * beside + _CALLED * called)
    return found
