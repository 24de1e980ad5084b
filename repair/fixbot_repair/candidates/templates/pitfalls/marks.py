"""Marks inside of regular expressions: what is not escaped, slips, greed, borders of words, backslashes of replacements."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.pitfalls.holes import Found, last_name, trap, traps
from fixbot_repair.candidates.templates.pitfalls.regexes import Use, use_of

_PATTERN_NAME = re.compile(
    r"(?:.*_)?(?:re|rx|rgx|regexp?|patt?|patterns?|expr|expression|exp|charset|mask)s?(?:_.*)?|_*[A-Z][A-Z0-9_]*"
)


def _raw_parts(node: Node) -> Iterator[Node]:
    """Expressions that are put into a pattern as they are, and look like texts rather than patterns."""
    if node.type in ("identifier", "attribute", "subscript"):
        if not _PATTERN_NAME.fullmatch(last_name(node)):
            yield node
    elif node.type == "binary_operator":
        sign = node.child_by_field_name("operator")
        parts = node.named_children if sign is not None and sign.type == "+" else node.named_children[1:]
        for part in parts:
            yield from _raw_parts(part)
    elif node.type == "tuple":
        yield from (part for element in node.named_children for part in _raw_parts(element))
    elif node.type == "concatenated_string":
        yield from (part for string in node.named_children for part in _raw_parts(string))
    elif node.type == "string":
        fields = [inner.named_children for inner in node.named_children if inner.type == "interpolation"]
        yield from (part for field in fields if len(field) == 1 for part in _raw_parts(field[0]))
    elif node.type == "call" and text_of(node.named_children[0]).endswith((".join", ".format")):
        yield node


@template(
    "pitfall.not_escaped",
    1.6,
    "call",
    (
        "import re\ndef f(w, x):\n    return re.findall(rf'\\b{w}\\b', x)\n",
        "import re\ndef f(w, x):\n    return re.findall(rf'\\b{re.escape(w)}\\b', x)\n",
    ),
    (
        "import re\ndef f(old, x):\n    return re.sub(old, '', x)\n",
        "import re\ndef f(old, x):\n    return re.sub(re.escape(old), '', x)\n",
    ),
    (
        "import re\ndef f(ws):\n    return re.compile('|'.join(ws))\n",
        "import re\ndef f(ws):\n    return re.compile('|'.join(map(re.escape, ws)))\n",
    ),
    (
        "import re\ndef f(w):\n    return re.compile('^' + w + '$')\n",
        "import re\ndef f(w):\n    return re.compile('^' + re.escape(w) + '$')\n",
    ),
    relies=0.35,
)
def not_escaped(site: Site) -> Proposals:
    """A text put into a pattern, where its marks mean something else."""
    use = use_of(site)
    if use is None or use.is_compiled or use.pattern.type not in _MADE:
        return
    escape = text_of(use.holder.named_children[0])
    escape = escape[: len(escape) - len(use.name)] + "escape" if "." in escape else ""
    parts = list(_raw_parts(use.pattern)) if escape else []
    whole = [part for part in parts if part.type != "call"]
    if len(whole) > 1:
        yield Rewrite(tuple((span(part), f"{escape}({text_of(part)})") for part in whole))
    for part in parts:
        if part.type == "call":
            yield from _joined(part, escape)
        else:
            yield replace(
                part,
                f"{escape}({text_of(part)})",
                0.7 if part == use.pattern and use.name not in ("sub", "split") else 1.0,
            )


_MADE = frozenset(("identifier", "attribute", "subscript", "binary_operator", "string", "concatenated_string", "call"))


def _joined(call: Node, escape: str) -> Proposals:
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    is_joined = text_of(call.named_children[0]).endswith(".join")
    if is_joined and arguments is not None and arguments.type == "argument_list" and len(given) == 1:
        if "escape" in text_of(given[0]):
            return
        own = text_of(given[0])
        yield replace(given[0], f"map({escape}, {own})")
        yield replace(given[0], f"map({escape}, sorted({own}, key=len, reverse=True))", 0.9)
    elif not is_joined:
        plain = [a for a in given if a.type in ("identifier", "attribute")]
        if plain:
            yield Rewrite(tuple((span(a), f"{escape}({text_of(a)})") for a in plain))


glob_pattern = traps(
    "pitfall.glob_pattern",
    1.5,
    "Stars and question marks made into a pattern, while all other marks of the text stay as they are.",
    trap('$x.replace("*", ".*")', r're.escape($x).replace(r"\*", ".*")', guard=lambda _, found: _is_unescaped(found)),
    trap('$x.replace("*", ".*?")', r're.escape($x).replace(r"\*", ".*?")', guard=lambda _, found: _is_unescaped(found)),
    trap('$x.replace("?", ".")', r're.escape($x).replace(r"\?", ".")', guard=lambda _, found: _is_unescaped(found)),
    trap(
        '$x.replace("*", ".*").replace("?", ".")',
        r're.escape($x).replace(r"\*", ".*").replace(r"\?", ".")',
        "fnmatch.translate($x)",
        guard=lambda _, found: _is_unescaped(found),
    ),
    examples=[
        (
            'import re\ndef f(x):\n    return re.compile(x.replace("*", ".*"))\n',
            'import re\ndef f(x):\n    return re.compile(re.escape(x).replace(r"\\*", ".*"))\n',
        ),
        (
            'import re\ndef f(x):\n    return re.compile(x.replace("?", "."))\n',
            'import re\ndef f(x):\n    return re.compile(re.escape(x).replace(r"\\?", "."))\n',
        ),
    ],
)  # fmt: skip


def _is_unescaped(found: Found) -> bool:
    return "escape" not in text_of(found["x"]) and "replace" not in text_of(found["x"])


# What is written in a pattern, what for, with which weight: each is hardly ever meant.
_SLIPS: tuple[tuple[re.Pattern[str], str, float], ...] = (
    (re.compile(r"A-z(?=[^\[]*\])"), "A-Za-z", 1.0),
    (re.compile(r"(?<=[\w+*\])}])\.(?=(?:py|com|org|net|io|txt|json|csv|html?|js|xml|ya?ml|md|log|gz|zip|co|de|uk|cfg|ini|png|jpe?g|gif|pdf)\b)"), r"\.", 1.0),
    (re.compile(r"(?<=\\d\+)\.(?=\\d|\[)"), r"\.", 1.0),
    (re.compile(r"(?<=\\w\+)\.(?=\\w|\[|[a-z])"), r"\.", 1.0),
    (re.compile(r"(?<=[\])+}])\.(?=\(|\[|\\[dw])"), r"\.", 0.9),
    (re.compile(r"(?<=\\d)\.(?=\\d)"), r"\.", 1.0),
    (re.compile(r"(?<=\})\.(?=\\d)"), r"\.", 1.0),
    (re.compile(r"(?<=\[)([^\]\[\\^]*)([+.,_:;/!?@#])-([.,:;/!?@#_])(?=[^\]]*\])"), r"\1\2\\-\3", 1.0),
    (re.compile(r"\[([a-z])\|([a-z])\]"), r"[\1\2]", 1.0),
    (re.compile(r"\[\^?\\w\\d\]"), r"\\w", 0.5),
)  # fmt: skip
_ONLY_MARKS = re.compile(r"[.|+*?^$(){}\[\]]{1,3}")


@template(
    "pitfall.pattern_slip",
    1.6,
    "call",
    ('import re\nP = re.compile(r"[A-z]+")\n', 'import re\nP = re.compile(r"[A-Za-z]+")\n'),
    ('import re\nP = re.compile(r"\\d+.\\d+")\n', 'import re\nP = re.compile(r"\\d+\\.\\d+")\n'),
    ('import re\ndef f(x):\n    return re.split("|", x)\n', 'import re\ndef f(x):\n    return re.split("\\\\|", x)\n'),
    (
        'import re\ndef f(x):\n    return re.sub("\\bno\\b", "", x)\n',
        'import re\ndef f(x):\n    return re.sub(r"\\bno\\b", "", x)\n',
    ),
    ('import re\nP = re.compile(r"^a|b$")\n', 'import re\nP = re.compile(r"^(?:a|b)$")\n'),
    ('import re\nP = re.compile(r"[\\w.]+.com")\n', 'import re\nP = re.compile(r"[\\w.]+\\.com")\n'),
    relies=0.35,
)
def pattern_slip(site: Site) -> Proposals:
    r"""A mark that means more than itself, a range that holds more than letters, ``\\b`` for a backspace, anchors of one alternative."""
    use = use_of(site)
    if use is None or not use.inner:
        return
    inner, text = use.inner, text_of(use.pattern)
    is_raw = "r" in text[: len(text) - len(text.lstrip("rRbBfFuU"))].lower()
    if not is_raw and re.search(r"(?<!\\)(?:\\\\)*\\b", inner):
        yield Rewrite(((Span(use.pattern.start_byte, use.pattern.start_byte), "r"),))
    if _ONLY_MARKS.fullmatch(inner) and use.name in ("split", "sub", "subn", "findall", "search"):
        back = "\\" if is_raw else "\\\\"
        yield Rewrite(((Span(use.start, use.start + len(inner)), "".join(back + c for c in inner)),))
    for slip, other, weight in _SLIPS:
        for match in slip.finditer(inner):
            new = match.expand(other) if "\\1" in other else other
            yield use.change(match, new if is_raw or "\\" not in new else new.replace("\\", "\\\\"), weight)
    yield from _alternatives(use)


def _alternatives(use: Use) -> Proposals:
    """Anchors on both sides of alternatives that only belong to the outermost of them."""
    inner = use.inner
    head = re.match(r"\^|\\A|\\b", inner)
    tail = re.search(r"(?<!\\)\$\Z|\\Z\Z|\\b\Z", inner)
    if "|" not in inner or (head is None and tail is None):
        return
    first, last = head.end() if head else 0, tail.start() if tail else len(inner)
    if _top_level_bar(inner[first:last]):
        at = use.start
        yield Rewrite(((Span(at + first, at + first), "(?:"), (Span(at + last, at + last), ")")))


def _top_level_bar(pattern: str) -> bool:
    depth, in_class = 0, False
    for match in re.finditer(r"\\.|[\[\]()|]", pattern):
        mark = match[0]
        if mark == "[" and not in_class:
            in_class = True
        elif mark == "]":
            in_class = False
        elif not in_class and mark in "()":
            depth += 1 if mark == "(" else -1
        elif not in_class and mark == "|" and depth == 0:
            return True
    return False


_GREEDY = re.compile(r"(?<!\\)(\.|\[\^?[^\]]+\]|\\[sSwWD])([*+])(?![?*+])(?=.)")


@template(
    "pitfall.greedy",
    1.1,
    "call",
    ('import re\nP = re.compile(r"<(.*)>")\n', 'import re\nP = re.compile(r"<(.*?)>")\n'),
    (
        "import re\ndef f(x):\n    return re.sub(r'\"(.+)\"', '', x)\n",
        "import re\ndef f(x):\n    return re.sub(r'\"(.+?)\"', '', x)\n",
    ),
    relies=0.35,
)
def greedy(site: Site) -> Proposals:
    """A repetition that runs on to the last end there is, where the next one was meant."""
    use = use_of(site)
    for match in _GREEDY.finditer(use.inner) if use is not None else ():
        assert use is not None
        rest = use.inner[match.end() :].lstrip(")")
        if match[1] != "." or not rest or rest[0] in "$|" or rest.startswith((r"\Z", r"\n")):
            continue
        yield use.change(match, match[0] + "?")
        end = rest[0]
        if not end.isalnum() and end not in "\\([.^":
            yield use.change(match, f"[^{end}]{match[2]}", 0.9)


@template(
    "pitfall.replacement",
    1.5,
    "call",
    (
        "import re\ndef f(p, new, x):\n    return re.sub(p, new, x)\n",
        "import re\ndef f(p, new, x):\n    return re.sub(p, lambda _: new, x)\n",
    ),
    (
        'import re\ndef f(p, x):\n    return re.sub(p, "\\1-", x)\n',
        'import re\ndef f(p, x):\n    return re.sub(p, r"\\1-", x)\n',
    ),
    (
        'import re\ndef f(p, n, x):\n    return re.sub(p, rf"\\1{n}", x)\n',
        'import re\ndef f(p, n, x):\n    return re.sub(p, rf"\\g<1>{n}", x)\n',
    ),
    relies=0.35,
)
def replacement(site: Site) -> Proposals:
    r"""A replacement whose backslashes mean something, digits behind a group's number, ``\\1`` for a control character."""
    use = use_of(site)
    given = (
        [a for a in use.arguments if a.type != "keyword_argument"]
        if use is not None and use.name in ("sub", "subn")
        else []
    )
    if not given:
        return
    text = text_of(given[0])
    prefix = text[: len(text) - len(text.lstrip("rRbBfFuU"))].lower() if given[0].type == "string" else ""
    if given[0].type == "string":
        if "r" not in prefix and re.search(r"(?<!\\)\\[1-9g]", text):
            yield Rewrite(((Span(given[0].start_byte, given[0].start_byte), "r"),))
        if "f" in prefix:
            for match in re.finditer(r"\\(\d)(?=\{(?!\{))", text):
                at = Span(
                    given[0].start_byte + len(text[: match.start()].encode()),
                    given[0].start_byte + len(text[: match.end()].encode()),
                )
                yield Rewrite(((at, rf"\g<{match[1]}>" if "r" in prefix else rf"\\g<{match[1]}>"),))
            if "\\" not in text:
                yield replace(given[0], f"lambda _: {text}", 0.8)
    elif (
        given[0].type in ("identifier", "attribute", "subscript")
        and site.kind(given[0]) & Kind.TEXT
        and text_of(given[0]) not in site.code.functions
    ):
        yield replace(given[0], f"lambda _: {text}")
        yield replace(given[0], f"{grouped(given[0], Level.PRIMARY)}.replace('\\\\', r'\\\\')", 0.8)


