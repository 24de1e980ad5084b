"""Texts: sets of characters for words, splitting, cases, what is in a text, digits, replacing, lines, Unicode, versions."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Site, Template
from fixbot_repair.candidates.templates.pitfalls.holes import Found, last_name, literal, named_like, trap, traps


def is_asked(node: Node) -> bool:
    """Whether a value is only asked for its truth: a condition or an operand of one, an argument of ``bool``."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "argument_list" and parent.parent is not None:
        return text_of(parent.parent.named_children[0]) in ("bool", "any", "all")
    if parent.type == "conditional_expression":
        return parent.named_children[1] == node
    if parent.type in ("boolean_operator", "parenthesized_expression"):
        return is_asked(parent)
    return parent.type in ("not_operator", "if_clause") or (
        parent.type in ("if_statement", "elif_clause", "while_statement")
        and parent.child_by_field_name("condition") == node
    )


def _value(found: Found, hole: str = "s") -> str:
    value = literal(found[hole])
    return value if isinstance(value, str) else ""


strip_word = traps(
    "pitfall.strip_word",
    1.8,
    "``strip`` and its like take a set of characters; a word was meant.",
    trap("$x.lstrip($word)", "$x.removeprefix($word)", "$x[len($word):] if $x.startswith($word) else $x"),
    trap("$x.rstrip($word)", "$x.removesuffix($word)", "$x[:-len($word)] if $x.endswith($word) else $x"),
    trap("$x.strip($word)", "$x.removeprefix($word).removesuffix($word)", "$x.removeprefix($word)", "$x.removesuffix($word)"),
    trap("$x.lstrip($prefix)", "$x.removeprefix($prefix)", "$x[len($prefix):] if $x.startswith($prefix) else $x"),
    trap("$x.rstrip($prefix)", "$x.removesuffix($prefix)", "$x[:-len($prefix)] if $x.endswith($prefix) else $x"),
    trap("$x.strip($prefix)", "$x.removeprefix($prefix).removesuffix($prefix)"),
)  # fmt: skip

strip_quotes = traps(
    "pitfall.strip_quotes",
    0.8,
    "``strip`` takes all quotes or brackets at an end, also those that belong to the text.",
    trap("""$x.strip('"')""", """$x.removeprefix('"').removesuffix('"')""", "$x[1:-1]"),
    trap("""$x.strip("'")""", """$x.removeprefix("'").removesuffix("'")""", "$x[1:-1]"),
    trap('$x.strip("()")', "$x[1:-1]", '$x.removeprefix("(").removesuffix(")")'),
    trap('$x.strip("[]")', "$x[1:-1]", '$x.removeprefix("[").removesuffix("]")'),
    trap('$x.strip("{}")', "$x[1:-1]", '$x.removeprefix("{").removesuffix("}")'),
    trap('$x.rstrip("/")', '$x.removesuffix("/")', weight=0.6),
)


def _is_end(_: Site, found: Found) -> bool:
    value = _value(found)
    return len(value) > 1 and (value[:1] in "./_-" or value[-1:] in ":_-/")


def _is_stated(site: Site, found: Found) -> bool:
    return "startswith" not in text_of(scope_node(site.node)) and literal(found["prefix"]) is None


replaced_end = traps(
    "pitfall.replaced_end",
    1.0,
    "``replace`` takes a prefix or a suffix away wherever it stands; a slice takes it though it is not there.",
    trap('$x.replace($prefix, "")', "$x.removeprefix($prefix)", "$x.removesuffix($prefix)", '$x.replace($prefix, "", 1)'),
    trap('$x.replace($s, "")', "$x.removesuffix($s)", "$x.removeprefix($s)", guard=_is_end),
    trap("$x.split($prefix)[1]", "$x.removeprefix($prefix)", weight=0.8),
    trap("$x[len($prefix):]", "$x.removeprefix($prefix)", weight=0.8, guard=_is_stated),
    examples=[('def f(x):\n    return x.replace(".py", "")\n', 'def f(x):\n    return x.removesuffix(".py")\n')],
)  # fmt: skip

