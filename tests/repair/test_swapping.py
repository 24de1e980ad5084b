"""Changing functions in place: whatever the module and the edit, what is changed then does what a fresh import of the edited file does."""

import gc
import importlib.util
import itertools
import types
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixbot_analysis.source.document import Document
from fixbot_analysis.symbols import extract
from fixbot_repair.candidates import Patch
from fixbot_repair.verification.units import Units
from fixbot_repair.workspace import GUEST

VALUES = (0, 1, 2, -3)
EXPRESSIONS = (
    "a", "b", "a + b", "a * 2 - b", "LIMIT", "a if a > b else b", "[x * b for x in range(abs(a))]", "(a, b)[-1]",
    "helper(a)", "math.floor(a / 2)", "{a: b}.get(b)", "f'{a}{b!r}'", "(lambda y: y + a)(b)", "max(a, b, key=abs)",
    "1", "1.0", "True", "-0.0", "not a", "a and b", "2 ** 3",
)  # fmt: skip
SHAPES = (
    "return {x}", "c = {x}\nreturn c", "if a > {y}:\n    return {x}\nreturn {y}", "try:\n    return {x} // b\nexcept ZeroDivisionError:\n    return {y}",
    "c = [{x}]\nfor i in range(2):\n    c.append(({y}, i))\nreturn c", "def inner(z):\n    return z, {x}\nreturn inner({y})",
    "while a > 0:\n    a -= 1\nreturn {x}", "global SEEN\nSEEN = {x}\nreturn SEEN", "yield {x}\nyield {y}", "return [*(lambda: (yield {x}))()]",
    "class Inner:\n    value = {y}\nreturn Inner.value", "import math as other\nreturn other.ceil(a), {x}", "assert a < 9, {y}\nreturn {x}",
    "'Says what it does.'\nreturn {x}", "return None", "pass",
)  # fmt: skip
HEADS = (
    "def f(a, b):", "def f(a, b=LIMIT):", "def f(a, *, b=1):", "def f(a: int, b: 'int') -> object:", "@passed\ndef f(a, b):", "async def f(a, b):",
    "class Box:\n    def f(self, a, b):", "class Box:\n    @staticmethod\n    def f(a, b):", "class Box:\n    class Inner:\n        @classmethod\n        def f(cls, a, b):",
    "class Box(Base):\n    def f(self, a, b):\n        self.__own = super().f(a, b)",
)  # fmt: skip
MODULE = """\
import math
import functools

LIMIT = 7
SEEN = None

def helper(a):
    return a + 1

def passed(function):
    @functools.wraps(function)
    def inner(*values, **named):
        return function(*values, **named), len(values)
    return inner

class Base:
    def f(self, a, b):
        return a - b

"""
ENDS = (
    "",
    "\nALIAS = [f] if 'f' in globals() else [Box]\n",
    "\nclass Child(Box if 'Box' in globals() else Base):\n    pass\n",
)
FUTURE = "from __future__ import annotations\n"
NUMBERS = itertools.count()
ON_IMPORT = "\nEARLY = helper(1)\n"

bodies = st.builds(
    lambda shape, x, y: shape.replace("{x}", f"({x})").replace("{y}", f"({y})"),
    st.sampled_from(SHAPES),
    st.sampled_from(EXPRESSIONS),
    st.sampled_from(EXPRESSIONS),
)


@pytest.fixture(scope="module")
def swapping() -> ModuleType:
    """The guest's own module, which stands alone."""
    spec = importlib.util.spec_from_file_location("guest_swapping", GUEST / "swapping.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def function(head: str, body: str) -> str:
    last = head.rpartition("\n")[2]
    margin = " " * (len(last) - len(last.lstrip()) + (4 if last.endswith(":") else 0))
    return head + "\n" + "".join(f"{margin}{line}\n" for line in body.split("\n"))


def loaded(source: str, place: Path) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "m"}
    exec(compile(source, str(place), "exec", 0, True), names)
    return names


def called(names: dict[str, object], classes: tuple[str, ...]) -> list[str]:
    """What the function, found as its users find it, does for some values."""
    return [result(names, classes, a, b) for a in VALUES for b in VALUES]


def result(names: dict[str, object], classes: tuple[str, ...], a: int, b: int) -> str:
    try:
        holder = names[classes[0]]() if classes else None
        for inner in classes[1:]:
            holder = getattr(holder, inner)
        found = (getattr(holder, "f") if classes else names["f"])(a, b=b)  # noqa: B009 - by its name
        found = settled(found)
        return f"{found!r} {names['SEEN']!r} {sorted(vars(holder)) if len(classes) == 1 else ''}"
    except Exception as error:  # noqa: BLE001 - whatever the generated code raises has to be the same
        return repr(error)


def settled(found: object) -> object:
    """What a result comes to: generators and coroutines show an address of their own otherwise, inside what a decorator returns too."""
    if isinstance(found, types.GeneratorType):
        return [settled(each) for each in found]
    if isinstance(found, types.CoroutineType):
        return settled(driven(found))
    if isinstance(found, types.AsyncGeneratorType):
        return settled(driven(gathered(found)))
    if isinstance(found, tuple | list):
        return [type(found).__name__, *map(settled, found)]
    return found


async def gathered(generator: types.AsyncGeneratorType) -> list[object]:
    return [each async for each in generator]


def driven(coroutine: types.CoroutineType) -> object:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    return None


@pytest.fixture(autouse=True)
def only_what_is_made_here() -> Iterator[None]:
    """All that is loaded is looked through, and the test-suite itself is large."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("swapped")


def compared(
    swapping: ModuleType, folder: Path, before: str, after: str
) -> tuple[list[str], list[str], list[str]] | None:
    """What the function does before, changed in place, and imported anew; None where it may not be changed in place."""
    place = folder / f"m{next(NUMBERS)}.py"
    change = swap(place.name, before, after)
    if change is None:
        return None  # more than a function differs
    classes = tuple(str(c) for c in change["classes"])
    witness = swapping.Witness(str(folder))
    names = loaded(before, place)
    functions = swapping.Functions(str(folder), witness.result())
    try:
        swapped, code = functions.plan(change)
    except (swapping.Refused, SyntaxError):
        return None
    first = called(loaded(before, place), classes)
    for one in swapped:
        one.__code__ = code
    return first, called(names, classes), called(loaded(after, place), classes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(HEADS), before=bodies, after=bodies, end=st.sampled_from(ENDS), early=st.booleans(),
    future=st.sampled_from(("", FUTURE)),
)  # fmt: skip
def test_changed_in_place_is_as_imported_anew(swapping, folder, head, before, after, end, early, future):
    sources = [future + MODULE + function(head, body) + end + ON_IMPORT * early for body in (before, after)]
    if found := compared(swapping, folder, *sources):
        assert found[1] == found[2]


@pytest.mark.parametrize("head", HEADS)
def test_bodies_of_every_kind_of_function_can_be_changed(swapping, folder, head):
    """Else the property above would hold for nothing."""
    texts = ("return self.__own", "return self.__own + 1") if "__own" in head else ("return a", "return a + b")
    found = compared(swapping, folder, *(MODULE + function(head, body) for body in texts))
    assert found
    assert found[0] != found[1] == found[2]


def swap(path: str, before: str, after: str) -> dict[str, object] | None:
    """The guest's words for what a patch from one to the other changes, as the verifier finds them."""
    document = Document(path, before.encode())
    units = Units(lambda _path: document, lambda _path: extract(document.data))
    patch = Patch.between({path: before.encode()}, {path: after.encode()})
    found = units.swaps(patch)
    return found[0].message() if len(found) == 1 else None
