"""Reading a project: what is listed, what is left out and why, and what text a file holds."""

import codecs
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import LINE_LIMIT, SIZE_LIMIT, Document, Position, SourceTree


def project(root: Path, files: Mapping[str, str | bytes]) -> SourceTree:
    for path, content in files.items():
        where = root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content if isinstance(content, bytes) else content.encode())
    return SourceTree(root)


def why(tree: SourceTree, path: str) -> str:
    return next((s.why for s in tree.skipped if s.path == path), "")


def test_source_and_documentation_are_listed_apart(tmp_path: Path) -> None:
    tree = project(tmp_path, {"a.py": "", "pkg/b.py": "", "README.md": "hi", "docs/x.rst": "hi", "data.csv": "1,2"})
    assert tree.paths == ("a.py", "pkg/b.py")
    assert tree.docs == ("README.md", "docs/x.rst")
    assert tree.skipped == ()


def test_tools_folders_and_environments_are_not_looked_into(tmp_path: Path) -> None:
    files = dict.fromkeys([".git/a.py", "node_modules/m/a.py", "__pycache__/a.py", ".tox/a.py", "x.egg-info/a.py"], "")
    tree = project(tmp_path, {**files, "env/pyvenv.cfg": "", "env/lib/a.py": "", "environment/a.py": ""})
    assert tree.paths == ("environment/a.py",)


def test_ignore_rules_nest_and_the_nearest_wins(tmp_path: Path) -> None:
    tree = project(
        tmp_path,
        {
            ".gitignore": "build/\n*_gen.py\n/only_here.py\n",
            "build/a.py": "",
            "a_gen.py": "",
            "only_here.py": "",
            "sub/only_here.py": "",
            "sub/.gitignore": "!b_gen.py\nlocal.py\n",
            "sub/b_gen.py": "",
            "sub/local.py": "",
            "local.py": "",
        },
    )
    assert tree.paths == ("local.py", "sub/b_gen.py", "sub/only_here.py")


def test_fixbotignore_has_the_last_word(tmp_path: Path) -> None:
    tree = project(tmp_path, {".gitignore": "a.py", ".fixbotignore": "!a.py\nb.py", "a.py": "", "b.py": "", "c.py": ""})
    assert tree.paths == ("a.py", "c.py")


def test_a_bad_or_hostile_pattern_costs_only_itself(tmp_path: Path) -> None:
    rules = "!\n" + "*a" * 6 + "b\n" + "*b*b*b\nc.py\n"
    names = ["a" * 90 + ".py", "b" * 250 + ".py"]
    tree = project(tmp_path, {".gitignore": rules, "c.py": "", **dict.fromkeys(names, "")})
    assert tree.paths == tuple(names)


def test_endless_folders_are_skipped_with_a_reason(tmp_path: Path) -> None:
    tree = project(tmp_path, {"d/" * 60 + "a.py": "", "e/" * 70 + "a.py": ""})
    assert tree.paths == ("d/" * 60 + "a.py",)
    assert [s.why for s in tree.skipped] == ["more than 64 folders deep"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x = 1\n" * (SIZE_LIMIT // 6 + 1), "larger than 2 MB"),
        (b"x = '\0'\n", "binary"),
        (b"x = [" + b"1," * LINE_LIMIT + b"]\n", "minified"),
        (b"y = 1\n" * 40_000 + b"x = [" + b"1," * 8 * LINE_LIMIT + b"]\n", "minified"),
        (b"# coding: rot13\nk = 1\n", "not rot-13 text"),
        (b"# coding: hex\n00\n", "not hex text"),
        (b"# coding: punycode\n" + b"x-\n" * 400_000, "not punycode text"),
        (b"# coding: idna\nx = 1\n", "not idna text"),
        (b"# coding: unicode_escape\nx = 1\n", "not unicode-escape text"),
        (codecs.BOM_UTF16_LE + "x = '\0'".encode("utf-16-le"), "binary"),
        (codecs.BOM_UTF16_LE + b"x", "not utf-16-le text"),
        (b"name = '\xe9'\n", "not utf-8 text"),
        (b"# coding: no-such-code\n\n", "not no-such-code text"),
        (b"# coding: rot13\n\n", "not rot-13 text"),
        (b"\xef\xbb\xbf# x\n'\xe9'\n", "not utf-8 text"),
    ],
)
def test_what_is_no_text_of_people_is_skipped_with_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    tree = project(tmp_path, {"odd.py": content, "good.py": "x = 1\n"})
    with pytest.raises(SourceError) as caught:
        tree.read("odd.py")
    assert caught.value.hint
    assert tree.paths == ("good.py",)
    assert reason in why(tree, "odd.py")


