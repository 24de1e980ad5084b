"""Two directions that do not match: values converted one way only, steps that are not taken back."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.pitfalls.fields import FROM, TO, fields_of
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    ahead,
    assigned,
    behind,
    function_of,
    leaves,
    own,
    peers,
    reads,
)

# How a value is written -> how it is read back ({0} is the value, {1} the type of the field).
_WAYS: tuple[tuple[str, str], ...] = (
    ("{0}.isoformat()", "{1}.fromisoformat({0})"),
    ("{0}.value", "{1}({0})"),
    ("{0}.name", "{1}[{0}]"),
    ("str({0})", "{1}({0})"),
    ("list({0})", "{1}({0})"),
    ("sorted({0})", "{1}({0})"),
    ("{0}.hex()", "{1}.fromhex({0})"),
    ("{0}.to_dict()", "{1}.from_dict({0})"),
    ("{0}.as_dict()", "{1}.from_dict({0})"),
    ("{0}.to_json()", "{1}.from_json({0})"),
    ("{0}.total_seconds()", "timedelta(seconds={0})"),
    ("{0}.timestamp()", "{1}.fromtimestamp({0})"),
    ("[x.to_dict() for x in {0}]", "[{2}.from_dict(x) for x in {0}]"),
    ("[item.to_dict() for item in {0}]", "[{2}.from_dict(item) for item in {0}]"),
    ("[i.to_dict() for i in {0}]", "[{2}.from_dict(i) for i in {0}]"),
)


@template(
    "pitfall.one_way",
    1.5,
    "subscript call attribute",
    (
        'class A:\n    def __init__(self, when: datetime):\n        self.when = when\n    def to_dict(self):\n        return {"when": self.when.isoformat()}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(d["when"])\n',
        'class A:\n    def __init__(self, when: datetime):\n        self.when = when\n    def to_dict(self):\n        return {"when": self.when.isoformat()}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(datetime.fromisoformat(d["when"]))\n',
    ),
    (
        'class A:\n    path: Path\n    def to_dict(self):\n        return {"path": self.path}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(path=Path(d["path"]))\n',
        'class A:\n    path: Path\n    def to_dict(self):\n        return {"path": str(self.path)}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(path=Path(d["path"]))\n',
    ),
    (
        'class A:\n    counts: dict[int, str]\n    def dump(self):\n        return json.dumps({"counts": self.counts})\n    @classmethod\n    def load(cls, text):\n        d = json.loads(text)\n        return cls(d["counts"])\n',
        'class A:\n    counts: dict[int, str]\n    def dump(self):\n        return json.dumps({"counts": self.counts})\n    @classmethod\n    def load(cls, text):\n        d = json.loads(text)\n        return cls({int(k): v for k, v in d["counts"].items()})\n',
    ),
    most=3,
    relies=0.35,
)
def one_way(site: Site) -> Proposals:
    """A value that is converted where it is written and not where it is read, or the other way round."""
    function = function_of(site.code, site.node)
    if function is None or function.owner is None or not is_read(site.node) or site.is_receiver:
        return
    name = function.name.strip("_")
    if FROM.match(name) and site.node.type != "attribute":
        yield from _read_back(site, function)
    elif TO.match(name) and site.node.type == "attribute" and _stands_raw(site.node):
        yield from _written(site, function)


def _stands_raw(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in ("pair", "assignment", "keyword_argument", "return_statement")


def _field_of(site: Site, function: Function, key: str) -> tuple[str, str, str] | None:
    """The field `key`: its attribute, its type, and the type of its elements."""
    for field in fields_of(site, function):
        if field.name == key:
            parts = re.findall(r"[A-Za-z_][\w.]*", field.written.replace("None", "").replace("Optional", ""))
            return field.attribute, parts[0] if parts else "", parts[-1] if len(parts) > 1 else ""
    return None


def _read_back(site: Site, function: Function) -> Proposals:
    """The conversion back of an element of a record, at the place where it is read."""
    found = re.fullmatch(r"""\w+(?:\[|\.get\(|\.pop\()["'](\w+)["'](?:, [^()]*)?[\])]""", site.text)
    field = _field_of(site, function, found[1]) if found is not None else None
    if found is None or field is None or (site.node.parent is not None and site.node.parent.type not in _HANDING):
        return
    attribute, kind, element = field
    writing = " ".join(text_of(f.body) for f in peers(site.code, function) if TO.match(f.name.strip("_")))
    for out, back in _WAYS:
        if (
            out.format(f"self.{attribute}") in writing
            and ("{1}" not in back or kind)
            and ("{2}" not in back or element)
        ):
            yield replace(site.node, back.format(site.text, kind, element))
    if (
        kind.lower() == "dict"
        and element
        and re.search(r"dict\[int\b", _annotation(site, function, found[1]))
        and "json." in site.code.data.decode("utf-8", "replace")
    ):
        yield replace(site.node, f"{{int(k): v for k, v in {site.text}.items()}}")


_HANDING = ("argument_list", "keyword_argument", "assignment", "pair")


def _annotation(site: Site, function: Function, key: str) -> str:
    return next((f.written.lower() for f in fields_of(site, function) if f.name == key), "")


def _written(site: Site, function: Function) -> Proposals:
    """The conversion of an attribute for a record, as the way back expects it."""
    key = text_of(site.node).rpartition(".")[2]
    reading = [f for f in peers(site.code, function) if FROM.match(f.name.strip("_"))]
    texts = [text_of(f.body) for f in reading]
    for out, back in _WAYS:
        shape = re.escape(back).replace(r"\{0\}", rf"""\w+(?:\[|\.get\(|\.pop\()["']{key}["'][\])]""")
        shape = shape.replace(r"\{1\}", r"(\w[\w.]*)").replace(r"\{2\}", r"\w+")
        found = [m for text in texts if (m := re.search(rf"(?<![\w.]){shape}", text)) is not None]
        if found and _fits(out, found[0][1] if found[0].re.groups else ""):
            yield replace(site.node, out.format(text_of(site.node)))


def _fits(out: str, kind: str) -> bool:
    """Whether a value of the type `kind` is written as `out` has it."""
    if out.startswith(("list", "sorted")):
        return kind in ("set", "frozenset", "tuple")
    if out.startswith("str"):
        return kind in (
            "Path",
            "PurePath",
            "Decimal",
            "UUID",
            "uuid.UUID",
            "Fraction",
            "decimal.Decimal",
            "pathlib.Path",
        )
    if out == "{0}.value":
        return kind[:1].isupper() and kind not in ("Path", "PurePath", "Decimal", "UUID", "Fraction")
    return True


_UNDOING = """add remove|push pop|open close|enter exit|acquire release|start stop|register unregister|insert delete|subscribe unsubscribe
    |attach detach|connect disconnect|increase decrease|increment decrement|deposit withdraw|begin end|lock unlock|load unload|mount unmount
    |append pop|put take|put remove|set unset|set remove|add discard|add delete|join leave|borrow return|reserve release|reserve cancel|enqueue dequeue
    |do undo|create delete|create destroy|assign unassign|book cancel|add drop|allocate free|hire fire|check_in check_out|link unlink"""
_TAKEN_BACK = [tuple(p.split()) for p in re.sub(r"\s*\n\s*", "", _UNDOING).split("|")]


@template(
    "pitfall.not_taken_back",
    1.2,
    "function_definition",
    (
        "class A:\n    def add(self, k, v):\n        self.d[k] = v\n        self.count += 1\n    def remove(self, k):\n        del self.d[k]\n",
        "class A:\n    def add(self, k, v):\n        self.d[k] = v\n        self.count += 1\n    def remove(self, k):\n        del self.d[k]\n        self.count -= 1\n",
    ),
    (
        "class A:\n    def push(self, x):\n        self.rows.append(x)\n        self.known.add(x)\n    def pop(self):\n        x = self.rows.pop()\n        return x\n",
        "class A:\n    def push(self, x):\n        self.rows.append(x)\n        self.known.add(x)\n    def pop(self):\n        x = self.rows.pop()\n        self.known.discard(x)\n        return x\n",
    ),
    most=4,
    relies=0.35,
)
def not_taken_back(site: Site) -> Proposals:
    """A method that takes back one of the things that its opposite does, and not the other."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node or not function.receiver or function.is_empty:
        return
    for one, other in ((a, b) for pair in _TAKEN_BACK for a, b in (pair, pair[::-1])):
        stem = re.sub(rf"(^|_){other}(?=_|$)", rf"\g<1>{one}", function.name)
        doing = [f for f in peers(site.code, function) if f.name == stem and stem != function.name]
        for text in _taken_back(doing[0], function) if doing else ():
            last = function.statements[-1]
            yield Rewrite(((ahead if leaves(last) else behind)(site, last, text),))


def _taken_back(doing: Function, function: Function) -> Iterator[str]:
    """Statements that take back what `doing` does to attributes that `function` does not touch."""
    held = text_of(function.body)
    bound = {*function.parameters, function.receiver} | {
        text_of(s[0]) for n in own(function.body) if n.type == "assignment" and (s := assigned(n)) is not None
    }
    for statement in own(doing.body):
        if statement.type != "expression_statement" or not reads(statement) <= bound:
            continue
        text = text_of(statement)
        found = re.fullmatch(r"(self\.\w+) (\+=|-=) (.+)", text)
        if found is not None and found[1] not in held:
            yield f"{found[1]} {'-=' if found[2] == '+=' else '+='} {found[3]}"
        found = re.fullmatch(r"(self\.\w+)\.(add|append|discard|remove)\((.+)\)", text)
        if found is not None and found[1] not in held:
            yield f"{found[1]}.{_OPPOSITE[found[2]]}({found[3]})"
        found = re.fullmatch(r"(self\.\w+)\[(\w+)\] = .+", text)
        if found is not None and found[1] not in held:
            yield f"{found[1]}.pop({found[2]}, None)"


_OPPOSITE = {"add": "discard", "append": "remove", "discard": "add", "remove": "append"}
TEMPLATES = (one_way, not_taken_back)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.one_way": ("encord-team/encord-client-python#269", "clemensv/avrotize#399"),
}
