"""What several tools say of one place with one meaning is shown once, and names them all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fixbot_repair.checks.finding import Finding


def merged(
    findings: Sequence[Finding], meanings: Mapping[str, Mapping[str, str]], rank: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield `findings` in their order, those of one line and meaning as one; `meanings`: tool -> rule -> a word.

    Of the same word twice on a line (two names that are not defined), each tool's first goes with the others' first.
    Who speaks is the first by `rank` (tool -> place), and before it one that offers a fix; the others stand in `also`.
    """
    places: dict[tuple[str, int, str, int], list[int]] = defaultdict(list)
    counts: dict[tuple[str, int, str, str], int] = defaultdict(int)
    for at, finding in enumerate(findings):
        if word := meanings.get(finding.tool, {}).get(finding.rule):
            counted = (finding.path, finding.line, word, finding.tool)
            places[finding.path, finding.line, word, counts[counted]].append(at)
            counts[counted] += 1
    absorbed: dict[int, int] = {}
    for same in places.values():
        speaker, *rest = sorted(same, key=lambda at: (not findings[at].fix, rank[findings[at].tool]))
        absorbed |= dict.fromkeys(rest, speaker)
    others: dict[int, list[str]] = defaultdict(list)
    for at, speaker in absorbed.items():
        others[speaker].append(f"{findings[at].tool} {findings[at].rule}")
    for at, finding in enumerate(findings):
        if at not in absorbed:
            yield replace(finding, also=tuple(others[at])) if at in others else finding