def test_pipes_devices_and_links_are_never_opened(tmp_path: Path) -> None:
    tree = project(tmp_path / "root", {"a.py": ""})
    (tmp_path / "secret.py").write_text("password = 1")
    os.mkfifo(tmp_path / "root/pipe.py")
    (tmp_path / "root/out.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "root/null.py").symlink_to("/dev/zero")
    (tmp_path / "root/loop").symlink_to(tmp_path / "root")
    (tmp_path / "root/up").symlink_to(tmp_path)
    assert tree.paths == ("a.py",)
    assert why(tree, "pipe.py") == "not a regular file"
    assert why(tree, "out.py") == "symbolic link that leaves the project"
    for path in ("pipe.py", "out.py", "null.py", "up/secret.py", "../secret.py", "/etc/hostname", "", ".", "loop"):
        with pytest.raises(SourceError):
            tree.read(path)


@pytest.fixture
def unreadable() -> Iterator[Path]:
    """A project that everyone may enter, with a folder that nobody may read."""
    root = Path(tempfile.mkdtemp(prefix="fixbot-"))
    root.chmod(0o755)
    project(root, {"a.py": "", "shut/b.py": "", "shut.py": ""})
    (root / "shut").chmod(0)
    (root / "shut.py").chmod(0)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield root
    os.seteuid(before)
    (root / "shut").chmod(0o755)
    shutil.rmtree(root)


def test_an_unreadable_folder_or_file_is_skipped_not_fatal(unreadable: Path) -> None:
    tree = SourceTree(unreadable)
    assert why(tree, "shut").startswith("unreadable")
    with pytest.raises(SourceError, match="unreadable"):
        tree.read("shut.py")
    assert tree.paths == ("a.py",)


def test_a_name_that_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    tree = project(tmp_path, {"a.py": ""})
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.py"))).write_text("")
    assert tree.paths == ("a.py",)
    assert [s.why for s in tree.skipped] == ["name is not UTF-8 or holds a control character"]


def test_a_name_that_reads_like_a_definition_is_skipped(tmp_path: Path) -> None:
    tree = project(tmp_path, {"a.py": "", "a::b.py": ""})
    assert tree.paths == ("a.py",)
    assert "'::'" in why(tree, "a::b.py")


@pytest.mark.parametrize("name", ["b\nc.py", "b\rc.py", "b\x1b[2J.py", "b\u2028c.py", "b\x7f.md", "d\n/c.py"])
def test_a_name_that_would_end_a_line_or_steer_a_terminal_is_skipped(tmp_path: Path, name: str) -> None:
    tree = project(tmp_path, {"a.py": "", name: ""})
    (left,) = tree.skipped
    assert tree.paths == ("a.py",)
    assert not tree.docs
    assert left.path.isprintable()
    assert tree.looked_at(name).paths == ("a.py",)


def test_one_long_line_of_data_makes_no_file_minified(tmp_path: Path) -> None:
    tree = project(tmp_path, {"a.py": b"image = '" + b"x" * LINE_LIMIT + b"'\n" + b"y = 1\n" * 2000})
    assert tree.read("a.py").text.startswith("image")


def test_open_buffers_stand_for_files_and_add_files(tmp_path: Path) -> None:
    project(tmp_path, {"a.py": "old", "b.py": "b\0"})
    tree = SourceTree(
        tmp_path, {"a.py": b"new", "b.py": b"fine", "fresh.py": b"x", "../evil.py": b"", "notes.md": b"n"}
    )
    assert tree.paths == ("a.py", "b.py", "fresh.py")
    assert tree.docs == ("notes.md",)
    assert tree.read("a.py").text == "new"
    assert tree.with_overlay({}).read("a.py").text == "old"
    assert tree.with_overlay({}).paths == ("a.py", "b.py")
    (tmp_path / "c.py").write_text("")
    assert "c.py" not in tree.paths
    assert "c.py" in tree.refreshed().paths


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        ("é = 1\n".encode(), "é = 1\n", "utf-8"),
        (b"# -*- coding: latin-1 -*-\nn = '\xe9'\n", "# -*- coding: latin-1 -*-\nn = 'é'\n", "iso8859-1"),
        (b"#!/bin/python\n# vim: set fileencoding=cp1252 :\nn = '\x80'\n", None, "cp1252"),
        (b"#!/bin/python\r\n# coding: cp1252\r\nn = '\x80'\r\n", None, "cp1252"),
        (b"x = 1\n# coding: latin-1\ny = 'e'\n", None, "utf-8"),
        (b"", "", "utf-8"),
        (codecs.BOM_UTF16_LE + "é = 1\n".encode("utf-16-le"), "é = 1\n", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "é = 1\n".encode("utf-16-be"), "é = 1\n", "utf-16-be"),
        (codecs.BOM_UTF32_LE + "é = 1\n".encode("utf-32-le"), "é = 1\n", "utf-32-le"),
        (codecs.BOM_UTF8 + "é = 1\n".encode(), "é = 1\n", "utf-8"),
    ],
)
def test_encodings_are_read_as_python_reads_them_and_written_back(
    tmp_path: Path, raw: bytes, text: str | None, encoding: str
) -> None:
    document = project(tmp_path, {"a.py": raw}).read("a.py")
    assert document.encoding == encoding
    assert text is None or document.text == text
    assert document.encode(document.data) == raw


