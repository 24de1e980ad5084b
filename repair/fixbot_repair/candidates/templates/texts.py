"""Texts that mean something to the library: directives of formats, encodings and modes, regular expressions."""

import re

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.library import call_of

_DIRECTIVE = re.compile(r"%-?([A-Za-z])")
_TIMES = {
    "m": "M", "M": "m", "H": "I", "I": "H", "y": "Y", "Y": "yG", "G": "Y", "b": "Bm", "B": "b", "j": "d", "d": "je",
    "a": "A", "A": "a", "S": "f", "U": "WV", "W": "UV", "D": "d", "Z": "z", "z": "Z", "w": "u", "h": "H", "s": "S",
}  # fmt: skip
_PRINTED = {"d": ("s", "r"), "s": ("d", "r"), "r": ("s",), "i": ("s",), "f": ("g", "s")}
_PRECISION = re.compile(r"\.(\d)([fge%])")
_TIMED = frozenset("aAbBcdDfGHIjmMpSuUVwWxXyYzZ")


@template(
    "text.format",
    0.5,
    "string",
    ('def f(t):\n    return t.strftime("%H:%m")\n', 'def f(t):\n    return t.strftime("%H:%M")\n'),
    ('def f(t):\n    return f"{t:%d.%m.%Y %I:%M}"\n', 'def f(t):\n    return f"{t:%d.%m.%Y %H:%M}"\n'),
    ('def f(n):\n    return "%d of them" % n\n', 'def f(n):\n    return "%s of them" % n\n'),
    ('def f(x):\n    return f"{x:.1f}"\n', 'def f(x):\n    return f"{x:.2f}"\n'),
)
def directive(site: Site) -> Proposals:
    """Another directive of a format: of a date, of a value, of digits."""
    text, start = site.text, site.node.start_byte
    if not text.isascii():
        return
    found = list(_DIRECTIVE.finditer(text))
    letters = {match[1] for match in found}
    timed = len(found) > 1 and letters <= _TIMED and letters != {"d"}
    for match in found:
        others = tuple(_TIMES.get(match[1], "")) if timed else _PRINTED.get(match[1], ())
        for i, other in enumerate(others):
            at = Span(start + match.start(1), start + match.end(1))
            yield Rewrite(((at, other),), 1.0 / (1 + 0.5 * i))
    for match in _PRECISION.finditer(text):
        at = Span(start + match.start(1), start + match.end(1))
        digits = int(match[1])
        for i, other in enumerate(str(d) for d in (digits + 1, digits - 1, 2, 0, 1, 3) if 0 <= d != digits):
            yield Rewrite(((at, other),), 0.8 / (1 + 0.4 * i))


_WORDS = {
    "utf-8": ("utf-8-sig", "latin-1"), "utf8": ("utf-8-sig", "latin-1"), "ascii": ("utf-8", "latin-1"), "latin-1": ("utf-8",),
    "utf-8-sig": ("utf-8",), "strict": ("replace", "ignore"), "ignore": ("replace",), "replace": ("ignore", "surrogateescape"),
    "w": ("a", "wb", "x"), "wb": ("ab", "w"), "r": ("rb",), "rb": ("r",), "a": ("w",), "r+": ("w",), "wt": ("at",),
}  # fmt: skip


@template(
    "text.codec",
    0.5,
    "string",
    (
        "def f(path):\n    return path.read_text(encoding='utf-8')\n",
        "def f(path):\n    return path.read_text(encoding='utf-8-sig')\n",
    ),
    ("def f(path):\n    return open(path, 'w')\n", "def f(path):\n    return open(path, 'a')\n"),
)
def codec(site: Site) -> Proposals:
    """Another encoding, another way with errors, another mode of opening."""
    parent = site.node.parent
    if parent is None or parent.type not in ("argument_list", "keyword_argument", "default_parameter"):
        return
    quote, inner = site.text[:1], site.text[1:-1]
    for i, other in enumerate(_WORDS.get(inner.lower(), ())):
        yield replace(site.node, f"{quote}{other}{quote}", 1.0 / (1 + 0.4 * i))


