"""Which test files are run first where the whole suite may take longer than there is time for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from fixbot_agent.solving import tying
from fixbot_agent.solving.ground import Ground
from fixbot_analysis.graph.reach import is_test
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Suspect

_FEW = 60  # test files that are run in one go, whatever is suspected
_MOST = 40  # of those that go first
_SUSPECTS = 20
_FADE = 0.5  # by an edge of the graph
_FURTHEST = 3  # edges
_WORD = 0.5  # of a suspect's share: what its file's name is worth in the name of a test file


def are_many(ground: Ground) -> bool:
    """Whether the project has so many test files that those near the fault are run before all others."""
    return len(_tests(ground)) > _FEW


def nearest(ground: Ground, issue: Issue | None, suspects: Iterable[Suspect]) -> tuple[str, ...]:
    """Effect: reads the index. What was made from an issue, and the test files nearest to what it names and its words point at.

    The nearest first; nothing but what was made where nothing is known of the fault.
    """
    ids = tying.names(issue) if issue is not None else ()
    tests = _tests(ground)
    named = [t for t in tests if any(_names(i, t) for i in ids)]
    shares = _shares(ground, list(suspects)[:_SUSPECTS])
    near = sorted((t for t in tests if shares.get(t)), key=lambda t: -shares[t])
    made = sorted(path for path in ground.added if path.endswith(".py"))
    return tuple(dict.fromkeys((*made, *named, *near)))[:_MOST]


def _tests(ground: Ground) -> list[str]:
    return [path for path in ground.workspace.paths if path.endswith(".py") and is_test(path)]


def _names(name: str, path: str) -> bool:
    """Whether what an issue names is, or lies in, the test file at `path`: by path, or dotted as unittest and Django say it."""
    dotted = path.removesuffix(".py").replace("/", ".")
    return (
        name.partition("::")[0] == path
        or name == dotted
        or name.startswith(f"{dotted}.")
        or f".{name}.".find(f".{dotted}.") >= 0
    )


def _shares(ground: Ground, suspects: list[Suspect]) -> dict[str, float]:
    """File -> what the suspects come to that it reaches, less with each edge, and those whose file's name is in its own."""
    users: dict[str, set[str]] = defaultdict(set)
    for edge in ground.index.graph.edges:
        source, target = edge.source.partition("::")[0], edge.target.partition("::")[0]
        users[target].add(source)
    found: dict[str, float] = defaultdict(float)
    for path, score in _files(suspects):
        word = PurePosixPath(path).stem.strip("_")
        for distance, layer in enumerate(_layers(path, users)):
            for file in layer:
                found[file] += score * _FADE**distance
        for file in (f for f in found if len(word) > 2 and word in f and f != path):
            found[file] += _WORD * score
    return found


def _files(suspects: Iterable[Suspect]) -> Iterator[tuple[str, float]]:
    best: dict[str, float] = {}
    for suspect in suspects:
        best[suspect.path] = max(suspect.score, best.get(suspect.path, 0.0))
    return iter(best.items())


def _layers(path: str, users: dict[str, set[str]]) -> Iterator[set[str]]:
    """The file itself, who uses it, who uses those, and so on."""
    seen = layer = {path}
    for _ in range(_FURTHEST + 1):
        yield layer
        layer = {u for file in layer for u in users.get(file, ())} - seen
        seen = seen | layer
