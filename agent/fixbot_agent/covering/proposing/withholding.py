"""Values that are not told: those that hold a key of the module or of this user, as it is or turned round, in digits or in other letters.

A test that fails shows what the code gives; whoever writes tests could read a key that way, bit by bit. What the test itself names counts, too:
where it looks at a name that holds a key, nothing of what came is told.
"""

import ast
import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace

from fixbot_agent.covering.keys import Keys
from fixbot_repair.entire import Tested

HELD = "(a value that holds a key of the module)"
_PART = 8  # characters of a key that say enough of it
_LONGEST = 20_000  # characters that are looked at; less is told
_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_NUMBERS = re.compile(r"\d+(?:\D{1,3}\d+){5,}")
_LONG = re.compile(r"\d{12,}")


def withheld(ended: Tested, keys: Keys, code: str, source: bytes) -> Tested:
    """How a test with the text `code` ended, without what holds a key of the module with the text `source`."""
    if ended.status == "passed" or not (ended.message or ended.detail):
        return ended
    if not (_names(code, holders(source, keys)) or holds(ended.message, keys) or holds(ended.detail, keys)):
        return ended
    marked = [line for line in ended.detail.split("\n") if line.startswith(">") and not holds(line, keys)]
    kind = re.match(r"[\w.]{1,80}(?=:)", ended.message)  # of the error
    return replace(ended, message=f"{kind[0]}: {HELD}" if kind else HELD, detail="\n".join(marked))


def holds(text: str, keys: Keys, *, whole: bool = False) -> bool:
    """Whether `text` holds a key, or a good part of one unless `whole`: plain, reversed, one letter after the other, hex, base32 or 64, or as numbers."""
    seen = list(dict.fromkeys(_readings(text[:_LONGEST])))
    if any(keys.stand_in(each) for each in seen):
        return True
    parts = {part.casefold() for value in keys.values for part in ((value,) if whole else _parts(value))}
    return any(part in each.casefold() for each in seen for part in parts)


def holders(source: bytes, keys: Keys) -> frozenset[str]:
    """Names of the module that hold a key."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            texts = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
            if any(
                keys.stand_in(t if isinstance(t, str) else t.decode("latin-1"))
                for t in texts
                if isinstance(t, str | bytes)
            ):
                goals = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {_last(n) for goal in goals for n in ast.walk(goal)} - {"", "self", "cls"}
    return frozenset(found)


def _names(code: str, names: frozenset[str]) -> bool:
    """Whether a test looks at one of `names`, as a name, an attribute or a text."""
    nodes = list(ast.walk(ast.parse(code))) if names else []
    return any(_last(n) in names or (isinstance(n, ast.Constant) and n.value in names) for n in nodes)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _parts(value: str) -> Iterator[str]:
    """A key in parts that overlap; a short one as a whole."""
    size = min(len(value), _PART)
    yield from (value[start : start + size] for start in range(len(value) - size + 1))


def _readings(text: str) -> Iterator[str]:
    """`text` as it may be meant."""
    squeezed = re.sub(r"[^A-Za-z0-9]", "", text)
    for each in (text, re.sub(r"['\",\s\[\]()+]", "", text), squeezed):
        for one in (each, each[::-1]):
            yield one
            for run in _RUN.findall(one):
                yield from (way for raw in _decoded(run) for way in (raw, raw[::-1]))
    for run in _NUMBERS.findall(text):
        for base in (10, 8, 2):
            numbers = [
                int(n, base) for n in re.findall(r"\d+", run) if set(n) <= set("0123456789"[:base]) and len(n) < 12
            ]
            letters = "".join(chr(n) for n in numbers if 32 <= n < 127)
            yield from (letters, letters[::-1])
    for run in _LONG.findall(text):
        raw = int(run[:4000]).to_bytes(len(run), "big").lstrip(b"\0").decode("latin-1")
        yield from (raw, raw[::-1])


def _decoded(run: str) -> Iterator[str]:
    """What letters and digits stand for in hex, base32 and base64, wherever in the text they begin."""
    for start in range(2):
        part = re.match(r"[0-9A-Fa-f]*", run[start:])
        digits = part[0] if part else ""
        if len(digits) >= 2 * _PART:
            yield binascii.unhexlify(digits[: len(digits) // 2 * 2]).decode("latin-1")
    for capitals in re.findall(r"[A-Z2-7]{16,}", run):
        yield base64.b32decode(capitals[: len(capitals) // 8 * 8]).decode("latin-1")
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part64 = plain[start:]
        part64 = part64[: len(part64) // 4 * 4]
        if len(part64) >= _PART:
            yield base64.b64decode(part64).decode("latin-1")
