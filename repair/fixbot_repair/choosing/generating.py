"""Arguments that hypothesis makes of the types of recorded calls; none where it is not installed (the extra ``fixbot[generate]``).

Source of the idea: MacIver, Hatfield-Dodds, "Hypothesis: A new approach to property-based testing", JOSS 2019. The project's own
interpreter need not have it: the values are made here and written as literals.
"""

import ast
import importlib.util
import sys
import tempfile
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, cast

from fixbot_repair.choosing.behaviour import Call, Made, Shape, Where

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SOURCE = "hypothesis"
_NEAR = 12  # for each call that a test to be mended makes
_FAR = 4
_MOST_CALLS = 6  # for which arguments are made
_LARGEST = 100  # integer, but for what the code compares with: a number may say how often something is done
_LONGEST = 8  # items of a container
_CHARACTERS = "ab1 .,-_:/"
_WASTE = 3  # times as many are drawn, as hypothesis begins with the least


def is_here() -> bool:
    """Whether hypothesis is installed."""
    return importlib.util.find_spec("hypothesis") is not None


def generated(
    calls: Sequence[Call], near: Collection[int], constants: Sequence[float | str]
) -> dict[int, tuple[Made, ...]]:
    """Effect: imports hypothesis. Arguments for some of `calls` by their numbers, the same ones each time.

    The calls whose numbers are in `near` come first and get more; `constants` are values that the code compares with.
    """
    if not is_here():
        return {}
    able = [n for n, call in enumerate(calls) if any(shape is not None for _, shape in call.shapes)]
    able.sort(key=lambda n: n not in near)
    found: dict[int, tuple[Made, ...]] = {}
    for number in able[:_MOST_CALLS]:
        shapes = _of_function(calls, calls[number])
        if made := _drawn(shapes, _NEAR if number in near else _FAR, constants):
            found[number] = made
    return found


def _of_function(calls: Sequence[Call], call: Call) -> dict[Where, Shape]:
    """The shapes of the arguments of `call`, wider by those of the other calls of its function."""
    found: dict[Where, Shape] = {}
    for where, shape in call.shapes:
        alike = [s for c in calls if (c.module, c.name) == (call.module, call.name) for w, s in c.shapes if w == where]
        distinct = [s for n, s in enumerate(alike) if s not in alike[:n]]
        found[where] = shape if len(distinct) == 1 else ["or", *distinct]
    return found


def _drawn(shapes: dict[Where, Shape], most: int, constants: Sequence[float | str]) -> tuple[Made, ...]:
    """Effect: draws. At most `most` distinct sets of arguments; none of shapes that cannot be (they are what the project says)."""
    import hypothesis

    try:
        return _kept(shapes, most, constants)
    except (hypothesis.errors.HypothesisException, TypeError, ValueError, LookupError):
        return ()


def _kept(shapes: dict[Where, Shape], most: int, constants: Sequence[float | str]) -> tuple[Made, ...]:
    """Effect: draws. Raises what hypothesis and Python do where a shape cannot be."""
    import hypothesis
    from hypothesis import strategies as st

    strategy = st.tuples(*(st.tuples(st.just(where), _strategy(shape, constants)) for where, shape in shapes.items()))
    found: dict[tuple[tuple[Where, str], ...], None] = {}

    @hypothesis.seed(0)
    @hypothesis.settings(
        max_examples=_WASTE * most,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def keep(values: tuple[tuple[Where, object], ...]) -> None:
        written = tuple((where, repr(value)) for where, value in values)
        if all(_is_literal(text) for _, text in written):
            found.setdefault(written)

    _look_at_no_modules()
    with tempfile.TemporaryDirectory(prefix="fixbot-drawing-") as scratch:
        hypothesis.configuration.set_hypothesis_home_dir(scratch)
        try:
            keep()
        finally:
            hypothesis.configuration.set_hypothesis_home_dir(None)
    return tuple(Made(places, SOURCE) for places in list(found)[-most:])


def _look_at_no_modules() -> None:
    """Effect: keep hypothesis from drawing the constants of loaded modules that lie outside of site-packages.

    In a checkout those are fixbot's own, so that what is drawn would hang on how fixbot is installed; reading them takes seconds.
    A version of hypothesis that does not do so has no such set.
    """
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    seen = getattr(providers, "_seen_modules", None)
    if isinstance(seen, set):
        seen.update(map(id, list(sys.modules.values())))


def _is_literal(text: str) -> bool:
    """Whether an interpreter of any version reads the text back (an empty set is written as a call)."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return "set()" not in text


def _strategy(shape: Shape, constants: Sequence[float | str]) -> "SearchStrategy[object]":
    """What makes values of a shape."""
    from hypothesis import strategies as st

    if isinstance(shape, str) or shape is None:
        return _plain(str(shape), constants)
    name, *inner = shape
    if name == "str":
        return _text(str(inner[0]), constants)
    parts = [_strategy(cast("Shape", each), constants) for each in inner]
    if name == "or":
        return st.one_of(parts)
    if name == "tuple":
        return st.tuples(*parts)
    if name == "dict":
        return st.dictionaries(*parts, max_size=_LONGEST)
    if name == "set":
        return st.sets(parts[0], min_size=1, max_size=_LONGEST)
    items = st.lists(parts[0], max_size=_LONGEST)
    return items.map(tuple) if name == "tuple*" else items


def _plain(name: str, constants: Sequence[float | str]) -> "SearchStrategy[object]":
    from hypothesis import strategies as st

    numbers = [c + n for c in constants if not isinstance(c, str) for n in (-1, 0, 1)]
    turns = st.sampled_from(numbers) if numbers else st.nothing()
    if name == "int":
        return st.integers(-_LARGEST, _LARGEST) | turns.map(int)
    if name == "float":
        return st.floats(-_LARGEST, _LARGEST, allow_nan=False, width=32) | turns.map(float)
    if name == "str":
        return _text("", constants)
    return {"bool": st.booleans(), "bytes": st.binary(max_size=_LONGEST), "none": st.none()}[name]


def _text(seen: str, constants: Sequence[float | str]) -> "SearchStrategy[object]":
    from hypothesis import strategies as st

    texts = [c for c in constants if isinstance(c, str)]
    made = st.text(st.sampled_from(sorted({*(seen or _CHARACTERS), *"".join(texts)})), max_size=_LONGEST)
    return made | st.sampled_from(texts) if texts else made
