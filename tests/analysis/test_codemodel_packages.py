"""What installed packages add to the code model: which are read, that it is kept by content, and where it counts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.codemodel import CodeModel, Lessons, learn_project, tokenize
from fixbot_analysis.codemodel.installed import own_names, packages_of, sources
from fixbot_analysis.codemodel.packages import count_package, load_package, package_path, save_package
from fixbot_analysis.index import Index

SHELF = '"""A package."""\nimport os\n\n\ndef fill(shelf):\n    shelf.put_away(1)\n    shelf.put_away(2)\n'


def install(project: Path, **modules: str) -> Path:
    site = project / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, text in modules.items():
        file = site / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return site


def made(tmp_path: Path, name: str) -> Path:
    project = tmp_path / name
    project.mkdir()
    (project / "main.py").write_text("x = 1\nimport shelves\nfrom . import own\nshelf = shelves.Shelf()\n")
    (project / "own.py").write_text("x = 1\nimport main\n")
    install(project, shelves__init=SHELF, shelves__tests__test_it="shelf.tested()\n", unused="shelf.unused()\n")
    (install(project) / "shelves" / "init.py").rename(install(project) / "shelves" / "__init__.py")
    return project


def learn(project: Path, cache: Path | None) -> CodeModel:
    with Index.open(project) as index:
        return learn_project(index, cache)


def test_what_an_imported_package_writes_is_known(tmp_path: Path) -> None:
    model = learn(made(tmp_path, "shop"), None)
    assert model.suggest("main.py", ["shelf", "."])[0].text == "put_away"
    assert "unused" not in model.following("main.py", ["shelf", "."])
    assert "tested" not in model.following("main.py", ["shelf", "."])
    assert model.paths == ("main.py", "own.py")


def test_the_project_says_more_than_packages(tmp_path: Path) -> None:
    project = made(tmp_path, "shop")
    (project / "other.py").write_text("shelf.sort_out(1)\n" * 2)
    assert learn(project, None).suggest("main.py", ["shelf", "."])[0].text == "sort_out"


def test_members_of_packages_are_ranked_by_how_packages_use_them(tmp_path: Path) -> None:
    model = learn(made(tmp_path, "shop"), None)
    setting = model.setting("main.py", tokenize("shelf."), {})
    assert setting is not None
    assert setting.evidence.packages["receiver"] == {"put_away": 2}


def test_what_is_kept_of_a_package_serves_other_projects(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    learn(made(tmp_path, "one"), cache)
    kept = sorted(cache.glob("package-*"))
    before = kept[0].stat().st_mtime_ns
    model = learn(made(tmp_path, "two"), cache)
    assert sorted(cache.glob("package-*")) == kept
    assert len(kept) == 1
    assert kept[0].stat().st_mtime_ns == before
    assert model.suggest("main.py", ["shelf", "."])[0].text == "put_away"


def test_another_version_of_a_package_is_another_content(tmp_path: Path) -> None:
    cache, project = tmp_path / "cache", made(tmp_path, "one")
    learn(project, cache)
    (install(project) / "shelves" / "__init__.py").write_text(SHELF.replace("put_away", "stow_away"))
    assert learn(project, cache).suggest("main.py", ["shelf", "."])[0].text == "stow_away"


def test_a_damaged_file_of_a_package_is_learnt_anew(tmp_path: Path) -> None:
    cache, project = tmp_path / "cache", made(tmp_path, "one")
    learn(project, cache)
    kept = next(cache.glob("package-*"))
    kept.write_bytes(kept.read_bytes()[:-4] + b"oops")
    assert learn(project, cache).suggest("main.py", ["shelf", "."])[0].text == "put_away"
    assert load_package(kept) is not None


def test_nobody_waits_for_packages(tmp_path: Path) -> None:
    project = made(tmp_path, "one")
    with Index.open(project) as index:
        lessons = Lessons(index, None)
        list(lessons.read())
        assert "put_away" not in lessons.model.following("main.py", ["shelf", "."])
        lessons.settle()
        lessons.wait()
        assert "put_away" in lessons.model.following("main.py", ["shelf", "."])
        none = Lessons(index, None, packages=())
        list(none.read())
        none.settle()
        none.wait()
        assert "put_away" not in none.model.following("main.py", ["shelf", "."])


def test_names_of_the_project_are_not_installed_ones() -> None:
    paths = ("src/shop/__init__.py", "src/shop/cart/__init__.py", "src/shop/cart/lines.py", "tools/run.py", "setup.py")
    assert own_names(paths) == {"shop", "run", "setup"}


def test_packages_are_read_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = install(tmp_path, a="a.a\n", b="b.b\n", c__deep__one="c.c\n", c__top="c.d\n", big="x = 1\n" * 100_000)
    assert packages_of(tmp_path) == (site,)
    found = dict(sources(["a", "missing", "c", "big"], (site,)))
    assert {name: [path for path, _ in files] for name, files in found.items()} == {
        "a": ["a.py"],
        "c": ["c/top.py", "c/deep/one.py"],
    }
    monkeypatch.setattr("fixbot_analysis.codemodel.installed.MOST", 1)
    assert [name for name, _ in sources(["b", "a"], (site,))] == ["b"]


WORDS = st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=4), max_size=30)


@given(WORDS, st.text(max_size=3))
def test_a_package_counts_as_its_text_does(words: list[str], other: str) -> None:
    text = " . ".join(words)
    package = count_package([("p.py", text.encode())])
    for word in {*tokenize(text), other}:
        number = package.numbers([word])[0]
        assert package.segment.occurrences(number) == tokenize(text).count(word) if word else number == 0
        assert number < 0 or package.word(number) == word


def test_a_package_is_read_back_as_it_was(tmp_path: Path) -> None:
    files = [("p.py", b"a.b(c)\n"), ("q.py", "ä.b\n".encode())]
    path = package_path(tmp_path, "p", files)
    package = count_package(files)
    assert save_package(package, path)
    again = load_package(path)
    assert again is not None
    assert [bytes(memoryview(each)) for each in again.arrays] == [bytes(memoryview(each)) for each in package.arrays]
    assert package_path(tmp_path, "p", files[:1]) != path
    (tmp_path / "in the way").write_text("")
    assert not save_package(package, tmp_path / "in the way" / "p.bin")
