"""Code that people wrote, looked through as if a model had suggested each function: what would not be shown, or be changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.completing.cleaning.security import GRAMMARS, Finding, inspect
from fixbot_agent.schemas import Json
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import SourceTree, Span, language_of
from fixbot_analysis.syntax import Node, SyntaxTree

_TOLD = 80  # characters of a finding that are shown


@dataclass(frozen=True, slots=True)
class Looked:
    """A function of a project and the insecure patterns in its body."""

    path: str
    is_test: bool
    findings: tuple[Finding, ...]
    repaired: bool
    told: tuple[str, ...]  # "path:line rule: text" a finding


def looked(root: Path) -> Iterator[Looked]:
    """Effect: reads the project. Every outermost function of the languages that have patterns."""
    tree = SourceTree(root)
    for path in tree.paths:
        language = language_of(path)
        if language not in GRAMMARS:
            continue
        try:
            parsed = SyntaxTree.parse(tree.read(path).data, language)
        except SourceError:
            continue
        for body in _bodies(parsed.root, GRAMMARS[language].functions):
            yield _looked(path, parsed, body)


def _looked(path: str, parsed: SyntaxTree, body: Node) -> Looked:
    verdict = inspect(parsed, Span(body.start_byte, body.end_byte), path)
    told = []
    for each in verdict.findings:
        at = each.evidence[0].start
        line = parsed.data.count(b"\n", 0, at) + 1
        written = parsed.data[at:].partition(b"\n")[0].decode("utf-8", "replace")[:_TOLD]
        told.append(f"{path}:{line} {each.rule.id}: {written}")
    is_test = "test" in path.lower()
    return Looked(path, is_test, verdict.findings, verdict.repaired is not None, tuple(told))


def _bodies(root: Node, functions: frozenset[str]) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        body = node.child_by_field_name("body") if node.type in functions else None
        if body is not None:
            yield body
        else:
            waiting += node.named_children


def figures(root: Path) -> "dict[str, Json]":
    """Effect: reads the project. Functions that would be refused or changed, tests apart, by pattern, and each hit for whoever judges them."""
    counts = {kind: Counter[str]() for kind in ("code", "tests")}
    rules: Counter[str] = Counter()
    told: list[Json] = []
    for each in looked(root):
        count = counts["tests" if each.is_test else "code"]
        count["functions"] += 1
        if each.findings:
            count["repaired" if each.repaired else "refused"] += 1
        if not each.is_test:
            rules.update(f.rule.id for f in each.findings)
            told += each.told
    return {
        "code": dict(counts["code"]),
        "tests": dict(counts["tests"]),
        "patterns": dict(rules.most_common()),
        "told": told,
    }
