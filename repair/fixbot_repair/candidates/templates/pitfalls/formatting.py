"""Texts put together of values: literals that nothing fills in, values beside them, padding, plurals."""

import re
from collections.abc import Mapping
from itertools import pairwise

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, template
from fixbot_repair.candidates.templates.pitfalls.holes import Found, trap, traps

_FIELD = re.compile(r"\{([A-Za-z_]\w*)((?:\.\w+|\[\w+\]|\(\))*)(?:![rsa])?(?::[^{}]*)?\}")
_FILLING = ("format", "format_map", "replace", "substitute", "partition", "split")


def _lacks_f(site: Site, string: Node) -> bool:
    """Whether a literal has fields, all of names that are there, and no prefix that fills them in."""
    text = text_of(string)
    if text[:1] not in "'\"" or "{{" in text or "{}" in text:
        return False
    heads = [match[1] for match in _FIELD.finditer(text)]
    if not heads or len(heads) != text.count("{"):
        return False
    known = {name.text for name in site.scope.visible(string.start_byte)}
    return all(head in known for head in heads)


@template(
    "pitfall.missing_f",
    1.7,
    "string concatenated_string",
    ('def f(name):\n    return "at {name}"\n', 'def f(name):\n    return f"at {name}"\n'),
    ('def f(a, b):\n    go(f"at {a} " "and {b.c}")\n', 'def f(a, b):\n    go(f"at {a} " f"and {b.c}")\n'),
    relies=0.35,
)
def missing_f(site: Site) -> Proposals:
    """A literal with the names of values in braces that nothing fills in."""
    node, parent = site.node, site.node.parent
    if b"{" not in (node.text or b"") or site.scope.node.type == "module":
        return
    if parent is not None and parent.type == "attribute" and text_of(parent).endswith(_FILLING):
        return
    left = parent.child_by_field_name("left") if parent is not None else None
    if left is not None and re.search(r"(?i)te?mpl|format|fmt|pattern|query|shape", text_of(left)):
        return  # filled in later
    parts = node.named_children if node.type == "concatenated_string" else [node]
    edits = tuple((Span(part.start_byte, part.start_byte), "f") for part in parts if _lacks_f(site, part))
    if edits:
        yield Rewrite(edits)


_PERCENT = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[sdrfgixXeo]")
_BRACES = re.compile(r"\{(?:![rsa])?(?::[^{}]*)?\}")


def _directives(string: Node) -> tuple[int, int]:
    """How many ``%`` directives and empty braces a literal has; an f-string has none."""
    text = text_of(string) if string.type in ("string", "concatenated_string") else ""
    if not text or text[:1] in "fF" or text.startswith(("rf", "fr")):
        return 0, 0
    return len(_PERCENT.findall(text.replace("%%", ""))), len(_BRACES.findall(text))


def positional(call: Node) -> list[Node]:
    """Arguments of a call that are handed over by their place, one by one."""
    arguments = call.child_by_field_name("arguments")
    found = arguments.named_children if arguments is not None and arguments.type == "argument_list" else []
    return [a for a in found if a.type not in ("keyword_argument", "comment", "dictionary_splat", "list_splat")]


@template(
    "pitfall.not_filled",
    1.7,
    "call",
    ('def f(x):\n    raise ValueError("bad: %s", x)\n', 'def f(x):\n    raise ValueError("bad: %s" % x)\n'),
    ('def f(x, y):\n    raise E("{} of {}", x, y)\n', 'def f(x, y):\n    raise E("{} of {}".format(x, y))\n'),
    ('def f(x):\n    print("at %d", x)\n', 'def f(x):\n    print("at %d" % x)\n'),
    relies=0.35,
)
def not_filled(site: Site) -> Proposals:
    """Values handed to an exception or to ``print`` as if it would fill them in, as logging does."""
    function = site.field("function")
    name = text_of(function) if function is not None else ""
    raised = site.node.parent is not None and site.node.parent.type == "raise_statement"
    if not raised and name != "print" and not name.endswith(("Error", "Exception")):
        return
    given = positional(site.node)
    if len(given) < 2:
        return
    percents, braces = _directives(given[0])
    values = ", ".join(text_of(value) for value in given[1:])
    between = Span(given[0].end_byte, given[-1].end_byte)
    if percents == len(given) - 1:
        simple = percents == 1 and given[1].type in ("identifier", "attribute", "call", "subscript", "string")
        yield Rewrite(((between, f" % {values}" if simple else f" % ({values},)"),))
    elif braces == len(given) - 1:
        yield Rewrite(((between, f".format({values})"),))


