"""What makes a finding the same finding after lines have shifted: its rule, its code, the symbol it stands in."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts
from fixbot_repair.checks.finding import Finding

CODE_DIGITS = 12  # how much of a fingerprint stands for rule and code; the rest stands for the symbol


def stamp(findings: Iterable[Finding], document: Document, facts: FileFacts) -> Iterator[Finding]:
    """Yield the findings of one file with their fingerprints: 16 hexadecimal digits, 12 of them for rule and code."""
    for finding in findings:
        holder = facts.enclosing(finding.line)
        yield replace(finding, fingerprint=fingerprint(finding, document, holder.qualname if holder else ""))


def fingerprint(finding: Finding, document: Document, symbol: str) -> str:
    """The fingerprint of `finding`, which stands in `symbol` (a qualified name, ``""`` at module level).

    Two equal remarks on equal code in one symbol share it: whoever compares counts them.
    """
    code = " ".join(excerpt(finding, document).split())
    return _digest(finding.tool, finding.rule, code)[:CODE_DIGITS] + _digest(symbol)[:4]


def excerpt(finding: Finding, document: Document) -> str:
    """The code that the finding marks, on its first line; the whole line where it marks nothing there."""
    line = document.line_text(finding.line - 1)
    end = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    return line[finding.column - 1 : end].strip() or line.strip()


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
