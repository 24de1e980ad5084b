"""The parts of an issue's example: what runs, what it may print, and where the tests of it go."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import PurePosixPath

from fixbot_agent.solving.reproducing.forms import Source
from fixbot_agent.solving.reproducing.names import binds
from fixbot_agent.solving.reproducing.reproduction import Example
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue import Issue
from fixbot_repair.issue_code import runnable
from fixbot_repair.issue_source import modern, parsed

# What the trees of words, numbers, containers and "name: word" are made of: nothing in them is called, looked up or bound.
_PRINTED = (
    ast.Expr, ast.AnnAssign, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp,
    ast.expr_context, ast.unaryop, ast.operator,
)  # fmt: skip


def source_of(example: Example) -> Source:
    """The parts of `example` in the order in which they run."""
    parts = (("\n".join(example.imports), "exec"), (example.statements, "exec"), (example.expression, "eval"))
    return tuple(part for part in parts if part[0])


def outputs(issue: Issue, example: Example) -> list[str]:
    """Blocks of `issue` that are several lines and share none with `example`: one of them may be what that prints."""
    run = modern(f"{example.statements}\n{example.expression}")
    code = {line.strip() for line in run.splitlines()} - {""}
    several = ((block, modern(runnable(block))) for block in issue.code_blocks if "\n" in block.strip())
    lines = ((block, {line.partition("  #")[0].strip() for line in text.splitlines()}) for block, text in several)
    return [block for block, found in lines if not code & found]


def programs(issue: Issue, most: int) -> Iterator[tuple[int, str]]:
    """The blocks of `issue`, each with its number, as far as they may be run: what the issue says that comes, and bare words, are no program."""
    told = {text.strip() for e in issue.expectations for text in (e.actual, e.expected) if text.strip()}
    bound: set[str] = set()
    for at, block in enumerate(issue.code_blocks[:most]):
        source = runnable(block)
        body = parsed(modern(source))
        if block.strip() not in told and not _is_printed(body, bound):
            yield at, source
        bound |= {name for one in body for node in ast.walk(one) for name in binds(node)}


def _is_printed(body: Sequence[ast.stmt], bound: Set[str]) -> bool:
    """Whether statements are what a program prints that happens to be Python: words, values, "name: word", none of which is `bound` above."""
    nodes = [node for one in body for node in ast.walk(one)]
    words = {node.id for node in nodes if isinstance(node, ast.Name)}
    return bool(body) and all(isinstance(node, _PRINTED) for node in nodes) and words.isdisjoint(bound)


def folder_of(paths: Iterable[str]) -> str:
    """Where most tests of the project lie: what is put beside them is collected as they are."""
    found = [PurePosixPath(p) for p in paths if is_test(p) and PurePosixPath(p).name.startswith("test_")]
    counts = Counter(str(p.parent) for p in found if p.suffix == ".py")
    return min(counts, key=lambda folder: (-counts[folder], folder), default=".")


def divided(text: str) -> tuple[str, str]:
    """The statements of `text`, and the expression at its very end by itself; ("", "") when it is no Python."""
    body = parsed(text)
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr):
        return (text if body else "", "")
    lines = text.encode("utf-8").splitlines(keepends=True)  # ast counts columns in bytes
    start = sum(len(line) for line in lines[: last.lineno - 1]) + last.col_offset
    head = text.encode("utf-8")[:start].decode("utf-8").rstrip().rstrip(";")
    return head if len(body) > 1 else "", ast.get_source_segment(text, last.value) or ""