_LEVELS = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical", "log"))


@template(
    "pitfall.log_arguments",
    1.6,
    "call",
    ('def f(x):\n    log.info("at {}", x)\n', 'def f(x):\n    log.info("at %s", x)\n'),
    ('def f(x):\n    logger.error("failed", x)\n', 'def f(x):\n    logger.error("failed %s", x)\n'),
    ('def f(x, y):\n    log.debug("%s", x, y)\n', 'def f(x, y):\n    log.debug("%s %s", x, y)\n'),
    relies=0.35,
)
def log_arguments(site: Site) -> Proposals:
    """A message of logging with other places than values: it takes ``%``, and one for each."""
    function = site.field("function")
    name = function.child_by_field_name("attribute") if function is not None and function.type == "attribute" else None
    given = positional(site.node) if name is not None and text_of(name) in _LEVELS else []
    owner = function.child_by_field_name("object") if function is not None and name is not None else None
    if owner is None or "log" not in text_of(owner).lower():
        return
    if name is not None and text_of(name) == "log":
        given = given[1:]
    if len(given) < 2 or given[0].type != "string" or text_of(given[0])[:1] not in "'\"":
        return
    percents, braces = _directives(given[0])
    text, values = text_of(given[0]), len(given) - 1
    if braces == values and not percents:
        yield replace(given[0], _BRACES.sub("%s", text.replace("%", "%%")))
    elif not braces and percents < values:
        quotes = 3 if text.startswith(('"""', "'''")) else 1
        yield replace(given[0], text[:-quotes] + " %s" * (values - percents) + text[-quotes:])


def _one_directive(site: Site, found: Found) -> bool:
    """Whether a parameter, of which nothing is told, is the one value."""
    name = site.scope.names.get(text_of(found["variable"]))
    return (
        name is not None
        and name.parameter
        and name.text != site.scope.method_self
        and _directives(found["s"])[0] == 1
        and bool(name.kind & Kind.TUPLE)
    )


percent_tuple = traps(
    "pitfall.percent_tuple",
    1.0,
    "``%`` with a single value that may be a tuple.",
    trap("$s % $variable", "$s % ($variable,)", guard=_one_directive),
    examples=[
        ('def f(x):\n    return "at %s" % x\n', 'def f(x):\n    return "at %s" % (x,)\n'),
        ('def f(key):\n    print("no %r." % key)\n', 'def f(key):\n    print("no %r." % (key,))\n'),
    ],
)

_CLOCK = re.compile(
    r"(?i)(?:h|hh|m|mm|s|ss|d|dd|mo|sec|secs|mins?|hours?|minutes?|seconds?|months?|days?|\w+ ?% ?\d+|\w+(?:\.|_)(?:hour|minute|second|month|day)s?)"
)


