"""Fixtures that a test, or another fixture, may ask for as a parameter: the file's, those of each conftest.py above it, and pytest's own."""

from collections.abc import Iterator

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.world import World
from fixbot_analysis.codemodel.slots import Slot
from fixbot_analysis.symbols import FileFacts

SOURCE = "fixture"

_OWN = (
    "tmp_path", "monkeypatch", "capsys", "request", "caplog", "tmp_path_factory", "capfd", "recwarn", "pytestconfig", "cache",
    "record_property", "doctest_namespace", "testdir", "pytester", "tmpdir",
)  # fmt: skip
_FAR = 10  # statements above a definition in which its decorators are looked for, in tokens


def fixtures_at(world: World, place: Place, slot: Slot) -> dict[str, Name]:
    """Effect: reads facts. Fixtures that may be asked for at `place`, among the parameters of a test or a fixture; the nearest first."""
    if not _asks(world, place, slot):
        return {}
    given = {word for word in place.before[slot.first :] if word.isidentifier()}
    found: dict[str, Name] = {}
    for name in _all(world, place):
        if name.name not in given:
            found.setdefault(name.name, name)
    return found


def is_test_file(path: str) -> bool:
    """Whether pytest collects a file, or reads it for fixtures."""
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def _asks(world: World, place: Place, slot: Slot) -> bool:
    statement = place.before[slot.first :]
    at = statement.index("def") if "def" in statement else -1
    if at < 0 or at + 1 >= len(statement):
        return False
    if not is_test_file(place.path) and all(each.module != "pytest" for each in world.index.facts(place.path).imports):
        return False
    above = place.before[max(0, slot.first - _FAR) : slot.first]
    return statement[at + 1].startswith("test") or ("fixture" in above and "@" in above)


def _all(world: World, place: Place) -> Iterator[Name]:
    yield from _in_file(world.index.facts(place.path), "")
    folder = place.path
    known = set(world.paths)
    while folder:
        folder = folder.rpartition("/")[0]
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        if path != place.path and path in known:
            yield from _in_file(world.index.facts(path), path)
    yield from (Name(name, ItemKind.PARAMETER, SOURCE, "pytest") for name in _OWN)


def _in_file(facts: FileFacts, where: str) -> Iterator[Name]:
    for symbol in facts.symbols:
        if any(written.partition("(")[0].endswith("fixture") for written in symbol.decorators):
            name = next((_named(written) for written in symbol.decorators if "name=" in written), "") or symbol.name
            yield Name(name, ItemKind.PARAMETER, SOURCE, where or symbol.signature)


def _named(decorator: str) -> str:
    """What a fixture is called, where its decorator says so."""
    return decorator.partition("name=")[2].partition(",")[0].strip(" )\"'")
