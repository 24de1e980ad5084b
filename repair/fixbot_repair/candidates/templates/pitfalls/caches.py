"""What a class computes once and keeps: from which attributes, which methods change those, and how it is forgotten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Site
from fixbot_repair.candidates.templates.pitfalls.keys import keyed_use
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Change,
    Function,
    ahead,
    attributes,
    behind,
    is_simple,
    leaves,
    own,
    peers,
    reads,
)

KEEPING = frozenset(("cached_property", "functools.cached_property", "lru_cache", "functools.lru_cache", "cache", "functools.cache"))  # fmt: skip
CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "add",
        "discard",
        "update",
        "setdefault",
        "sort",
        "reverse",
        "appendleft",
        "popleft",
        "push",
        "put",
    ]
)
_STARTS = frozenset(("__init__", "__new__", "__post_init__", "__setstate__", "setUp"))


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A value that a class keeps: where it is computed, from which attributes, and the statements that forget it."""

    name: str
    maker: Function
    sources: frozenset[str]
    forget: tuple[str, ...]  # the likelier ones first


def changed(node: Node, receiver: str) -> str:
    """The attribute of `receiver` that the statement's part `node` assigns, deletes or changes; ``""`` for none."""
    if node.type in ("assignment", "augmented_assignment"):
        return _root(node.child_by_field_name("left"), receiver)
    if node.type == "delete_statement":
        return _root(node.named_children[0], receiver)
    called = node.child_by_field_name("function") if node.type == "call" else None
    if called is not None and called.type == "attribute" and text_of(called.named_children[-1]) in CHANGING:
        return _root(called.named_children[0], receiver)
    return ""


def _root(node: Node | None, receiver: str) -> str:
    """The attribute of `receiver` that the target `node` is, or is an element of."""
    while node is not None and node.type in ("subscript", "attribute"):
        inner = node.named_children[0]
        if node.type == "attribute" and inner.type == "identifier" and text_of(inner) == receiver:
            return text_of(node.named_children[-1])
        node = inner
    return ""


def methods(site: Site, function: Function) -> list[Function]:
    """All methods of the class of `function`."""
    return [function, *peers(site.code, function)]


def kept_by(site: Site, function: Function) -> list[Kept]:
    """What the class of `function` computes once and keeps; one kept value is no source of another."""
    found = list(_kept(methods(site, function)))
    names = {kept.name for kept in found}
    return [replace(kept, sources=kept.sources - names) for kept in found]


def _kept(every: list[Function]) -> Iterator[Kept]:
    for maker in every:
        if maker.name in _STARTS or not maker.receiver:
            continue
        decorator = next((d for d in maker.decorators if d.partition("(")[0] in KEEPING), "")
        if "property" in decorator:
            yield Kept(maker.name, maker, sources(maker, every), (f'self.__dict__.pop("{maker.name}", None)',))
        elif decorator:
            yield Kept(maker.name, maker, sources(maker, every), (f"self.{maker.name}.cache_clear()",))
        else:
            yield from _lazily(maker, every)


def _lazily(maker: Function, every: list[Function]) -> Iterator[Kept]:
    """Attributes that `maker` fills where they are empty, or dictionaries whose elements it fills."""
    filled = {changed(n, maker.receiver): n for n in own(maker.body) if n.type == "assignment"}
    for name, assignment in filled.items():
        left = assignment.child_by_field_name("left")
        if not name or left is None or not _is_asked_for(maker, name, element=left.type == "subscript"):
            continue
        from_what = sources(maker, every) - {name}
        if left.type != "subscript":
            was_there = any(text in text_of(maker.body) for text in _had(maker.receiver, name))
            way = f'self.__dict__.pop("{name}", None)' if was_there else f"self.{name} = None"
            yield Kept(name, maker, from_what, (way,))
            continue
        key = left.child_by_field_name("subscript")
        forgetting = (f"self.{name}.clear()", *([f"self.{name}.pop({text_of(key)}, None)"] if key is not None else []))
        yield Kept(name, maker, from_what, forgetting)


def _gives_element(maker: Function, written: str) -> bool:
    """Whether `maker` gives an element of the dictionary `written` back, itself or through a name."""
    text = text_of(maker.body)
    named = re.findall(rf"(\w+) = {re.escape(written)}(?:\.get\(|\[)", text)
    return f"return {written}[" in text or any(re.search(rf"return {name}\b", text) is not None for name in named)


def _had(receiver: str, name: str) -> tuple[str, ...]:
    """Ways to ask whether there is such an attribute."""
    return tuple(f"{sign}hasattr({receiver}, {quote}{name}{quote})" for quote in "'\"" for sign in ("", "not "))


