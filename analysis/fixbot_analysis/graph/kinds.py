"""What the house has to know of each kind of edge: the one table that a new kind needs a row in (data)."""

from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_analysis.graph.model import EdgeKind


@dataclass(frozen=True, slots=True)
class Verb:
    """A question along edges of one kind: what it finds, whether from source to target, and whether all the way."""

    name: str
    finds: str
    forwards: bool
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Trait:
    """How a kind of edge reads (from its source and from its target), weighs, is asked for and looks.

    `forward` and `backward` are the shares of a node's nearness that go along it (only ratios matter); `leans`: a change of the target may
    change the source. `arrow` is Mermaid's, `style` dot's line, `light` and `dark` colours, `dash` the strokes and gaps of a line (empty: none).
    `upon`: the edge leads to what it is built upon; the target of such an edge stands first (a class is right of its base), and its head is hollow.
    """

    words: tuple[str, str]
    forward: float
    backward: float
    verbs: tuple[Verb, ...]
    arrow: str
    style: str
    light: str
    dark: str
    dash: str = ""
    leans: bool = False
    upon: bool = False


# By how much they tell: of several edges between the same two nodes the first is drawn.
# Of weights: running code says more than naming it, a definition's own members more than what its file happens to import;
# and what a function calls explains it better than who calls it.
TRAITS: Mapping[EdgeKind, Trait] = {
    EdgeKind.INHERITS: Trait(
        ("inherits from", "base of"), 1.0, 0.6,
        (Verb("subclasses", "classes that inherit from it, all the way", False, whole=True),
         Verb("bases", "classes that it inherits from, all the way", True, whole=True)),
        "==>", "bold", "#8250df", "#9a72e0", leans=True, upon=True,
    ),
    EdgeKind.OVERRIDES: Trait(
        ("overrides", "overridden by"), 0.8, 0.6,
        (Verb("overriders", "methods that override it, all the way", False, whole=True),
         Verb("overridden", "methods that it overrides, all the way", True, whole=True)),
        "==>", "bold", "#bf3989", "#db61a2", "7 3", leans=True, upon=True,
    ),
    EdgeKind.TESTS: Trait(
        ("tests", "tested by"), 0.5, 0.6, (), "-.->", "dashed", "#bc4c00", "#d2772e", leans=True,
    ),
    EdgeKind.CALLS: Trait(
        ("calls", "called by"), 1.0, 0.7,
        (Verb("callers", "what calls it", False), Verb("callees", "what it calls", True)),
        "-->", "solid", "#2f74d0", "#4a8de0", leans=True,
    ),
    EdgeKind.USES: Trait(
        ("uses", "used by"), 0.6, 0.4,
        (Verb("users", "what names it without calling it", False), Verb("uses", "what it names without calling it", True)),
        "-.->", "dashed", "#1b7c83", "#2b9a9a", "4 2.5", leans=True,
    ),
    EdgeKind.IMPORTS: Trait(
        ("imports", "imported by"), 0.3, 0.2,
        (Verb("importers", "modules that import it", False), Verb("imports", "modules that it imports", True)),
        "-->", "solid", "#8c959f", "#656c76",
    ),
    EdgeKind.DEFINES: Trait(
        ("defines", "defined in"), 0.5, 0.5,
        (Verb("members", "what it holds", True), Verb("owners", "what holds it", False)),
        "---", "dotted", "#b6bec7", "#454c56", "1.5 3",
    ),
}  # fmt: skip

if _missing := [kind.name for kind in EdgeKind if kind not in TRAITS]:
    raise NotImplementedError(f"EdgeKind.{_missing[0]} has no row in TRAITS of {__name__}")

LEANING = tuple(kind for kind in EdgeKind if TRAITS[kind].leans)
