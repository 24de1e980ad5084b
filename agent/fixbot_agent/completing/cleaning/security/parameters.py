"""A query made of values, turned into one with parameters where the call's shape is simple."""

import re
from dataclasses import replace

from fixbot_agent.completing.cleaning.security.reading import Call, Code, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding
from fixbot_analysis.source import Span

_HOLE = re.compile(r"'?(%?)\{([^{}:!]+)\}(%?)'?")
_VALUE_BEFORE = re.compile(
    r"(?:[=<>]|\blike|\bvalues\s*\([^()]*|\bin\s*\([^()]*|\blimit|\boffset|,)\s*\Z", re.IGNORECASE
)
_PLAIN = re.compile(r"[\w.]+(?:\[[\w\"']+\])?\Z")


def parameterised(code: Code, call: Call, finding: Finding) -> Finding:
    """The finding, with a repair where the only argument is one f-string whose holes all stand for values, and the driver's mark is known."""
    mark = _mark(code.tree.data)
    if (
        not mark
        or call.last != "execute"
        or len(call.arguments) != 1
        or call.keywords
        or call.arguments[0].type != "string"
    ):
        return finding
    node = call.arguments[0]
    written = text(node)
    if (
        not re.match(r"f(\"\"\"|\")", written)
        or "{{" in written
        or "%" in written.replace("%'", "").replace("'%", "")
        or "\\" in written
    ):
        return finding
    values: list[str] = []
    out, at = "", 0
    for hole in _HOLE.finditer(written):
        if not _VALUE_BEFORE.search(written[: hole.start()]) or not _PLAIN.match(hole[2]):
            return finding
        before, after = hole[1], hole[3]
        values.append(f'f"{before}{{{hole[2]}}}{after}"' if before or after else hole[2])
        out += written[at : hole.start()] + mark
        at = hole.end()
    new = (out + written[at:]).removeprefix("f")
    arguments = f"({', '.join(values)}{',' if len(values) == 1 else ''})"
    where = span(node)
    return replace(
        finding,
        repair=(Change(Span(where.start, where.end), f"{new}, {arguments}"),),
        note="the values are passed as parameters",
    )


def _mark(data: bytes) -> str:
    """The mark of a parameter of the one database driver that the file imports; "" where that is not known."""
    marks = {
        mark
        for driver, mark in _DRIVERS.items()
        if re.search(rb"^[ \t]*(?:import|from)[ \t]+" + driver, data, re.MULTILINE)
    }
    return marks.pop() if len(marks) == 1 else ""


_DRIVERS = {
    b"sqlite3": "?",
    b"aiosqlite": "?",
    b"psycopg2?\\b": "%s",
    b"pymysql": "%s",
    b"MySQLdb": "%s",
    b"mysql\\.connector": "%s",
    b"django\\.db": "%s",
}