split_on = traps(
    "pitfall.split_on",
    1.3,
    "Split at each blank or line feed, where runs of white space or all line ends were meant; and back.",
    trap('$x.split(" ")', "$x.split()"),
    trap(r'$x.split("\n")', "$x.splitlines()", r'$x.rstrip("\n").split("\n")'),
    trap(r'$x.split("\r\n")', "$x.splitlines()"),
    trap(
        r"$x.splitlines()",
        r'$x.split("\n")',
        r'$x.replace("\r\n", "\n").split("\n")',
        "$x.splitlines(keepends=True)",
        weight=0.75,
    ),
    trap("$line.split()", '$line.split(" ")', r'$line.split("\t")', weight=0.6),
    trap(r're.split(r"\s+", $x)', "$x.split()", r're.split(r"\s+", $x.strip())'),
    trap(r're.split("\s+", $x)', "$x.split()"),
    trap(r'$x.split("\t")', "$x.split()", weight=0.6),
)


def _is_pair(_: Site, found: Found) -> bool:
    """Whether the separator is one between a name and its value."""
    return _value(found).strip() in ("=", ":", "->", "=>", ":=")


split_limit = traps(
    "pitfall.split_limit",
    1.5,
    "A separator that may come again in what follows: only the first, or the last one counts.",
    trap("$a, $b = $x.split($s)", "$a, $b = $x.split($s, 1)", "$a, _, $b = $x.partition($s)", "$a, $b = $x.rsplit($s, 1)"),
    trap("$a, $b, $c = $x.split($s)", "$a, $b, $c = $x.split($s, 2)", "$a, $b, $c = $x.rsplit($s, 2)"),
    trap("$a, $b = $x.split()", "$a, $b = $x.split(None, 1)", "$a, $b = $x.rsplit(None, 1)"),
    trap("$a, $b = $x.split($s, 1)", "$a, $b = $x.rsplit($s, 1)", "$a, _, $b = $x.partition($s)", weight=0.7),
    trap("$a, $b = $x.rsplit($s, 1)", "$a, $b = $x.split($s, 1)", weight=0.7),
    trap("$x.split($s)[1]", "$x.split($s, 1)[1]", "$x.partition($s)[2]", "$x.split($s)[-1]"),
    trap("$x.split($s)[0]", "$x.rsplit($s, 1)[0]", weight=0.65),
    trap("$x.split($s)[-1]", "$x.split($s, 1)[-1]", weight=0.65),
    trap("$x.split($s)[:2]", "$x.split($s, 1)"),
    trap("$x.split($s, 1)[0]", "$x.rsplit($s, 1)[0]", weight=0.7),
    trap("$x.split($s, 1)[1]", "$x.rsplit($s, 1)[1]", "$x.partition($s)[2]", weight=0.7),
    trap("$x.rsplit($s, 1)[0]", "$x.split($s, 1)[0]", weight=0.7),
    trap("$x.split($s, 2)", "$x.split($s, 1)", weight=0.7),
    trap("$x.partition($s)", "$x.rpartition($s)", weight=0.7),
    trap("$x.rpartition($s)", "$x.partition($s)", weight=0.7),
    trap("$x.split($s)", "$x.split($s, 1)", weight=0.95, guard=_is_pair),
    trap("dict($y.split($s) for $variable in $z)", "dict($y.split($s, 1) for $variable in $z)"),
    trap("($y.split($s) for $variable in $z)", "($y.split($s, 1) for $variable in $z)", weight=0.9),
    trap("[$y.split($s) for $variable in $z]", "[$y.split($s, 1) for $variable in $z]", weight=0.8),
)  # fmt: skip


def _is_list(_: Site, found: Found) -> bool:
    return _value(found).strip(" ") in (*",;:|", "\n", "")


