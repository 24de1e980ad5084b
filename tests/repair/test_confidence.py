"""How sure a patch is: what speaks for it raises the figure, and the figure is a share of cases."""

from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Span
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.choosing import Choice, confidence
from fixbot_repair.choosing.comparing import Conduct
from fixbot_repair.choosing.confidence import WEIGHTS, likely
from fixbot_repair.verification import Trial, Verdict

SOURCE = b"def f(x):\n    if x < 3:\n        return 1\n    return 2\n"
LESS = Edit("m.py", Span(18, 19), "<=")


def choice(*, score: float = 0.05, cluster: int = 0, **doubts: float) -> Choice:
    candidate = Candidate(Patch((LESS,)), "template:operator", score)
    return Choice(Trial(candidate, Verdict.PLAUSIBLE), 0.0, Conduct(cluster=cluster), doubts)


def sure(*choices: Choice, tried: int = 10, passing: int = 0):
    ran = [("test_m.py", (1,)), ("m.py", (1, 2))]
    outcomes = tuple(TestOutcome(f"test_m.py::t{n}", TestStatus.PASSED, lines=tuple(ran)) for n in range(passing))
    return confidence(choices, tried, 1, Feedback(outcomes=outcomes), lambda _: SOURCE)


def test_a_patch_found_early_without_doubts_is_surer_than_one_found_late_with_some():
    early, late = sure(choice(score=0.2), tried=5), sure(choice(score=0.001, loses=1.0), tried=2000)

    assert 0 < late.value < early.value < 1


def test_it_is_counted_which_passing_tests_run_what_is_edited():
    assert sure(choice(), passing=7).signals["witnesses"] > sure(choice()).signals["witnesses"] == 0


def test_patches_that_do_something_else_are_counted():
    assert sure(choice(), choice(cluster=1), choice(cluster=1)).signals["others"] == 1
    assert sure(choice(), choice()).signals["others"] == 0


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS) or ["score"]), st.floats(-1e9, 1e9)))
def test_it_is_a_share_whatever_the_signals_are(signals):
    assert 0 <= likely(signals) <= 1
