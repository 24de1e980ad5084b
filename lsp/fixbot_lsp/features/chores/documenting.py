"""A docstring in the project's own style, of what is known without a model: see :mod:`fixbot_lsp.features.chores.describing`."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from fixbot_agent.asking.assigning import Function, parsed
from fixbot_agent.asking.ground import Ground
from fixbot_agent.asking.raising import raised_names
from fixbot_agent.settings import Places
from fixbot_analysis.graph import EdgeKind
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import Symbol, SymbolKind
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request
from fixbot_lsp.features.chores.describing import Described, described, kind_of, sentence

_STYLES = {
    "google": re.compile(r"^\s*(?:Args|Returns|Raises):\s*$", re.MULTILINE),
    "numpy": re.compile(r"^\s*(?:Parameters|Returns|Raises)\n\s*-{3,}\s*$", re.MULTILINE),
    "sphinx": re.compile(r"^\s*:(?:param|returns?|raises?)\b", re.MULTILINE),
}
_LOOKED_AT = 200  # files whose style counts
_CALLERS = 20  # functions whose calls are looked at
_FUNCTIONS = (SymbolKind.FUNCTION, SymbolKind.METHOD)


def work(request: Request) -> Mapping[str, object]:
    """Effect: index the project, the document laid over it. Where (a byte) which text goes in. Raises CommandRefused where nothing can be documented."""
    data = request.text.encode()
    with Index.open(Path(request.root), Places.current().index, {request.path: data}) as index:
        symbol = index.symbol_at(request.path, request.line)
        if symbol is None or symbol.kind not in (*_FUNCTIONS, SymbolKind.CLASS):
            raise CommandRefused("there is no function or class at this line", "put the cursor on its first line")
        if symbol.doc:
            raise CommandRefused(f"{symbol.qualname} has a docstring", "change it by hand")
        known = _described(Ground(index), request.path, symbol, data)
        style = style_of(index, request.path)
    if not known.is_known:
        raise CommandRefused(f"nothing is known of {symbol.name} but its name", "write it by hand")
    start = symbol.body.start
    line = data.rfind(b"\n", 0, start) + 1
    indent = data[line:start].decode()
    if indent.strip():
        raise CommandRefused("the body stands on the line of the header", "put it on lines of its own first")
    text = docstring(known, style, indent)
    return {"start": start, "end": start, "text": f"{text}\n{indent}", "style": style}


def _described(ground: Ground, path: str, symbol: Symbol, data: bytes) -> Described:
    """What is known of a function; of a class what making one of it takes."""
    id_ = f"{path}::{symbol.qualname}"
    is_class = symbol.kind is SymbolKind.CLASS
    function = _function(data, f"{symbol.qualname}.__init__" if is_class else symbol.qualname)
    if function is None:
        return Described(sentence(symbol.name, gives=False))
    deeper = raised_names(ground, id_)
    known = described(function, _passed(ground, id_, function), deeper, symbol.name)
    if not is_class:
        return known
    title = f"{' '.join(re.findall('[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+', symbol.name)).capitalize() or symbol.name}."
    return Described(title, known.parameters, raised=known.raised)


def _function(data: bytes, qualname: str) -> Function | None:
    """The function called `qualname` in a file."""
    here: ast.AST | None = parsed(data)
    for name in qualname.split("."):
        body = getattr(here, "body", ())
        found = [n for n in body if isinstance(n, Function | ast.ClassDef) and n.name == name] if here else []
        here = found[-1] if found else None
    return here if isinstance(here, Function) else None


def _passed(ground: Ground, id_: str, function: Function) -> dict[str, str]:
    """Types of the arguments that callers write out, where all of them agree."""
    spec, found = function.args, dict[str, set[str]]()
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    for caller in list(ground.edges(id_, EdgeKind.CALLS))[:_CALLERS]:
        lines = {site.line for site in ground.sites(caller, id_)}
        tree = parsed(ground.index.tree.read(caller.partition("::")[0]).data)
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.lineno in lines] if tree else []
        for call in calls:
            if ast.unparse(call.func).rpartition(".")[2] not in (function.name, id_.rpartition("::")[2]):
                continue
            given = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords if k.arg)]
            for name, value in given:
                found.setdefault(name or "", set()).add(kind_of(value))
    return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}


def style_of(index: Index, path: str) -> str:
    """Effect: read files. How the file's docstrings, else the project's, list parameters; ``plain`` where they do not."""
    for group in ([path], index.paths[:_LOOKED_AT]):
        found: Counter[str] = Counter()
        for each in group:
            text = index.tree.read(each).data.decode("utf-8", "replace") if each.endswith(".py") else ""
            found.update({style: len(pattern.findall(text)) for style, pattern in _STYLES.items()})
        style, count = max(found.items(), key=lambda pair: pair[1], default=("plain", 0))
        if count:
            return style
    return "plain"


def docstring(known: Described, style: str, indent: str) -> str:
    """The docstring."""
    sections = list(_WRITERS[style](known))
    if not sections:
        return f'"""{known.title}"""'
    lines = [f'"""{known.title}', "", *sections, '"""']
    return "\n".join([lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])])


def _default(default: str) -> str:
    return f"Defaults to ``{default}``." if default else ""


def _google(known: Described) -> Iterator[str]:
    typed = [(p.name, f" ({p.type})" if p.type else "", _default(p.default)) for p in known.parameters]
    gives = [f"{known.type}: {known.gives}".strip(": ") or known.gives] if known.type or known.returned else []
    named = {
        "Args": [f"{name}{kind}: {said}" for name, kind, said in typed],
        "Yields" if known.yields else "Returns": [
            each if each.endswith("``") else f"{each}:" for each in gives if each
        ],
        "Raises": [f"{name}: {when}" for name, when in known.raised],
    }
    yield from _blocks(
        [[f"{title}:", *(f"    {row}".rstrip() for row in rows)] for title, rows in named.items() if rows]
    )


def _numpy(known: Described) -> Iterator[str]:
    typed = [", ".join(filter(None, [p.type, p.default and f"default {p.default}"])) for p in known.parameters]
    parameters = [f"{p.name} : {kind}" if kind else p.name for p, kind in zip(known.parameters, typed, strict=True)]
    gives = [known.type or "object", *([f"    {known.gives}"] if known.gives else [])]
    named = {
        "Parameters": parameters,
        "Yields" if known.yields else "Returns": gives if known.type or known.gives else [],
        "Raises": [row for name, when in known.raised for row in (name, *([f"    {when}"] if when else []))],
    }
    yield from _blocks([[title, "-" * len(title), *rows] for title, rows in named.items() if rows])


def _sphinx(known: Described) -> Iterator[str]:
    for each in known.parameters:
        name = each.name.lstrip("*")
        yield f":param {name}: {_default(each.default)}".rstrip()
        if each.type:
            yield f":type {name}: {each.type}"
    if known.gives:
        yield f":returns: {known.gives}"
    if known.type:
        yield f":rtype: {known.type}"
    yield from (f":raises {name}: {when}".rstrip() for name, when in known.raised)


def _plain(known: Described) -> Iterator[str]:
    """Prose, of what the signature does not say."""
    if known.gives:
        yield f"Returns {known.gives}."
    elif known.type and known.type not in known.title:
        yield f"{'Yields' if known.yields else 'Returns'}: {known.type}."
    for name, when in known.raised:
        yield f"Raises {name}{f' {when[0].lower()}{when[1:-1]}' if when else ''}."


_WRITERS = {"google": _google, "numpy": _numpy, "sphinx": _sphinx, "plain": _plain}


def _blocks(blocks: list[list[str]]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        yield from ([""] if number else [])
        yield from block
