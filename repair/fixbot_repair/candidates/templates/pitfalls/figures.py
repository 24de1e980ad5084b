"""Figures: digits as text, counting in letters, bits, versions, angles, sizes, quotient and remainder."""

import re
from collections.abc import Mapping

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.absence import is_condition
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, swap, template
from fixbot_repair.candidates.templates.library import call_of
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import spoken

_DIGITS = Traps(
    trap("$A.isdigit()", "$A.isdecimal()", "($A.isascii() and $A.isdigit())", "$A.removeprefix('-').isdigit()", "$A.lstrip('+-').isdigit()"),
    trap("$A.isnumeric()", "$A.isdecimal()", "($A.isascii() and $A.isdigit())"),
    trap("$A.isdecimal()", "($A.isascii() and $A.isdecimal())", "$A.removeprefix('-').isdecimal()"),
    trap("$A.lstrip('0')", "($A.lstrip('0') or '0')", "str(int($A))"),
    trap("$A.strip('0')", "$A.lstrip('0')", "$A.rstrip('0')"),
    trap("$A.rstrip('0').rstrip('.')", "($A.rstrip('0').rstrip('.') if '.' in $A else $A)"),
    trap("$A.rstrip('0')", "($A.rstrip('0') if '.' in $A else $A)", weight=0.8),
    trap("int($A)", "int($A.ljust(6, '0')[:6])", to=r"_(micros?|microseconds?|us|usec|frac|fraction)_"),
    trap("int($A)", "int($A.ljust(3, '0')[:3])", to=r"_(millis|milliseconds?|ms|msec)_"),
    trap("int($A)", "int($A.ljust(2, '0')[:2])", to=r"_(cents?|pence|fraction|frac|minor|decimals?)_"),
)  # fmt: skip


@template(
    "pitfall.digits",
    1.4,
    "call",
    ("def f(s):\n    return int(s) if s.isdigit() else None\n", "def f(s):\n    return int(s) if s.isdecimal() else None\n"),
    ("def f(s):\n    return s.lstrip('0')\n", "def f(s):\n    return (s.lstrip('0') or '0')\n"),
    relies=RELIES,
)  # fmt: skip
def digits(site: Site) -> Proposals:
    """Digits that ``int`` does not take, signs that are no digits, and noughts of which the last one has to stay."""
    yield from _DIGITS.rewrites(site)


_SIGNS_OF_MONEY = "$€£¥"


def _readable(value: str, function: str, argument: str) -> tuple[str, ...]:
    """Ways to make `function` take the text `value`, as code with the code of its argument."""
    found = []
    if value == "":
        found += [
            f"{function}({argument} or 0)",
            f"{function}({argument}) if {argument} else 0",
            f"{function}({argument}) if {argument} else None",
        ]
    if "," in value:
        found += [f"{function}({argument}.replace(',', ''))", f"{function}({argument}.replace(',', '.'))"]
    if "%" in value:
        found += [f"{function}({argument}.rstrip('%'))", f"{function}({argument}.rstrip('%')) / 100"]
    if value[:1] in _SIGNS_OF_MONEY and value:
        found += [
            f"{function}({argument}.lstrip('{_SIGNS_OF_MONEY}'))",
            f"{function}({argument}.lstrip('{_SIGNS_OF_MONEY}').replace(',', ''))",
        ]
    if function == "int" and re.fullmatch(r"\s*[-+]?\d*\.\d*\s*", value) and value != ".":
        found += [f"int(float({argument}))", f"float({argument})", f"round(float({argument}))"]
    if function == "int" and re.fullmatch(r"(?i)0[xob][0-9a-f]+", value):
        found += [f"int({argument}, 0)"]
    elif function == "int" and re.fullmatch(r"(?i)[0-9a-f]+", value):
        found += [f"int({argument}, 16)"]
    if " " in value.strip():
        found += [f"{function}({argument}.replace(' ', ''))", f"{function}({argument}.split()[0])"]
    if re.fullmatch(r"[-+]?[\d.]+\s*[A-Za-z]+", value):
        unit = value.lstrip("-+0123456789. ")
        found += [f"{function}({argument}.removesuffix('{unit}'))"]
    return tuple(found)


