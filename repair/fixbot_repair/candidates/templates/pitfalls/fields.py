"""What an object is made of, and where a copy or a record of it loses a part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    assigned,
    function_of,
    functions,
    own,
    peers,
    reads,
)

TO = re.compile(r"_*(to_|as_|dump|serial|encode|save|export|pack|getstate|state|json|asdict|write|format)")
FROM = re.compile(r"_*(from_|load|deserial|decode|restore|import|unpack|setstate|parse|read|create|build|make)")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a class's ``__init__`` (or a field of its body), the attribute it is kept as, and its annotation."""

    name: str
    attribute: str
    written: str


def fields_of(site: Site, function: Function) -> list[Field]:
    """What an object of the class of `function` is made of, in the order in which it is handed over."""
    owner = function.owner
    body = owner.child_by_field_name("body") if owner is not None else None
    made = next((f for f in functions(site.code).values() if f.owner == owner and f.name == "__init__"), None)
    if owner is None or body is None:
        return []
    if made is None:
        return [f for statement in body.named_children if (f := _declared(statement)) is not None]
    kept: dict[str, str] = {}
    for node in own(made.body):
        sides = assigned(node) if node.type == "assignment" else None
        if sides is not None and text_of(sides[0]).startswith(f"{made.receiver}."):
            for name in made.parameters:
                if name in reads(sides[1]):
                    kept.setdefault(name, text_of(sides[0]).partition(".")[2])
    return [Field(p, kept[p], made.types.get(p, "")) for p in made.parameters if p in kept and kept[p].isidentifier()]


def _declared(statement: Node) -> Field | None:
    inner = statement.named_children[0] if statement.type == "expression_statement" else None
    left, written = (inner.child_by_field_name(f) if inner is not None else None for f in ("left", "type"))
    if inner is None or inner.type != "assignment" or left is None or written is None or "ClassVar" in text_of(written):
        return None
    return Field(text_of(left), text_of(left), text_of(written))


def _is_own_class(function: Function, called: str) -> bool:
    """Whether a call of that name makes an object of the class of `function`."""
    name = function.owner.child_by_field_name("name") if function.owner is not None else None
    own_names = (
        f"type({function.receiver})",
        f"{function.receiver}.__class__",
        text_of(name) if name is not None else "",
    )
    return called in own_names or (called == function.receiver and "classmethod" in function.decorators)


@template(
    "pitfall.field_lost",
    1.6,
    "call",
    (
        "class A:\n    def __init__(self, n, unit=1):\n        self.n = n\n        self.unit = unit\n    def twice(self):\n        return A(self.n * 2)\n",
        "class A:\n    def __init__(self, n, unit=1):\n        self.n = n\n        self.unit = unit\n    def twice(self):\n        return A(self.n * 2, unit=self.unit)\n",
    ),
    (
        'class A:\n    def __init__(self, n, tags=()):\n        self.n = n\n        self.tags = tags\n    def to_dict(self):\n        return {"n": self.n, "tags": self.tags}\n    @classmethod\n    def from_dict(cls, data):\n        return cls(data["n"])\n',
        'class A:\n    def __init__(self, n, tags=()):\n        self.n = n\n        self.tags = tags\n    def to_dict(self):\n        return {"n": self.n, "tags": self.tags}\n    @classmethod\n    def from_dict(cls, data):\n        return cls(data["n"], tags=data["tags"])\n',
    ),
    most=5,
    relies=0.35,
)
def field_lost(site: Site) -> Proposals:
    """A new object made of an old one, or of its record, without one of the fields."""
    function, called = function_of(site.code, site.node), site.field("function")
    arguments = site.field("arguments")
    if function is None or called is None or arguments is None or not _is_own_class(function, text_of(called)):
        return
    given = [a for a in arguments.named_children if a.type != "comment"]
    if not given or any(a.type.endswith("splat") or a.type == "generator_expression" for a in given):
        return
    named = {text_of(a.named_children[0]) for a in given if a.type == "keyword_argument"}
    fields = fields_of(site, function)
    missing = [f for f in fields[sum(a.type != "keyword_argument" for a in given) :] if f.name not in named]
    record = _record(arguments)
    texts: list[list[str]] = []
    if "classmethod" not in function.decorators and "staticmethod" not in function.decorators:
        if any(f".{f.attribute}" in text_of(arguments) for f in fields):
            texts = [[f"{f.name}={function.receiver}.{f.attribute}" for f in missing]]
    elif record is not None:
        quote = site.code.quote
        written = [f for f in missing if re.search(rf"""["']{f.name}["']""", site.code.data.decode("utf-8", "replace"))]
        texts = [
            [f"{f.name}={shape.format(record, quote + f.name + quote)}" for f in written]
            for shape in ("{}[{}]", "{}.get({})")
        ]
    for i, adding in enumerate(texts):
        at = Span(given[-1].end_byte, given[-1].end_byte)
        if len(adding) > 1:
            yield Rewrite(((at, ", " + ", ".join(adding)),), 1.0 / (1 + 0.1 * i))
        yield from (Rewrite(((at, f", {text}"),), 0.9 / (1 + 0.1 * i)) for text in adding)


