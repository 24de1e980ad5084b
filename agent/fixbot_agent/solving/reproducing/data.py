"""Data that an issue shows, in the place of what a test of the project reads: then what a named function gives can be asked for."""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from fixbot_agent.solving.reproducing.borrowing import Lender, Loan
from fixbot_agent.solving.reproducing.names import missing
from fixbot_agent.solving.reproducing.project_tests import Test, is_claim, placeless
from fixbot_repair.issue_blocks import is_session
from fixbot_repair.issue_code import is_data
from fixbot_repair.issue_source import parsed

MOST = 4  # ways for one function
_MOST_TESTS = 8


def fed(function: str, blocks: Sequence[str], lender: Lender) -> Iterator[Loan]:
    """Effect: reads the project's tests. Statements that end in a call of `function` as a test makes it, on the data of one
    of `blocks` where the test has data of its own; at most `MOST`.
    """
    name = function.rpartition(".")[2]
    tests = lender.tests_like(frozenset([f"{name}("]), frozenset())
    loans = (loan for test in tests[:_MOST_TESTS] if (loan := _calling(test, name, lender)))
    ways = (made for loan in loans for block in blocks if (made := _with(loan, block)))
    yield from islice(dict.fromkeys(ways), MOST)


def handed(example: str, blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The one name that `example` lacks with the text of each block of data: "with this text, `load(text)` gives …"."""
    body = parsed(example)
    lacking = [name for name in missing(example) if not _is_no_data(body, name)] if body else []
    data = [block for block in blocks if is_data(block) and not is_session(block)]
    if len(lacking) == 1:
        for block in data[:MOST]:
            yield from ((lacking[0], text) for text in (block + "\n", block))


def _is_no_data(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether `name` is called, or may come from an import of everything: then a text is not what it stands for."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    return any(
        (isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name)
        or (isinstance(n, ast.ImportFrom) and any(alias.name == "*" for alias in n.names))
        for n in nodes
    )


def _calling(test: Test, name: str, lender: Lender) -> Loan | None:
    """The statements of `test` up to where it calls `name`, and that call at their end; None where it does not."""
    for at, one in enumerate(test.body):
        calls = [node for node in ast.walk(one) if isinstance(node, ast.Call)]
        found = [c for c in calls if ast.unparse(c.func).rpartition(".")[2] == name]
        if found and not isinstance(one, ast.With | ast.For | ast.FunctionDef):
            before = [above for above in test.body[:at] if not is_claim(above)]
            return lender.loan(test, [*before, placeless(ast.Expr(found[0]))])
    return None


def _with(loan: Loan, block: str) -> Loan | None:
    """`loan` with `block` for the text of several lines that looks most like it; None where it reads no such text."""
    body = parsed(loan.statements)
    found = max(_texts(body), key=lambda one: _likeness(one[1], block), default=None)
    if found is None or not _likeness(found[1], block):
        return None
    found[0].value = block.strip("\n") + ("\n" if found[1].endswith("\n") else "")
    return Loan(ast.unparse(ast.Module(body, [])), loan.source)


def _texts(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.Constant, str]]:
    """The texts of several lines in `body` that are values, not descriptions."""
    nodes = [node for one in body for node in ast.walk(one)]
    described = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    values = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in described)
    for node in values:
        if isinstance(node.value, str) and "\n" in node.value.strip("\n"):
            yield node, node.value


def _likeness(text: str, block: str) -> float:
    """How much two texts have in common: the words that their lines begin with, and their punctuation."""
    first, second = ({line.split()[0] for line in t.splitlines() if line.strip()} for t in (text, block))
    marks, others = (set(re.findall(r"[^\w\s'\"]", t)) for t in (text, block))
    return len(first & second) / max(len(second), 1) + len(marks & others) / max(len(marks | others), 1)