@template(
    "pitfall.number_text",
    1.8,
    "call",
    (
        "def f(s):\n    return int(s)\n",
        "def f(s):\n    return int(s.replace(',', ''))\n",
        "ValueError: invalid literal for int() with base 10: '1,234'",
    ),
    (
        "def f(row):\n    return float(row[1])\n",
        "def f(row):\n    return float(row[1].rstrip('%'))\n",
        "ValueError: could not convert string to float: '12%'",
    ),
    (
        "def f(s):\n    return int(s)\n",
        "def f(s):\n    return int(float(s))\n",
        "ValueError: invalid literal for int() with base 10: '3.0'",
    ),
    relies=RELIES,
)
def number_text(site: Site) -> Proposals:
    """A text that stands for a number and is not written as the language writes it; the error says which."""
    parts = call_of(site)
    values = site.code.symptoms.values
    if parts is None or not values or text_of(parts[0]).rpartition(".")[2] not in ("int", "float", "Decimal"):
        return
    given = parts[1].named_children
    if len(given) != 1 or given[0].type not in ("identifier", "attribute", "subscript", "call"):
        return
    made = dict.fromkeys(m for value in values for m in _readable(value[1:-1], text_of(parts[0]), text_of(given[0])))
    for i, text in enumerate(made):
        yield replace(site.node, f"({text})" if " if " in text or " / " in text else text, 1.0 / (1 + 0.15 * i))


_SHIFTED = Traps(
    trap("chr(ord($A) + $K)", "chr((ord($A) - 97 + $K) % 26 + 97)", "chr((ord($A) - 65 + $K) % 26 + 65)", guard=lambda _, h: h["K"].type != "integer"),
    trap("chr(ord($A) - $K)", "chr((ord($A) - 97 - $K) % 26 + 97)", "chr((ord($A) - 65 - $K) % 26 + 65)", guard=lambda _, h: h["K"].type != "integer"),
)  # fmt: skip


@template(
    "pitfall.letters",
    1.7,
    "binary_operator call augmented_assignment",
    (
        "def f(n):\n    s = ''\n    while n > 0:\n        s = chr(65 + n % 26) + s\n        n = n // 26\n    return s\n",
        "def f(n):\n    s = ''\n    while n > 0:\n        s = chr(65 + (n - 1) % 26) + s\n        n = (n - 1) // 26\n    return s\n",
    ),
    (
        "def f(n):\n    s = ''\n    while n > 0:\n        n, r = divmod(n, 26)\n        s = chr(65 + r) + s\n    return s\n",
        "def f(n):\n    s = ''\n    while n > 0:\n        n, r = divmod(n - 1, 26)\n        s = chr(65 + r) + s\n    return s\n",
    ),
    (
        "def f(n):\n    s = ''\n    while n >= 0:\n        s = chr(65 + n % 26) + s\n        n //= 26\n    return s\n",
        "def f(n):\n    s = ''\n    while n >= 0:\n        s = chr(65 + n % 26) + s\n        n = n // 26 - 1\n    return s\n",
    ),
    relies=RELIES,
)
def letters(site: Site) -> Proposals:
    """Names such as those of the columns of a sheet, which count without a nought: each step begins with one less."""
    yield from _SHIFTED.rewrites(site)
    body = text_of(scope_node(site.node))
    if not re.search(r"chr\(|ascii_|alphabet|letters|ABC", body, re.IGNORECASE) or not re.search(r"\bwhile\b", body):
        return
    if site.node.type == "call":
        parts = call_of(site)
        if parts is not None and text_of(parts[0]) == "divmod" and len(parts[1].named_children) == 2:
            yield replace(parts[1].named_children[0], f"{text_of(parts[1].named_children[0])} - 1")
        return
    sign, left, right = site.field("operator"), site.field("left"), site.field("right")
    if sign is None or left is None or right is None or left.type != "identifier":
        return
    number, base = text_of(left), text_of(right)
    if sign.type == "//=":
        yield replace(site.node, f"{number} = {number} // {base} - 1")
        yield replace(site.node, f"{number} = ({number} - 1) // {base}", 0.9)
    elif sign.type == "//":
        yield replace(site.node, f"{number} // {base} - 1", 0.9)
    elif sign.type == "%":
        yield from _less_one(site, number, base)