split_empty = traps(
    "pitfall.split_empty",
    1.3,
    "Splitting gives empty parts: of an empty text, between two separators, behind the last one; and white space stays.",
    trap("[$y for $variable in $x.split($s)]", "[$y for $variable in $x.split($s) if $variable.strip()]"),
    trap("{$y for $variable in $x.split($s)}", "{$y for $variable in $x.split($s) if $variable.strip()}"),
    trap("($y for $variable in $x.split($s))", "($y for $variable in $x.split($s) if $variable.strip())"),
    trap("list(map($name, $x.split($s)))", "[$name(p) for p in $x.split($s) if p.strip()]"),
    trap(
        "$x.split($s)",
        "[p.strip() for p in $x.split($s) if p.strip()]",
        "[p.strip() for p in $x.split($s)]",
        weight=0.95,
        guard=lambda site, found: _is_list(site, found) and site.node.parent is not None and site.node.parent.type == "for_statement",
    ),
    trap(
        "$x.split($s)",
        "[p.strip() for p in $x.split($s) if p.strip()]",
        "[p.strip() for p in $x.split($s)]",
        "($x.split($s) if $x else [])",
        weight=0.7,
        guard=lambda site, found: _is_list(site, found) and site.node.parent is not None
        and site.node.parent.type in ("assignment", "return_statement", "argument_list", "for_statement", "keyword_argument"),
    ),
    examples=[('def f(x):\n    return x.split(",")\n', 'def f(x):\n    return [p.strip() for p in x.split(",") if p.strip()]\n')],
)  # fmt: skip

found_nowhere = traps(
    "pitfall.found_nowhere",
    1.6,
    "``find`` gives -1 where there is nothing, which is true and cuts the last character off; 0 is the first place.",
    trap("$x[:$x.find($y)]", "$x.partition($y)[0]", "$x.split($y, 1)[0]"),
    trap("$x[:$x.index($y)]", "$x.partition($y)[0]", "$x.split($y, 1)[0]"),
    trap("$x[:$x.rfind($y)]", "$x.rsplit($y, 1)[0]"),
    trap("$x[$x.find($y):]", '($x[$x.find($y):] if $y in $x else "")'),
    trap("$x.find($y) > 0", "$x.find($y) >= 0", "$y in $x"),
    trap("$x.find($y) != 0", "$x.find($y) != -1", "$y in $x"),
    trap("$x.index($y) > 0", "$y in $x"),
    trap("$x.find($y)", "$y in $x", guard=lambda site, _: is_asked(site.node)),
    trap("$x.find($s)", "$x.rfind($s)", weight=0.75),
    trap("$x.rfind($s)", "$x.find($s)", weight=0.75),
    trap("$x.index($s)", "$x.rindex($s)", "$x.find($s)", weight=0.75),
    trap("$a = $x.find($y)", "$a = $x.index($y)", weight=0.6),
    examples=[
        ("def f(x, y):\n    if x.find(y):\n        return 1\n", "def f(x, y):\n    if y in x:\n        return 1\n"),
    ],
)


def _other_case(_: Site, found: Found) -> "bool | Mapping[str, str]":
    """The side of a comparison that keeps its case: a literal that can never be equal, or another expression."""
    other = found["y"]
    around = found["x"].parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    method = text_of(around).rpartition(".")[2] if around is not None else ""
    value = literal(other)
    if value is None and other.type != "string":
        done = other.type in ("list", "tuple", "set", "none", "dictionary") or f".{method}(" in text_of(other)
        return False if done or _tells_case(other, method) else {"made": f"{_bracketed(other)}.{method}()"}
    if not isinstance(value, str):
        return False
    fitting = value.upper() if method == "upper" else value.lower()
    return {"made": _quoted(other, fitting)} if fitting != value else False


def _tells_case(node: Node, method: str) -> bool:
    return method in last_name(node).lower()


def _bracketed(node: Node) -> str:
    return text_of(node) if node.type in ("identifier", "attribute", "call", "subscript") else f"({text_of(node)})"


def _quoted(node: Node, value: str) -> str:
    """`value` as a literal in the quotes of `node`."""
    quote = text_of(node)[-1]
    inner = repr(value)[1:-1].replace("\\'", "'").replace(quote, f"\\{quote}")
    return quote + inner + quote


