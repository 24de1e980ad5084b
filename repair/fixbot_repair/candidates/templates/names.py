"""The wrong name: variables, attributes, functions, methods, constants, and code from next door."""

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import level_of
from fixbot_repair.candidates.templates.base import Proposals, Site, is_called, replace, template


@template(
    "name.variable",
    0.6,
    "identifier",
    ("def f(src, dst):\n    copy(src, src)\n", "def f(src, dst):\n    copy(src, dst)\n"),
    (
        "def f(rows):\n    for row in rows:\n        show(rows)\n",
        "def f(rows):\n    for row in rows:\n        show(row)\n",
    ),
    most=12,
)
def variable(site: Site) -> Proposals:
    """Another name in scope that may hold the same kind of value."""
    kind, called = site.kind(), is_called(site.node)
    if called:
        return
    for other in site.names(kind):
        if other != site.text:
            yield site.become(other, weight=max(site.near(other), likeness(site.text, other)))


@template(
    "name.target",
    0.35,
    "assignment augmented_assignment",
    ("def f(a, b):\n    lo = a\n    hi = b\n    lo = 1\n", "def f(a, b):\n    lo = a\n    hi = b\n    hi = 1\n"),
    ("def f(xs):\n    n = 0\n    m = 0\n    n += 1\n", "def f(xs):\n    n = 0\n    m = 0\n    m += 1\n"),
    most=10,
)
def target(site: Site) -> Proposals:
    """The result stored under the wrong name, or in the wrong one of the places that the right side reads."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None:
        return
    if left.type == "identifier":
        for other in site.names(site.kind(left)):
            if other != text_of(left):
                yield replace(left, other, max(site.near(other), likeness(text_of(left), other)))
    for donor in {text_of(e) for e in site.code.expressions(site.node) if e.type in ("subscript", "attribute")}:
        if donor != text_of(left) and left.type in ("subscript", "attribute"):
            yield replace(left, donor, 1.0 if donor in text_of(right) else 0.4)


@template(
    "name.attribute",
    0.6,
    "attribute",
    ("box.width = 1\nbox.height = 2\nshow(box.width)\n", "box.width = 1\nbox.height = 2\nshow(box.height)\n"),
    (
        "class A:\n    def f(self):\n        self.lo = self.hi = 0\n        return self.lo\n",
        "class A:\n    def f(self):\n        self.lo = self.hi = 0\n        return self.hi\n",
    ),
    most=16,
)
def attribute(site: Site) -> Proposals:
    """Another attribute: of the same receiver first, of any receiver in the file after that."""
    owner, name = site.field("object"), site.field("attribute")
    if owner is None or name is None or (is_called(site.node) and text_of(name) in SIBLINGS):
        return
    members, same = site.code.members(owner), site.code.attributes.get(text_of(owner), frozenset())
    known = site.code.attributes[""] if members is None else members
    for other in sorted((known | same) - {text_of(name)}):
        near = likeness(text_of(name), other)
        own = 0.5 if other in same else 0.2
        # Of what is only somewhere in the file, likeness must speak for it; what the class has may be anything.
        if members is not None or other in same or near > _FAR:
            yield replace(name, other, own + 0.5 * near)


_ALIKE = 0.45  # likeness from which on one method may have been taken for another
_FAR = 0.2  # likeness up to which two names have nothing in common

# Built-ins, methods and library functions that are taken for one another.
_CONFUSED = """any all|min max sum|sorted reversed list|append extend add insert|add update|remove discard pop|find index rfind
keys values items|startswith endswith|strip lstrip rstrip|lower upper casefold title|floor ceil round int trunc|split rsplit
partition rpartition|union intersection difference symmetric_difference|pop popleft|append appendleft push|get setdefault pop
isdigit isalpha isalnum isnumeric isdecimal|issubset issuperset|union update|match search fullmatch findall|load loads|dump dumps
read readline readlines|write writelines|acquire release|int float|list tuple set|str repr|isinstance issubclass|extend update
zip zip_longest|permutations combinations product|log log2 log10|sin cos tan|encode decode|now utcnow|insert append|sort sorted
getattr hasattr|heappush heappop|bisect_left bisect_right|copy deepcopy|ljust rjust|first last|left right|next prev|rows cols
lstrip removeprefix|rstrip removesuffix|strip removeprefix removesuffix|int float Decimal|float str|index find|rindex rfind|date datetime
fromtimestamp utcfromtimestamp|bisect insort|popitem pop|nlargest nsmallest|glob rglob|exists isfile isdir|is_file is_dir exists|quote quote_plus
unquote unquote_plus|weekday isoweekday|mean median|pstdev stdev|pvariance variance|hexdigest digest|title capitalize|setdefault get update"""
SIBLINGS: dict[str, frozenset[str]] = {}
for _group in _CONFUSED.replace("\n", "|").split("|"):
    for _member in _group.split():
        SIBLINGS[_member] = SIBLINGS.get(_member, frozenset()) | frozenset(_group.split()) - {_member}


@template(
    "name.call",
    0.6,
    "call",
    ("ok = any(x > 0 for x in xs)\n", "ok = all(x > 0 for x in xs)\n"),
    ("out.append(rows)\n", "out.extend(rows)\n"),
    (
        "def low(a):\n    return a\ndef high(a):\n    return -a\nprint(low(1))\n",
        "def low(a):\n    return a\ndef high(a):\n    return -a\nprint(high(1))\n",
    ),
)
def call(site: Site) -> Proposals:
    """Another function or method: one it is often taken for, or one of the file that takes as many arguments."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None:
        return
    name = function.child_by_field_name("attribute") if function.type == "attribute" else function
    if name is None or name.type != "identifier":
        return
    for other in sorted(SIBLINGS.get(text_of(name), ())):
        yield replace(name, other)
    count = len(arguments.named_children)
    for other, parameters in site.code.functions.items():
        if other != text_of(name) and parameters == count and text_of(name) in site.code.functions:
            yield replace(name, other, 0.4 + 0.5 * likeness(text_of(name), other))
    if function.type == "attribute" and (owner := function.child_by_field_name("object")) is not None:
        members = site.code.members(owner)
        for other in sorted(site.code.attributes[""] if members is None else members):
            near = likeness(text_of(name), other)
            if other != text_of(name) and near > _ALIKE and not other.startswith("__"):
                yield replace(name, other, near)


