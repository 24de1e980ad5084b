"""Identifiers that a piece of prose mentions."""

import re
from collections.abc import Iterator, Sequence

_MOST = 100  # names of one section
_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
# What is marked as code; in running text and blocks what is dotted, called, or written as only code is. Nothing is given
# back that was matched, so that a text is read once. Outside marks names are ASCII: in a script without spaces the prose
# touches them.
_FOUND = re.compile(
    r"(`{1,2}+)(?P<marked>[^`\n]{1,120}+)\1"
    r"|\b[A-Za-z_]\w*+(?:(?:\.[A-Za-z_]\w*+)++|(?=\())"
    r"|\b(?:[A-Za-z][A-Za-z0-9]*+)?+_\w++"
    r"|\b[A-Z][a-z0-9]++(?:[A-Z][a-z0-9]*+)++\b",
    re.ASCII,
)
_TARGET = re.compile(r"<([^<>`]+)>$")
_HEAD = re.compile(rf"[~!.]?({_DOTTED})")


def names_in(text: str, described: Sequence[str] = ()) -> tuple[str, ...]:
    """Names in `text`, first the one that the directives around it, `described`, say it is about; each once, at most 100."""
    found: dict[str, None] = {}
    for name in _names(text, described):
        found[name] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def _names(text: str, described: Sequence[str]) -> Iterator[str]:
    heads = [head[1] for signature in described if (head := _HEAD.match(signature))]
    if heads:  # a method is described inside its class
        yield heads[-1] if "." in heads[-1] else ".".join(heads)
    for match in _FOUND.finditer(text):
        marked = match["marked"]
        if marked is None:
            yield match[0]
        elif head := _HEAD.match(_target(marked.strip())):
            yield head[1]


def _target(marked: str) -> str:
    """What a role's text points at: ``saving <Model.save>`` means ``Model.save``."""
    found = _TARGET.search(marked)
    return found[1].strip() if found else marked
