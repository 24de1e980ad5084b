"""Names and chains of any language in one spelling: dots between parts, no type arguments, no pointers."""

import re

from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.syntax import Node

_LONGEST = 200  # bytes of a name
_LINKS = 20  # of a chain; what is longer names nothing that could be found
_PARTS = re.compile(r"\?\.|->|::|!?\.")
_BEFORE = re.compile(rb"(?<![\w.:)\]])(?:[A-Za-z_]\w*(?:::|\.))+\Z")
_NAME = re.compile(r"[\w$#]+(?:\.[\w$#]+)*")
_ARGUMENTS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}")
_TYPE_WORDS = re.compile(
    r"^(?:(?:const|volatile|mut|dyn|impl|static|final|readonly|struct|class|enum|union|typename|ref|&|\*|\.\.\.|\?|:|'\w+)\s*)+"
)
_WORDS = re.compile(r"[^\s.]+")
_HEADS = ("object", "operand", "value", "argument", "path", "scope", "table", "receiver", "expression")
_LASTS = ("property", "field", "name", "method")
_MADE = ("constructor", "type", "name")  # what an expression that makes an object calls it


def dotted_name(data: bytes, start: int, end: int) -> str:
    """``data[start:end]`` as a dotted name, whatever parts its parts; ``""`` if it is none."""
    if end - start > _LONGEST:
        return ""
    text = data[start:end].decode("utf-8", "replace")
    if text.isidentifier():
        return text
    text = _PARTS.sub(".", text)
    return text if _NAME.fullmatch(text) else ""


def named_before(data: bytes, start: int, end: int) -> str:
    """The dotted name that ends in ``data[start:end]``, read backwards; ``?.name`` where it is a member of what is no name."""
    before = _BEFORE.search(data, max(start - _LONGEST, 0), start)
    if before:
        return dotted_name(data, before.start(), end)
    name = dotted_name(data, start, end)
    return f"?.{name}" if name and data[start - 1 : start] == b"." else name


def type_name(text: str) -> str:
    """The dotted name of a type as written (``*pkg.Cart[K]``, ``const std::vector<T> &`` -> ``std.vector``); ``""`` if it has none."""
    if len(text) > _LONGEST:
        return ""
    text = _TYPE_WORDS.sub("", text.strip())
    shorter = _ARGUMENTS.sub("", text)
    while shorter != text:
        text, shorter = shorter, _ARGUMENTS.sub("", shorter)
    text = _PARTS.sub(".", re.split(r"[|&*\s]", text.strip(), maxsplit=1)[0]).strip(".")
    return text if _NAME.fullmatch(text) else ""


def definition_name(written: str, *, test: bool = False) -> tuple[str, str]:
    """The name as others write it, and what it says it belongs to (``A::f``)."""
    if test:
        return " ".join(_WORDS.findall(written)), ""
    above = ""
    text = written.strip().strip("\"'`")
    if "::" in text:
        head, _, text = _split_arguments(text)
        above = type_name(head)
    if text.startswith("operator"):
        return _operator(text), above
    text = text.partition("<")[0].strip()
    if text.startswith("["):  # computed
        return "", ""
    return " ".join(_WORDS.findall(text)), above


def _operator(text: str) -> str:
    """``operator ==``, ``operator bool() const`` as others write them."""
    if text.startswith("operator("):
        return "operator()"
    bare = re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", text)) if text[8:9].isspace() else text
    bare = " ".join(bare.partition("(")[0].split())
    return bare if bare[9:10].isalpha() or bare[9:10] in "_:" else bare.replace(" ", "")


def _split_arguments(text: str) -> tuple[str, str, str]:
    """`text` parted at its last ``::`` outside of type arguments."""
    depth, at = 0, -1
    for i, c in enumerate(text):
        if text.startswith("operator", i):
            break
        depth += (c == "<") - (c == ">")
        if depth == 0 and text.startswith("::", i):
            at = i
    return (text[:at], "::", text[at + 2 :]) if at >= 0 else ("", "", text)


def chain(node: Node | None, data: bytes, *, called: bool = False) -> str:
    """The chain of an expression (see :class:`Call`); `called`: of what a call runs. ``""`` where it is no name, member or call."""
    links: list[str] = []
    inner = not called
    while node is not None and len(links) < _LINKS:
        if name := dotted_name(data, node.start_byte, node.end_byte):
            return "".join([name, *reversed(links)])
        step = _step(node, data, inner)
        if step is None:
            break
        node, link = step
        links += link
        inner = True
    return "?" + "".join(reversed(links)) if links and links[-1] != "()" else _bare("".join(reversed(links)))


def _bare(chain_text: str) -> str:
    return chain_text if chain_text and chain_text[0] not in "(." else ""


def _step(node: Node, data: bytes, inner: bool) -> tuple[Node | None, list[str]] | None:
    """One link of a chain taken off `node`: what is left, and the link (last part first)."""
    call = ["()"] if inner else []
    if function := node.child_by_field_name("function"):
        return function, call if node.child_by_field_name("arguments") else []
    last = next((n for f in _LASTS if (n := node.child_by_field_name(f))), None)
    made = node.child_by_field_name("arguments") or node.child_by_field_name("body")
    if last is not None and (head := next((n for f in _HEADS if (n := node.child_by_field_name(f))), None)):
        name = dotted_name(data, last.start_byte, last.end_byte) or type_name(text_of(last, data)) or "?"
        return head, [*(call if made else ()), f".{name}"]
    if made and (cls := next((n for f in _MADE if (n := node.child_by_field_name(f))), None)):
        return cls, call
    return _unwrapped(node, last)


def _unwrapped(node: Node, last: Node | None) -> tuple[Node | None, list[str]] | None:
    """What stands in brackets, behind ``await``, ``&`` or before type arguments."""
    if last is not None:
        return last, []
    for field in ("operand", "argument", "type", "value", "path"):
        if inside := node.child_by_field_name(field):
            return inside, []
    if node.named_child_count == 1 or (
        node.named_child_count and node.type.startswith(("generic", "non_null", "await"))
    ):
        return node.named_child(0), []
    return None