def test_a_buffer_is_utf8_whatever_its_text_says(tmp_path: Path) -> None:
    text = "# coding: latin-1\nname = 'é'\n"
    tree = SourceTree(tmp_path, {"a.py": text.encode(), "b.py": b"'\xe9'", "c.py": b"# coding: none-such\n"})
    document = tree.read("a.py")
    assert document.text == text
    assert document.encode(document.data) == text.encode("latin-1")
    odd = tree.read("c.py")
    assert odd.encode(odd.data) == b"# coding: none-such\n"
    with pytest.raises(SourceError, match="not utf-8"):
        tree.read("b.py")


def test_a_byte_order_mark_is_no_text_and_comes_back(tmp_path: Path) -> None:
    document = project(tmp_path, {"a.py": b"\xef\xbb\xbfx = 1\n"}).read("a.py")
    assert (document.text, document.bom) == ("x = 1\n", True)
    assert document.encode(document.data) == b"\xef\xbb\xbfx = 1\n"


@given(st.text(alphabet="ab\n\r\té😀", max_size=60), st.data())
def test_offsets_and_positions_are_inverse(text: str, data: st.DataObject) -> None:
    document = Document("a.py", text.encode())
    before = data.draw(st.integers(0, len(text)))
    offset = len(text[:before].encode())
    position = document.position(offset)
    inside_line_end = text[before - 1 : before + 1] == "\r\n" or text[before - 1 : before] == "\r"
    assert inside_line_end or document.offset(position) == offset
    assert document.offset(Position(position.line, 10_000)) >= document.line_span(position.line).start


def test_links_are_left_out_with_the_reason(tmp_path: Path) -> None:
    root = tmp_path / "root"
    project(root, {"a.py": "", "pkg/b.py": "", "data.bin": ""})
    for name, target in {
        "same.py": "a.py", "pkg/up": "..", "out": str(tmp_path), "gone.py": "nothing", "round": "round", "blob": "data.bin",
    }.items():  # fmt: skip
        (root / name).symlink_to(target)
    tree = SourceTree(root)
    assert tree.paths == ("a.py", "pkg/b.py")
    assert {s.path: s.why for s in tree.skipped} == {
        "same.py": "symbolic link to what is read in its own place",
        "pkg/up": "symbolic link to what is read in its own place",
        "out": "symbolic link that leaves the project",
        "gone.py": "symbolic link that leads nowhere",
        "round": "symbolic link that leads nowhere",
    }
    for path in ("same.py", "pkg/up", "out", "gone.py", "round", "blob", "pkg/b.py"):
        assert SourceTree(root).looked_at(path).skipped == tree.skipped