_CASES = ("lower", "upper", "casefold")
one_case = traps(
    "pitfall.one_case",
    1.5,
    "One side of a comparison is brought to lower or upper case and the other is not.",
    *(trap(f"$x.{case}() {sign} $y", f"$x.{case}() {sign} $made", guard=_other_case) for case in _CASES for sign in ("==", "!=")),
    *(trap(f"$y {sign} $x.{case}()", f"$made {sign} $x.{case}()", guard=_other_case) for case in _CASES for sign in ("==", "!=", "in", "not in")),
    *(
        trap(f"$x.{case}().{name}($y)", f"$x.{case}().{name}($made)", guard=_other_case)
        for case in _CASES
        for name in ("startswith", "endswith", "count", "find", "index")
    ),
    *(trap(f"$x.{case}() {sign} $prose", f"$x.{case}() {sign} $prose.{case}()") for case in _CASES for sign in ("in", "not in")),
    examples=[
        ("def f(x, y):\n    return x.lower() == y\n", "def f(x, y):\n    return x.lower() == y.lower()\n"),
        ('def f(x):\n    return x.lower() == "Yes"\n', 'def f(x):\n    return x.lower() == "yes"\n'),
        ('def f(x):\n    return x.lower().startswith("Bearer ")\n', 'def f(x):\n    return x.lower().startswith("bearer ")\n'),
        ("def f(x, y):\n    return y in x.lower()\n", "def f(x, y):\n    return y.lower() in x.lower()\n"),
    ],
)  # fmt: skip

letters = traps(
    "pitfall.letter_case",
    1.1,
    "``title`` begins a word behind each apostrophe and digit, ``capitalize`` makes the rest small, ``lower`` keeps what only case folding joins.",
    trap("$x.title()", "string.capwords($x)", '" ".join(w[:1].upper() + w[1:] for w in $x.split())', "$x.capitalize()"),
    trap("$x.capitalize()", "$x[:1].upper() + $x[1:]", "$x.title()"),
    trap("$x.lower() == $y.lower()", "$x.casefold() == $y.casefold()"),
    trap("$x.upper() == $y.upper()", "$x.casefold() == $y.casefold()"),
    trap("$x.lower() in $y.lower()", "$x.casefold() in $y.casefold()"),
    trap("$x.lower()", "$x.casefold()", weight=0.55),
    trap("$x.swapcase()", "$x.upper()", "$x.lower()", weight=0.7),
    trap("$x[0].upper() + $x[1:]", "$x[:1].upper() + $x[1:]"),
    trap("$x[0].lower() + $x[1:]", "$x[:1].lower() + $x[1:]"),
    trap("$x[0].upper() + $x[1:].lower()", "$x[:1].upper() + $x[1:].lower()", "$x[:1].upper() + $x[1:]"),
    trap("$x[0].isupper()", "$x[:1].isupper()"),
)


def _is_text_like(site: Site, found: Found) -> bool:
    """Whether what is looked through may be one text rather than many."""
    node = found["x"]
    return bool(site.kind(node) & Kind.TEXT) and not last_name(node).endswith("s")


def _is_suffix(site: Site, found: Found) -> bool:
    return _is_text_like(site, found) and _value(found)[:1] == "." and len(_value(found)) > 1


def _is_start(site: Site, found: Found) -> bool:
    value = _value(found)
    return _is_text_like(site, found) and (
        value.startswith(("http", "www.")) or (len(value) > 1 and value[-1] in ":_-/@")
    )


def _is_long(_: Site, found: Found) -> bool:
    return len(_value(found)) > 1


part_of = traps(
    "pitfall.part_of",
    1.3,
    "``in`` a text finds parts of words; equality, a beginning, an end or one of several was meant.",
    trap("$s in $x", "$x.endswith($s)", guard=_is_suffix),
    trap("$s in $x", "$x.startswith($s)", guard=_is_start),
    trap("$s not in $x", "not $x.endswith($s)", guard=_is_suffix),
    trap("$s not in $x", "not $x.startswith($s)", guard=_is_start),
    trap("$x in ($s)", "$x in ($s,)", "$x == $s"),
    trap("$x not in ($s)", "$x not in ($s,)", "$x != $s"),
    trap("$x in $s", "$x == $s", "$x in set($s)", "len($x) == 1 and $x in $s", guard=_is_long),
    examples=[
        ('def f(x):\n    return ".py" in x\n', 'def f(x):\n    return x.endswith(".py")\n'),
        ('def f(x):\n    return "http" in x\n', 'def f(x):\n    return x.startswith("http")\n'),
        ('def f(x):\n    return x in "admin"\n', 'def f(x):\n    return x == "admin"\n'),
    ],
)


