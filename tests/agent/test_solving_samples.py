"""Patches out of one answer, and votes on them: read tolerantly, applied strictly, layout and comments aside."""

from collections.abc import Mapping

import pytest

from fixbot_agent.solving.strategies.blocks import Unfit, blocks, patch
from fixbot_agent.solving.strategies.judging import rearranged
from fixbot_agent.solving.strategies.voting import Votes
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.choosing import Choice
from fixbot_repair.choosing.comparing import Conduct, Difference
from fixbot_repair.verification import Trial, Verdict

CALC = """\
class Cart:
    @property
    def total(self):
        found = 1
        return found

    def other(self):
        return 2
"""
FILES: Mapping[str, bytes] = {
    "calc.py": CALC.encode(),
    "dos.py": b"a = 1\r\nb = 2\r\n",
    "a.txt": b"one\ntwo\n",
    "twice.txt": b"x\nx\n",
}


def made(text: str) -> Patch:
    return patch(blocks(text), FILES.get)


def after(text: str, path: str = "calc.py") -> str:
    return made(text).apply(FILES)[path].decode()


def block(old: str, new: str, path: str = "calc.py") -> str:
    return f"The value is off.\n\n{path}\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"


@pytest.mark.parametrize(
    "heading", ["calc.py", "### calc.py", "**calc.py**", "`calc.py`:", "File: calc.py", "./calc.py"]
)
def test_a_block_is_applied_whatever_its_heading_looks_like(heading: str) -> None:
    assert "found = 5" in after(block("        found = 1", "        found = 5", heading))


def test_several_blocks_in_fences_and_several_files() -> None:
    text = f"```python\n{block('        found = 1', '        found = 5')}```\n{block('b = 2', 'b = 3', 'dos.py')}"
    done = made(text).apply(FILES)
    assert b"found = 5" in done["calc.py"]
    assert done["dos.py"] == b"a = 1\r\nb = 3\r\n", "the file's own line ends"


def test_a_margin_that_was_lost_is_put_back() -> None:
    assert "        found = 5\n        return found + 1\n" in after(
        block("found = 1\nreturn found", "found = 5\nreturn found + 1")
    )


def test_a_whole_method_keeps_its_decorators_unless_it_brings_some() -> None:
    whole = "calc.py::Cart.total\n```python\n{}def total(self):\n    return 7\n```\n"
    assert "    @property\n    def total(self):\n        return 7\n\n    def other" in after(whole.format(""))
    assert "class Cart:\n    @cached\n    def total(self):\n        return 7\n" in after(whole.format("@cached\n"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I do not know.", "it holds no change"),
        (block("        nowhere = 1", "x"), "stands nowhere"),
        (block("x", "y", "twice.txt"), "2 times"),
        (block("x", "y", "none.py"), "no file none.py"),
        ("calc.py::Cart.none\n```python\ndef none(self): pass\n```\n", "nowhere"),
        (block("        found = 1", "        found = 1"), "nothing would change"),
    ],
)
def test_what_does_not_fit_is_said(text: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(text)


def test_patches_that_come_to_the_same_are_one() -> None:
    first = made(block("        found = 1", "        found = 5  # was 1"))
    same = made(block("        found = 1", "        found = (5)"))
    other = made(block("        found = 1", "        found = 6"))
    comment = made(block("        found = 1", "        found = 1  # yes"))
    text = made(block("one", "1", "a.txt"))
    counted = Votes(lambda path: FILES[path]).counted([other, first, same, comment, text])
    assert counted == [(first, 2), (other, 1), (text, 1)]


def test_a_judge_s_order_tells_anew_how_patches_differ_from_the_first() -> None:
    parts = [None, Difference("half(3)", "1.5", "1"), Difference("half(3)", "2", "1"), Difference("half(0)", "1", "0")]
    first, second, third, last = (
        Choice(Trial(Candidate(Patch(()), str(n)), Verdict.PLAUSIBLE), 0.0, Conduct(), {}, parts=p)
        for n, p in enumerate(parts)
    )
    now = rearranged([first, second, third, last], [1, 0, 2, 3], "the judge 'x': it suits odd numbers")
    assert [c.trial.candidate.source for c in now] == ["1", "0", "2", "3"]
    assert now[0].parts is None
    assert now[0].why[-1] == "the judge 'x': it suits odd numbers"
    assert now[1].parts == Difference("half(3)", "1", "1.5"), "the same call, told from the other side"
    assert now[2].parts == Difference("half(3)", "2", "1.5")
    assert now[3].parts is None, "what the new first does with that call is not known"
    assert [c.parts for c in rearranged([first, second], [0, 1], "")] == [None, parts[1]]
