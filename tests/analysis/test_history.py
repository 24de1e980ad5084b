"""The past of a project: what it says, that it says nothing of the future, and that it is kept true."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.history import ProjectHistory, is_fix, is_kept
from fixbot_analysis.history.enclosing import PythonText, from_header
from fixbot_analysis.history.kinds import kind_of
from fixbot_analysis.kept import read_kept, write_kept
from fixbot_analysis.ports import Change, FilePatch, Hunk
from fixbot_analysis.symbols import extract

DAY = 86_400
CART = b"class Cart:\n    def total(self):\n        return sum(self.prices)\n"


@dataclass
class Story:
    """A History made of words: commits on top of each other, each `(message, files)`; a head that can be moved."""

    commits: dict[str, tuple[Change, str]] = field(default_factory=dict)  # id -> commit, parent
    head: str = ""
    identity: str = "story"
    read: list[str] = field(default_factory=list)

    def commit(self, message: str, *paths: str, days: int = 1, renames: tuple[tuple[str, str], ...] = ()) -> str:
        number = len(self.commits) + 1
        before = self.commits[self.head][0].seconds if self.head else 0
        name = f"{number:040x}"
        self.commits[name] = (Change(name, before + days * DAY, message, paths, renames, f"a{number % 3}"), self.head)
        self.head = name
        return name

    def ancestors(self, head: str) -> list[str]:
        found = []
        while head:
            found.append(head)
            head = self.commits[head][1]
        return found

    def ids(self, known: str = "") -> tuple[str, ...]:
        left_out = set(self.ancestors(known))
        return tuple(commit for commit in self.ancestors(self.head) if commit not in left_out)

    def gone(self, known: str) -> tuple[str, ...] | None:
        if known not in self.commits:
            return None
        left = set(self.ancestors(self.head))
        return tuple(commit for commit in self.ancestors(known) if commit not in left)

    def changes(self, commits: Sequence[str]) -> Iterator[Change]:
        for commit in commits:
            self.read.append(commit)
            yield self.commits[commit][0]

    def patches(
        self, commits: Sequence[str], wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, tuple[FilePatch, ...]]]:
        for commit in commits:
            paths = filter(wanted, self.commits[commit][0].paths)
            hunk = Hunk(3, "        return max(self.prices)\n", "        return sum(self.prices)\n")
            yield commit, tuple(FilePatch(path, CART, (hunk,)) for path in paths)


def said(history: ProjectHistory, paths: Sequence[str] = ("a.py", "b.py", "c.py", "d.py")) -> Mapping[str, object]:
    """Everything that a history says."""
    return {
        "length": len(history),
        "now": history.now,
        "fixes": sorted(fix.commit for fix in history.fixes()),
        "churn": [history.churn(path) for path in paths],
        "symbol": [history.churn(path, "Cart.total") for path in paths],
        "together": [sorted((c.path, round(c.weight, 9), c.commits) for c in history.cochanged(p)) for p in paths],
        "suspects": {p: round(w, 9) for p, w in history.suspects("fix the cart crash").files.items()},
        "similar": sorted((f.commit, round(f.score, 9)) for f in history.similar("crash in the cart", 50)),
        "priors": history.priors(),
    }


def test_files_that_change_together_are_known_the_most_bound_first() -> None:
    story = Story()
    for _ in range(3):
        story.commit("Add things", "shop/cart.py", "tests/test_cart.py")
    story.commit("Add a thing", "shop/cart.py", "shop/money.py")
    found = ProjectHistory.open(story).cochanged("shop/cart.py")
    assert [(each.path, each.commits) for each in found] == [("tests/test_cart.py", 3), ("shop/money.py", 1)]
    assert found[0].weight > found[1].weight > 0


def test_definitions_that_fixes_changed_together_are_companions() -> None:
    story = Story()
    story.commit("Fix a crash", "shop/cart.py", "shop/money.py")
    story.commit("Add things without mending any", "shop/cart.py", "shop/other.py")
    history = ProjectHistory.open(story)
    (own,), (other,) = (history.companions("shop/cart.py", symbol) for symbol in ("Cart.total", "elsewhere"))
    assert (own.path, own.symbol) == ("shop/money.py", "Cart.total")
    assert own.weight > other.weight > 0
    assert history.companions("shop/other.py", "Cart.total") == ()


def test_a_sweep_over_all_files_binds_nothing_together() -> None:
    story = Story()
    story.commit("Add", "a.py", "b.py")
    story.commit("Reformat everything", "a.py", *(f"m{n}.py" for n in range(100)))
    assert [each.path for each in ProjectHistory.open(story).cochanged("a.py")] == ["b.py"]


def test_what_changed_together_long_ago_counts_less_than_what_does_now() -> None:
    story = Story()
    story.commit("Old", "a.py", "old.py")
    story.commit("Years later", "a.py", "new.py", days=2000)
    assert [each.path for each in ProjectHistory.open(story).cochanged("a.py")] == ["new.py", "old.py"]


def test_renames_are_followed_and_a_new_file_of_the_old_name_is_another_one() -> None:
    story = Story()
    story.commit("Add", "old.py", "friend.py")
    story.commit("Move", "new.py", renames=(("old.py", "new.py"),))
    story.commit("Move again", "newest.py", renames=(("new.py", "newest.py"),))
    story.commit("Something else of the old name", "old.py")
    history = ProjectHistory.open(story)
    assert history.churn("newest.py").commits == 3
    assert [each.path for each in history.cochanged("newest.py")] == ["friend.py"]
    assert history.churn("old.py").commits == 1


def test_recency_is_one_for_what_the_newest_commit_changed_and_halves_in_a_year() -> None:
    story = Story()
    story.commit("Old", "old.py")
    story.commit("New", "new.py", days=365)
    history = ProjectHistory.open(story)
    assert history.recency("new.py") == 1.0
    assert history.recency("old.py") == pytest.approx(0.5)
    assert history.recency("never.py") == 0.0


def test_a_commit_dated_in_the_future_does_not_make_all_others_old() -> None:
    story = Story()
    story.commit("Add", "a.py")
    story.commit("A clock that is wrong", "b.py", days=10**7)
    history = ProjectHistory.open(story)
    assert history.recency("a.py") == history.recency("b.py") == 1.0


def test_fixes_that_resemble_a_text_point_at_what_they_changed() -> None:
    story = Story()
    story.commit("Fix crash when the cart is empty", "shop/cart.py", "tests/test_cart.py")
    story.commit("Fix rounding of money", "shop/money.py")
    history = ProjectHistory.open(story)
    assert history.similar("The empty cart crashes")[0].paths[0] == "shop/cart.py"
    found = history.suspects("The empty cart crashes")
    assert next(iter(found.files)) == "shop/cart.py"
    assert "tests/test_cart.py" not in found.files
    assert next(iter(found.symbols)) == ("shop/cart.py", "Cart.total")
    assert history.suspects("购物车 cart 为空时崩溃 crash").files["shop/cart.py"] == 1.0


def test_a_fix_that_was_reverted_is_none() -> None:
    story = Story()
    wrong = story.commit("Fix the crash", "cart.py")
    right = story.commit("Fix the other crash", "cart.py")
    story.commit(f'Revert "Fix the crash"\n\nThis reverts commit {wrong}.', "cart.py")
    assert [fix.commit for fix in ProjectHistory.open(story).fixes()] == [right]


def test_donors_and_priors_come_from_small_hunks_of_fixes() -> None:
    story = Story()
    story.commit("Fix the wrong total of a cart", "cart.py")
    story.commit("Add a feature", "cart.py")
    history = ProjectHistory.open(story)
    (donor,) = history.donors("Cart.total")
    assert "max(self.prices)" in donor.edits[0].before
    assert "sum(self.prices)" in donor.edits[0].after
    assert history.priors() == {"call": 1.0}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Fix crash on empty input", True), ("Fixed #123 -- Made it work", True), ("bpo-1234: say so", True),
        ("Handle None\n\nCloses: #99", True), ("修复空列表崩溃的问题", True), ("バグを直し", True), ("исправлена ошибка", True),
        ("Behebt einen Fehler in der Summe", True), ("Corrige le calcul du total", True), ("regression in 2.0", True),
        ("Add a feature", False), ("Fix typo", False), ("fix lint", False), ("修复文档", False), ("Fix docs", False),
        ('Revert "Fix crash"', False), ("Undo\n\nThis reverts commit 0123456789.", False), ("", False),
        ("prefix the suffix", False), ("debug output", False),
    ],
)  # fmt: skip
def test_fixes_are_told_by_their_message(message: str, expected: bool) -> None:
    assert is_fix(message) is expected


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("if a < b:\n", "if a <= b:\n", "operator"), ("x = f(a)\n", "x = f(a, b)\n", "argument"),
        ("", "if x is None:\n    return\n", "guard"), ("return a[1:]\n", "return a[0:]\n", "bounds"),
        ("x = self.name\n", "x = self.title\n", "name"), ("raise KeyError(x)\n", "raise ValueError(x)\n", "exception"),
        ("x = load(a)\n", "x = save(a)\n", "call"), ("", "import os\n", "import"), ("x = 1\n", "", "statement"),
        ("if a:\n", "if a and b:\n", "condition"), ("return f()\n", "return await f()\n", "await"),
        ("x = name\n", "x = self.name\n", "self"), ("x = y\n", "x = list(y)\n", "wrap"), ("a\n", "a\n", "other"),
    ],
)  # fmt: skip
def test_small_edits_are_sorted_into_families(before: str, after: str, kind: str) -> None:
    assert kind_of(before, after) == kind


def test_the_definition_around_a_line_is_the_one_that_a_parser_finds() -> None:
    text = b'''import os

class A(B):
    """Doc
