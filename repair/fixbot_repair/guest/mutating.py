"""Further inputs from those that the tests use: one value changed at a time, the same ones in every process."""
import inspect
import random
import typing

DEEPEST = 3
MOST_PLACES = 40  # of one call
MOST_TURNS = 6  # values of one place at which a comparison turns
MOST_ITEMS = 6  # of one container that are changed themselves
SIMPLE = {
    bool: (True, False), int: (0, 1, -1, 2, 100), float: (0.0, 1.0, -1.5, 0.1), str: ("", "a", "a b", "1", "\u00e9"),
    bytes: (b"", b"a"), type(None): (None,),
}  # fmt: skip


class Hints(object):
    """What else may stand in a call: `others` are calls of the same function, `constants` what the code compares with, `kinds` see below."""

    def __init__(self, others=(), constants=(), kinds=None):
        self.others = others
        self.constants = constants
        self.kinds = kinds or {}


def variants(call, hints, seed, most):
    """At most `most` (place, new value) for `call` = (positional, keywords), as many of each argument.

    What stands at a place in another call of the function may stand here too, and so may what its type allows. A pure function
    of its arguments, so that every version of the code is asked the same.
    """
    found, chance = {}, random.Random(seed)
    for place, value in places(call):
        turns = boundaries(value, hints.constants)
        made = changes(value) + chance.sample(turns, min(len(turns), MOST_TURNS))
        if len(place) == 2:
            made += [v for other in hints.others for p, v in places(other) if p == place and type(v) is type(value)]
            made += hints.kinds.get(place[1], [])
        found.setdefault(place[:2], []).extend((place, v) for v in distinct(made, value))
    for each in found.values():
        chance.shuffle(each)
    taken = []
    while len(taken) < most and any(found.values()):
        taken += [each.pop() for each in found.values() if each]
    return taken[:most]


def boundaries(value, constants):
    """Values at which a comparison with one of `constants` turns, where they are of the kind of `value`."""
    if type(value) in (int, float):
        numbers = [c for c in constants if isinstance(c, (int, float)) and not isinstance(c, bool)]
        return [type(value)(c) + n for c in numbers for n in (-1, 0, 1)]
    return [c for c in constants if type(c) is type(value)] if isinstance(value, str) else []


def kinds(function):
    """Number and name of each parameter -> values that its type allows; its default is left out, as patches change defaults."""
    try:
        parameters = list(inspect.signature(function, follow_wrapped=False).parameters)
        hints = typing.get_type_hints(function)
        made = [generated(hints.get(name)) for name in parameters]
    except Exception:  # noqa: BLE001 - annotations are the project's own code
        return {}
    return dict(list(enumerate(made)) + list(zip(parameters, made)))


def generated(kind, depth=0):
    """A few values of a type; none where it is not known how to make one."""
    if isinstance(kind, type) and kind in SIMPLE:
        return list(SIMPLE[kind])
    members = getattr(kind, "__members__", None)
    if isinstance(kind, type) and members is not None:
        return list(members.values())[:MOST_ITEMS]
    origin, inner = getattr(kind, "__origin__", None), getattr(kind, "__args__", None) or ()
    if depth > DEEPEST or any(type(each).__name__ == "TypeVar" for each in inner):
        return []
    if origin is typing.Union or type(kind).__name__ == "UnionType":
        return [value for each in inner for value in generated(each, depth + 1)]
    return collected(getattr(origin, "__name__", ""), [generated(i, depth + 1) for i in inner if i is not Ellipsis])


def collected(name, inner):
    """Collections of the type called `name`, of the values `inner` for each of its type arguments."""
    if not inner or not all(inner):
        return []
    items = inner[0]
    if name in ("dict", "Dict", "Mapping", "MutableMapping") and len(inner) == 2:
        return [{}, {items[-1]: inner[1][-1]}] if isinstance(items[-1], (int, str, bytes, tuple)) else [{}]
    if name in ("tuple", "Tuple"):
        return [tuple(each[0] for each in inner), tuple(each[-1] for each in inner)]
    if name in ("list", "List", "Sequence", "Iterable", "Collection", "MutableSequence"):
        return [[], items[-1:], [items[-1], items[0], items[-1]]]
    return []


def places(call):
    """(place, value) of the arguments and of what they hold; a place is a path of keys."""
    positional, keywords = call
    todo = [((0, n), v) for n, v in enumerate(positional)] + [((1, k), keywords[k]) for k in sorted(keywords)]
    found = []
    while todo and len(found) < MOST_PLACES:
        place, value = todo.pop(0)
        found.append((place, value))
        if len(place) <= DEEPEST:
            todo += [(place + (key,), inner) for key, inner in parts(value)]
    return found


def parts(value):
    """(key, value) of what a value holds."""
    if isinstance(value, (list, tuple)):
        return list(enumerate(value[:MOST_ITEMS]))
    if isinstance(value, dict):
        return list(value.items())[:MOST_ITEMS]
    facts = getattr(value, "__dict__", None)
    if isinstance(facts, dict) and not isinstance(value, type) and not callable(value):
        return sorted((("." + k, v) for k, v in facts.items() if isinstance(k, str)), key=lambda pair: pair[0])[:MOST_ITEMS]
    return []


def changes(value):
    """Other values of the same kind."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return distinct([value + 1, value - 1, 0, -value, value * 2, 1], value)
    if isinstance(value, (str, bytes)):
        return distinct([value[:0], value[1:], value[:-1], value[::-1], value + value, value.upper(), value[:1]], value)
    if isinstance(value, (list, tuple)):
        if type(value) not in (list, tuple):
            return []
        made = [value[:0], value[1:], value[:-1], value[::-1], value + value[:1], value + value, value[:1], value[:1] * 3]
        return distinct(made + in_order(value), value)
    if type(value) is dict:
        keys = list(value)
        return [{}] + [dict((k, value[k]) for k in keys if k != gone) for gone in keys[:2]] if keys else []
    if type(value) in (set, frozenset):
        return [type(value)()] if value else []
    return []


def in_order(value):
    """[`value` sorted], where that can be."""
    try:
        return [type(value)(sorted(value))]
    except Exception:  # noqa: BLE001 - what cannot be compared, or compares in the project's own way
        return []


def distinct(made, value):
    """Those of `made` that differ from `value` and from each other."""
    found = []
    for each in made:
        if not any(same(each, other) for other in [value] + found):
            found.append(each)
    return found


def same(one, other):
    """Whether two values are equal; what cannot be compared is not."""
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception:  # noqa: BLE001 - the project's own comparison
        return False


def changed(call, place, value):
    """`call` with `value` at `place`; what is changed in place is the caller's own copy."""
    positional, keywords = call
    if place[0] == 0:
        return _put(positional, place[1:], value), keywords
    return positional, _put(keywords, place[1:], value)


def _put(holder, place, value):
    if not place:
        return value
    key, rest = place[0], place[1:]
    if isinstance(holder, tuple):
        items = [_put(v, rest, value) if n == key else v for n, v in enumerate(holder)]
        return type(holder)(*items) if hasattr(holder, "_fields") else tuple(items)
    if isinstance(holder, (list, dict)):
        holder[key] = _put(holder[key], rest, value)
    else:
        setattr(holder, key[1:], _put(getattr(holder, key[1:]), rest, value))
    return holder
