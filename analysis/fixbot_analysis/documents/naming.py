"""Identifiers that a piece of prose mentions."""

import re
from collections.abc import Iterator, Sequence

_MOST = 100  # names of one section
_IDENTIFIER = r"[^\W\d]\w*"
_DOTTED = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
# What is marked as code; in running text and blocks what is dotted, called, or written as only code is.
_FOUND = re.compile(
    rf"(`{{1,2}})(?P<marked>[^`\n]{{1,120}})\1"
    rf"|(?P<dotted>{_IDENTIFIER}(?:\.{_IDENTIFIER})+)"
    rf"|(?P<plain>{_IDENTIFIER}(?=\()|[a-z]\w*_\w+|_\w+|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)"
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
