"""How a result stands to the arguments: lengths, items, order, more or less; what holds on all calls of a test may be meant.

Source of the idea: Ernst et al., "Dynamically discovering likely program invariants to support program evolution", TSE 2001.
"""

MOST_ITEMS = 60  # of one value that are compared
MOST_ARGUMENTS = 6


def known(positional, keywords, describe):
    """Name -> what is kept of an argument to hold the result against: a number, or its items in words."""
    given = list(enumerate(positional)) + sorted(keywords.items())
    return dict((str(name), summary(value, describe)) for name, value in given[:MOST_ARGUMENTS])


def summary(value, describe):
    """A number as it is, a collection as the words of its items, None for anything else."""
    if type(value) in (int, float):
        return value
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) <= MOST_ITEMS:
        return sorted(describe(item) for item in value)
    return None


def relations(arguments, value, describe):
    """Name -> whether it holds, of the relations that can be asked of a result; `arguments` as :func:`known` has them.

    That items are distinct says something only where those of an argument are not.
    """
    result = summary(value, describe)
    found = {"of type " + type(value).__name__: True}
    collections = [a for a in arguments.values() if isinstance(a, list)]
    if isinstance(result, list):
        if any(len(set(items)) < len(items) for items in collections):
            found["distinct"] = len(set(result)) == len(result)
        if isinstance(value, (list, tuple)):
            found["ascending"] = is_ascending(value)
    elif result is not None:
        found["not below nought"] = result >= 0
    for name, argument in arguments.items():
        if isinstance(result, list) and isinstance(argument, list):
            found["as many as " + name] = len(result) == len(argument)
            found["the items of " + name] = result == argument
            found["within " + name] = set(result) <= set(argument)
        elif not isinstance(result, list) and result is not None and isinstance(argument, (int, float)):
            found["at most " + name] = result <= argument
            found["at least " + name] = result >= argument
    return found


def is_ascending(values):
    """Whether no item is less than the one before; False where that cannot be said."""
    try:
        return all(one <= other for one, other in zip(values, values[1:]))
    except Exception:  # noqa: BLE001 - the project's own comparison
        return False
