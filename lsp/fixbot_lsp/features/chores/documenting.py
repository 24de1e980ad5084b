"""The skeleton of a docstring in the project's own style: parameters, what is returned by the annotation, what is raised by the graph."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from fixbot_agent.asking.ground import Ground
from fixbot_agent.asking.raising import raised_names
from fixbot_agent.settings import Places
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import Symbol, SymbolKind
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request

_STYLES = {
    "google": re.compile(r"^\s*(?:Args|Returns|Raises):\s*$", re.MULTILINE),
    "numpy": re.compile(r"^\s*(?:Parameters|Returns|Raises)\n\s*-{3,}\s*$", re.MULTILINE),
    "sphinx": re.compile(r"^\s*:(?:param|returns?|raises?)\b", re.MULTILINE),
}
_LOOKED_AT = 200  # files whose style counts
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
        raised = raised_names(Ground(index), f"{request.path}::{symbol.qualname}") if symbol.kind in _FUNCTIONS else ()
        style = style_of(index, request.path)
    start = symbol.body.start
    line = data.rfind(b"\n", 0, start) + 1
    indent = data[line:start].decode()
    if indent.strip():
        raise CommandRefused("the body stands on the line of the header", "put it on lines of its own first")
    text = docstring(symbol, raised, style, indent)
    return {"start": start, "end": start, "text": f"{text}\n{indent}", "style": style}


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


def docstring(symbol: Symbol, raised: tuple[str, ...], style: str, indent: str) -> str:
    """The docstring: a line to be written by hand, then what is known."""
    title = f"{symbol.name.strip('_').replace('_', ' ').capitalize() or symbol.name}."
    parameters = [p for p in symbol.parameters if p.lstrip("*") not in ("self", "cls", "/", "")]
    returns = "" if symbol.returns in ("None", "") else symbol.returns
    sections = list(_WRITERS[style](parameters, returns, raised))
    if not sections:
        return f'"""{title}"""'
    lines = [f'"""{title}', "", *sections, '"""']
    return "\n".join([lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])])


def _google(parameters: list[str], returns: str, raised: tuple[str, ...]) -> Iterator[str]:
    named = {"Args": parameters, "Returns": [returns] if returns else [], "Raises": list(raised)}
    yield from _blocks([[f"{title}:", *(f"    {name}:" for name in names)] for title, names in named.items() if names])


def _numpy(parameters: list[str], returns: str, raised: tuple[str, ...]) -> Iterator[str]:
    named = {"Parameters": parameters, "Returns": [returns] if returns else [], "Raises": list(raised)}
    yield from _blocks([[title, "-" * len(title), *names] for title, names in named.items() if names])


def _sphinx(parameters: list[str], returns: str, raised: tuple[str, ...]) -> Iterator[str]:
    yield from (f":param {name.lstrip('*')}:" for name in parameters)
    if returns:
        yield f":returns: {returns}"
    yield from (f":raises {name}:" for name in raised)


def _plain(_parameters: list[str], _returns: str, raised: tuple[str, ...]) -> Iterator[str]:
    """Prose: what the signature says is not said again."""
    if raised:
        yield f"Raises {', '.join(raised)}."


_WRITERS = {"google": _google, "numpy": _numpy, "sphinx": _sphinx, "plain": _plain}


def _blocks(blocks: list[list[str]]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        yield from ([""] if number else [])
        yield from block