@template(
    "pitfall.not_padded",
    1.2,
    "string",
    ('def f(h, m):\n    return f"{h}:{m}"\n', 'def f(h, m):\n    return f"{h}:{m:02}"\n'),
    (
        'def f(t):\n    return f"{t.year}-{t.month}-{t.day}"\n',
        'def f(t):\n    return f"{t.year}-{t.month:02}-{t.day:02}"\n',
    ),
    ('def f(h, m):\n    return "%d:%d" % (h, m)\n', 'def f(h, m):\n    return "%d:%02d" % (h, m)\n'),
    relies=0.35,
)
def not_padded(site: Site) -> Proposals:
    """Parts of a time or a date, or of a code of fixed width, without leading zeros."""
    text = site.text
    if re.fullmatch(r"""(['"])%d(?:[:-]%d)+\1""", text):
        yield replace(site.node, text[0] + text[1:3] + text[3:].replace("%d", "%02d"))
        yield replace(site.node, text.replace("%d", "%02d"), 0.9)
        return
    parts = [child for child in site.node.named_children if child.type in ("interpolation", "string_content")]
    edits = []
    for i, part in enumerate(parts):
        inner = part.named_children[0] if part.type == "interpolation" and len(part.named_children) == 1 else None
        if inner is None or not _CLOCK.fullmatch(text_of(inner)):
            continue
        behind = i > 0 and parts[i - 1].type == "string_content" and text_of(parts[i - 1])[-1:] in (":", "-", ".")
        if behind or (i + 1 < len(parts) and text_of(parts[i + 1])[:1] == ":"):
            edits.append((Span(inner.end_byte, inner.end_byte), ":02"))
    first = next((part for part in parts if part.type == "interpolation"), None)
    later = tuple(edit for edit in edits if first is not None and edit[0].start > first.end_byte)
    if later:
        yield Rewrite(later)
        if len(later) < len(edits):
            yield Rewrite(tuple(edits), 0.9)


_PLURAL = re.compile(r" (?:[a-z]+ )?[a-z]{3,}(?<!s)s\b")


@template(
    "pitfall.plural",
    0.9,
    "string",
    ('def f(n):\n    return f"{n} items"\n', "def f(n):\n    return f\"{n} item{'' if n == 1 else 's'}\"\n"),
    (
        "def f(xs):\n    return f'{len(xs)} rows left'\n",
        'def f(xs):\n    return f\'{len(xs)} row{"" if len(xs) == 1 else "s"} left\'\n',
    ),
    relies=0.35,
)
def plural(site: Site) -> Proposals:
    """A number with a word that stays in the plural beside one."""
    parts = site.node.named_children
    quote = "'" if site.text.endswith('"') else '"'
    for part, after in pairwise(parts):
        inner = part.named_children[0] if part.type == "interpolation" and len(part.named_children) == 1 else None
        match = _PLURAL.match(text_of(after)) if after.type == "string_content" and inner is not None else None
        if inner is None or match is None or inner.type not in ("identifier", "attribute", "call"):
            continue
        if site.kind(inner) & Kind.NUMBER:
            at = after.start_byte + len(match[0].encode())
            ending = f"{{{quote * 2} if {text_of(inner)} == 1 else {quote}s{quote}}}"
            yield Rewrite(((Span(at - 1, at), ending),))


plural_of = traps(
    "pitfall.plural_of",
    1.5,
    "None of something takes the plural: only one is one.",
    *(
        trap(f"{plural} if $n {sign} else {one}", f"{plural} if $n != 1 else {one}")
        for plural, one in (('"s"', '""'), ('"ies"', '"y"'), ('"es"', '""'))
        for sign in ("> 1", ">= 1", ">= 2")
    ),
    trap('"" if $n <= 1 else "s"', '"" if $n == 1 else "s"'),
    trap('"" if $n < 2 else "s"', '"" if $n == 1 else "s"'),
    trap('"s" if $name else ""', '"s" if $name != 1 else ""'),
)


TEMPLATES: tuple[Template, ...] = (missing_f, not_filled, log_arguments, percent_tuple, not_padded, plural, plural_of)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.log_arguments": ("modelscope/evalscope#1757", "tryexceptpass/korv#3", "pyload/pyload#2912"),
    "pitfall.missing_f": ("vispy/vispy#2457", "pytorch/vision#6684", "ZedThree/clang-tidy-review#91"),
}