@template(
    "pitfall.word_border",
    1.1,
    "string",
    (
        "import re\ndef f(w):\n    return re.compile(rf'\\b{re.escape(w)}\\b')\n",
        "import re\ndef f(w):\n    return re.compile(rf'(?<!\\w){re.escape(w)}(?!\\w)')\n",
    ),
    (
        "import re\ndef f(w):\n    return re.compile(f'\\\\b{re.escape(w)}\\\\b')\n",
        "import re\ndef f(w):\n    return re.compile(f'(?<!\\\\w){re.escape(w)}(?!\\\\w)')\n",
    ),
    relies=0.35,
)
def word_border(site: Site) -> Proposals:
    r"""``\\b`` beside a text that may begin or end with a mark: there is a border only beside letters."""
    text = site.text
    if "\\b{" not in text:
        return
    back = "\\" if "r" in text[:2].lower() else "\\\\"
    whole = re.compile(rf"{re.escape(back)}b(\{{.+?\}}){re.escape(back)}b")
    new = whole.sub(lambda match: f"(?<!{back}w){match[1]}(?!{back}w)", text)
    if new != text:
        yield replace(site.node, new)


TEMPLATES: tuple[Template, ...] = (not_escaped, glob_pattern, pattern_slip, greedy, replacement, word_border)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.not_escaped": ("grascii/grascii#76", "saltstack/salt#27358", "woodgern/confusables#20"),
    "pitfall.replacement": ("Weisl/simple_renaming#216", "gbiggs/pykg-config#19", "plastex/plastex#283"),
}