def not_code(): pass
    """
    x = 1

    @property
    @cached
    def one(self):
        class Inner:
            def deep(self):
                return """
no code
"""
        with open(x) as f:
            pass
        # a comment
        return 1

    async def two(
        self,
    ) -> None:
        pass

y = 1
'''
    facts, found = extract(text), PythonText(text)
    for number, line in enumerate(text.split(b"\n"), 1):
        if line.strip():
            symbol = facts.enclosing(number)
            assert found.around(number, number) == (symbol.qualname if symbol else ""), number


def test_lines_that_were_only_taken_out_lie_where_the_lines_above_do() -> None:
    text = PythonText(b"class A:\n    def f(self):\n        a = 1\n\n    def g(self):\n        pass\n")
    assert text.around(4, 3) == "A.f"
    assert text.around(1, 0) == ""
    assert PythonText(b"").around(1, 1) == ""
    assert text.around(99, 120) == "A.g"


@given(st.binary(max_size=300), st.integers(0, 40), st.integers(0, 40))
def test_no_bytes_and_no_lines_break_the_search_for_a_definition(data: bytes, first: int, last: int) -> None:
    assert isinstance(PythonText(data).around(first, last), str)


def test_heads_of_hunks_name_functions_of_other_languages() -> None:
    assert from_header("func (c *Cart) Total(x int) int {") == "Cart.Total"
    assert from_header("export class Cart extends Base {") == "Cart"
    assert from_header("if (x) {") == ""


def test_only_commits_that_were_not_known_are_read(tmp_path: Path) -> None:
    story = Story()
    story.commit("Fix one", "a.py")
    ProjectHistory.open(story, tmp_path)
    story.read.clear()
    new = story.commit("Fix two", "a.py")
    assert len(ProjectHistory.open(story, tmp_path)) == 2
    assert story.read == [new]
    ProjectHistory.open(story, tmp_path)
    assert story.read == [new]


def test_an_earlier_commit_sees_nothing_of_what_came_later(tmp_path: Path) -> None:
    story = Story()
    base = story.commit("Fix the cart", "cart.py")
    story.commit("Fix the till, which crashed", "till.py", "cart.py")
    ProjectHistory.open(story, tmp_path)
    story.head = base
    history = ProjectHistory.open(story, tmp_path)
    assert "till.py" not in history.suspects("the till crashed").files
    assert history.cochanged("cart.py") == ()
    assert history.churn("till.py").commits == 0
    assert len(history) == 1


def test_a_history_that_was_rewritten_is_read_as_it_is_now(tmp_path: Path) -> None:
    story = Story()
    base = story.commit("Fix one", "a.py")
    lost = story.commit("Fix two", "b.py")
    ProjectHistory.open(story, tmp_path)
    story.head = base
    story.commit("Fix three", "c.py")
    del story.commits[lost]
    history = ProjectHistory.open(story, tmp_path)
    assert history.churn("b.py").commits == 0
    assert history.churn("c.py").commits == 1


_WORDS = st.sampled_from(["Fix the cart crash", "Add a feature", "Fix rounding", "Closes #3", "crash of the cart"])
_PATHS = st.lists(st.sampled_from(["a.py", "b.py", "c.py", "d.py", "tests/test_a.py"]), min_size=1, unique=True)
_MOVES = st.tuples(st.just("commit"), _WORDS, _PATHS) | st.tuples(st.just("go back"), st.integers(0, 5), st.none())


@given(st.lists(_MOVES, max_size=12))
def test_whatever_becomes_of_a_branch_the_kept_history_says_what_a_fresh_one_says(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, str | int, list[str] | None]]
) -> None:
    story, folder = Story(), tmp_path_factory.mktemp("history")
    for kind, what, paths in moves:
        if kind == "commit":
            story.commit(str(what), *(paths or ()))
        elif story.head:
            seen = story.ancestors(story.head)
            story.head = seen[min(int(what), len(seen) - 1)]
        assert said(ProjectHistory.open(story, folder)) == said(ProjectHistory.open(story))


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\0" * 100])
def test_damaged_files_are_read_anew(tmp_path: Path, damage: bytes) -> None:
    story = Story()
    story.commit("Fix one", "a.py")
    ProjectHistory.open(story, tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage or whole[: len(whole) // 2])
    assert ProjectHistory.open(story, tmp_path).churn("a.py").commits == 1
    assert kept.read_bytes() == whole


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    story = Story()
    story.commit("Fix one", "a.py")
    assert len(ProjectHistory.open(story, tmp_path / "file" / "below")) == 1


class Cut(Story):
    """A story that is interrupted after so many commits."""

    left: int = 2

    def changes(self, commits: Sequence[str]) -> Iterator[Change]:
        for change in super().changes(commits):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            yield change


def test_whoever_is_interrupted_keeps_what_was_read(tmp_path: Path) -> None:
    story = Cut()
    for number in range(5):
        story.commit(f"Fix #{number}", "a.py", f"{number}.py")
    with pytest.raises(KeyboardInterrupt):
        ProjectHistory.open(story, tmp_path)
    assert not is_kept(tmp_path, story.identity)  # nobody who will not wait takes it for the whole
    story.left, story.read = 99, []
    history = ProjectHistory.open(story, tmp_path)
    assert len(story.read) == 3
    assert said(history) == said(ProjectHistory.open(story))
    assert history.unmined == 0
    assert is_kept(tmp_path, story.identity)


def test_the_past_names_the_commit_that_says_most() -> None:
    story = Story()
    fix = story.commit("Fix the rounding of the total", "cart.py")
    story.commit("Fix the colours of the logo", "logo.py")
    told = ProjectHistory.open(story).suspects("The total is rounded wrongly: rounding").commits
    assert told["cart.py", ""] == told["cart.py", "Cart.total"] == f"{fix[:10]} Fix the rounding of the total"


def test_without_commits_everything_is_empty(tmp_path: Path) -> None:
    for history in (ProjectHistory(), ProjectHistory.open(Story(), tmp_path)):
        assert len(history) == 0
        assert history.suspects("anything").files == {}
        assert history.cochanged("a.py") == history.similar("x") == history.donors("x") == ()
        assert history.priors() == {}
        assert history.recency("a.py") == 0.0


def test_patches_left_out_at_first_are_mined_when_more_are_wanted(tmp_path: Path) -> None:
    story = Story()
    for number in range(3):
        story.commit(f"Fix {number}", "a.py")
    few = ProjectHistory.open(story, tmp_path, patched=1)
    assert [bool(fix.edits) for fix in few.fixes()] == [True, False, False]
    assert all(fix.edits for fix in ProjectHistory.open(story, tmp_path).fixes())


def test_a_past_without_some_commits_is_the_past_in_which_they_were_not_made() -> None:
    story = Story()
    base = story.commit("Fix the cart", "cart.py", "till.py")
    later = [story.commit("Fix the till crash", "till.py"), story.commit("Fix more", "cart.py", "till.py")]
    cut = ProjectHistory.open(story).without(later)
    story.head = base
    assert said(cut, ["cart.py", "till.py"]) == said(ProjectHistory.open(story), ["cart.py", "till.py"])


def test_the_least_used_histories_go_when_all_together_are_too_large(tmp_path: Path) -> None:
    for number in range(4):
        path = tmp_path / f"{number}.history"
        write_kept(path, bytes(1000), limit=10**6)
        os.utime(path, (number, number))
    (tmp_path / "other.sqlite").write_bytes(bytes(5000))
    write_kept(tmp_path / "new.history", bytes(1000), limit=3100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.history", "3.history", "new.history", "other.sqlite"]
    assert read_kept(tmp_path / "3.history") == bytes(1000)
