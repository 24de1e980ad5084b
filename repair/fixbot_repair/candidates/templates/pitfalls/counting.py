"""Counts, shares and limits: what is left over, what is empty, truth values, nought for nothing."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.absence import is_condition
from fixbot_repair.candidates.templates.base import Proposals, Site, Template, replace, template
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import purpose, spoken

_SHARE = r"_(avg|average|mean|ratio|rate|percent|percentage|pct|share|fraction|proportion|density|speed|velocity|per|accuracy|precision|recall|score|utili[sz]ation|progress|median|midpoint|mid)s?_"
_PERCENT = r"_(percent|percentage|pct|perc)s?_"
_GROUPS = r"_(pages?|batch(es)?|chunks?|rows?|groups?|boxes|box|trips?|rounds?|needed|required|blocks?|buckets?|segments?|packages?|packs?|parts?|shards?|crates?|buses|trucks?|containers?|cartons?|pallets?|columns|teams?|slots?|units?|steps|sheets?|billable|ceil|div_up)_"
_SIZES = r"_(size|limit|per|count|page_size|length|chunk)_"


_SHARES = Traps(
    trap("$A // $B", "$A / $B", to=_SHARE, guard=lambda _, h: h["B"].type != "integer" or text_of(h["B"]) not in ("60", "3600", "1024")),
    trap("$A / $B", "$A / $B * 100", "100 * $A / $B", to=_PERCENT, guard=lambda s, _: "100" not in _statement(s)),
    trap("$A // $B", "$A * 100 // $B", "$A / $B * 100", to=_PERCENT, guard=lambda s, _: "100" not in _statement(s)),
    trap("$A / $B * 100", "$A / $B", to=r"_(ratio|rate|fraction|share|proportion)_"),
    trap("$A * $B", "$A * $B / 100", B=_PERCENT, guard=lambda s, _: "100" not in _statement(s)),
    trap("$B * $A", "$B / 100 * $A", B=_PERCENT, guard=lambda s, _: "100" not in _statement(s)),
    trap("1 - $B", "1 - $B / 100", B=_PERCENT),
    trap("1 + $B", "1 + $B / 100", B=_PERCENT),
    trap("100 - $B", "1 - $B", B=r"_(ratio|rate|fraction|share)_"),
    trap("$B / 100", "$B / 10000", B=r"_(bps|basis|bp)_"),
    trap("$A * $B / 100", "$A * $B", weight=0.7, B=r"_(ratio|rate|fraction|share)_"),
    trap("($A - $B) / $B", "($A - $B) / abs($B)", weight=0.9),
    trap("($A - $B) / $A", "($A - $B) / $B", "($A - $B) / abs($B)", weight=0.9, B=r"_(old|previous|prev|before|last|base|original|initial|start|begin)_"),
    trap("$A * (1 - $B)", "$A / (1 + $B)", B=r"_(vat|tax|rate|tax_rate|vat_rate|markup|gst)_"),
    trap("$A / (1 - $B)", "$A * (1 + $B)", "$A / (1 + $B)", B=r"_(vat|tax|rate|tax_rate|vat_rate|markup|gst)_"),
    trap("$A * (1 + $B) * $C", "$A * (1 + $B) ** $C", C=r"_(years?|n|periods?|months?|times|days|t|terms?)_"),
    trap("$A * $B", "$A * (1 - $B)", B=r"_(discount|rebate|reduction)_", to=r"_(total|price|due|final|amount|discounted|net|cost)_"),
    trap("$A - $B", "$A * (1 - $B)", B=r"_(discount_rate|discount_pct|discount_percent|rebate)_"),
)  # fmt: skip


def _statement(site: Site) -> str:
    at = site.node
    while at.parent is not None and not at.type.endswith("statement"):
        at = at.parent
    return text_of(at)


@template(
    "pitfall.share",
    1.4,
    "binary_operator",
    ("def f(hits, n):\n    average = hits // n\n    return average\n", "def f(hits, n):\n    average = hits / n\n    return average\n"),
    ("def percent(a, b):\n    return a / b\n", "def percent(a, b):\n    return a / b * 100\n"),
    ("def f(price, percent):\n    return price * (1 - percent)\n", "def f(price, percent):\n    return price * (1 - percent / 100)\n"),
    relies=RELIES,
)  # fmt: skip
def share(site: Site) -> Proposals:
    """A share or an average as a whole number, and hundredths taken for ones."""
    yield from _SHARES.rewrites(site)


_PAGES = Traps(
    trap("$A // $B + 1", "-(-$A // $B)", "($A - 1) // $B + 1"),
    trap("$A // $B", "-(-$A // $B)", "max(1, -(-$A // $B))", to=_GROUPS),
    trap("int($A / $B)", "-(-$A // $B)", "math.ceil($A / $B)", to=_GROUPS),
    trap("round($A / $B)", "math.ceil($A / $B)", "-(-$A // $B)", to=_GROUPS),
    trap("math.floor($A / $B)", "math.ceil($A / $B)", to=_GROUPS),
    trap("int($A / $B) + 1", "-(-$A // $B)"),
    trap("int($A)", "math.ceil($A)", to=_GROUPS, weight=0.9, guard=lambda _, h: h["A"].type in ("identifier", "attribute")),
    trap("$A / $B + 1", "-(-$A // $B)", to=_GROUPS),
    trap("$P * $S", "($P - 1) * $S", P=r"_(page|page_number|page_no|page_num|page_index)_", S=_SIZES),
    trap("$P * $S", "($P - 1) * $S", P=r"_(number|num|no|n|current|index)_", S=r"_(per_page|page_size)_"),
    trap("$S * $P", "$S * ($P - 1)", P=r"_(page|page_number|page_no|page_num)_", S=_SIZES),
    trap("($P - 1) * $S", "$P * $S", weight=0.7, P=r"_page_", S=_SIZES),
)  # fmt: skip


@template(
    "pitfall.pages",
    1.5,
    "binary_operator call",
    ("def page_count(n, size):\n    return n // size\n", "def page_count(n, size):\n    return -(-n // size)\n"),
    ("def f(n, size):\n    return n // size + 1\n", "def f(n, size):\n    return (n - 1) // size + 1\n"),
    ("def f(page, page_size):\n    start = page * page_size\n", "def f(page, page_size):\n    start = (page - 1) * page_size\n"),
    relies=RELIES,
)  # fmt: skip
def pages(site: Site) -> Proposals:
    """How many groups hold all: the last one that is not full, and none too many where it is; pages that count from one."""
    yield from _PAGES.rewrites(site)


@template(
    "pitfall.whole_index",
    1.7,
    "binary_operator",
    ("def f(xs):\n    return xs[len(xs) / 2]\n", "def f(xs):\n    return xs[len(xs) // 2]\n"),
    ("def f(n):\n    for i in range(n / 2):\n        go(i)\n", "def f(n):\n    for i in range(n // 2):\n        go(i)\n"),
    ("def f(xs):\n    mid = len(xs) / 2\n    return xs[:mid]\n", "def f(xs):\n    mid = len(xs) // 2\n    return xs[:mid]\n"),
    relies=RELIES,
)  # fmt: skip
def whole_index(site: Site) -> Proposals:
    """A quotient, which is no whole number, where a place or a count has to be one."""
    sign, parent = site.field("operator"), site.node.parent
    if sign is None or sign.type != "/" or parent is None:
        return
    while parent.type in ("binary_operator", "parenthesized_expression") and parent.parent is not None:
        parent = parent.parent
    named = re.search(r"_(mid|middle|half|idx|index|pos|position|offset|pivot|centre|center)_", purpose(site.node))
    called = text_of(parent.parent.named_children[0]) if parent.type == "argument_list" and parent.parent else ""
    is_place = parent.type == "slice" or (parent.type == "subscript" and parent.named_children[0] != site.node)
    if is_place or called in ("range", "islice", "itertools.islice", "chr", "math.comb", "math.factorial"):
        yield replace(sign, "//")
    elif named and "len(" in site.text:
        yield replace(sign, "//", 0.9)


_EMPTY = Traps(
    trap("sum($A for $X in $Y if $C) / len($Y)", "sum($A for $X in $Y if $C) / len([$X for $X in $Y if $C])"),
    trap("sum($A) / len($A)", "sum($A) / len($A) if $A else 0.0", "sum($A) / len($A) if $A else None"),
    trap("sum($A for $X in $Y) / len($Y)", "sum($A for $X in $Y) / len($Y) if $Y else 0.0", "sum($A for $X in $Y) / len($Y) if $Y else None"),
    trap("$A / len($B)", "$A / len($B) if $B else 0.0", "$A / len($B) if $B else None", weight=0.9),
    trap("$A / $B", "$A / $B if $B else 0.0", weight=0.8, B=r"_(count|n|total|num|number|sum|len|length|size|denominator|attempts|games|votes)_"),
    trap("sum($A * $B for $X in $Y) / len($Y)", "sum($A * $B for $X in $Y) / sum($B for $X in $Y)", "sum($A * $B for $X in $Y) / sum($A for $X in $Y)"),
    trap("sum($A * $B for $A, $B in zip($X, $Y)) / len($X)", "sum($A * $B for $A, $B in zip($X, $Y)) / sum($Y)", "sum($A * $B for $A, $B in zip($X, $Y)) / sum($X)"),
    trap("($A - $B) / ($C - $B)", "($A - $B) / ($C - $B) if $C != $B else 0.0"),
    trap("$A / ($C - $B)", "$A / ($C - $B) if $C != $B else 0.0", weight=0.8),
    trap("statistics.mean($A)", "statistics.mean($A) if $A else 0.0"),
    trap("statistics.fmean($A)", "statistics.fmean($A) if $A else 0.0"),
    trap("statistics.stdev($A)", "statistics.stdev($A) if len($A) > 1 else 0.0"),
    trap("statistics.median($A)", "statistics.median($A) if $A else 0.0"),
    trap("max($A)", "max($A, default=0)", "max($A, default=None)", weight=0.6),
    trap("min($A)", "min($A, default=0)", "min($A, default=None)", weight=0.6),
    trap("max($A, key=$K)", "max($A, key=$K, default=None)", weight=0.7),
    trap("min($A, key=$K)", "min($A, key=$K, default=None)", weight=0.7),
    trap("max(len($X) for $X in $Y)", "max((len($X) for $X in $Y), default=0)"),
    trap("max($A for $X in $Y)", "max(($A for $X in $Y), default=0)", "max(($A for $X in $Y), default=None)", weight=0.8),
    trap("min($A for $X in $Y)", "min(($A for $X in $Y), default=0)", "min(($A for $X in $Y), default=None)", weight=0.8),
)  # fmt: skip


@template(
    "pitfall.empty",
    1.1,
    "binary_operator call",
    ("def f(xs):\n    return sum(xs) / len(xs)\n", "def f(xs):\n    return sum(xs) / len(xs) if xs else 0.0\n"),
    ("def f(rows):\n    return max(len(r) for r in rows)\n", "def f(rows):\n    return max((len(r) for r in rows), default=0)\n"),
    (
        "def f(rows):\n    return sum(r.n for r in rows if r.ok) / len(rows)\n",
        "def f(rows):\n    return sum(r.n for r in rows if r.ok) / len([r for r in rows if r.ok])\n",
    ),
    relies=RELIES,
)  # fmt: skip
def empty(site: Site) -> Proposals:
    """The mean or the greatest of nothing, and a mean over more than was summed."""
    if not isinstance(site.node.parent, Node) or site.node.parent.type != "conditional_expression":
        yield from _EMPTY.rewrites(site)


_SPREAD = r"_(var|variance|std|stdev|std_?dev|stddev|deviation|sd|sample_variance)_"
_SAMPLES = Traps(
    trap("statistics.stdev($A)", "statistics.pstdev($A)"),
    trap("statistics.pstdev($A)", "statistics.stdev($A)"),
    trap("statistics.variance($A)", "statistics.pvariance($A)"),
    trap("statistics.pvariance($A)", "statistics.variance($A)"),
    trap("$A / len($B)", "$A / (len($B) - 1)", to=_SPREAD),
    trap("$A / (len($B) - 1)", "$A / len($B)", to=_SPREAD),
    trap("$A / $N", "$A / ($N - 1)", to=_SPREAD, N=r"_n_"),
    trap("$A / ($N - 1)", "$A / $N", to=_SPREAD, N=r"_n_"),
    trap("int(len($A) * $P / 100)", "max(0, math.ceil(len($A) * $P / 100) - 1)", "min(int(len($A) * $P / 100), len($A) - 1)", "round((len($A) - 1) * $P / 100)"),
    trap("int(len($A) * $P)", "min(int(len($A) * $P), len($A) - 1)", "max(0, math.ceil(len($A) * $P) - 1)", "round((len($A) - 1) * $P)"),
    trap("int($P / 100 * len($A))", "max(0, math.ceil($P / 100 * len($A)) - 1)", "min(int($P / 100 * len($A)), len($A) - 1)"),
    trap("sorted($A)[len($A) // 2]", "statistics.median($A)"),
    trap("$A[len($A) // 2]", "($A[(len($A) - 1) // 2] + $A[len($A) // 2]) / 2", to=r"_median_"),
    trap("$A[$M]", "($A[(len($A) - 1) // 2] + $A[len($A) // 2]) / 2", to=r"_median_", M=r"_(mid|middle|m|half)_"),
    trap("random.randint(0, len($A))", "random.randrange(len($A))", "random.randint(0, len($A) - 1)"),
    trap("random.randint(1, len($A))", "random.randrange(len($A))", weight=0.7),
    trap("random.randint(0, $A)", "random.randint(0, $A - 1)", weight=0.8),
    trap("random.randrange($A, $B)", "random.randint($A, $B)", "random.randrange($A, $B + 1)"),
    trap("$R.randint($A, $B)", "$R.randint($A, $B - 1)", weight=0.6),
    trap("$R.randrange($A, $B)", "$R.randrange($A, $B + 1)", weight=0.9),
    trap("int(random.random() * $A)", "random.randrange($A)", "int(random.random() * $A) + 1"),
    trap("random.sample($A, $B)", "random.sample($A, min($B, len($A)))"),
    trap("random.choices($A, k=$B)", "random.sample($A, $B)", weight=0.7),
)  # fmt: skip


@template(
    "pitfall.sample",
    1.3,
    "call binary_operator subscript",
    ("import statistics\ndef f(xs):\n    return statistics.stdev(xs)\n", "import statistics\ndef f(xs):\n    return statistics.pstdev(xs)\n"),
    ("def variance(xs, m):\n    return sum((x - m) ** 2 for x in xs) / len(xs)\n", "def variance(xs, m):\n    return sum((x - m) ** 2 for x in xs) / (len(xs) - 1)\n"),
    ("import random\ndef f(xs):\n    return xs[random.randint(0, len(xs))]\n", "import random\ndef f(xs):\n    return xs[random.randrange(len(xs))]\n"),
    ("def median(xs):\n    return xs[len(xs) // 2]\n", "def median(xs):\n    return (xs[(len(xs) - 1) // 2] + xs[len(xs) // 2]) / 2\n"),
    relies=RELIES,
)  # fmt: skip
def sample(site: Site) -> Proposals:
    """A sample taken for the whole or the other way round, the middle of an even number, and the ends of what is drawn."""
    yield from _SAMPLES.rewrites(site)


_NUMERIC = frozenset(("int", "float", "Decimal", "timedelta", "Fraction", "complex", "time"))
_OPTIONAL = re.compile(r"Optional\[\s*(?:\w+\.)?(\w+)\s*\]|(?:\w+\.)?(\w+)\s*\|\s*None|None\s*\|\s*(?:\w+\.)?(\w+)")
_NUMBERS = re.compile(
    r"_(limit|offset|count|timeout|min|max|minimum|maximum|size|start|end|stop|index|amount|price|port|ttl|delay|retries|depth|width|height|level"
    r"|age|rate|weight|threshold|quantity|qty|score|priority|balance|discount|tolerance|year|position|rank|seconds|minutes|hours|days|total|cost"
    r"|low|high|lower|upper|step|temperature|number|num|n|interval|lat|lng|lon|x|y|value|budget|stock|capacity|floor|expires?|ratio|percent|seed)_"
)


@template(
    "pitfall.nought",
    1.5,
    "identifier attribute subscript call not_operator boolean_operator list_comprehension generator_expression",
    (
        "def f(xs, limit: int | None = None):\n    if limit:\n        xs = xs[:limit]\n    return xs\n",
        "def f(xs, limit: int | None = None):\n    if limit is not None:\n        xs = xs[:limit]\n    return xs\n",
    ),
    (
        "def f(timeout=None):\n    timeout = timeout or 30\n    return timeout\n",
        "def f(timeout=None):\n    timeout = timeout if timeout is not None else 30\n    return timeout\n",
    ),
    (
        "class A:\n    def __init__(self, price=None):\n        self.price = price\n    def f(self):\n        if not self.price:\n            return 1\n",
        "class A:\n    def __init__(self, price=None):\n        self.price = price\n    def f(self):\n        if self.price is None:\n            return 1\n",
    ),
    relies=RELIES,
)
def nought(site: Site) -> Proposals:
    """Nought, or no time at all, taken for nothing given: a number that may be None, asked for its truth."""
    node = site.node
    yield from _GIVEN.rewrites(site)
    if node.type == "boolean_operator":
        yield from _either(site)
    elif node.type == "not_operator":
        inner = site.field("argument")
        if inner is not None and (weight := _maybe_number(site, inner)):
            yield site.become(f"{text_of(inner)} is None", Level.COMPARISON, weight)
    elif _is_asked(node) and (weight := _maybe_number(site, node)):
        yield site.become(f"{site.text} is not None", Level.COMPARISON, weight)


_GIVEN = Traps(
    trap("$A.get($B) or $C", "$A.get($B, $C)", guard=lambda _, h: h["C"].type in ("integer", "float", "true") and text_of(h["C"]) not in ("0", "0.0")),
    trap("$A.get($B) or $C", "$A.get($B, $C)", weight=0.6, guard=lambda _, h: h["C"].type not in ("integer", "float", "true", "list", "dictionary")),
    trap("filter(None, $A)", "(x for x in $A if x is not None)"),
    trap("[$X for $X in $A if $X]", "[$X for $X in $A if $X is not None]", weight=0.8),
    trap("($X for $X in $A if $X)", "($X for $X in $A if $X is not None)", weight=0.8),
)  # fmt: skip


def _either(site: Site) -> Proposals:
    """``a or b``, where a number `a` may be nought, and ``a and b`` for its value."""
    left, right, sign = site.field("left"), site.field("right"), site.field("operator")
    if sign is None or left is None or right is None or is_condition(site.node):
        return
    weight = _maybe_number(site, left)
    if weight and sign.type == "and":
        yield replace(left, f"{text_of(left)} is not None", 0.8 * weight)
    elif weight and text_of(right) not in ("0", "0.0", "None"):
        shape = f"{text_of(left)} if {text_of(left)} is not None else {text_of(right)}"
        yield site.become(shape, Level.CONDITIONAL, weight)


def _is_asked(node: Node) -> bool:
    return is_condition(node) and node.parent is not None and node.parent.type != "not_operator"


def _maybe_number(site: Site, node: Node) -> float:
    """How much says that `node` is a number or None: 1 for an annotation, less for a name that has None for a default, 0 for nothing."""
    if node.type == "call":
        return 0.85 if ".get(" in text_of(node) and "," not in text_of(node) and _NUMBERS.search(spoken(node)) else 0.0
    if node.type not in ("identifier", "attribute", "subscript"):
        return 0.0
    name = spoken(node).strip("_") if node.type == "subscript" else text_of(node).rpartition(".")[2]
    found = [text for text in _annotations(site, name) if "None" in text or "Optional" in text]
    for text in found:
        kinds = {kind for match in _OPTIONAL.findall(text) for kind in match if kind}
        if kinds & _NUMERIC:
            return 1.0
        if kinds:
            return 0.0
    is_number = _NUMBERS.search(spoken(node)) is not None
    if node.type == "subscript":
        return 0.5 if is_number and node.children[-2].type == "string" else 0.0
    return 0.85 if found and is_number else 0.0


_DECLARED = r"(?<![\w.]){}\s*(:\s*[^=,\n)]+(?:=\s*[^,\n)]+)?|\s*=\s*None\b)"


def _annotations(site: Site, name: str) -> Iterator[str]:
    """How the file declares `name`: in this function and those around it for a plain name, in the class for an attribute."""
    at: Node | None = scope_node(site.node)
    while at is not None:
        owner = at if at.type in ("function_definition", "class_definition") else None
        if owner is not None and (match := re.search(_DECLARED.format(re.escape(name)), text_of(owner))):
            yield match[1]
            return
        at = at.parent


def _has_bool_branch(site: Site, _: Found) -> bool:
    """Whether the function asks for a truth value too, or writes the value out: there it matters that one is a number."""
    text = text_of(scope_node(site.node))
    return "bool" in text.replace(text_of(site.node), "") or "str(" in text


_TRUTHS = Traps(
    *(
        row
        for types in ("int", "(int, float)", "(float, int)", "numbers.Number", "numbers.Real", "(int, float, decimal.Decimal)", "numbers.Integral")
        for row in (
            trap(f"isinstance($A, {types})", f"isinstance($A, {types}) and not isinstance($A, bool)", guard=_has_bool_branch),
            trap(f"isinstance($A, {types})", f"isinstance($A, {types}) and not isinstance($A, bool)", weight=0.8, guard=lambda s, h: not _has_bool_branch(s, h)),
        )
    ),
)  # fmt: skip


@template(
    "pitfall.bool_number",
    1.2,
    "call",
    (
        "def f(x):\n    if not isinstance(x, int):\n        raise TypeError\n",
        "def f(x):\n    if not (isinstance(x, int) and not isinstance(x, bool)):\n        raise TypeError\n",
    ),
    (
        "def f(x):\n    if isinstance(x, (int, float)):\n        return 1\n    if isinstance(x, bool):\n        return 2\n",
        "def f(x):\n    if isinstance(x, (int, float)) and not isinstance(x, bool):\n        return 1\n    if isinstance(x, bool):\n        return 2\n",
    ),
    relies=RELIES,
)
def bool_number(site: Site) -> Proposals:
    """True and False, which are whole numbers to the language, taken for numbers."""
    yield from _TRUTHS.rewrites(site)


TEMPLATES: tuple[Template, ...] = (share, pages, whole_index, empty, sample, nought, bool_number)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.share": ("modrzew/pokeminer#159", "etsy/logster#68", "giampaolo/psutil#1546"),
    "pitfall.pages": ("internetarchive/openlibrary#5054", "sebastianjaszczur/aplikacjawww#37"),
    "pitfall.whole_index": ("neo4j-contrib/py2neo#236", "hasegaw/IkaLog#461", "yt-project/yt#1538"),
    "pitfall.empty": ("metabrainz/picard#355", "jmespath/jmespath.py#115", "dgilland/pydash#251"),
    "pitfall.sample": ("wireservice/agate#208", "jblattgerste/sus-analysis-toolkit#13", "spinalcordtoolbox/spinalcordtoolbox#1441"),
    "pitfall.bool_number": ("dcos/dcos#99", "ethereum/py_ecc#30", "edahelsinki/slisemap#11"),
    "pitfall.nought": ("neherlab/covid19_scenarios_data#28", "elastic/curator#625", "Polyconseil/aioamqp#22"),
}  # fmt: skip
