"""Members ranked by what is seen and known of a site; what was learnt, kept in a file."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.codemodel import CodeModel, Extent, Known, learn_project, rank_members, tokenize
from fixbot_analysis.codemodel.counting import Counting
from fixbot_analysis.codemodel.snapshot import load, save, snapshot_path
from fixbot_analysis.codemodel.usage import KEYS
from fixbot_analysis.index import Index


def ranked(model: CodeModel, path: str, text: str, known: Sequence[str] = (), lineage: Sequence[str] = ()) -> list[str]:
    setting = model.setting(path, tokenize(text), {name: Known(0, "method") for name in known}, lineage)
    assert setting is not None
    return list(rank_members(setting))


# What every project has: so much other code that a dot alone tells nothing.
PLENTY = "".join(f"thing{n}.part{n}(other{n % 7})\n" for n in range(60))


def learnt(**files: str) -> CodeModel:
    model = CodeModel()
    model.learn("plenty.py", PLENTY.encode())
    for name, text in files.items():
        model.learn(name.replace("__", "/") + ".py", text.encode())
    return model


def test_what_follows_this_receiver_comes_first() -> None:
    model = learnt(a="request.user\nrequest.user\nresponse.status\n" * 3)
    assert ranked(model, "b.py", "x = request.")[0] == "user"
    assert ranked(model, "b.py", "x = response.")[0] == "status"


def test_the_own_file_says_more_than_others() -> None:
    model = learnt(far__a="value.far()\n" * 4, near__b="value.near()\n")
    assert ranked(model, "near/b.py", "value.near()\nvalue.")[0] == "near"


def test_how_far_strange_words_are_offered() -> None:
    model = learnt(a="cart.strange\ncart.strange\ncart.total()\n" * 3)
    known = {"total": Known(0, "method"), "lines": Known(0, "attribute")}
    found = {
        extent: list(rank_members(setting))
        for extent in Extent
        if (setting := model.setting("a.py", tokenize("x = cart."), known, extent=extent))
    }
    assert found[Extent.OPEN].index("strange") < found[Extent.OPEN].index("lines")
    assert found[Extent.WRITTEN].index("strange") > max(map(found[Extent.WRITTEN].index, known))
    assert set(found[Extent.CLOSED]) == set(known)


def test_an_unknown_receiver_may_be_of_a_plain_type() -> None:
    found = ranked(learnt(a="row.weight\n" * 3), "a.py", "def f(row, thing):\n    thing.")
    assert {"rsplit", "setdefault", "mkdir", "__class__"} <= set(found)
    assert found.index("weight") < found.index("rsplit")
    assert "rsplit" not in ranked(learnt(), "a.py", "thing.", known=["weight"])


def test_what_a_name_was_given_counts_like_the_thing_itself() -> None:
    model = learnt(a="def f():\n    rows = fetch()\n    rows.sorted_by\n" * 3 + "def g(x):\n    x.other\n" * 3)
    assert ranked(model, "b.py", "def h():\n    found = fetch()\n    found.")[0] == "sorted_by"


def test_a_class_is_used_like_its_bases_elsewhere() -> None:
    model = learnt(
        a="class A(Command):\n    def handle(self):\n        self.stdout\n        self.stdout\n",
        b="class C(Widget):\n    def handle(self):\n        self.paint\n        self.paint\n",
    )
    text = "class New({}):\n    def handle(self):\n        self."
    command, widget = (ranked(model, "c.py", text.format(base)) for base in ("Command", "Widget"))
    assert command.index("stdout") < command.index("paint")
    assert widget.index("paint") < widget.index("stdout")


def test_an_attribute_is_named_like_the_parameter_it_keeps() -> None:
    made = "class {0}:\n    def __init__(self, {1}):\n        self.{1} = {1}\n"
    model = learnt(a="".join(made.format(f"Kind{n}", f"part{n}") for n in range(30)))
    assert ranked(model, "b.py", "class B:\n    def __init__(self, colour):\n        self.")[0] == "colour"


def test_a_key_in_quotes_says_what_belongs_to_it() -> None:
    model = learnt(a="card.title\ncard.colour\n" * 3)
    assert ranked(model, "b.py", 'found = {"colour": card.')[0] == "colour"
    assert ranked(model, "b.py", 'found = {"colour": card.colour, "title": card.')[0] == "title"


def test_the_other_side_of_a_comparison_says_what_is_compared() -> None:
    model = learnt(a="a.start\na.stop\nb.start\nb.stop\n" * 2)
    assert ranked(model, "b.py", "if one.stop < other.", known=["start", "stop", "step"])[0] == "stop"


def test_members_that_follow_each_other_elsewhere_follow_each_other_here() -> None:
    model = learnt(
        a="def f(x, y):\n    x.opened()\n    y.read_all()\n" * 3, b="def g(x, y):\n    x.sent()\n    y.confirm()\n" * 3
    )
    assert ranked(model, "c.py", "def h(x, y):\n    x.opened()\n    y.")[0] == "read_all"
    assert ranked(model, "c.py", "def h(x, y):\n    x.sent()\n    y.")[0] == "confirm"


def test_super_is_asked_for_the_same_method() -> None:
    model = learnt(a="super().__init__()\n" * 5)
    text = "class B(A):\n    def save(self, **more):\n        return super()."
    assert ranked(model, "b.py", text, known=["save", "load", "clean"])[0] == "save"


def test_definitions_come_before_what_was_seen_elsewhere() -> None:
    model = learnt(a="thing.elsewhere\n")
    assert ranked(model, "b.py", "cart.", known=["total"], lineage=["Cart"])[0] == "total"


def test_chances_add_up_and_are_names() -> None:
    setting = learnt(a="a.b\na.c\n").setting("a.py", tokenize("a.b\na."), {})
    assert setting is not None
    chances = rank_members(setting)
    assert sum(chances.values()) == pytest.approx(1)
    assert all(name.isidentifier() for name in chances)


def test_there_is_nothing_to_rank_after_no_dot() -> None:
    assert learnt().setting("a.py", tokenize("a = b"), {}) is None
    assert learnt().setting("a.py", tokenize("from ."), {}) is None


def test_an_edit_is_judged_with_what_follows_it() -> None:
    model = learnt(a="for item in items:\n    total += item.price\n" * 5)
    right, wrong = model.edit_bits("a.py", "for ", "item", "thing", " in items:\n")
    assert right < wrong
    assert model.edit_bits("a.py", "x", "", "", "y") == model.edit_bits("a.py", "x", "", "", "y")


def test_leaving_code_out_is_no_gain_by_itself() -> None:
    model = learnt(a="if ready and willing:\n    begin(ready, willing)\nif ready:\n    pass\n")
    before, after = "def start(ready, odd):\n    if ", ":\n        begin(ready, odd)\n"
    old, new = model.edit_bits("a.py", before, "ready and odd.looking(thing) > strange[0]", "ready", after)
    assert new > 0.7 * old
    assert sum(model.token_bits("a.py", "ready", before)) < 0.5 * old


TEXTS = st.lists(
    st.sampled_from(["a.b(c.d)\n", "def f(x: C):\n    x.e\n", "class C(B):\n    def g(self):\n        self.h\n"])
)
PATHS = st.sampled_from(["a.py", "x/b.py", "x/y/c.py"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(PATHS, st.one_of(st.none(), TEXTS.map("".join))), max_size=6), PATHS)
def test_updates_leave_the_evidence_of_learning_afresh(edits: list[tuple[str, str | None]], path: str) -> None:
    edited, now = learnt(x__old="a.b\nclass D(B):\n    def g(self):\n        self.i\n"), dict[str, str]()
    edited.settle()
    for at, (where, text) in enumerate(edits):
        edited.update(where, text.encode() if text is not None else None)
        now.pop(where, None)
        if text is not None:
            now[where] = text
        if at == 2:
            edited.settle()
    fresh = learnt(x__old="a.b\nclass D(B):\n    def g(self):\n        self.i\n")
    for where, text in now.items():
        fresh.learn(where, text.encode())
    for asked in ("a.", "def f(x: C):\n    x.", "class E(B):\n    def g(self):\n        self."):
        one, other = (model.setting(path, tokenize(asked), {}) for model in (edited, fresh))
        assert one is not None
        assert other is not None
        assert one.evidence == other.evidence
        assert one.evidence.file.keys() <= {*KEYS, "above", "below"}


class Steps:
    """A progress listener that remembers how many files were learnt."""

    def __init__(self) -> None:
        self.learnt = 0

    def step(self, what: str, done: int, total: int) -> None:
        """Take note."""
        self.learnt += what == "learning"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for number in range(40):
        file = tmp_path / "project" / f"p{number % 4}" / f"m{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"class A{number}(Base):\n    def f(self):\n        return self.x{number} + shop.open()\n")
    return tmp_path / "project"


def learn(project: Path, cache: Path | None, copy_of: Path | None = None) -> tuple[CodeModel, int]:
    steps = Steps()
    with Index.open(project) as index:
        return learn_project(index, cache, steps, copy_of), steps.learnt


def test_what_was_learnt_is_read_back(project: Path, tmp_path: Path) -> None:
    first, count = learn(project, tmp_path / "cache")
    again, none = learn(project, tmp_path / "cache")
    assert (count, none) == (40, 0)
    assert again.paths == first.paths
    for text in ("x = shop.", "class B(Base):\n    def f(self):\n        self."):
        one, other = (model.setting("p1/m1.py", tokenize(text), {}) for model in (first, again))
        assert one == other
    assert again.following("p1/m1.py", ["shop", "."]) == first.following("p1/m1.py", ["shop", "."])


def test_only_contents_that_are_new_are_learnt(project: Path, tmp_path: Path) -> None:
    learn(project, tmp_path / "cache")
    (project / "p0" / "m0.py").write_text("shop.close()\n")
    (project / "p1" / "m1.py").unlink()
    model, count = learn(project, tmp_path / "cache")
    assert count == 1
    assert "p1/m1.py" not in model.paths
    assert "close" in model.following("p0/m0.py", ["shop", "."])
    assert "x1" not in model.following("p1/other.py", ["self", "."])


def test_files_of_other_languages_are_read_back_too(project: Path, tmp_path: Path) -> None:
    (project / "main.js").write_text("shop.open();\n")
    assert learn(project, tmp_path / "cache")[1] == 41
    assert learn(project, tmp_path / "cache")[1] == 0


def test_a_copy_uses_what_is_kept_of_the_project_and_changes_nothing_of_it(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    learn(project, tmp_path / "cache")
    kept = snapshot_path(tmp_path / "cache", project).read_bytes()
    for number in range(20):
        (copy / f"p{number % 4}" / f"m{number}.py").write_text(f"shop.past{number}()\n")
    model, count = learn(copy, tmp_path / "cache", copy_of=project)
    assert count == 20
    assert "past5" in model.following("p1/m5.py", ["shop", "."])
    assert snapshot_path(tmp_path / "cache", project).read_bytes() == kept
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_a_damaged_store_is_learnt_anew(project: Path, tmp_path: Path, damage: bytes | None) -> None:
    cache = tmp_path / "cache"
    learn(project, cache)
    file = snapshot_path(cache, project)
    whole = file.read_bytes()
    file.write_bytes(whole[:-8] + b"damaged!" if damage is None else damage)
    assert load(file) is None
    model, count = learn(project, cache)
    assert (count, len(model.paths)) == (40, 40)
    assert load(file) is not None


def test_what_is_read_back_says_what_was_learnt_whatever_words_hold(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    (root / "src").mkdir(parents=True)
    (root / "a.py").write_text("shop.buy(1)\nshop.sell(2)\n" * 20)
    (root / "b.py").write_text('def broken():\n    """never closed\n\n' + "x = shop.lost()\n" * 9)
    (root / "src" / "main.rs").write_text(
        'fn main() {\n    println!("one \\\n      two");\n    let x = `\n\n;\n}\n' * 5
    )
    (root / "b.pyi").write_text("NUL = '\0'\r\nLINE = '\u2028'\n")
    first, _ = learn(root, tmp_path / "cache")
    again, count = learn(root, tmp_path / "cache")
    assert count == 0  # it was read back
    assert again.counting.words == first.counting.words
    assert not [word for word in again.counting.words if "\n" in word.strip("\n")]
    for context in (["shop", "."], ["println"], ["x", "="]):
        assert list(again.following("c.py", context)) == list(first.following("c.py", context))


@given(st.lists(st.text(max_size=4), min_size=1, max_size=30))
def test_any_words_are_stored_as_they_are(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        counting = Counting(list(dict.fromkeys(words)))
        assert save(counting, Path(folder) / "kept.bin")
        kept = load(Path(folder) / "kept.bin")
        assert kept is not None
        assert kept.words == counting.words


def test_a_store_that_cannot_be_written_costs_nothing_else(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    assert len(learn(project, tmp_path / "cache")[0].paths) == 40
    assert not save(learnt(a="x.y\n").counting, tmp_path / "cache" / "file.bin")
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".tmp"] == []


def test_open_buffers_are_not_stored(project: Path, tmp_path: Path) -> None:
    with Index.open(project, overlay={"p0/m0.py": b"shop.unsaved()\n"}) as index:
        model = learn_project(index, tmp_path / "cache")
    assert "unsaved" in model.following("p0/m0.py", ["shop", "."])
    counting = load(snapshot_path(tmp_path / "cache", project))
    assert counting is not None
    assert "unsaved" not in counting.words