def _is_chain(_: Site, found: Found) -> bool:
    return all(
        found[hole].type in ("string", "integer", "true", "false", "none") for hole in ("p", "q") if hole in found
    )


either = traps(
    "pitfall.either",
    1.7,
    "A comparison with one of several constants, where the others stand alone and are always true.",
    trap("$x == $p or $q or $s", "$x in ($p, $q, $s)"),
    trap("$x == $s1 or $s2", "$x in ($s1, $s2)"),
    trap("$x == $i1 or $i2", "$x in ($i1, $i2)"),
    trap("$x == ($s1 or $s2)", "$x in ($s1, $s2)"),
    trap("$s1 or $s2 in $x", "$s1 in $x or $s2 in $x"),
    trap("$s1 and $s2 in $x", "$s1 in $x and $s2 in $x"),
    trap("($s1 or $s2) in $x", "$s1 in $x or $s2 in $x"),
    trap("($s1 and $s2) in $x", "$s1 in $x and $s2 in $x"),
    trap("$x != $p or $x != $q", "$x != $p and $x != $q", "$x not in ($p, $q)", guard=_is_chain),
    trap("$x == $p and $x == $q", "$x == $p or $x == $q", "$x in ($p, $q)", guard=_is_chain),
    trap("$x.startswith($s1 or $s2)", "$x.startswith(($s1, $s2))"),
    trap("$x.endswith($s1 or $s2)", "$x.endswith(($s1, $s2))"),
    trap("$x.startswith($s1) or $s2", "$x.startswith(($s1, $s2))"),
    trap("$x.endswith($s1) or $s2", "$x.endswith(($s1, $s2))"),
    *(trap(f"$x.{end}([{holes}])", f"$x.{end}(({holes}))") for end in ("startswith", "endswith") for holes in ("$a, $b", "$a, $b, $c")),
    trap("$x.startswith($names)", "$x.startswith(tuple($names))", guard=lambda site, found: bool(site.kind(found["names"]) == Kind.LIST)),
    trap("$x.endswith($names)", "$x.endswith(tuple($names))", guard=lambda site, found: bool(site.kind(found["names"]) == Kind.LIST)),
    trap("$x.startswith($s1, $s2)", "$x.startswith(($s1, $s2))"),
    trap("$x.endswith($s1, $s2)", "$x.endswith(($s1, $s2))"),
)  # fmt: skip


_WHOLE_WORD = r'rf"\b{re.escape($wordy)}\b"'
whole_word = traps(
    "pitfall.whole_word",
    1.2,
    "A word looked for in a text is also found inside of other words.",
    trap("$wordy in $prose", "$wordy in $prose.split()", f"re.search({_WHOLE_WORD}, $prose) is not None"),
    trap("$wordy not in $prose", "$wordy not in $prose.split()", f"re.search({_WHOLE_WORD}, $prose) is None"),
    trap("$prose.count($wordy)", "$prose.split().count($wordy)", f"len(re.findall({_WHOLE_WORD}, $prose))"),
    trap("$prose.replace($wordy, $y)", f"re.sub({_WHOLE_WORD}, lambda _: $y, $prose)", "$prose.replace($wordy, $y, 1)"),
    trap("re.search(re.escape($wordy), $prose)", f"re.search({_WHOLE_WORD}, $prose)"),
    trap("re.findall(re.escape($wordy), $prose)", f"re.findall({_WHOLE_WORD}, $prose)"),
    trap("re.sub(re.escape($wordy), $y, $prose)", f"re.sub({_WHOLE_WORD}, $y, $prose)"),
)


def _is_whole(_: Site, found: Found) -> bool:
    return literal(found["root"]) is None and not text_of(found["root"]).rstrip("_)").lower().endswith(
        ("sep", "prefix", '"/"', "'/'")
    )


