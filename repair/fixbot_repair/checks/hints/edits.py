"""What a remark means to be done, as edits: one function for each kind; () where that is not as plain as it must be."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.hints.place import Definition, Place

Edits = tuple[Edit, ...]

_IGNORE = re.compile(
    r"[ \t]*#[ \t]*(?P<kind>type|pyright|ty|pyrefly):[ \t]*ignore(?:\[(?P<codes>[^\]\n]*)\])?[ \t]*(?=#|\r?$)"
)
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set)
_GUARDED = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Delete)


def renamed(place: Place) -> Edits:
    """The one attribute or imported name `old` in what is marked becomes `new`."""
    ends, starts = list[int](), list[int]()
    for node in place.within():
        if isinstance(node, ast.Attribute) and node.attr == place.words["old"]:
            ends.append(place.of(node).end)
        elif isinstance(node, ast.alias) and node.name == place.words["old"]:
            starts.append(place.of(node).start)
    size = len(place.words["old"].encode())
    return _one_renamed(place, {*starts, *(end - size for end in ends)})


def keyword_renamed(place: Place) -> Edits:
    """The one argument in what is marked that is handed over as `old` is handed over as `new`."""
    keywords = (n for n in place.within() if isinstance(n, ast.keyword) and n.arg == place.words["old"])
    return _one_renamed(place, {place.of(n).start for n in keywords})


def _one_renamed(place: Place, starts: set[int]) -> Edits:
    old, new = place.words["old"], place.words["new"]
    return tuple(place.edit(at, at + len(old.encode()), new) for at in starts) if len(starts) == 1 else ()


def optional_default(place: Place) -> Edits:
    """The parameter whose default is None may be None, as its annotation then says."""
    for node in ast.walk(place.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument, default in _defaults(node):
                marked = place.span.start in (place.of(argument).start, place.of(default).start)
                if marked and isinstance(default, ast.Constant) and default.value is None and argument.annotation:
                    return _or_none(place, argument.annotation)
    return ()


def _defaults(node: Definition) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*node.args.posonlyargs, *node.args.args]
    if node.args.defaults:
        yield from zip(positional[-len(node.args.defaults) :], node.args.defaults, strict=True)
    yield from ((a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None)


def _or_none(place: Place, annotation: ast.expr) -> Edits:
    span, text = place.of(annotation), place.text(annotation)
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        plain = text[:1] in "\"'" and text[1:-1] == annotation.value and "\n" not in text
        return (place.edit(span.end - 1, span.end - 1, " | None"),) if plain else ()
    if place.target >= (3, 10) or _is_deferred(place.tree):
        return (place.edit(span.end, span.end, " | None"),)
    return (place.edit(span.start, span.end, f"Optional[{text}]"), *_imports(place, "typing", "Optional"))


def _is_deferred(tree: ast.Module) -> bool:
    """Whether annotations are not evaluated."""
    future = (n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__")
    return any(a.name == "annotations" for n in future for a in n.names)


def imported(place: Place) -> Edits:
    """The name that is not defined comes from the module that is named, typing where none is."""
    return _imports(place, place.words.get("module", "typing"), place.words["name"])


def _imports(place: Place, module: str, name: str) -> Edits:
    """What makes a file import `name` from `module`; () where it does already."""
    for node in place.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == module and not node.level:
            if any(a.name == name and not a.asname for a in node.names):
                return ()
            if node.names[0].name != "*":
                end = place.of(node.names[-1]).end
                return (place.edit(end, end, f", {name}"),)
    at = place.document.line_span(_first_import(place.tree) - 1).start
    return (place.edit(at, at, f"from {module} import {name}{place.line_end}"),)


def _first_import(tree: ast.Module) -> int:
    """The line (from 1) before which a new import may stand: after the docstring and what is from the future."""
    line = 1
    for at, node in enumerate(tree.body):
        docstring = at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            line = (node.end_lineno or node.lineno) + 1
        elif isinstance(node, ast.Import | ast.ImportFrom):
            return node.lineno
        else:
            break
    return line


def no_ignore(place: Place) -> Edits:
    """The comment that has nothing to ignore goes, or those of its codes that have not."""
    line = place.document.line_of(place.span.start)
    text = place.document.line_text(line)
    found = list(_IGNORE.finditer(text))
    said = place.words.get("codes") or ""
    mine = [m for m in found if m["kind"] == place.words.get("kind", "type")] or found
    if len(mine) != 1:
        return ()
    (match,) = mine
    idle = {c.strip() for c in said.split(",") if c.strip()}
    codes = [c.strip() for c in (match["codes"] or "").split(",") if c.strip()]
    kept = [c for c in codes if c not in idle] if idle else []
    start = place.document.line_span(line).start
    first, last = (start + len(text[:at].encode()) for at in match.span())
    if not kept:
        return (place.edit(first, last, "" if match.end() >= len(text.rstrip("\r")) else "  "),)
    head, _, rest = match[0].partition("[")
    return (place.edit(first, last, f"{head}[{', '.join(kept)}]{rest.partition(']')[2]}"),)


def awaited(place: Place) -> Edits:
    """The coroutine that a statement makes and drops is awaited."""
    above = place.above()
    inner = next(
        (n for n in reversed(above) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)), None
    )
    drops = any(isinstance(n, ast.Expr) and place.of(n).start == place.span.start for n in above)
    if not drops or not isinstance(inner, ast.AsyncFunctionDef):
        return ()
    return (place.edit(place.span.start, place.span.start, "await "),)


def returns_none(place: Place) -> Edits:
    """The function that returns nothing says so."""
    node = _defined(place)
    if node is None or node.returns is not None:
        return ()
    head = place.document.data[place.of(node).start : place.of(node.body[0]).start].decode()
    if (colon := _colon(head)) is None:
        return ()
    at = place.of(node).start + len(head[:colon].encode())
    return (place.edit(at, at, " -> None"),)


def _defined(place: Place) -> Definition | None:
    """The function whose definition the remark marks."""
    line = place.document.line_of(place.span.start) + 1
    found = (n for n in ast.walk(place.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return next((n for n in found if n.lineno == line), None)


def _colon(head: str) -> int | None:
    """Where the colon stands that ends `head`, the text of a definition up to its body."""
    lines, depth = head.splitlines(keepends=True), 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(head).readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
                if token.string == ":" and not depth:
                    return sum(len(text) for text in lines[: token.start[0] - 1]) + token.start[1]
    except (tokenize.TokenError, IndentationError):
        return None
    return None


def returns_at_end(place: Place) -> Edits:
    """The function that may return None, and does at its end, says so there."""
    node = _defined(place)
    if node is None or node.returns is None or not _may_be_none(place.text(node.returns)):
        return ()
    last, first = node.body[-1], node.body[0]
    if not place.own_line(first):
        return ()
    span = place.document.line_span((last.end_lineno or last.lineno) - 1)
    line = place.document.data[span.start : span.end]
    end = "" if line.endswith(b"\n") else place.line_end
    return (place.edit(span.end, span.end, f"{end}{place.indent(first)}return None{'' if end else place.line_end}"),)


def _may_be_none(annotation: str) -> bool:
    return re.match(r"(?:\w+\.)?Optional\[.*\]$|.*\|\s*None$|None\s*\|", annotation, re.DOTALL) is not None


def no_cast(place: Place) -> Edits:
    """The cast to what the value is anyway goes, the value stays."""
    calls = [n for n in place.above() if isinstance(n, ast.Call) and re.fullmatch(r"(\w+\.)?cast", place.text(n.func))]
    if not calls or len(calls[-1].args) != 2 or calls[-1].keywords:
        return ()
    value, span = calls[-1].args[1], place.of(calls[-1])
    text = place.text(value)
    return (place.edit(span.start, span.end, text if isinstance(value, _ATOMS) else f"({text})"),)


def overriding(place: Place) -> Edits:
    """The method that overrides another is marked so; where Python has no such mark, only where the file has it from elsewhere."""
    node = _defined(place)
    module = "typing" if place.target >= (3, 12) else "typing_extensions"
    known = any(isinstance(n, ast.ImportFrom) and n.module == module for n in place.tree.body)
    if node is None or not place.own_line(node) or not (known or module == "typing"):
        return ()
    at = place.document.line_span(node.lineno - 1).start
    mark = f"{place.indent(node)}@override{place.line_end}"
    return (place.edit(at, at, mark), *_imports(place, module, "override"))


def asserted(place: Place) -> Edits:
    """What may be None and is used as if it were not is asserted not to be, in the statement before."""
    above = place.above()
    statement = next((n for n in reversed(above) if isinstance(n, ast.stmt)), None)
    if statement is None or not isinstance(statement, _SIMPLE) or not place.own_line(statement):
        return ()
    inner = above[above.index(statement) + 1 :]
    value = _used(place, inner)
    if value is None or any(isinstance(n, _GUARDED) for n in inner):
        return ()
    at = place.document.line_span(statement.lineno - 1).start
    return (place.edit(at, at, f"{place.indent(statement)}assert {place.text(value)} is not None{place.line_end}"),)


def _used(place: Place, nodes: list[ast.expr | ast.stmt]) -> ast.expr | None:
    """The dotted name of which an attribute or an element is taken where the remark stands."""
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Subscript):
            marked = place.span in (place.of(node), place.of(node.value)) or place.span.end == place.of(node).end
            if marked and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", place.text(node.value)):
                return node.value
    return None
