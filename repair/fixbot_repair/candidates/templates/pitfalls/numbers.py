"""Numbers taken for what they are not: binary fractions, rounding, signs, whole divisions."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Site, Template, template
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import spoken, within

_MONEY = r"_(price|total|cost|amount|tax|vat|fee|sub_?total|money|balance|cents|discount|due|invoice|pay|rate|interest|charge|salary|wage)s?_"
_SIGN = r"_(sign|signum|direction|polarity|factor|neg|negative)_"


def _is_float(site: Site, found: Found) -> bool:
    """Whether `A` is a binary fraction for all that is known: a literal, a product or quotient, no text and no whole number."""
    node = found["A"]
    return node.type == "float" or (node.type == "binary_operator" and site.kind(node) == Kind.NUMBER)


def _may_be_float(site: Site, found: Found) -> bool:
    kind = site.kind(found["A"])
    return (
        found["A"].type in ("identifier", "attribute", "subscript") and bool(kind & Kind.NUMBER) and kind != Kind.TEXT
    )


def _is_known_number(site: Site, found: Found) -> bool:
    return site.kind(found["A"]) == Kind.NUMBER and _may_be_float(site, found)


_FRACTIONS = Traps(
    trap("decimal.Decimal($A / $B)", "decimal.Decimal($A) / decimal.Decimal($B)", "decimal.Decimal(str($A / $B))"),
    trap("decimal.Decimal(float($A))", "decimal.Decimal($A)", "decimal.Decimal(str($A))"),
    trap("decimal.Decimal($A)", "decimal.Decimal(str($A))", guard=_is_float),
    trap("decimal.Decimal($A)", "decimal.Decimal(str($A))", guard=_is_known_number),
    trap("decimal.Decimal($A)", "decimal.Decimal(str($A))", weight=0.7, guard=lambda s, h: _may_be_float(s, h) and not _is_known_number(s, h)),
    trap("decimal.Decimal.from_float($A)", "decimal.Decimal(str($A))"),
    trap("fractions.Fraction($A)", "fractions.Fraction(str($A))", "fractions.Fraction($A).limit_denominator()", guard=_is_float),
    trap("fractions.Fraction($A)", "fractions.Fraction(str($A))", weight=0.7, guard=_may_be_float),
    trap("float($A)", "decimal.Decimal($A)", "decimal.Decimal(str($A))", weight=0.6, needs="Decimal", guard=lambda s, h: h["A"].type != "float" and "Decimal" in text_of(scope_node(s.node))),
)  # fmt: skip


@template(
    "pitfall.fraction",
    1.7,
    "call",
    (
        "from decimal import Decimal\ndef f(x: float):\n    return Decimal(x)\n",
        "from decimal import Decimal\ndef f(x: float):\n    return Decimal(str(x))\n",
    ),
    ("import decimal\nRATE = decimal.Decimal(0.1)\n", "import decimal\nRATE = decimal.Decimal(str(0.1))\n"),
    (
        "from fractions import Fraction\ndef f():\n    return Fraction(0.1)\n",
        "from fractions import Fraction\ndef f():\n    return Fraction(0.1).limit_denominator()\n",
    ),
    relies=RELIES,
)  # fmt: skip
def fraction(site: Site) -> Proposals:
    """A binary fraction made into an exact number with all its binary digits."""
    yield from _FRACTIONS.rewrites(site)


_PLACES = {"0": "1", "1": "0.1", "2": "0.01", "3": "0.001", "4": "0.0001"}
_HALF_UP = "decimal.Decimal(str($A)).quantize(decimal.Decimal('{}'), rounding=decimal.ROUND_HALF_UP)"
_MODES = {
    "ROUND_HALF_EVEN": ("ROUND_HALF_UP", "ROUND_DOWN"),
    "ROUND_HALF_DOWN": ("ROUND_HALF_UP",),
    "ROUND_HALF_UP": ("ROUND_HALF_EVEN", "ROUND_DOWN"),
    "ROUND_DOWN": ("ROUND_HALF_UP", "ROUND_FLOOR"),
    "ROUND_UP": ("ROUND_HALF_UP", "ROUND_CEILING"),
    "ROUND_FLOOR": ("ROUND_HALF_UP", "ROUND_DOWN"),
    "ROUND_CEILING": ("ROUND_HALF_UP", "ROUND_UP"),
}
_ROUNDED = Traps(
    *(
        row
        for digits, unit in _PLACES.items()
        for row in (
            trap(f"round($A, {digits})", _HALF_UP.format(unit).replace("decimal.Decimal(str($A))", "decimal.Decimal($A)"), f"float({_HALF_UP.format(unit)})", needs="Decimal"),
            trap(f"round($A, {digits})", f"float({_HALF_UP.format(unit)})", f"math.floor($A * 1{'0' * int(digits)} + 0.5) / 1{'0' * int(digits)}"),
        )
    ),
    trap("round($A, $N)", "float(decimal.Decimal(str($A)).quantize(decimal.Decimal(1).scaleb(-$N), rounding=decimal.ROUND_HALF_UP))", weight=0.8, guard=lambda _, h: h["N"].type == "identifier"),
    trap("round($A)", "math.floor($A + 0.5)", "int($A + 0.5)", "math.ceil($A)", "math.floor($A)", guard=lambda s, _: not text_of(s.node.parent or s.node).startswith("round($A // ")),
    trap("int($A + 0.5)", "math.floor($A + 0.5)", "round($A)"),
    trap("$A.quantize($B)", "$A.quantize($B, rounding=decimal.ROUND_HALF_UP)", "$A.quantize($B, rounding=decimal.ROUND_DOWN)", "$A.quantize($B, rounding=decimal.ROUND_UP)"),
    trap("$A.to_integral_value()", "$A.to_integral_value(rounding=decimal.ROUND_HALF_UP)"),
    *(
        trap(f"decimal.{mode}", *(f"decimal.{other}" for other in others), weight=0.7 if mode == "ROUND_HALF_UP" else 1.0)
        for mode, others in _MODES.items()
    ),
)  # fmt: skip


@template(
    "pitfall.rounding",
    1.2,
    "call identifier attribute",
    (
        "from decimal import Decimal, ROUND_HALF_UP\ndef f(x):\n    return x.quantize(Decimal('0.01'))\n",
        "from decimal import Decimal, ROUND_HALF_UP\ndef f(x):\n    return x.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)\n",
    ),
    (
        "def f(x):\n    return round(x, 2)\n",
        "from decimal import Decimal\nfrom decimal import ROUND_HALF_UP\ndef f(x):\n    return float(Decimal(str(x)).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP))\n",
    ),
    (
        "import decimal\nMODE = decimal.ROUND_HALF_EVEN\n",
        "import decimal\nMODE = decimal.ROUND_HALF_UP\n",
    ),
    ("import math\ndef f(x):\n    return round(x)\n", "import math\ndef f(x):\n    return math.floor(x + 0.5)\n"),
    relies=RELIES,
)
def rounding(site: Site) -> Proposals:
    """Halves rounded to the even neighbour, which is what the library does unless told otherwise."""
    yield from _ROUNDED.rewrites(site)


def _not_same(_: Site, found: Found) -> bool:
    return text_of(found["B"]) != text_of(found["C"])


_EARLY = Traps(
    trap("math.ceil($A // $B)", "math.ceil($A / $B)", "-(-$A // $B)"),
    trap("round($A // $B)", "round($A / $B)"),
    trap("round($A // $B, $C)", "round($A / $B, $C)"),
    trap("float($A // $B)", "$A / $B"),
    trap("$A // $B * $C", "$A * $C // $B", "$A / $B * $C", guard=_not_same),
    trap("$C * ($A // $B)", "$C * $A // $B", "$C * $A / $B", guard=lambda s, h: _not_same(s, h) and h["C"].type != "call" and bool(s.kind(h["C"]) & Kind.NUMBER)),
    trap("int($A / $B) * $C", "int($A * $C / $B)", "$A * $C // $B", guard=_not_same),
    trap("round($A / $B) * $C", "round($A * $C / $B)", guard=_not_same),
    trap("round($A, $N) * $B", "round($A * $B, $N)"),
    trap("$B * round($A, $N)", "round($B * $A, $N)"),
    trap("round($A * $B, $N) * $C", "round($A * $B * $C, $N)"),
    trap("round($A, $N) / $B", "round($A / $B, $N)"),
    trap("round($A, $N) + round($B, $N)", "round($A + $B, $N)"),
    trap("round($A, $N) - round($B, $N)", "round($A - $B, $N)"),
    trap("sum(round($A, $N) for $X in $Y)", "round(sum($A for $X in $Y), $N)"),
    trap("sum([round($A, $N) for $X in $Y])", "round(sum($A for $X in $Y), $N)"),
    trap("round(sum($A for $X in $Y), $N)", "sum(round($A, $N) for $X in $Y)", "round(sum(round($A, $N) for $X in $Y), $N)"),
    trap("sum(int($A) for $X in $Y)", "int(sum($A for $X in $Y))", weight=0.6),
    trap("sum($A // $B for $X in $Y)", "sum($A for $X in $Y) // $B", weight=0.7),
    *(trap(f"round($A) {sign} $B", f"$A {sign} $B") for sign in ("<", "<=", ">", ">=")),
    *(trap(f"round($A, $N) {sign} $B", f"$A {sign} $B") for sign in ("<", "<=", ">", ">=", "==", "!=")),
    *(trap(f"int($A) {sign} $B", f"$A {sign} $B", weight=0.6, guard=lambda _, h: h["A"].type == "binary_operator") for sign in ("<", "<=", ">", ">=")),
)  # fmt: skip


@template(
    "pitfall.early",
    1.6,
    "binary_operator call comparison_operator",
    ("def f(done, total):\n    return done // total * 100\n", "def f(done, total):\n    return done * 100 // total\n"),
    ("import math\ndef f(n, k):\n    return math.ceil(n // k)\n", "import math\ndef f(n, k):\n    return math.ceil(n / k)\n"),
    ("def f(rows):\n    return sum(round(r.tax, 2) for r in rows)\n", "def f(rows):\n    return round(sum(r.tax for r in rows), 2)\n"),
    ("def f(price, n):\n    return round(price, 2) * n\n", "def f(price, n):\n    return round(price * n, 2)\n"),
    ("def f(left):\n    return round(left) > 0\n", "def f(left):\n    return left > 0\n"),
    relies=RELIES,
)  # fmt: skip
def early(site: Site) -> Proposals:
    """A fraction that is cut off or rounded before the calculation that needs it."""
    yield from _EARLY.rewrites(site)


_CUT = Traps(
    trap("int(math.sqrt($A))", "math.isqrt($A)"),
    trap("int($A ** 0.5)", "math.isqrt($A)"),
    trap("int(math.log10($A)) + 1", "len(str($A))"),
    trap("int(math.log($A, 10)) + 1", "len(str($A))"),
    trap("int(math.log2($A))", "$A.bit_length() - 1"),
    trap("int(math.log($A, 2))", "$A.bit_length() - 1"),
    trap("math.log($A, 10)", "math.log10($A)"),
    trap("math.log($A, 2)", "math.log2($A)"),
    trap("math.log($A)", "math.log10($A)", "math.log2($A)", weight=0.6),
    trap("math.pow($A, $B)", "$A ** $B", weight=0.8),
    trap("int(round($A))", "math.floor($A + 0.5)", weight=0.7),
    trap("int($A / $B)", "$A // $B", "round($A / $B)", "-(-$A // $B)"),
    trap("int($A * 100)", "round($A * 100)"),
    trap("int(100 * $A)", "round(100 * $A)"),
    trap("int($A * $B)", "round($A * $B)", weight=0.8, guard=lambda _, h: text_of(h["B"]) != "100"),
    trap("math.ceil($A / $B)", "-(-$A // $B)", "$A // $B", weight=0.6),
    trap("$A * 100 // $B", "round($A * 100 / $B)", weight=0.8),
    trap("100 * $A // $B", "round(100 * $A / $B)", weight=0.8),
    trap("math.floor($A / $B)", "$A // $B", "int($A / $B)", "round($A / $B)", weight=0.7),
    trap("math.floor($A)", "int($A)", "math.trunc($A)", weight=0.6),
    trap("$A // $B", "int($A / $B)", weight=0.7, guard=lambda s, _: _signs(s)),
    trap("$A % $B", "math.fmod($A, $B)", weight=0.5, guard=lambda s, h: _signs(s) and s.kind(h["A"]) == Kind.NUMBER),
)  # fmt: skip


def _signs(site: Site) -> bool:
    """Whether the function around deals with signs: truncating and rounding down differ there."""
    text = text_of(scope_node(site.node))
    return "< 0" in text or "abs(" in text or "sign" in text or "negative" in text


@template(
    "pitfall.truncated",
    1.3,
    "binary_operator call",
    ("def f(price):\n    return int(price * 100)\n", "def f(price):\n    return round(price * 100)\n"),
    ("import math\ndef f(n):\n    return int(math.sqrt(n))\n", "import math\ndef f(n):\n    return math.isqrt(n)\n"),
    ("def f(a, b):\n    return int(a / b)\n", "def f(a, b):\n    return a // b\n"),
    (
        "def f(a, b):\n    negative = (a < 0) != (b < 0)\n    return a // b\n",
        "def f(a, b):\n    negative = (a < 0) != (b < 0)\n    return int(a / b)\n",
    ),
    relies=RELIES,
)
def truncated(site: Site) -> Proposals:
    """A detour over a binary fraction, cut off where it is a hair too small, or towards nought where it should go down."""
    yield from _CUT.rewrites(site)


_WHOLE = (".0", ".5", ".25", ".75", ".125")


def _is_inexact(_: Site, found: Found) -> bool:
    """Whether one side is what binary fractions seldom hit: no literal that is exact, and something computed."""
    sides = [found["A"], found["B"]]
    if any(
        n.type in ("string", "none", "true", "false", "call") and text_of(n)[:4] not in ("sum(", "floa") for n in sides
    ):
        return False
    if any(n.type == "float" and not text_of(n).endswith(_WHOLE) for n in sides):
        return True
    return any(n.type == "float" or _is_quotient(n) for n in sides)


def _is_quotient(node: Node) -> bool:
    text = text_of(node)
    return (node.type == "binary_operator" and node.children[1].type == "/") or text.startswith(
        ("float(", "math.fsum(")
    )


def _is_share(_: Site, found: Found) -> bool:
    return any(text_of(found[h]).startswith("sum(") for h in "AB") and any(
        text_of(found[h]) in ("1", "100", "1.0") for h in "AB"
    )


_EQUAL = Traps(
    trap("$A == $B", "math.isclose($A, $B, abs_tol=1e-9)", "abs($A - $B) < 1e-9", guard=_is_inexact),
    trap("$A != $B", "not math.isclose($A, $B, abs_tol=1e-9)", "abs($A - $B) > 1e-9", guard=_is_inexact),
    trap("$A == $B", "math.isclose($A, $B, abs_tol=1e-9)", guard=_is_share),
    trap("$A != $B", "not math.isclose($A, $B, abs_tol=1e-9)", guard=_is_share),
    *(
        row
        for nan in ("float('nan')", "math.nan", "nan", "decimal.Decimal('NaN')", "np.nan", "numpy.nan")
        for row in (
            trap(f"$A == {nan}", "math.isnan($A)"), trap(f"$A is {nan}", "math.isnan($A)"), trap(f"$A != {nan}", "not math.isnan($A)"),
            trap(f"$A is not {nan}", "not math.isnan($A)"), trap(f"{nan} == $A", "math.isnan($A)"),
        )
    ),
)  # fmt: skip


@template(
    "pitfall.inexact",
    1.6,
    "comparison_operator",
    ("import math\ndef f(x):\n    return x == 0.3\n", "import math\ndef f(x):\n    return math.isclose(x, 0.3, abs_tol=1e-9)\n"),
    ("def f(xs):\n    return sum(xs) == 1\n", "import math\ndef f(xs):\n    return math.isclose(sum(xs), 1, abs_tol=1e-9)\n"),
    ("import math\ndef f(x):\n    return x == float('nan')\n", "import math\ndef f(x):\n    return math.isnan(x)\n"),
    ("def f(a, b, c):\n    return a / b != c\n", "def f(a, b, c):\n    return abs(a / b - c) > 1e-9\n"),
    relies=RELIES,
)  # fmt: skip
def inexact(site: Site) -> Proposals:
    """Binary fractions, or what is not a number, compared for being the same."""
    yield from _EQUAL.rewrites(site)


@template(
    "pitfall.summed",
    0.9,
    "call augmented_assignment",
    (
        "import math\ndef f(xs: list[float]) -> float:\n    return sum(xs)\n",
        "import math\ndef f(xs: list[float]) -> float:\n    return math.fsum(xs)\n",
    ),
    (
        "def f(end):\n    x = 0\n    while x < end:\n        x += 0.1\n    return x\n",
        "def f(end):\n    x = 0\n    while x < end:\n        x = round(x + 0.1, 10)\n    return x\n",
    ),
    relies=RELIES,
)
def summed(site: Site) -> Proposals:
    """Binary fractions added up, with the error of each."""
    yield from _SUMS.rewrites(site)


_SUMS = Traps(
    trap("sum($A)", "math.fsum($A)", guard=lambda s, _: "float" in text_of(scope_node(s.node)).partition(":\n")[0]),
    trap("$A += $B", "$A = round($A + $B, 10)", guard=lambda _, h: h["B"].type == "float" and not text_of(h["B"]).endswith(_WHOLE)),
    trap("$A -= $B", "$A = round($A - $B, 10)", guard=lambda _, h: h["B"].type == "float" and not text_of(h["B"]).endswith(_WHOLE)),
)  # fmt: skip

_ENDS = """low high|lo hi|left right|start end|start stop|begin end|first last|min max|minimum maximum|lower upper|bottom top|a b|x y|x1 x2|y1 y2
lowest highest|old new|before after|lower_bound upper_bound|l r|low_index high_index|width height"""
_PAIRED = frozenset(_ENDS.replace("\n", "|").split("|"))


def _are_ends(_: Site, found: Found) -> bool:
    return " ".join(spoken(found[h]).strip("_") for h in "AB") in _PAIRED


def _is_size(_: Site, found: Found) -> bool:
    size = found["C"]
    return text_of(size).startswith("len(") or any(
        f"_{w}_" in spoken(size) for w in ("size", "count", "length", "n", "capacity", "total")
    )


def _is_neutral(_: Site, found: Found) -> bool:
    """Whether `D` is what changes nothing when it is added, and `A` is no text: with that one such an empty end is mostly meant."""
    return text_of(found["D"]) in ("0", "0.0", "''", '""', "[]", "()") and found["A"].type not in (
        "string",
        "concatenated_string",
    )


_BRACKETS = Traps(
    trap("1 << $A - $B", "(1 << $A) - $B"),
    trap("1 << $A + $B", "(1 << $A) + $B"),
    trap("$A << 8 + $B", "($A << 8) + $B"),
    trap("$A << $B + $C", "($A << $B) + $C", guard=lambda _, h: h["B"].type == "integer"),
    trap("$A or $B + $C", "($A or $B) + $C", guard=lambda _, h: h["B"].type in ("integer", "float", "string")),
    trap("$A or $B - $C", "($A or $B) - $C", guard=lambda _, h: h["B"].type in ("integer", "float")),
    trap("$A or $B * $C", "($A or $B) * $C", guard=lambda _, h: h["B"].type in ("integer", "float")),
    trap("$A + $B if $C else $D", "$A + ($B if $C else $D)", guard=_is_neutral),
    trap("$A - $B if $C else $D", "$A - ($B if $C else $D)", guard=_is_neutral),
    trap("$A * $B if $C else $D", "$A * ($B if $C else $D)", guard=lambda _, h: text_of(h["D"]) in ("1", "1.0")),
    trap("$A if $C else $B + $D", "($A if $C else $B) + $D", guard=lambda _, h: h["B"].type in ("integer", "float", "string")),
    trap("$A if $C else $B * $D", "($A if $C else $B) * $D", guard=lambda _, h: h["B"].type in ("integer", "float")),
    trap("-$A ** $B", "(-$A) ** $B"),
    trap("$A ^ $B", "$A ** $B", guard=lambda _, h: "integer" in (h["A"].type, h["B"].type)),
    trap("$A + $B / 2", "($A + $B) / 2", guard=_are_ends),
    trap("$A + $B // 2", "($A + $B) // 2", guard=_are_ends),
    trap("$A - $B / 2", "($A - $B) / 2", guard=lambda s, h: _are_ends(s, {"A": h["B"], "B": h["A"]})),
    trap("$A - $B // 2", "($A - $B) // 2", guard=lambda s, h: _are_ends(s, {"A": h["B"], "B": h["A"]})),
    trap("$A / len($B) - 1", "$A / (len($B) - 1)"),
    trap("$A // len($B) - 1", "$A // (len($B) - 1)", weight=0.8),
    trap("$A + $B % $C", "($A + $B) % $C", guard=lambda s, h: h["B"].type == "integer" or _is_size(s, h)),
    trap("$A - $B % $C", "($A - $B) % $C", guard=lambda s, h: h["B"].type == "integer" or _is_size(s, h)),
    trap("$A == $B & $C == $D", "$A == $B and $C == $D", "($A == $B) & ($C == $D)"),
    trap("$A == $B | $C == $D", "$A == $B or $C == $D", "($A == $B) | ($C == $D)"),
    trap("$A > $B & $C < $D", "$A > $B and $C < $D"),
    trap("$A != $B != $C", "$A != $B and $B != $C and $A != $C"),
    trap("$A == $B != $C", "$A == $B and $A != $C", weight=0.5),
    trap("$A in $B == $C", "($A in $B) == $C"),
    trap("$A == $B in $C", "($A == $B) in $C", "$A == $B and $A in $C"),
    trap("$A < $B == $C", "($A < $B) == $C"),
    trap("$A > $B == $C", "($A > $B) == $C"),
    trap("not $A in $B and $C", "not ($A in $B and $C)", weight=0.5),
)  # fmt: skip


@template(
    "pitfall.brackets",
    1.5,
    "binary_operator boolean_operator conditional_expression unary_operator comparison_operator",
    ("def f(n):\n    return 1 << n - 1\n", "def f(n):\n    return (1 << n) - 1\n"),
    ("def f(d, k, n):\n    return d.get(k) or 0 + n\n", "def f(d, k, n):\n    return (d.get(k) or 0) + n\n"),
    ("def f(low, high):\n    return low + high // 2\n", "def f(low, high):\n    return (low + high) // 2\n"),
    ("def f(a, b, c):\n    return a + b if c else 0\n", "def f(a, b, c):\n    return a + (b if c else 0)\n"),
    ("def f(a, b, c):\n    return a != b != c\n", "def f(a, b, c):\n    return a != b and b != c and a != c\n"),
    relies=RELIES,
)
def brackets(site: Site) -> Proposals:
    """An operator that binds more tightly, or chains with another, than the line reads."""
    yield from _BRACKETS.rewrites(site)


def _is_margin(_: Site, found: Found) -> bool:
    """Whether `C` is how far two numbers may be apart."""
    return bool(
        re.search(
            r"_(tolerance|tol|eps|epsilon|margin|threshold|delta|drift|distance|radius|max_diff)_", spoken(found["C"])
        )
    ) or (found["C"].type == "float" and text_of(found["C"]) not in ("0.0", "1.0"))


_SIGNED = Traps(
    trap("$S * $A * $B + $C", "$S * ($A * $B + $C)", S=_SIGN),
    trap("$S * $A + $B", "$S * ($A + $B)", S=_SIGN),
    trap("-$A * $B + $C", "-($A * $B + $C)"),
    trap("$A * 60 + $B", "$A * 60 + ($B if $A >= 0 else -$B)", weight=0.6, A=r"_(h|hours?|degrees?|deg|hh)_", B=r"_(m|minutes?|mins?|mm)_"),
    trap("$A + $B / 60", "$A + ($B / 60 if $A >= 0 else -$B / 60)", weight=0.8, A=r"_(h|hours?|degrees?|deg|d)_"),
    trap("$A + $B / 60 + $C / 3600", "$A + ($B / 60 + $C / 3600 if $A >= 0 else -$B / 60 - $C / 3600)", weight=0.9),
    trap("datetime.timedelta(hours=$S * $A, minutes=$B)", "$S * datetime.timedelta(hours=$A, minutes=$B)", S=_SIGN),
    trap("datetime.timedelta(hours=-$A, minutes=$B)", "-datetime.timedelta(hours=$A, minutes=$B)"),
    trap("datetime.timedelta(hours=$A, minutes=$B)", "datetime.timedelta(hours=$A, minutes=$B if $A >= 0 else -$B)", weight=0.7, needs="tz"),
    *(trap(f"$A - $B {sign} $C", f"abs($A - $B) {sign} $C", guard=_is_margin) for sign in ("<", "<=", ">", ">=")),
    trap("$A - $B", "abs($A - $B)", to=r"_(distance|diff|difference|gap|deviation|drift)_", weight=0.9, guard=lambda s, _: not within(s.node, "abs", "max", "hypot")),
    trap("divmod($A, 60)", "divmod(abs($A), 60)", weight=0.8, guard=lambda s, _: _signs(s)),
    trap("divmod($A, 3600)", "divmod(abs($A), 3600)", weight=0.8, guard=lambda s, _: _signs(s)),
    trap("str($A)[::-1]", "str(abs($A))[::-1]", guard=lambda s, h: s.kind(h["A"]) == Kind.NUMBER),
    trap("len(str($A))", "len(str(abs($A)))", guard=lambda s, h: s.kind(h["A"]) & Kind.NUMBER != 0),
    trap("map(int, str($A))", "map(int, str(abs($A)))"),
    trap("sum(int($D) for $D in str($A))", "sum(int($D) for $D in str(abs($A)))"),
    trap("[int($D) for $D in str($A)]", "[int($D) for $D in str(abs($A))]"),
)  # fmt: skip


@template(
    "pitfall.sign",
    1.4,
    "binary_operator call subscript list_comprehension comparison_operator",
    ("def f(sign, h, m):\n    return sign * h * 60 + m\n", "def f(sign, h, m):\n    return sign * (h * 60 + m)\n"),
    (
        "def f(a, b, tolerance):\n    return a - b < tolerance\n",
        "def f(a, b, tolerance):\n    return abs(a - b) < tolerance\n",
    ),
    ("def f(n):\n    return sum(int(c) for c in str(n))\n", "def f(n):\n    return sum(int(c) for c in str(abs(n)))\n"),
    (
        "from datetime import timedelta\ndef f(sign, h, m):\n    return timedelta(hours=sign * h, minutes=m)\n",
        "from datetime import timedelta\ndef f(sign, h, m):\n    return sign * timedelta(hours=h, minutes=m)\n",
    ),
    relies=RELIES,
)
def signs(site: Site) -> Proposals:
    """A sign that reaches one part of a number of several parts, or stands among its digits."""
    yield from _SIGNED.rewrites(site)


TEMPLATES: tuple[Template, ...] = (fraction, rounding, early, truncated, inexact, summed, brackets, signs)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.fraction": ("isaacharrisholt/quiffen#20", "beancount/beancount#800", "rnovacek/homeassistant_cz_energy_spot_prices#159"),
    "pitfall.rounding": ("frappe/frappe#1043", "home-assistant/core#136979", "fau-fablab/FabLabKasse#31"),
    "pitfall.early": ("odoo/odoo#24400", "odoo/odoo#12039"),
    "pitfall.truncated": ("BasedHardware/omi#10158", "alexgolec/schwab-py#239", "odoo/odoo#3733"),
    "pitfall.inexact": ("cleder/pygeoif#100", "materialsproject/pymatgen#4591", "inducer/meshmode#488"),
    "pitfall.brackets": ("con/duct#179", "essential61/mp4analyser#7", "EleutherAI/lm-evaluation-harness#754"),
    "pitfall.sign": ("uiri/toml#84", "metomi/isodatetime#192"),
}  # fmt: skip
