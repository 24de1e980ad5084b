"""Diffs: what we write, git applies; what others write is checked before it is used (attack cases 10 to 15)."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_repair.candidates import diff, paths
from fixbot_repair.errors import PatchError

TEXT = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"\xff\xfe\n", b"    x = 1\n", b"last"]), max_size=30)
CONTENT = TEXT.map(b"".join)


def header(old: str, new: str | None = None) -> str:
    return f"diff --git a/{old} b/{new or old}\n--- a/{old}\n+++ b/{new or old}\n@@ -1 +1 @@\n-a\n+b\n"


@settings(max_examples=15, deadline=None)
@given(before=st.none() | CONTENT, after=st.none() | CONTENT)
def test_git_applies_what_is_written(tmp_path_factory, before, after):
    folder = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    if before is not None:
        (folder / "a b.py").write_bytes(before)
    text = diff.unified(
        {"a b.py": before} if before is not None else {}, {"a b.py": after} if after is not None else {}
    )
    if text:
        patch = text.encode("utf-8", "surrogateescape")
        subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=patch, check=True)
    place = folder / "a b.py"

    assert (place.read_bytes() if place.exists() else None) == after


@given(before=st.none() | CONTENT, after=st.none() | CONTENT)
def test_what_is_written_is_read_back_byte_for_byte(before, after):
    name = 'odd "näme".py'
    old = {name: before} if before is not None else {}
    new = {name: after} if after is not None else {}
    text = diff.unified(old, new)
    if not text:
        assert before == after
        return
    assert diff.apply(diff.parse(text), old) == {name: after}


def test_hunks_far_apart_are_separate_and_have_three_lines_of_context():
    old = b"".join(b"%d\n" % i for i in range(40))
    new = old.replace(b"\n5\n", b"\nfive\n").replace(b"\n30\n", b"\n")

    text = diff.unified({"n.txt": old}, {"n.txt": new})

    assert [line for line in text.split("\n") if line.startswith("@@")] == ["@@ -3,7 +3,7 @@", "@@ -28,7 +28,6 @@"]


def test_prose_and_fences_around_a_diff_are_passed_over():
    text = f"Here is my fix:\n\n```diff\n{header('a.py')}```\nThanks!\n"

    (found,) = diff.parse(text)

    assert (found.path, found.hunks[0].old, found.hunks[0].new) == ("a.py", (b"a\n",), (b"b\n",))


def test_a_hunk_is_found_where_its_lines_are_but_never_in_two_places():
    text = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
    moved = b"import os\n\n\ndef f():\n    return 1\n"

    assert diff.apply(diff.parse(text), {"x.py": moved}) == {"x.py": moved.replace(b"1", b"2")}
    with pytest.raises(PatchError, match="fits in several places"):
        diff.apply(diff.parse(text), {"x.py": b"\n" + b"def f():\n    return 1\n" * 2})
    with pytest.raises(PatchError, match="does not fit"):
        diff.apply(diff.parse(text), {"x.py": b"def g():\n    return 1\n"})


def test_all_files_or_none():
    text = header("one.py") + header("two.py")

    with pytest.raises(PatchError, match=r"two\.py"):
        diff.apply(diff.parse(text), {"one.py": b"a\n", "two.py": b"other\n"})


@pytest.mark.parametrize(
    "name",
    [
        "../up.py", "/etc/passwd", "C:\\x.py", "C:x.py", "a/../../x.py", "a//b.py", "./x.py", "x\x01.py",
        ".git/config", ".GIT/hooks/pre-commit", "a/.git./x", "git~1/config", ".g\u200bit/config", ".git::$INDEX/x",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(PatchError):
        diff.parse(header(name))
    with pytest.raises(PatchError):
        paths.check(name)


@pytest.mark.parametrize("quoted", [r'"a/x\000.py"', r'"a/x\n.py"', r'"a/..\057up.py"'])
def test_quoted_names_are_checked_after_they_are_unquoted(quoted):
    with pytest.raises(PatchError):
        diff.parse(f"--- {quoted}\n+++ {quoted.replace('a/', 'b/')}\n@@ -1 +1 @@\n-a\n+b\n")


@pytest.mark.parametrize(
    "lines",
    [
        "new file mode 120000\n--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file",
        "new file mode 160000\nindex 0000000..1111111\n--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+Subproject commit 1",
        "new file mode 100755\n--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+x",
        "index 1111111..2222222 120000\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b",
        "old mode 100644\nnew mode 100755",
        "GIT binary patch\nliteral 1\nIcmZPo000310RR91",
        "Binary files a/x.py and b/x.py differ",
        "similarity index 90%\nrename from x.py\nrename to y.py",
    ],
    ids=["link", "submodule", "executable", "link by index", "mode", "binary", "binary differ", "rename"],
)
def test_only_plain_changes_of_regular_files_are_taken(lines):
    with pytest.raises(PatchError):
        diff.parse(f"diff --git a/x.py b/x.py\n{lines}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no diff here",
        "--- a/x.py\n+++ b/x.py\n@@ -1,5 +1 @@\n-a\n+b\n",
        "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n?a\n+b\n",
        "--- a/x.py\n+++ b/y.py\n@@ -1 +1 @@\n-a\n+b\n",
        '--- "a/x.py\n+++ "b/x.py\n@@ -1 +1 @@\n-a\n+b\n',
        header("x.py") * 2,
        "--- a/x.py\n+++ b/x.py\n" + "@@ -1 +1 @@\n-a\n+b\n" * 5001,
        "x" * (diff.reading.MAX_BYTES + 1),
    ],
    ids=["empty", "prose", "short", "sign", "two names", "quote", "twice", "hunks", "size"],
)
def test_what_is_damaged_or_too_large_is_refused_in_words(text):
    with pytest.raises(PatchError) as caught:
        diff.parse(text)
    assert caught.value.hint


def test_binary_content_is_not_written():
    with pytest.raises(PatchError, match="binary"):
        diff.unified({"x": b"a"}, {"x": b"\0"})


@pytest.mark.parametrize(
    "path",
    [".github/workflows/ci.yml", "conftest.py", "pkg/conftest.py", "setup.py", "PyProject.toml", ".vscode/settings.json",
     ".gitattributes", "lib/x.pth", "Makefile", ".env"],
)  # fmt: skip
def test_protected_paths_are_refused(path):
    with pytest.raises(PatchError, match="protected"):
        paths.check_all([path], allow_tests=True)


def test_tests_are_refused_unless_allowed():
    for path in ("tests/test_a.py", "pkg/tests/helper.py", "test/x.py", "a_test.py"):
        with pytest.raises(PatchError, match="is a test"):
            paths.check_all([path])
        paths.check_all([path], allow_tests=True)
    for path in ("django/test/client.py", "sympy/testing/pytest.py", "contest.py", "latest/a.py"):
        paths.check_all([path])


def test_names_that_collide_where_case_does_not_count_are_refused():
    with pytest.raises(PatchError, match="one file"):
        paths.check_all(["Setup2.py"], existing=["setup2.py"])
    with pytest.raises(PatchError, match="one file"):
        paths.check_all(["a.py", "A.py"])
    paths.check_all(["b.py"], existing=["x.py", "X.py"])
