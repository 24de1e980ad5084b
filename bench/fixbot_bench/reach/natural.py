"""How natural candidates are, as features to learn from: bits that the changed lines surprise more than what they replace, and tokens added.

The model knows the tree before the fix and nothing later. As asking it of every candidate takes minutes, some are drawn: those that the priors
like best, and others by chance, each of which then stands for several.
"""

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from fixbot_agent.cli.progress import Bar
from fixbot_analysis.codemodel import CodeModel
from fixbot_bench.eyes.mended import Learner
from fixbot_bench.reach.held import Held, Placed
from fixbot_bench.reach.learning import Model, Row, learn, rank
from fixbot_bench.reach.measuring import by_hand
from fixbot_bench.reach.mining import Fix, fixes
from fixbot_repair.candidates.generate import Proposal
from fixbot_repair.candidates.normal import changed_lines
from fixbot_repair.git import GitHistory, Repository

_BEST, _OTHERS = 120, 120  # candidates of a place that are asked about
_CONTEXT, _AFTER = 2000, 400  # bytes
_LARGEST = 60.0  # bits more or less that count
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Weighed:
    """One place: rows with features (logarithm of the weight, bits, tokens added)."""

    repository: str
    rows: tuple[Row, ...]


def weighed(git_dir: Path, depth: int, most: int, seed: int, bar: Bar) -> Iterator[Weighed]:
    """Effect: reads the repository. Every place that is reached, of `most` fixes."""
    repository = Repository.bare(git_dir)
    learner = Learner(repository)
    for done, fix in enumerate(fixes(GitHistory.bare(git_dir), depth, most, seed)):
        bar.step("fixes weighed", done, most)
        reached = [placed for placed in Held(fix).places if placed.right]
        if reached:
            model = learner.at(repository.resolve(f"{fix.commit}^"))
            yield from (Weighed(str(git_dir), tuple(_rows(fix, placed, model))) for placed in reached)


def _rows(fix: Fix, placed: Placed, model: CodeModel) -> Iterator[Row]:
    right = set(placed.right)
    ranked = sorted((i for i in range(len(placed.found)) if i not in right), key=lambda i: -placed.found[i].score)
    best, rest = ranked[:_BEST], ranked[_BEST:]
    drawn = random.Random(fix.commit).sample(rest, min(_OTHERS, len(rest)))
    for chosen, count in ((sorted(right), 1.0), (best, 1.0), (drawn, len(rest) / max(len(drawn), 1))):
        for i in chosen:
            yield Row(placed.found[i].template.name, _features(fix, placed.found[i], model), count, i in right)


def _features(fix: Fix, proposal: Proposal, model: CodeModel) -> tuple[float, ...]:
    lines, text = changed_lines(fix.before, proposal.rewrite.edits)
    data = fix.before
    before, old, after = (
        part.decode("utf-8", "ignore")
        for part in (
            data[max(0, lines.start - _CONTEXT) : lines.start],
            data[lines.start : lines.end],
            data[lines.end :][:_AFTER],
        )
    )
    was, now = model.edit_bits(fix.path, before, old, text, after)
    added = len(_TOKEN.findall(text)) - len(_TOKEN.findall(old))
    return math.log(proposal.rewrite.weight), max(-_LARGEST, min(now - was, _LARGEST)), float(max(0, added))


def mix(cases: Sequence[Weighed]) -> Mapping[str, object]:
    """Median ranks without bits, with them, and with tokens added too: by weights learned on the other repositories; and the weights of all."""
    found: dict[str, object] = {"places": len(cases)}
    for name, used in (("weight", 1), ("bits", 2), ("bits and tokens", 3)):
        kept = [(case.repository, [replace(r, features=r.features[:used]) for r in case.rows]) for case in cases]
        start = Model(by_hand().priors, (1.0, *([0.0] * (used - 1))))
        ranks = []
        for repository in sorted({where for where, _ in kept}):
            model = learn([rows for where, rows in kept if where != repository], start)
            ranks += [rank(rows, model) for where, rows in kept if where == repository]
        weights = learn([rows for _, rows in kept], start).weights
        found[name] = {
            "median": median(ranks),
            "first 10": sum(r <= 10 for r in ranks),
            "first 100": sum(r <= 100 for r in ranks),
            "mean log rank": round(sum(map(math.log, ranks)) / len(ranks), 3),
            "weights": [round(w, 4) for w in weights],
        }
    return found