def _record(node: Node) -> str | None:
    """The dictionary whose elements are handed over: ``data["n"]``, ``data.get("n")``."""
    for at in own(node):
        found = (
            re.match(r"""(\w+)(?:\[|\.get\(|\.pop\()["']""", text_of(at)) if at.type in ("subscript", "call") else None
        )
        if found is not None:
            return found[1]
    return None


@template(
    "pitfall.field_not_written",
    1.3,
    "dictionary",
    (
        'class A:\n    def __init__(self, n, unit):\n        self.n = n\n        self.unit = unit\n    def to_dict(self):\n        return {"n": self.n}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(d["n"], d["unit"])\n',
        'class A:\n    def __init__(self, n, unit):\n        self.n = n\n        self.unit = unit\n    def to_dict(self):\n        return {"n": self.n, "unit": self.unit}\n    @classmethod\n    def from_dict(cls, d):\n        return cls(d["n"], d["unit"])\n',
    ),
    (
        '@dataclass\nclass A:\n    a: int\n    b: int\n    c: int = 0\n    def as_dict(self):\n        return {"a": self.a, "b": self.b}\n',
        '@dataclass\nclass A:\n    a: int\n    b: int\n    c: int = 0\n    def as_dict(self):\n        return {"a": self.a, "b": self.b, "c": self.c}\n',
    ),
    relies=0.35,
)
def field_not_written(site: Site) -> Proposals:
    """A record of an object without one of its fields."""
    function = function_of(site.code, site.node)
    pairs = [p for p in site.node.named_children if p.type == "pair"]
    if function is None or not function.receiver or not pairs or not TO.match(function.name.strip("_")):
        return
    fields = [f for f in fields_of(site, function) if not f.attribute.startswith("_")]
    keys = {text_of(p.named_children[0]).strip("\"'") for p in pairs}
    if len(keys & {f.name for f in fields}) < max(1, len(pairs) // 2):
        return
    back = " ".join(text_of(f.body) for f in peers(site.code, function) if FROM.match(f.name.strip("_")))
    quote, end = site.code.quote, pairs[-1].end_byte
    missing = [f for f in fields if f.name not in keys]
    texts = [f", {quote}{f.name}{quote}: {function.receiver}.{f.attribute}" for f in missing]
    if len(texts) > 1:
        yield Rewrite(((Span(end, end), "".join(texts)),), 0.9)
    for field, text in zip(missing, texts, strict=True):
        yield Rewrite(((Span(end, end), text),), 1.0 if re.search(rf"""["']{field.name}["']""", back) else 0.6)


TEMPLATES = (field_lost, field_not_written)
SEEN: Mapping[str, tuple[str, ...]] = {}