@template(
    "donor.expression",
    0.12,
    "identifier attribute subscript call integer string none true false list binary_operator comparison_operator",
    ("def f(a, b):\n    n = len(a) + 1\n    return g(b)\n", "def f(a, b):\n    n = len(a) + 1\n    return len(a)\n"),
    ("def f(d, k):\n    x = d[k]\n    return k + x\n", "def f(d, k):\n    x = d[k]\n    return d[k] + x\n"),
    most=10,
)
def expression(site: Site) -> Proposals:
    """Another expression of the same function, of a kind that may stand here."""
    kind, small = site.kind(), len(site.text)
    for donor in site.code.expressions(site.node):
        text = text_of(donor)
        if (
            text == site.text
            or len(text) > 60
            or not kind & site.kind(donor)
            or donor.type == "parenthesized_expression"
        ):
            continue
        if is_called(donor) or is_called(site.node) or not _all_visible(donor, site):
            continue
        far = abs(donor.start_point[0] - site.node.start_point[0])
        alike = max(likeness(site.text, text), 1.0 / (1.0 + 0.08 * far))
        yield site.become(text, level_of(donor), alike * (1.0 if abs(len(text) - small) < 20 else 0.7))


def _all_visible(donor: Node, site: Site) -> bool:
    names = {text_of(n) for n in walk(donor) if n.type == "identifier" and is_read(n)}
    return names & site.scope.names.keys() <= {n.text for n in site.scope.visible(site.node.start_byte)}


TEMPLATES = (variable, target, attribute, call, expression)
