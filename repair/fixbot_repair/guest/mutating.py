"""Further inputs from those that the tests use: one value changed at a time, the same ones in every process."""
import random

DEEPEST = 3
MOST_PLACES = 40  # of one call
MOST_ITEMS = 6  # of one container that are changed themselves


def variants(call, others, seed, most):
    """At most `most` (place, new value) for `call` = (positional, keywords).

    `others` are further calls of the same function: what stands at a place there may stand here too. A pure function of its
    arguments, so that every version of the code is asked the same.
    """
    found = []
    for place, value in places(call):
        for changed in changes(value):
            found.append((place, changed))
    for other in others:
        theirs = dict((repr(p), v) for p, v in places(other) if len(p) == 2)
        for place, value in places(call):
            if len(place) == 2 and repr(place) in theirs and type(theirs[repr(place)]) is type(value):
                found.append((place, theirs[repr(place)]))
    random.Random(seed).shuffle(found)
    return found[:most]


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
        made = [value[:0], value[1:], value[:-1], value[::-1], value + value[:1], value + value, value[:1]]
        return distinct(made, value) if type(value) in (list, tuple) else []
    if type(value) is dict:
        keys = list(value)
        return [{}] + [dict((k, value[k]) for k in keys if k != gone) for gone in keys[:2]] if keys else []
    if type(value) in (set, frozenset):
        return [type(value)()] if value else []
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