whole_part = traps(
    "pitfall.whole_part",
    1.2,
    "What begins or ends alike is no part: the folder ``/home/anna`` begins with ``/home/ann``, the host ``evil-a.org`` ends with ``a.org``.",
    trap(
        "$x.startswith($root)", '$x == $root or $x.startswith($root + "/")', '$x.startswith($root + "/")',
        '$x == $root or $x.startswith($root + ".")', '$x.startswith($root + ".")', "$x.startswith($root + os.sep)", guard=_is_whole,
    ),
    trap("$x.endswith($domain)", '$x == $domain or $x.endswith("." + $domain)', '$x.endswith("." + $domain)'),
    trap("str($x).startswith(str($y))", "$x.is_relative_to($y)", "$x.resolve().is_relative_to($y.resolve())", "$y in $x.parents"),
    examples=[
        (
            "def f(path, root):\n    return path.startswith(root)\n",
            'def f(path, root):\n    return path == root or path.startswith(root + "/")\n',
        ),
    ],
)  # fmt: skip

digits = traps(
    "pitfall.digit_text",
    1.2,
    "``isdigit`` takes digits that ``int`` does not and no sign; an empty text is neither letters nor white space.",
    trap("$x.isalpha()", '$x.replace(" ", "").isalpha()', "$x.isascii() and $x.isalpha()", "$x.isalnum()", weight=0.9),
    trap("$x.isalnum()", '$x.replace("_", "").isalnum()', "$x.isascii() and $x.isalnum()", "$x.isidentifier()", weight=0.9),
    trap("$x.isidentifier()", "$x.isidentifier() and not keyword.iskeyword($x)"),
    trap("$x.isspace()", "not $x.strip()"),
    trap("$x.zfill($n)", 'f"{int($x):0{$n}}"', weight=0.5),
    trap('$x.rjust($n, "0")', "$x.zfill($n)"),
)  # fmt: skip


replaced = traps(
    "pitfall.replaced",
    1.0,
    "``replace`` goes once through the text, and replaces all there are.",
    trap('$x.replace("  ", " ")', '" ".join($x.split())', r're.sub(r" +", " ", $x)', r're.sub(r"\s+", " ", $x)'),
    trap("$x.replace($s1, $s2).replace($s2, $s1)", "$x.translate(str.maketrans({$s1: $s2, $s2: $s1}))"),
    trap("$x.replace($y, $z)", "$x.replace($y, $z, 1)", weight=0.55),
    trap("$x.replace($y, $z, 1)", "$x.replace($y, $z)", weight=0.8),
    trap(r'$x.replace("\n", "")', r'$x.replace("\n", " ")', '" ".join($x.split())', weight=0.7),
    trap(r'$x.replace("\r", "")', r'$x.replace("\r\n", "\n")', weight=0.8),
    trap(r'$x.replace("\n", "\r\n")', r'$x.replace("\r\n", "\n").replace("\n", "\r\n")'),
)  # fmt: skip


def _no_line_end(_: Site, found: Found) -> bool:
    return not any("\\n" in text_of(node) for node in found.values())


lines = traps(
    "pitfall.lines",
    1.3,
    "The line feed at the end of a line: not there in the last one, kept by reading, not added by writing.",
    trap("$line[:-1]", r'$line.rstrip("\n")', "$line.rstrip()", r'$line.removesuffix("\n")'),
    trap("$line.strip()", r'$line.rstrip("\n")', "$line.rstrip()", "$line.lstrip()", weight=0.7),
    trap("$line.rstrip()", r'$line.rstrip("\n")', r'$line.rstrip("\r\n")', weight=0.7),
    trap(r'$line.rstrip("\n")', r'$line.rstrip("\r\n")', "$line.rstrip()", weight=0.8),
    trap(r'$line.strip("\n")', r'$line.rstrip("\r\n")', "$line.strip()", weight=0.7),
    trap("$x.writelines($y)", r'$x.writelines(f"{line}\n" for line in $y)', guard=_no_line_end),
    trap(r'$x.write("\n".join($y))', r'$x.write("\n".join($y) + "\n")'),
    trap(r'$x.write_text("\n".join($y), *rest)', r'$x.write_text("\n".join($y) + "\n", *rest)'),
    trap("$line.startswith($mark)", "$line.lstrip().startswith($mark)", weight=0.8),
    trap("$x.write($line)", r'$x.write($line + "\n")', weight=0.8),
    trap(r'"\n".join($x) + "\n"', r'"".join(f"{line}\n" for line in $x)', weight=0.8),
    trap("[$variable for $variable in $name.readlines()]", "[$variable.rstrip('\\n') for $variable in $name.readlines()]"),
    trap("$x.readlines()", "$x.read().splitlines()", weight=0.9),
    trap("len($x) - len($x.lstrip())", "len($x) - len($x.lstrip(' '))", "len($x.expandtabs()) - len($x.expandtabs().lstrip())", weight=0.8),
    examples=[
        ("def f(x, y):\n    x.writelines(y)\n", 'def f(x, y):\n    x.writelines(f"{line}\\n" for line in y)\n'),
    ],
)  # fmt: skip

