"""The white space at the beginning of lines: the file's own kind, counted from the cursor's block."""

from fixbot_agent.completing.cleaning.site import unit_of
from fixbot_agent.completing.cleaning.work import Work

_LEVEL = (
    "case ",
    "default",
    "}",
    ")",
    "]",
    "#",
    "else",
    "public:",
    "private:",
    "protected:",
)  # what may stand as deep as what opens its block


def indented(work: Work) -> Work:
    """Lines indented as the file is: tabs or spaces, its own width, below the cursor's line; the first against what stands before it."""
    site = work.site
    text = work.text
    if not site.head.strip():
        text = text.lstrip("\n")
    first, *others = text.split("\n")
    lead = "" if site.head.strip() else first[: len(first) - len(first.lstrip())]
    if not site.head.strip() or site.head.endswith((" ", "\t")):
        first = _first(site.head, lead, first)
    own = _own_unit(lead, first, others, site.unit)
    unit = site.unit or ("\t" if "\t" in site.indent else own)
    base = _base(site.head, lead, first, others)
    written = "\n".join([first, *(_line(line, base, site.indent, own, unit) for line in others)])
    return work.told(written)


def _own_unit(lead: str, first: str, others: list[str], unit: str) -> str:
    """One level of the text's own indentation; the file's where the text only seems to have a deeper one: what continues a line is aligned."""
    own = unit_of("\n".join([lead + "x", *others])) if others else ""
    opens = first.rstrip().endswith((":", "{"))
    return unit if "\t" not in (own, unit) and _width(own) > _width(unit) > 0 and not opens else own


def _first(head: str, lead: str, first: str) -> str:
    """The first line without the indentation that the cursor has already; what goes deeper stays."""
    if head.strip() or lead.startswith(head):
        return first.lstrip() if head.strip() else first[len(head) :]
    return first.lstrip() if head else first


def _base(head: str, lead: str, first: str, others: list[str]) -> str:
    """The indentation that the text counts from: that of its first line where it told one, else of the cursor's line, or none.

    A model may write lines as they stand in the file, or as if the block began at the margin.
    """
    indent = head[: len(head) - len(head.lstrip())]
    if lead and not head.strip():
        return lead
    told = [line[: len(line) - len(line.lstrip())] for line in others if line.strip()]
    if not told or not indent:
        return lead
    # A line that opens a block is followed by one that goes deeper, if lines are told as they stand in the file.
    body = next(line.lstrip() for line in others if line.strip())
    opens = first.rstrip().endswith((":", "{")) and not body.startswith(_LEVEL)
    if _width(told[0]) > _width(indent) or (not opens and _width(told[0]) == _width(indent)):
        return indent
    return lead


def _line(line: str, base: str, indent: str, own: str, unit: str) -> str:
    """One line moved from `base` to `indent`, levels of `own` width written as the file writes them."""
    body = line.lstrip()
    if not body:
        return ""
    deeper = _width(line[: len(line) - len(body)]) - _width(base)
    width = _width(own) or _width(unit) or 4
    if not unit or own == unit or deeper % width:
        deep = indent.expandtabs(4)[: max(0, _width(indent) + deeper)] if deeper < 0 else ""
        if deeper < 0:
            return _as(deep, unit) + body
        return indent + (_as(" " * deeper, unit) if unit == "\t" else " " * deeper) + body
    level = deeper // width
    if level < 0:
        return _as(" " * max(0, _width(indent) + level * _width(unit)), unit) + body
    return indent + unit * level + body


def _as(blanks: str, unit: str) -> str:
    return "\t" * (len(blanks) // 4) if unit == "\t" else blanks


def _width(blanks: str) -> int:
    return len(blanks.expandtabs(4))
