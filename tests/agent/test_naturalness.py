"""Which of two changes the search tries first, by what the project's own code looks like."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.strategies.naturalness import naturalness
from fixbot_analysis.index import Index
from fixbot_analysis.source import Span

BUGGY = b"def f(order):\n    shop.open(order)\n    shop.close(shop)\n    return order\n"
LINE = Span(BUGGY.index(b"    shop.close"), BUGGY.index(b"\n    return"))


def test_what_the_project_writes_elsewhere_counts_more(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for number in range(5):
        (project / f"m{number}.py").write_text(
            f"def g{number}(order):\n    shop.open(order)\n    shop.close(order)\n    return order\n"
        )
    (project / "bug.py").write_bytes(BUGGY)
    with Index.open(project) as index:
        ground = cast("Ground", SimpleNamespace(index=index, cache=tmp_path / "cache", root=project))
        natural = naturalness(ground)
    common = natural("bug.py", BUGGY, LINE, "    shop.close(order)")
    same = natural("bug.py", BUGGY, LINE, "    shop.close(shop)")
    odd = natural("bug.py", BUGGY, LINE, "    shop.close(not shop ** 7)")
    assert same == 0.5
    assert 1 >= common > 2 * odd > 0
    assert natural("bug.py", BUGGY, LINE, "    " + "shop ** " * 3000 + "7") >= 0


def test_nothing_to_learn_from_says_nothing(tmp_path: Path) -> None:
    with Index.open(tmp_path) as index:
        natural = naturalness(cast("Ground", SimpleNamespace(index=index, cache=None, root=tmp_path)))
    assert natural("a.py", b"x = 1\n", Span(0, 5), "x = 1") == 0.5
