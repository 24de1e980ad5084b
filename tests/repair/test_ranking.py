"""Which of several patches that all hold is shown first."""

import pytest

from fixbot_analysis.source import Span
from fixbot_repair.candidates import Candidate, Edit, Patch
from fixbot_repair.verification import Trial, Verdict
from fixbot_repair.verification.ranking import ranked


def shown(source: str, *patches: tuple[str, str]) -> list[str]:
    """The new texts of `patches` (old piece, new piece), best first; all were found equally likely."""
    data = source.encode()
    trials = []
    for old, new in patches:
        start = data.index(old.encode())
        edit = Edit("a.py", Span(start, start + len(old.encode())), new)
        trials.append(Trial(Candidate(Patch((edit,)), "template:x", 0.5), Verdict.PLAUSIBLE))
    return [t.candidate.patch.edits[0].text for t in ranked(trials, {"a.py": data}.__getitem__)]


@pytest.mark.parametrize(
    ("source", "old", "loses", "keeps"),
    [
        ("self.items = items\n", "= items", "= items[1:]", "= list(items)"),
        ("self.items = items\n", "self.items = items\n", "self.items = items[1:]\n", "self.items = items.copy()\n"),
        ("return total(rows)\n", "rows", "rows[0]", "sorted(rows)"),
        ("x = a + b * c\n", "a + b * c", "a", "a + c * b + 10000"),
        ("if a and b:\n", "a and b", "a", "a and b is not None"),
        ("audit(log(x))\n", "log(x)", "x", "log(x, end='')"),
        ("if a.low < b.low:\n", "a.low < b.low", "ready", "b and a.low < b.low"),
        ("return a in b\n", "a in b", "not a", "a in b.keys()"),
        ("return ratio(x)\n", "ratio(x)", "0", "ratio(x) if x else 0"),
        ("return ratio(x)\n", "return ratio(x)\n", "return None\n", "return ratio(x or 1)\n"),
    ],
)
def test_what_takes_data_or_behaviour_away_comes_after_what_keeps_it(source, old, loses, keeps):
    assert shown(source, (old, loses), (old, keeps)) == [keeps, loses]


@pytest.mark.parametrize(
    ("source", "old", "keeps"),
    [
        ("head = rows[1:n]\n", "1", ""),
        ("n = limit - 1\n", "1", "2"),
        ("return \n", "return ", "return [x]"),
        ("f(rows, start)\n", "rows", "self.rows"),
        ("n = len(rows) - 1\n", "len(rows) - 1", "last"),
    ],
)
def test_what_is_no_loss_is_not_taken_for_one(source, old, keeps):
    # The other patch is as likely and longer, so that only the loss of the first could put it behind.
    longer = keeps + "  # as long as this"

    assert shown(source, (old, longer), (old, keeps))[0] == keeps
