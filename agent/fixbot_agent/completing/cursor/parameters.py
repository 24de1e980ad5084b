"""Parameters of a function, read from its header as text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fixbot_agent.completing.cursor.bindings import is_name
from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.codemodel.tokens import CLOSING, OPENING


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as its header says: `annotation` as written; `is_named` where it may be given by its name, `is_placed` by its place, `is_required` where it must."""

    name: str
    annotation: str = ""
    is_named: bool = True
    is_placed: bool = True
    is_required: bool = False


def read_parameters(signature: str, *, skips: int = 0) -> tuple[Parameter, ...]:
    """Parameters of a header, without its first `skips`; those with stars are left out."""
    tokens = tokenize(signature)
    if "(" not in tokens:
        return ()
    found: list[Parameter] = []
    named_only = False
    for part in arguments_in(tokens[tokens.index("(") + 1 :]):
        if part == ["/"]:
            found = [replace(p, is_named=False) for p in found]
        elif part[0] in ("*", "**"):
            named_only = True
        elif is_name(part[0]):
            end = part.index("=") if "=" in part else len(part)
            annotation = " ".join(part[2:end]) if part[1:2] == [":"] else ""
            found.append(Parameter(part[0], annotation, is_placed=not named_only, is_required="=" not in part))
    return tuple(found[skips:])


def arguments_in(tokens: Sequence[str]) -> list[list[str]]:
    """What stands between the commas up to the closing bracket."""
    found, depth = [list[str]()], 0
    for word in tokens:
        depth += (word in OPENING) - (word in CLOSING)
        if depth < 0:
            break
        if word == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(word)
    return [part for part in found if part]
