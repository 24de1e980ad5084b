"""Files that an example reads and the project does not have: what the issue shows or quotes of them, written as it says they were.

What a file held is told in a block of data, or in the error that quotes the line it could not read; how it was written, in words
("byte order mark", "CRLF", "UTF-16"). Which of them is meant the run must show: the example has to end, or answer, as reported.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from fixbot_repair.issue import Issue
from fixbot_repair.issue_code import is_data
from fixbot_repair.issue_source import parsed

MOST = 6  # ways for one example
_NAME = re.compile(r"(?:[\w-][\w.-]{0,80}/){0,4}[\w-][\w.-]{0,80}\.[A-Za-z]\w{0,7}")
_QUOTED = re.compile(r"(?<![\w\"'])([bru]{0,2}(?:'(?:[^'\\\n]|\\.){1,300}'|\"(?:[^\"\\\n]|\\.){1,300}\"))(?!\w)")
_BOM = "\ufeff"
_WAYS = (  # what the issue says of the file, and how such a file is written
    (re.compile(r"\bbyte[ -]order[ -]mark|\bBOM\b|\\ufeff|utf-?8-sig|\bNotepad\b", re.IGNORECASE), "utf-8-sig", "\n"),
    (re.compile(r"\bCR ?LF\b|\\r\\n|\bcarriage returns?\b|\bwindows[ -](?:style )?(?:line|new)", re.IGNORECASE), "utf-8", "\r\n"),
    (re.compile(r"\butf-?16\b", re.IGNORECASE), "utf-16", "\n"),
    (re.compile(r"\b(?:latin-?1|iso-?8859-1)\b", re.IGNORECASE), "latin-1", "\n"),
    (re.compile(r"\b(?:cp|windows-?)1252\b", re.IGNORECASE), "cp1252", "\n"),
)  # fmt: skip

Files = tuple[tuple[str, bytes], ...]


def filed(issue: Issue, source: str, paths: Iterable[str]) -> Iterator[Files]:
    """The files that `source` names and a project of `paths` has not, with what `issue` tells of them: at most `MOST` ways."""
    names = [name for name in _names(source) if not any(f"/{path}".endswith(f"/{name}") for path in paths)]
    made = dict.fromkeys(data for text in _contents(issue) for data in _written(text, issue.text))
    for data in list(made)[: MOST if names else 0]:
        yield tuple((name, data) for name in names)


def _names(source: str) -> list[str]:
    """What `source` writes as a string that looks like the name of a file."""
    nodes = (node for one in parsed(source) for node in ast.walk(one))
    found = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    plain = (name for name in found if _NAME.fullmatch(name) and ".." not in PurePosixPath(name).parts)
    return list(dict.fromkeys(plain))


def _contents(issue: Issue) -> Iterator[str]:
    """What may stand in the file: blocks of data, and what the error quotes."""
    yield from (block.rstrip("\n") + "\n" for block in issue.code_blocks if is_data(block))
    for found in _QUOTED.finditer(issue.error):
        try:
            value = ast.literal_eval(found[1])
        except (SyntaxError, ValueError):
            continue
        if isinstance(value, str):
            yield value if value.endswith("\n") else value + "\n"


def _written(text: str, said: str) -> Iterator[bytes]:
    """`text` as a file: as it stands, and as the words of the issue say that it was written."""
    ways = [("utf-8", "\n"), *((encoding, end) for words, encoding, end in _WAYS if words.search(said))]
    for encoding, end in ways:
        bare = text.removeprefix(_BOM) if encoding == "utf-8-sig" else text
        try:
            yield bare.replace("\n", end).encode(encoding)
        except UnicodeEncodeError:
            continue
