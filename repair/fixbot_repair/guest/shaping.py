"""Of which types the arguments of a call are: by annotations, else by what they hold; in a form that goes through JSON.

A shape is the name of a plain type, or a list: ["str", characters], ["list", shape], ["set", shape], ["tuple", shape, ...],
["tuple*", shape] for any number of items, ["dict", shape, shape], ["or", shape, ...]. None is anything else.
"""

import inspect
import typing

DEEPEST = 4
MOST_ITEMS = 20  # of one container that are looked at
MOST_CHARACTERS = 40
NAMES = {bool: "bool", int: "int", float: "float", str: "str", bytes: "bytes", type(None): "none"}


def shapes(known, positional, keywords):
    """[place, shape] of each argument whose shape is known; a place is [0, number] or [1, name] as in :mod:`mutating`.

    `known` are the annotations as :func:`annotated` has them.
    """
    names = list(known)
    found = []
    for number, value in enumerate(positional):
        found.append(([0, number], known.get(names[number] if number < len(names) else ""), value))
    for name in sorted(keywords):
        found.append(([1, name], known.get(name), keywords[name]))
    told = [(place, both(by_name, of_value(value))) for place, by_name, value in found]
    return [[place, shape] for place, shape in told if shape is not None]


def annotated(function):
    """Name -> shape of its annotation (None where there is none), of each parameter in order."""
    try:
        parameters = list(inspect.signature(function, follow_wrapped=False).parameters)
    except Exception:  # noqa: BLE001 - a signature may be the project's own code
        return {}
    try:
        hints = typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - annotations are the project's own code
        hints = {}
    return dict((name, of_type(hints.get(name))) for name in parameters)


def both(by_name, by_value):
    """The shape that an annotation says, with the characters that were seen where it is just text; else what was seen."""
    if by_name == "str" and by_value is not None and by_value[0] == "str":
        return by_value
    return by_name if by_name is not None else by_value


def of_type(kind, depth=0):
    """The shape of an annotation; None where it is not one of plain types throughout."""
    if isinstance(kind, type) and kind in NAMES:
        return NAMES[kind]
    origin, inner = getattr(kind, "__origin__", None), getattr(kind, "__args__", None) or ()
    if depth > DEEPEST or not inner:
        return None
    name = {list: "list", typing.List: "list", set: "set", typing.Set: "set", dict: "dict", typing.Dict: "dict"}.get(
        origin
    )
    if origin in (tuple, getattr(typing, "Tuple", tuple)):
        name, inner = ("tuple*", inner[:1]) if inner[-1] is Ellipsis else ("tuple", inner)
    elif name is None and (origin is typing.Union or type(kind).__name__ == "UnionType"):
        name = "or"
    parts = [of_type(each, depth + 1) for each in inner]
    return [name] + parts if name and all(part is not None for part in parts) else None


def of_value(value, depth=0):
    """The shape of what an argument holds; None where it is not plain throughout, or holds nothing that tells."""
    kind = type(value)
    if kind is str:
        return ["str", "".join(sorted(set(value[:1000])))[:MOST_CHARACTERS]]
    if kind in NAMES:
        return NAMES[kind]
    if depth > DEEPEST or kind not in (list, tuple, set, dict) or not value:
        return None
    if kind is tuple:
        parts = [of_value(each, depth + 1) for each in value[:MOST_ITEMS]]
        return ["tuple"] + parts if len(value) <= MOST_ITEMS and None not in parts else None
    keys = union([of_value(each, depth + 1) for each in list(value)[:MOST_ITEMS]])
    if kind is not dict:
        return [kind.__name__, keys] if keys is not None else None
    values = union([of_value(each, depth + 1) for each in list(value.values())[:MOST_ITEMS]])
    return ["dict", keys, values] if keys is not None and values is not None else None


def union(found):
    """One shape for several; None where one of them is not known."""
    if not found or None in found:
        return None
    texts = [each[1] for each in found if each[0] == "str"]
    apart = [each for each in found if each[0] != "str"]
    if texts:
        apart.append(["str", "".join(sorted(set("".join(texts))))[:MOST_CHARACTERS]])
    distinct = []
    for each in apart:
        if each not in distinct:
            distinct.append(each)
    return distinct[0] if len(distinct) == 1 else ["or"] + distinct