first_letter = traps(
    "pitfall.first_letter",
    1.2,
    "The first or last character of a text that may be empty.",
    trap("$x[0] == $mark", "$x.startswith($mark)", "$x[:1] == $mark"),
    trap("$x[0] != $mark", "not $x.startswith($mark)", "$x[:1] != $mark"),
    trap("$x[-1] == $mark", "$x.endswith($mark)", "$x[-1:] == $mark"),
    trap("$x[-1] != $mark", "not $x.endswith($mark)", "$x[-1:] != $mark"),
    trap("$x[0] in $s", "$x.startswith(tuple($s))"),
    trap("$x[-1] in $s", "$x.endswith(tuple($s))"),
)

byte_at = traps(
    "pitfall.byte_at",
    1.8,
    "An item of bytes is a number, never equal to bytes; a slice is.",
    trap("$x[0] == $bytes", "$x[:1] == $bytes", "$x.startswith($bytes)"),
    trap("$x[0] != $bytes", "$x[:1] != $bytes", "not $x.startswith($bytes)"),
    trap("$x[-1] == $bytes", "$x[-1:] == $bytes", "$x.endswith($bytes)"),
    trap("$x[-1] != $bytes", "$x[-1:] != $bytes", "not $x.endswith($bytes)"),
    trap("$x[$name] == $bytes", "$x[$name:$name + 1] == $bytes"),
    trap("$x[$name] != $bytes", "$x[$name:$name + 1] != $bytes"),
)


def _counted(site: Site, _: Found) -> bool:
    around = (
        text_of(site.node.parent.parent) if site.node.parent is not None and site.node.parent.parent is not None else ""
    )
    return any(word in around.lower() for word in ("content-length", "content_length", "pack(", "to_bytes", "encode"))


def _is_plain(site: Site, found: Found) -> bool:
    return "normalize" not in text_of(scope_node(site.node)) and site.kind(found["x"]) & Kind.TEXT != 0


characters = traps(
    "pitfall.characters",
    1.4,
    "Characters are not bytes, and one letter may be written as one character or two.",
    *(
        trap(f'$x.encode("ascii", {kept})', f'unicodedata.normalize("NFKD", $x).encode("ascii", {kept})', guard=_is_plain)
        for kept in ('"ignore"', 'errors="ignore"')
    ),
    *(
        trap(f'unicodedata.normalize("{wrong}", $x).encode("ascii", "ignore")', 'unicodedata.normalize("NFKD", $x).encode("ascii", "ignore")')
        for wrong in ("NFC", "NFKC")
    ),
    trap("$x[:$n].decode()", '$x[:$n].decode("utf-8", "ignore")'),
    trap('$x[:$n].decode("utf-8")', '$x[:$n].decode("utf-8", "ignore")'),
    trap("len($x)", "len($x.encode())", 'len($x.encode("utf-8"))', guard=_counted),
    trap("$x.casefold()", 'unicodedata.normalize("NFC", $x).casefold()', 'unicodedata.normalize("NFKC", $x).casefold()', weight=0.6, guard=_is_plain),
    trap('unicodedata.normalize("NFC", $x)', 'unicodedata.normalize("NFKC", $x)', weight=0.7),
    trap('unicodedata.normalize("NFD", $x)', 'unicodedata.normalize("NFC", $x)', weight=0.7),
    examples=[
        (
            'import unicodedata\ndef f(x):\n    return x.encode("ascii", "ignore")\n',
            'import unicodedata\ndef f(x):\n    return unicodedata.normalize("NFKD", x).encode("ascii", "ignore")\n',
        ),
    ],
)  # fmt: skip

