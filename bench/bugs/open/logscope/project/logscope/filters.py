"""Conditions such as ``status>=500``, ``path~^/api/``, ``method=GET,POST``, ``user!=-``, ``time>2024-03-01``."""

import fnmatch
import operator
import re
from datetime import datetime, timezone

SIGNS = [("!=", "ne"), (">=", "ge"), ("<=", "le"), ("=", "eq"), (">", "gt"), ("<", "lt"), ("~", "like")]
NUMBERS = {"status": int, "size": int, "seconds": float}
TEXTS = ("address", "user", "method", "path", "referer", "agent")


class BadFilter(ValueError):
    pass


def parse(text):
    """A function that says whether a hit fits."""
    name, sign, wanted = _parts(text)
    if sign == "like":
        pattern = _pattern(wanted)
        return lambda hit: pattern.search(str(getattr(hit, name) or "")) is not None
    if name == "time":
        moment = _moment(wanted)
        compare = getattr(operator, sign)
        return lambda hit: compare(hit.time, moment)
    if name in NUMBERS:
        return _numeric(name, sign, wanted)
    if sign not in ("eq", "ne"):
        raise BadFilter("%s is a text: use =, != or ~" % name)
    globs = ["" if glob == "-" else glob for glob in wanted.split(",")]

    def fits(hit):
        value = getattr(hit, name) or ""
        found = any(fnmatch.fnmatchcase(value, glob) for glob in globs)
        return found == (sign == "eq")

    return fits


def _parts(text):
    found = [(text.find(mark), -len(mark), mark, sign) for mark, sign in SIGNS if mark in text]
    if not found:
        raise BadFilter("no comparison in %r" % text)
    at, _, mark, sign = min(found)
    name, wanted = text[:at].strip(), text[at + len(mark) :].strip()
    if name not in NUMBERS and name not in TEXTS and name != "time":
        raise BadFilter("nothing is called %r" % name)
    return name, sign, wanted


def _pattern(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise BadFilter("%s: %s" % (text, error))


def _moment(text):
    for form in ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    raise BadFilter("no time: %r" % text)


def _numeric(name, sign, wanted):
    if name == "status" and re.fullmatch(r"[1-5]xx", wanted) and sign in ("eq", "ne"):
        hundred = int(wanted[0])
        return lambda hit: (hit.status // 100 == hundred) == (sign == "eq")
    try:
        limits = [NUMBERS[name](part) for part in wanted.split(",")]
    except ValueError:
        raise BadFilter("no number: %r" % wanted)
    if sign in ("eq", "ne"):
        return lambda hit: (getattr(hit, name) in limits) == (sign == "eq")
    if len(limits) > 1:
        raise BadFilter("one number is wanted, not %r" % wanted)
    compare = getattr(operator, sign)

    def fits(hit):
        value = getattr(hit, name)
        return value is not None and compare(value, limits[0])

    return fits


def every(texts):
    """One condition of several: all must hold."""
    conditions = [parse(text) for text in texts]
    return lambda hit: all(condition(hit) for condition in conditions)
