"""What people wrote about a definition or a text: sections of documents that describe it, and the project's norms, as data."""

from collections.abc import Iterator

from fixbot_analysis.context.packing import Packing, Part
from fixbot_analysis.context.snippet import CHARACTERS_PER_TOKEN, Snippet
from fixbot_analysis.context.units import Units
from fixbot_analysis.documents import Library, Norm, Section, norms
from fixbot_analysis.graph import Node

_DOCUMENTS, _NORMS = 0.1, 0.06  # shares of the whole budget
_SECTIONS, _STATEMENTS = 2, 3
_LOOKED_AT = 40  # sections that mention a name


def pack_about(units: Units, library: Library, node: Node, packing: Packing) -> None:
    """Effect: reads documents. Sections that name a definition in full or describe it, then norms for its file."""
    numbers = sorted(library.naming(node.name), key=lambda n: (-_fit(library.names(n), node), n))[:_LOOKED_AT]
    fitting = [n for n in numbers if _fit(library.names(n), node)][:_SECTIONS]
    read = library.read(fitting)
    _sections((read[n] for n in fitting if n in read), f"documents {node.qualname}", packing)
    _norms(units, node.path, node.qualname, packing)


def pack_answering(units: Units, library: Library, text: str, path: str, packing: Packing) -> None:
    """Effect: reads documents. Sections that answer a text, then norms for the file at `path` that fit it."""
    found = library.retrieve(text, _SECTIONS)
    _sections((each.section for each in found), "documentation that fits the text", packing)
    _norms(units, path, text, packing)


def _fit(names: tuple[str, ...], node: Node) -> int:
    """2 where a section describes the definition, 1 where it names it with what it is defined in, else 0."""
    parts = node.qualname.split(".")
    own = {".".join(parts[n:]) for n in range(len(parts))}
    described = bool(names) and names[0].rpartition(".")[2] == node.name
    named = any("." in name and (name in own or name.endswith(f".{node.qualname}")) for name in names)
    return 2 if described and (named or len(parts) == 1) else int(named)


def _sections(sections: Iterator[Section], why: str, packing: Packing) -> None:
    end = packing.tokens + int(_DOCUMENTS * packing.budget)
    for section in sections:
        lines = section.text.split("\n")
        kept = _fitting(lines, CHARACTERS_PER_TOKEN * (end - packing.tokens))
        if kept:
            text = "\n".join(lines[:kept]) + "\n"
            last = section.line + kept - 1
            packing.add(Snippet(section.path, section.line, last, text, f"{why}: {section.title}"), Part.DOCUMENT)


def _fitting(lines: list[str], room: int) -> int:
    """How many of the lines come to at most `room` characters, cut where a paragraph ends if they are not all."""
    total = 0
    for number, line in enumerate(lines):
        total += len(line) + 1
        if total > room:
            blank = [n for n in range(number) if not lines[n].strip()]
            return blank[-1] if blank else 0
    return len(lines)


def _norms(units: Units, path: str, text: str, packing: Packing) -> None:
    room = int(_NORMS * packing.budget)
    for norm in norms(units.index.tree, path, text, _STATEMENTS, CHARACTERS_PER_TOKEN * room, fitting=True):
        packing.add(_snippet(norm), Part.DOCUMENT)


def _snippet(norm: Norm) -> Snippet:
    text = norm.text if norm.text.endswith("\n") else norm.text + "\n"
    return Snippet(norm.path, norm.line, norm.end_line, text, f"what the project asks, as data: {norm.title}")
