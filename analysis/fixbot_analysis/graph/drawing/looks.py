"""How each kind of edge looks, by the table of kinds: its rank among others, and its colours as style rules."""

from fixbot_analysis.graph.kinds import TRAITS, Trait
from fixbot_analysis.graph.model import EdgeKind

TELLING = {kind: at for at, kind in enumerate(TRAITS)}


def look(kind: str) -> Trait:
    """How edges of `kind` look."""
    return TRAITS[EdgeKind(kind)]


def rules() -> str:
    """Style rules (CSS) of lines and their heads: each kind's colour, light and dark, its dashes, and whether its head is hollow."""
    light, dark = (" ".join(f"--{k.value}: {c};" for k, c in colours) for colours in _colours())
    shown = [f"svg.graph {{ {light} }}"]
    shown.append(f"@media (prefers-color-scheme: dark) {{ svg.graph:not(.light) {{ {dark} }} }}")
    shown.append(f"svg.graph.dark {{ {dark} }}")
    shown.append(".line, .tip { --kind: var(--imports); }")
    for kind, trait in TRAITS.items():
        name = kind.value
        shown.append(f".line.{name}, .tip.{name} {{ --kind: var(--{name}); }}")
        if trait.dash:
            shown.append(f".line.{name} {{ stroke-dasharray: {trait.dash}; }}")
        if trait.upon:
            shown.append(f".tip.{name} path {{ fill: var(--paper); stroke: var(--kind); stroke-width: 1.2; }}")
    return "\n".join(shown) + "\n"


def _colours() -> tuple[list[tuple[EdgeKind, str]], list[tuple[EdgeKind, str]]]:
    return [(k, t.light) for k, t in TRAITS.items()], [(k, t.dark) for k, t in TRAITS.items()]
