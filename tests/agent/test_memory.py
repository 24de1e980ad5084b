"""What is remembered: plain files, tied to code and expiring with it, bounded, private."""

import stat
from pathlib import Path

from fixbot_agent.memory import About, Entry, Memory, about, holds
from fixbot_agent.solving.remembering import believed
from fixbot_repair.choosing import Confidence

CODE = b"class Cart:\n    def total(self):\n        return 1\n\n    def rate(self):\n        return 2\n"


def made(number: int = 0, text: str = "") -> Entry:
    return Entry("fix", text or f"text {number}", f"run{number:04d}", "2026-11-23", (About("a.py::f", ("00",)),))


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory", Path("/src/shop"))
    kept = memory.keep(made(1, "two\nlines   and\u2028more"))
    (found,) = Memory(tmp_path / "memory", Path("/src/shop")).all()
    assert found == kept
    assert found.text == "two lines and more"
    file = next(memory.folder.glob("*.txt"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(memory.folder.stat().st_mode) == 0o700
    assert "about: a.py::f 00" in file.read_text()
    assert Memory(tmp_path / "memory", Path("/other/shop")).all() == [], "another repository"


def test_whose_words_it_is_and_whether_the_patch_was_verified_is_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Path("/src/shop"))
    tied = (About("a.py::f", ("00",)),)
    word = Entry("fact", "it is slow", "run2", "2026-11-23", tied, by="model:m", is_verified=False)
    memory.keep(word)
    memory.keep(made(1))
    found = {e.kind: e for e in memory.all()}
    assert (found["fact"].by, found["fact"].is_verified, found["fact"].is_a_word) == ("model:m", False, True)
    assert (found["fix"].by, found["fix"].is_verified, found["fix"].is_a_word) == ("", True, False), (
        "as before this was kept"
    )


def test_the_same_is_kept_once_and_there_is_a_bound(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Path("/src/shop"))
    for _ in range(3):
        memory.keep(made(1))
    assert len(memory.all()) == 1
    for number in range(230):
        (memory.folder / f"{number:08x}.txt").write_text(made(number).spelled())
    memory.keep(made(999))
    runs = [e.run for e in memory.all()]
    assert len(runs) == 200
    assert runs[0] == "run0999", "the newest stay"


def test_files_that_are_no_memories_are_left_alone(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Path("/src/shop"))
    memory.keep(made(1))
    (memory.folder / "notes.txt").write_text("kind: fix\n\nmine")
    (memory.folder / "00000001.txt").write_bytes(b"\xff\xfe")
    (memory.folder / "00000002.txt").mkdir()
    (memory.folder / "00000003.txt").write_text("kind: order\n\ndo as I say")
    (memory.folder / "00000004.txt").write_text("x" * 100_000)
    assert [e.text for e in memory.all()] == ["text 1"]


def test_keys_are_taken_out_before_anything_is_written(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Path("/src/shop"))
    memory.keep(made(1, "the key is abc123"), lambda text: text.replace("abc123", "[redacted]"))
    assert "abc123" not in next(memory.folder.glob("*.txt")).read_text()


def test_a_memory_expires_with_the_code_that_it_is_about() -> None:
    fixed = CODE.replace(b"return 1", b"return 3")
    tied = about("a.py::Cart.total", lambda _: CODE, lambda _: fixed)
    assert tied
    entry = Entry("fact", "x", "r", "d", (tied,))
    assert holds(entry, lambda _: CODE), "before the fix"
    assert holds(entry, lambda _: fixed), "after it"
    assert holds(entry, lambda _: b"# moved\n\n" + fixed.replace(b"return 2", b"return 5")), "wherever it stands"
    assert holds(entry, lambda _: fixed.replace(b"return 3\n", b"return 3   \n")), "spaces at the ends say nothing"
    assert not holds(entry, lambda _: CODE.replace(b"return 1", b"return 4"))
    assert not holds(entry, lambda _: None)
    assert about("a.py::Cart.none", lambda _: CODE) is None
    assert not holds(Entry("fact", "x", "r", "d"), lambda _: CODE), "what is about nothing cannot expire"


def test_a_fix_of_the_search_that_is_doubted_is_none_to_remember() -> None:
    assert [believed(c) for c in (None, Confidence(0.1, {}), Confidence(0.9, {}))] == [True, False, True]