_PATTERNS = frozenset(("compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"))
_FLAGS = ("re.IGNORECASE", "re.MULTILINE", "re.DOTALL", "re.ASCII")
_PIECES = (  # what stands in a pattern, and what is written for it
    (re.compile(r"(?<![\\*+?(])\+(?!\?)"), ("*", "+?")),
    (re.compile(r"(?<![\\*+?(])\*(?!\?)"), ("+", "*?")),
    (re.compile(r"(?<=[*+])\?"), ("",)),
    (re.compile(r"\$(?=['\"])"), (r"\Z", "")),
    (re.compile(r"(?<=['\"])\^"), ("",)),
    (re.compile(r"\\d(?![+*{?])"), (r"\d+",)),
    (re.compile(r"\\w(?![+*{?])"), (r"\w+",)),
    (re.compile(r"\\s\+"), (r"\s*",)),
    (re.compile(r"(?<!\\)\.(?![*+?])"), (r"\.",)),
    (re.compile(r"\[A-Z\]"), ("[A-Za-z]",)),
    (re.compile(r"\[a-z\]"), ("[A-Za-z]", "[a-z0-9]")),
    (re.compile(r"\\w(?=\+)"), (r"[\w-]", r"[\w.]")),
    (re.compile(r"\\d(?=\+)"), (r"[\d.]", r"-?\d")),
    (re.compile(r"\)(?=['\"$\\(]|\[)"), (")?",)),
    (re.compile(r"(?<!\\)\((?!\?)"), ("(?:",)),
)


@template(
    "text.pattern",
    0.4,
    "call",
    ('import re\nP = re.compile(r"<(.*)>")\n', 'import re\nP = re.compile(r"<(.*?)>")\n'),
    ('import re\nP = re.match(r"\\d+$", x)\n', 'import re\nP = re.match(r"\\d+\\Z", x)\n'),
    ('import re\nP = re.search("name", x)\n', 'import re\nP = re.search("name", x, re.IGNORECASE)\n'),
    ("import re\nP = re.search(word, x)\n", "import re\nP = re.search(re.escape(word), x)\n"),
)
def pattern(site: Site) -> Proposals:
    """A regular expression that takes too much or too little: greed, repetition, anchors, classes, flags, what is not escaped."""
    parts = call_of(site)
    if parts is None or not text_of(parts[0]).startswith("re.") or text_of(parts[0])[3:] not in _PATTERNS:
        return
    given = parts[1].named_children
    if not given:
        return
    if given[0].type in ("identifier", "attribute"):
        yield replace(given[0], f"re.escape({text_of(given[0])})")
    elif given[0].type == "string":
        yield from _pieces(given[0])
    if "flags=" not in site.text and "re." not in text_of(parts[1]):
        keyword = "flags=" if text_of(parts[0])[3:] in ("sub", "subn", "split") else ""
        for i, flag in enumerate(_FLAGS):
            at = Span(given[-1].end_byte, given[-1].end_byte)
            yield Rewrite(((at, f", {keyword}{flag}"),), 0.5 / (1 + 0.3 * i))


def _pieces(string: Node) -> Proposals:
    text, start = text_of(string), string.start_byte
    if not text.isascii():
        return
    for piece, others in _PIECES:
        for match in piece.finditer(text):
            for i, other in enumerate(others):
                at = Span(start + match.start(), start + match.end())
                yield Rewrite(((at, other),), 0.8 / (1 + 0.4 * i))
    opening = start + len(text) - len(text.lstrip("rRbBuU")) + 1
    yield Rewrite(((Span(opening, opening), "^"),), 0.5)
    yield Rewrite(((Span(string.end_byte - 1, string.end_byte - 1), "$"),), 0.5)


TEMPLATES = (directive, codec, pattern)