def _is_asked_for(maker: Function, name: str, *, element: bool) -> bool:
    """Whether `maker` asks if the attribute is there already, and gives it back."""
    written = f"{maker.receiver}.{name}"
    asking = (f"{written} is None", f"not {written}", f"{written} is not None", written, *_had(maker.receiver, name))
    for node in own(maker.body):
        if element:
            parts = keyed_use(node) if node.type in ("comparison_operator", "call") else None
            if node.type == "except_clause" or (parts is not None and text_of(parts[0]) == written):
                return _gives_element(maker, written)
        elif node.type == "if_statement" and text_of(node.child_by_field_name("condition") or node) in asking:
            inner = node.child_by_field_name("consequence")
            is_filled = inner is not None and any(changed(n, maker.receiver) == name for n in own(inner))
            gives = f"return {written}"
            return (is_filled or (inner is not None and gives in text_of(inner))) and gives in text_of(maker.body)
    return False


def sources(maker: Function, every: list[Function]) -> frozenset[str]:
    """Attributes that `maker` reads, itself and through the methods and properties that it uses."""
    by_name = {f.name: f for f in every}
    found: set[str] = set()
    waiting, done = [maker.name], set[str]()
    while waiting:
        at = by_name.get(waiting.pop())
        if at is None or at.name in done:
            continue
        done.add(at.name)
        read = {name for name, _ in attributes(at.body, at.receiver)}
        found |= read
        waiting += read & by_name.keys()
    return frozenset(found - by_name.keys())


def changers(kept: Kept, every: list[Function]) -> list[tuple[Function, list[Node]]]:
    """Methods that change what `kept` is computed from and do not forget it, with the statements that change it."""
    found = []
    for method in every:
        if method is kept.maker or method.name in _STARTS or not method.receiver or _forgets(method, kept, every):
            continue
        nodes = [n for n in own(method.body) if changed(n, method.receiver) in kept.sources and not _lazy_fill(n)]
        if nodes:
            found.append((method, nodes))
    return found


def _lazy_fill(node: Node) -> bool:
    """Whether the assignment `node` fills what is empty: another kept value."""
    block = node.parent.parent if node.parent is not None else None
    around = block.parent if block is not None else None
    condition = around.child_by_field_name("condition") if around is not None else None
    return condition is not None and "is None" in text_of(condition)


def _forgets(method: Function, kept: Kept, every: list[Function], depth: int = 3) -> bool:
    """Whether `method` changes the kept value, itself or through another method."""
    used = {name for name, _ in attributes(method.body, method.receiver)}
    if any(changed(n, method.receiver) == kept.name for n in own(method.body)):
        return True
    if f".{kept.name}" in text_of(method.body) and (
        "cache_clear" in text_of(method.body) or "del " in text_of(method.body)
    ):
        return True
    if f'"{kept.name}"' in text_of(method.body).replace("'", '"'):
        return True
    return depth > 0 and any(
        _forgets(f, kept, every, depth - 1) for f in every if f.name in used and f is not kept.maker
    )


def ways(kept: Kept, method: Function, every: list[Function]) -> list[str]:
    """Statements that forget `kept`, first as the class writes them elsewhere, or a method of it that does nothing else."""
    said: list[str] = []
    for each in every:
        statements = [n for n in own(each.body) if n.type == "expression_statement"]
        resets = [n for n in statements if changed(n.named_children[0], each.receiver) == kept.name]
        if (
            each.name not in _STARTS
            and each is not kept.maker
            and not each.parameters
            and len(resets) == len(each.statements)
        ):
            said.insert(0, f"self.{each.name}()")
        elif each is not kept.maker and each.name not in _STARTS:
            said += [
                text_of(n) for n in resets if reads(n) <= {each.receiver, *method.parameters} and len(text_of(n)) < 60
            ]
    usable = [w for w in kept.forget if ".pop(" not in w or "__dict__" in w or _key(w) <= {*method.parameters}]
    return list(dict.fromkeys([*said, *usable]))[:3]


def _key(way: str) -> set[str]:
    name = way.partition(".pop(")[2].partition(",")[0]
    return {name} if name.isidentifier() else {""}


def reset(site: Site, method: Function, nodes: list[Node], text: str) -> Change:
    """The change that puts `text` behind the last of the statements that change something; in front of all that leave."""
    at: Node = nodes[-1]
    while at.parent is not None and not (is_simple(at) or at.type == "delete_statement"):
        at = at.parent
    if len(nodes) > 1:
        tops = [s for s in method.statements if any(s.start_byte <= n.start_byte < s.end_byte for n in nodes)]
        at = tops[-1]
        if any(leaves(n) for top in tops for n in own(top)):
            return ahead(site, tops[0], text)
    return ahead(site, at, text) if leaves(at) else behind(site, at, text)