@pytest.mark.parametrize(
    ("head", "generated"),
    [
        ("# Code generated by tool. DO NOT EDIT.\n", True),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n# @generated by pegen\nimport os\n", True),
        ("# This file was automatically generated by make; please do not edit it.\n", True),
        ("import os\n# DO NOT EDIT the next line\n", False),
        ("# Do not edit by hand what is @generated_for users\nx = 1\n", False),
        ("# Generated files are read as well. Edit them as you like.\n", False),
    ],
)
def test_what_says_that_it_is_generated_is_left_out(tmp_path: Path, head: str, generated: bool) -> None:
    tree = project(tmp_path, {"a.py": head + "x = 1\n"})
    if generated:
        with pytest.raises(SourceError, match="generated"):
            tree.read("a.py")
        assert tree.paths == ()
        assert why(tree, "a.py") == "generated"
    else:
        assert tree.read("a.py").text.startswith(head)


def test_the_lists_of_git_and_of_folders_above_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    files = dict.fromkeys(("kept.py", "mine.py", "local.py", "above.py", "rooted.py", "sub/above.py", "back.py"), "")
    project(tmp_path / "repository/inner", files)
    project(
        tmp_path,
        {
            "config/git/ignore": "mine.py\nback.py\n",
            "repository/.git/info/exclude": "local.py\n",
            "repository/.gitignore": "above.py\n/inner/rooted.py\n/kept.py\n",
            "repository/inner/.gitignore": "!back.py\n",
        },
    )
    tree = SourceTree(tmp_path / "repository/inner")
    assert tree.paths == ("back.py", "kept.py")
    assert tree.looked_at("mine.py").looked_at("sub/above.py").looked_at("rooted.py").paths == tree.paths
    (tmp_path / "repository/.git/info/exclude").unlink()
    project(
        tmp_path, {"home/.gitconfig": "[user]\n\tname = x\n[core]\n\texcludesFile = ~/own\n", "home/own": "kept.py\n"}
    )
    assert SourceTree(tmp_path / "repository/inner").paths == ("back.py", "local.py", "mine.py")


def test_git_lists_are_found_from_a_worktree(tmp_path: Path) -> None:
    project(tmp_path, {
        "main/.git/info/exclude": "left.py\n", "main/.git/worktrees/w/commondir": "../..\n",
        "tree/.git": f"gitdir: {tmp_path}/main/.git/worktrees/w\n", "tree/left.py": "", "tree/kept.py": "",
    })  # fmt: skip
    assert SourceTree(tmp_path / "tree").paths == ("kept.py",)


def test_copies_of_others_are_known_by_their_folder(tmp_path: Path) -> None:
    tree = project(tmp_path, {"pkg/_vendor/six.py": "", "vendor.py": ""})
    assert tree.paths == ("pkg/_vendor/six.py", "vendor.py")
    assert [p for p in tree.paths if tree.vendored(p)] == ["pkg/_vendor/six.py"]


def test_submodules_nested_repositories_and_twins_by_case_are_read_as_they_lie(tmp_path: Path) -> None:
    tree = project(tmp_path, {
        ".git/config": "", "a.py": "", "A.PY": "", "Pkg/a.py": "", "pkg/a.py": "",
        "sub/.git": "gitdir: ../.git/modules/sub\n", "sub/b.py": "", "nested/.git/HEAD": "", "nested/.gitignore": "left.py\n", "nested/c.py": "",
        "nested/left.py": "",
    })  # fmt: skip
    if (tmp_path / "PKG").exists():
        pytest.skip("this disk knows no twins")
    assert tree.paths == ("A.PY", "Pkg/a.py", "a.py", "nested/c.py", "pkg/a.py", "sub/b.py")