_AS_NUMBERS = 'tuple(map(int, {}.split(".")))'


def _is_text(site: Site, found: Found) -> bool:
    """Whether versions are compared as texts: neither is already something else."""
    return all(
        site.kind(node) & Kind.TEXT and "(" not in text_of(node) and node.type != "integer" for node in found.values()
    )


def _of_versions(site: Site, found: Found) -> bool:
    """Whether versions are gone through, or the function is about them."""
    header = text_of(scope_node(site.node)).partition("\n")[0]
    about = re.search(r"version|release", header) is not None
    return named_like(found["x"], "version") or (about and len(found) == 1)


versions = traps(
    "pitfall.versions",
    1.4,
    "Versions and numbered names compared as texts, where 10 comes before 9.",
    *(
        trap(f"$version1 {sign} $version2", f"{_AS_NUMBERS.format('$version1')} {sign} {_AS_NUMBERS.format('$version2')}", guard=_is_text)
        for sign in ("<", ">", "<=", ">=")
    ),
    *(
        trap(f"$version {sign} $s", f"{_AS_NUMBERS.format('$version')} {sign} {_AS_NUMBERS.format('$s')}", guard=lambda _, found: _value(found)[:1].isdigit())
        for sign in ("<", ">", "<=", ">=")
    ),
    *(
        trap(f"{name}($x, *rest)", f"{name}($x, *rest, key=lambda v: {_AS_NUMBERS.format('v')})", guard=_of_versions)
        for name in ("sorted", "max", "min")
    ),
    trap("$version.sort()", f"$version.sort(key=lambda v: {_AS_NUMBERS.format('v')})"),
    trap(
        "sorted($label)",
        r'sorted($label, key=lambda s: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", s)])',
        "sorted($label, key=str.casefold)",
        weight=0.65,
    ),
    trap(
        "$label.sort()",
        r'$label.sort(key=lambda s: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", s)])',
        "$label.sort(key=str.casefold)",
        weight=0.65,
    ),
)  # fmt: skip

wrapped = traps(
    "pitfall.wrapped",
    1.2,
    "``textwrap`` breaks long words and at hyphens, joins lines, and makes nothing of an empty text.",
    *(
        trap(
            f"textwrap.{name}($x, *rest)",
            f"textwrap.{name}($x, *rest, break_long_words=False)",
            f"textwrap.{name}($x, *rest, break_on_hyphens=False)",
            f"textwrap.{name}($x, *rest, replace_whitespace=False)",
            f"textwrap.{name}($x, *rest, break_long_words=False, break_on_hyphens=False)",
        )
        for name in ("wrap", "fill")
    ),
    trap("textwrap.wrap($x, *rest)", 'textwrap.wrap($x, *rest) or [""]'),
    trap("textwrap.shorten($x, *rest)", 'textwrap.shorten($x, *rest, placeholder="...")', 'textwrap.shorten($x, *rest, placeholder="…")'),
    trap("textwrap.dedent($x.strip())", "textwrap.dedent($x).strip()"),
    trap("textwrap.dedent($x.lstrip())", "textwrap.dedent($x).lstrip()"),
    trap('$x[:$n] + "..."', '$x[:$n - 3] + "..."'),
    trap('$x[:$n] + "…"', '$x[:$n - 1] + "…"'),
)  # fmt: skip

TEMPLATES: tuple[Template, ...] = (
    strip_word, strip_quotes, replaced_end, split_on, split_limit, split_empty, found_nowhere, one_case, letters, part_of, either,
    whole_part, whole_word, digits, replaced, lines, first_letter, byte_at, characters, versions, wrapped,
)  # fmt: skip
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.split_empty": ("tournesol-app/tournesol#1558", "scanner/asimap#316"),
    "pitfall.split_limit": ("fabtools/fabtools#264", "p0dalirius/Coercer#65", "markfinal/cruiz#170"),
    "pitfall.strip_word": (
        "tzulberti/django-datefilterspec#24",
        "learning-at-home/hivemind#578",
        "Keeper-Security/Commander#1465",
    ),
    "pitfall.whole_part": ("hanxi/xiaomusic#891", "reata/sqllineage#797", "Anionex/banana-slides#429"),
}