def _less_one(site: Site, number: str, base: str) -> Proposals:
    """One less in the remainder, and in the quotient of the same two wherever the function makes it."""
    edits = [(span(site.node), f"({number} - 1) % {base}")]
    for node in walk(scope_node(site.node)):
        sign = node.child_by_field_name("operator")
        if sign is not None and sign.type in ("//", "//=") and text_of(node).startswith(number):
            text = f"({number} - 1) // {base}"
            edits.append((span(node), text if sign.type == "//" else f"{number} = {text}"))
    if len(edits) == 2:
        yield Rewrite(tuple(sorted(edits)))


_FLAGS = r"_(flags?|mask|bits?|perms?|permissions?|rights|bitmask|features)_"


def _is_plain(site: Site, found: Found) -> bool:
    return (
        is_condition(site.node)
        and found["B"].type in ("identifier", "attribute")
        and bool(re.search(_FLAGS, spoken(found["A"])))
    )


_BITS = Traps(
    trap("$A & $B", "$A & $B == $B", guard=_is_plain),
    trap("$A & $B == 1", "$A & $B != 0"),
    trap("$A & $B > 0", "$A & $B != 0", "$A & $B == $B"),
    trap("$A & $B or $C", "$A & ($B | $C)", A=_FLAGS),
    trap("$A & $B and $C", "$A & ($B & $C)", A=_FLAGS, weight=0.7),
    trap("$A and $B", "$A & $B", A=_FLAGS, guard=lambda _, h: text_of(h["B"]).isupper()),
    trap("$A or $B", "$A | $B", A=_FLAGS, guard=lambda _, h: text_of(h["B"]).replace(".", "").isupper()),
    trap("$A + $B", "$A | $B", A=_FLAGS, weight=0.9, guard=lambda _, h: h["B"].type != "integer"),
    trap("$A - $B", "$A & ~$B", A=_FLAGS, weight=0.9, guard=lambda _, h: h["B"].type != "integer"),
    trap("$A ^ $B", "$A & ~$B", A=_FLAGS),
    trap("$A == $B", "$A & $B == $B", A=_FLAGS, weight=0.7, guard=lambda _, h: text_of(h["B"]).rpartition(".")[2].isupper()),
    trap("$A += $B", "$A |= $B", A=_FLAGS, weight=0.8, guard=lambda _, h: text_of(h["B"]).isupper()),
    trap("$A -= $B", "$A &= ~$B", A=_FLAGS, guard=lambda _, h: text_of(h["B"]).isupper()),
    trap("$A ^= $B", "$A &= ~$B", A=_FLAGS),
    trap("$A &= $B", "$A &= ~$B", A=_FLAGS),
    trap("$A |= ~$B", "$A &= ~$B"),
    trap("$A & ($A - 1) == 0", "($A > 0 and $A & ($A - 1) == 0)"),
    trap("not $A & ($A - 1)", "($A > 0 and not $A & ($A - 1))"),
    trap("~$A", "~$A & 0xFFFFFFFF", "not $A", weight=0.7),
    trap("$A << $B", "$A << $B & 0xFFFFFFFF", weight=0.5, A=r"_(hash|h|crc|checksum|seed|state|word)_"),
    trap("$A * $B + $C", "($A * $B + $C) & 0xFFFFFFFF", weight=0.7, A=r"_(hash|h|crc|checksum|seed|state)_"),
    trap("int.from_bytes($A, 'little')", "int.from_bytes($A, 'big')", "int.from_bytes($A, 'little', signed=True)"),
    trap("int.from_bytes($A, 'big')", "int.from_bytes($A, 'little')", "int.from_bytes($A, 'big', signed=True)"),
    trap("$A.to_bytes($B, 'little')", "$A.to_bytes($B, 'big')"),
    trap("$A.to_bytes($B, 'big')", "$A.to_bytes($B, 'little')"),
    trap("$A is $B", "$A == $B", guard=lambda _, h: h["B"].type in ("integer", "float", "string", "tuple", "list", "unary_operator", "dictionary")),
    trap("$A is not $B", "$A != $B", guard=lambda _, h: h["B"].type in ("integer", "float", "string", "tuple", "list", "unary_operator", "dictionary")),
    trap("$A == True", "$A is True", "$A", weight=0.8),
    trap("$A == False", "$A is False", "not $A", weight=0.8),
)  # fmt: skip


