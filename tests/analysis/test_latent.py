"""The dense signal: words that keep company, learned from a project's own files, kept and made anew."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import FILE_WEIGHTS, gather, locate
from fixbot_analysis.retrieval.latent import Space, learn
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.spaces import space_of

# Files of a shop and of a clock: what is sold, and what strikes.
SHOP, CLOCK = ("basket", "cart", "price", "till"), ("chime", "hour", "pendulum", "spring")


def written(groups: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Eight files a group, that each use all words of their group but one."""
    return {
        f"{group}/{name}.py": "".join(f"{word} = 1\n" for word in words if word != words[n % 4])
        for group, words in groups.items()
        for n, name in enumerate("abcdefgh")
    }


def make(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(
        tmp_path / "project", written({"shop": SHOP, "clock": CLOCK, "plain": ("bark", "leaf", "root", "twig")})
    )


def learned(root: Path, cache: Path | None = None) -> Space:
    index = Index.open(root, cache)
    return space_of(index, Lexicon.of(index), cache)


def test_words_that_stand_in_the_same_files_are_kindred(project: Path) -> None:
    kindred = learned(project).kindred({"cart": 1.0})
    closest = sorted(kindred, key=lambda word: -kindred[word])[:3]
    assert set(closest) <= {"basket", "pric", "till", "shop"}
    assert "cart" not in kindred


def test_a_word_that_nobody_knows_has_no_kin(project: Path) -> None:
    assert learned(project).kindred({"zebra": 1.0}) == {}
    assert learn([], 0).kindred({"cart": 1.0}) == {}


def test_a_file_is_found_by_words_that_it_does_not_say(project: Path) -> None:
    """The first file of the shop never says basket."""
    found = gather(Index.open(project), "The basket is wrong", unweighed=True)
    kindred = found.files["kindred words"]
    assert "shop/a.py" in kindred
    assert "shop/a.py" not in found.files["words"]
    assert {path.partition("/")[0] for path in sorted(kindred, key=lambda path: -kindred[path])[:8]} == {"shop"}


def test_nobody_waits_for_what_has_no_weight(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    locate(Index.open(project, cache), "The basket is wrong", cache=cache)
    assert bool(list(cache.glob("*.space"))) == (FILE_WEIGHTS["kindred words"] > 0)


def test_the_same_project_gives_the_same_space(project: Path) -> None:
    assert learned(project) == learned(project)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_words_lie_as_the_exact_factorisation_puts_them(seed: int) -> None:
    """Beside numpy's singular values, where files are about few things: who is near whom agrees."""
    dice = np.random.default_rng(seed)
    about = dice.integers(0, 5, 60)
    within = dice.random((60, 40)) < np.where(about[:, None] == np.arange(40) % 5, 0.6, 0.02)
    space = learn(((f"w{n:02}", {int(file): 1 for file in np.flatnonzero(row)}) for n, row in enumerate(within)), 40)
    vectors = np.array(space.vectors).reshape(-1, space.dimensions)
    kept = [int(word[1:]) for word in space.numbers]
    alike = about[kept][:, None] == about[kept][None, :]
    nearness = vectors @ vectors.T
    assert nearness[alike].mean() > nearness[~alike].mean() + 0.4


def test_what_is_learned_is_kept_until_many_files_changed(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = learned(project, cache)
    (kept,) = cache.glob("*.space")
    before = kept.read_bytes()
    (project / "shop/a.py").write_text("def zebra(): pass\n")
    assert learned(project, cache) == first
    for name in "abcde":
        (project / f"clock/{name}.py").write_text("def zebra(): pass\n")
    assert learned(project, cache) != first
    assert kept.read_bytes() != before
    kept.write_bytes(before[:-7])
    assert "zebra" in learned(project, cache).numbers


def test_open_buffers_are_not_kept(project: Path, tmp_path: Path) -> None:
    index = Index.open(project, tmp_path / "cache", overlay={"shop/a.py": b"def secret(): pass\n"})
    space_of(index, Lexicon.of(index), tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.space"))
