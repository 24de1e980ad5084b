"""Which findings are new: what is there after a change and was not there before, however the lines have shifted."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

from fixbot_repair.checks.finding import Finding
from fixbot_repair.checks.fingerprint import CODE_DIGITS


def new_findings(
    before: Iterable[Finding],
    after: Sequence[Finding],
    *,
    changed: Mapping[str, Container[int]] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of `after` that `before` does not account for, in their order.

    Findings are the same when file and fingerprint are; what is left over may still be matched by rule and code
    within the file (a symbol was renamed, or code moved between symbols). Of several equal ones, those on `changed`
    lines (path -> line numbers from 1) are taken for the new. `renamed` maps old paths to new.
    """
    moved = renamed or {}
    old = [(moved.get(f.path, f.path), f.fingerprint) for f in before]
    likely_old_first = sorted(range(len(after)), key=lambda i: _on_changed_line(after[i], changed or {}))
    known = Counter(old)
    unmatched = [i for i in likely_old_first if not _take(known, (after[i].path, after[i].fingerprint))]
    loosely = Counter((path, print_[:CODE_DIGITS]) for path, print_ in known.elements())
    new = {i for i in unmatched if not _take(loosely, (after[i].path, after[i].fingerprint[:CODE_DIGITS]))}
    return tuple(f for i, f in enumerate(after) if i in new)


def _on_changed_line(finding: Finding, changed: Mapping[str, Container[int]]) -> bool:
    return finding.line in changed.get(finding.path, ())


def _take(known: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    """Take one of `key` out of `known`; False when there is none left."""
    if known[key] <= 0:
        return False
    known[key] -= 1
    return True