@template(
    "pitfall.bits",
    1.4,
    "binary_operator comparison_operator boolean_operator augmented_assignment unary_operator not_operator call",
    ("def f(flags, READ, WRITE):\n    return flags & READ or WRITE\n", "def f(flags, READ, WRITE):\n    return flags & (READ | WRITE)\n"),
    ("def f(flags, READ):\n    flags ^= READ\n    return flags\n", "def f(flags, READ):\n    flags &= ~READ\n    return flags\n"),
    ("def f(n):\n    return n & (n - 1) == 0\n", "def f(n):\n    return (n > 0 and n & (n - 1) == 0)\n"),
    ("def f(x):\n    return x is 3\n", "def f(x):\n    return x == 3\n"),
    relies=RELIES,
)  # fmt: skip
def bits(site: Site) -> Proposals:
    """Bits that are toggled, added or asked for as if each were a number, and numbers compared for being the same object."""
    yield from _BITS.rewrites(site)


_VERSION = r"_(versions?|release|ver|semver|tag)_"
_PARTS = "[int(p) for p in {}.split('.')]"
_DEGREES = r"_(deg|degrees?|angle|lat|latitude|lon|lng|long|longitude|bearing|heading|azimuth|lat1|lat2|lon1|lon2|course|direction|theta|rotation)_"
_BYTES = r"_(bytes|kb|mb|gb|kib|mib|gib|size|memory|disk|filesize|usage|limit_mb)_"
_MEASURES = Traps(
    *(trap(f"$A {sign} $B", f"{_PARTS.format('$A')} {sign} {_PARTS.format('$B')}", A=_VERSION, B=_VERSION) for sign in ("<", "<=", ">", ">=")),
    trap("sorted($A)", f"sorted($A, key=lambda v: {_PARTS.format('v')})", A=_VERSION),
    trap("max($A)", f"max($A, key=lambda v: {_PARTS.format('v')})", A=_VERSION),
    trap("min($A)", f"min($A, key=lambda v: {_PARTS.format('v')})", A=_VERSION),
    trap("$A.sort()", f"$A.sort(key=lambda v: {_PARTS.format('v')})", A=_VERSION),
    trap("tuple($A.split('.'))", "tuple(int(p) for p in $A.split('.'))"),
    trap("$A.split('.')", f"{_PARTS.format('$A')}", A=_VERSION),
    *(trap(f"math.{f}($A)", f"math.{f}(math.radians($A))", A=_DEGREES) for f in ("sin", "cos", "tan")),
    *(trap(f"$A % 10 == {n}", f"$A % 10 == {n} and $A % 100 != 1{n}") for n in (1, 2, 3)),
    trap("math.radians($A)", "$A", weight=0.6, A=r"_(rad|radians|theta)_"),
    trap("math.degrees(math.radians($A))", "$A"),
    trap("math.atan2($A, $B)", "math.degrees(math.atan2($A, $B))", "math.degrees(math.atan2($A, $B)) % 360", to=_DEGREES),
    trap("math.degrees($A)", "math.degrees($A) % 360", to=_DEGREES, weight=0.8),
    trap("math.atan2($A, $B)", "math.atan2($B, $A)", A=r"_(d?x|dx|delta_x|x_diff)_"),
    trap("math.atan($A / $B)", "math.atan2($A, $B)"),
    trap("math.acos($A)", "math.acos(max(-1.0, min(1.0, $A)))"),
    trap("math.asin($A)", "math.asin(max(-1.0, min(1.0, $A)))", weight=0.7),
    trap("$A - $B", "($A - $B + 180) % 360 - 180", A=r"_(heading|bearing|angle|azimuth|course|target)_", B=r"_(heading|bearing|angle|azimuth|course)_"),
    *(trap(f"$A {sign} 1000", f"$A {sign} 1024", A=_BYTES) for sign in ("/", "//", "*", ">=", "<", ">")),
    *(trap(f"$A {sign} 1024", f"$A {sign} 1000", A=_BYTES, weight=0.7) for sign in ("/", "//", "*", ">=", "<", ">")),
    *(trap(f"$A {sign} 1000000", f"$A {sign} 1048576", A=_BYTES) for sign in ("/", "//", "*")),
    *(trap(f"$A {sign} {n}", f"$A {sign} 1024 ** 2", A=_BYTES, to=r"_(mb|mib|megabytes)_") for sign in ("/", "//") for n in ("1024", "1000")),
)  # fmt: skip


