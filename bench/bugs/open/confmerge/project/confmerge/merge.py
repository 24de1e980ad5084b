"""Merging one layer over another.

Mappings are merged key by key, all else is replaced. Marks on a key of the upper layer ask for more:

``key+``   append to the list of the lower layer
``+key``   prepend to it
``-key``   delete what the lower layer has
``key!``   replace a mapping instead of merging into it
"""
import copy

from .errors import ConfigError

SET, APPEND, PREPEND, DELETE, REPLACE = "set", "append", "prepend", "delete", "replace"


def split_mark(key):
    """A key of a layer as its name and what is to be done."""
    if len(key) > 1:
        if key[0] == "-":
            return key[1:], DELETE
        if key[0] == "+":
            return key[1:], PREPEND
        if key[-1] == "+":
            return key[:-1], APPEND
        if key[-1] == "!":
            return key[:-1], REPLACE
    return key, SET


def as_list(value):
    """A list as it is, nothing as an empty one, a single value as a list of one."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    return [value]


def merge(lower, upper):
    """A new mapping, which shares nothing with the two."""
    result = copy.deepcopy(lower)
    for key, value in upper.items():
        name, action = split_mark(key)
        if action == DELETE:
            result.pop(name, None)
        elif action in (APPEND, PREPEND):
            if isinstance(value, dict) or isinstance(result.get(name), dict):
                raise ConfigError("%s is a section, not a list" % name)
            old, new = as_list(result.get(name)), as_list(plain(value))
            result[name] = old + new if action == APPEND else new + old
        elif action == SET and isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merge(result[name], value)
        else:
            result[name] = plain(value)
    return result


def plain(value):
    """A copy in which marks are carried out, as if over nothing."""
    if isinstance(value, dict):
        return merge({}, value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return copy.deepcopy(value)
