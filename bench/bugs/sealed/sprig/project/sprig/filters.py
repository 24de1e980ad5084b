"""The filters that every engine has. Each takes a value that may be None."""

import html
import textwrap

from sprig.scope import Safe


def text(value):
    return "" if value is None else str(value)


def escape(value):
    return value if isinstance(value, Safe) else Safe(html.escape(text(value)))


def default(value, other=""):
    return other if value is None or value == "" else value


def join(value, between=", "):
    return between.join(text(each) for each in value or [])


def date(value, form="%d %b %Y"):
    return value.strftime(form) if value is not None else ""


def truncate(value, length=40, end="..."):
    """At most `length` characters, the end mark included; cut between words where there is a gap."""
    value = text(value)
    if len(value) <= length:
        return value
    room = length - len(end)
    cut = value[:room]
    if value[room] != " " and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip() + end


def plural(value, one="", many="s"):
    """The ending of a word for a number, or for as many as a list has."""
    count = len(value) if hasattr(value, "__len__") else value
    return one if count == 1 else many


def number(value, places=0):
    return "" if value is None else format(value, ",.%df" % places)


def indent(value, width=4):
    return textwrap.indent(text(value), " " * width)


def first(value, count=None):
    items = list(value or [])
    if count is None:
        return items[0] if items else None
    return items[:count]


def sort(value, key=None):
    from sprig.scope import lookup

    if key is None:
        return sorted(value or [])
    return sorted(value or [], key=lambda each: (lookup(each, key) is None, lookup(each, key) or 0))


FILTERS = {
    "date": date,
    "default": default,
    "escape": escape,
    "first": first,
    "indent": indent,
    "join": join,
    "length": lambda value: len(value or []),
    "lower": lambda value: text(value).lower(),
    "number": number,
    "plural": plural,
    "safe": lambda value: Safe(text(value)),
    "sort": sort,
    "title": lambda value: " ".join(word[:1].upper() + word[1:] for word in text(value).split(" ")),
    "truncate": truncate,
    "upper": lambda value: text(value).upper(),
}