@template(
    "pitfall.measure",
    1.5,
    "comparison_operator call binary_operator",
    (
        "def f(version, minimum_version):\n    return version < minimum_version\n",
        "def f(version, minimum_version):\n    return [int(p) for p in version.split('.')] < [int(p) for p in minimum_version.split('.')]\n",
    ),
    ("import math\ndef f(lat):\n    return math.cos(lat)\n", "import math\ndef f(lat):\n    return math.cos(math.radians(lat))\n"),
    ("def f(size):\n    return size / 1000\n", "def f(size):\n    return size / 1024\n"),
    relies=RELIES,
)  # fmt: skip
def measure(site: Site) -> Proposals:
    """Versions compared letter by letter, degrees taken for radians, thousands for powers of two, eleven for one."""
    yield from _MEASURES.rewrites(site)


_SIZES = (
    "weeks",
    "week",
    "days",
    "day",
    "hours",
    "hour",
    "hrs",
    "h",
    "minutes",
    "minute",
    "mins",
    "m",
    "seconds",
    "second",
    "secs",
    "s",
    "milliseconds",
    "ms",
)


@template(
    "pitfall.remainder",
    1.7,
    "assignment",
    ("def f(n):\n    minutes, hours = divmod(n, 60)\n", "def f(n):\n    hours, minutes = divmod(n, 60)\n"),
    ("def f(n, k):\n    rest, whole = divmod(n, k)\n", "def f(n, k):\n    whole, rest = divmod(n, k)\n"),
    relies=RELIES,
)
def remainder(site: Site) -> Proposals:
    """Quotient and remainder, in the other order."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None or not text_of(right).startswith("divmod(") or len(left.named_children) != 2:
        return
    one, other = (spoken(n) for n in left.named_children)
    if one.strip("_") in _SIZES and other.strip("_") in _SIZES:
        is_swapped = _SIZES.index(one.strip("_")) > _SIZES.index(other.strip("_"))
    else:
        is_swapped = re.search(r"_(rem|rest|remainder|r|mod|modulo|left|leftover|extra)_", one) is not None
    if is_swapped:
        yield swap(left.named_children[0], left.named_children[1])


TEMPLATES: tuple[Template, ...] = (digits, number_text, letters, bits, measure, remainder)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.digits": ("tatuylonen/wikitextprocessor#431", "osm-search/Nominatim#4127", "quodlibet/mutagen#616"),
    "pitfall.number_text": ("agrc/palletjack#50", "singer-io/tap-bing-ads#9", "oscar0812/pyfinviz#30"),
    "pitfall.letters": ("burnash/gspread#78", "google/hyou#16", "DOAJ/doaj#500"),
    "pitfall.bits": ("mkcn/fastHistory#21", "bytedeck/bytedeck#509"),
    "pitfall.measure": ("lrivallain/vro-package-diff#44", "sympy/sympy#9417", "klipstein/dojango#118"),
}  # fmt: skip
