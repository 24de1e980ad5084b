"""Open documents: edits, places in the project, and what is too large or elsewhere."""

from pathlib import Path

import pytest

from fixbot_analysis.source import Span
from fixbot_lsp.text.documents import LARGEST, Change, Documents, Splice
from fixbot_lsp.text.folders import Folders, local_path, path_below
from fixbot_lsp.text.positions import Place

ROOT = Path("/project")
URI = "file:///project/a.py"


@pytest.fixture
def documents() -> Documents:
    folders = Folders()
    folders.add(ROOT)
    return Documents(folders)


def text(documents: Documents) -> str | None:
    document = documents.get(URI)
    return document.text.data.decode() if document and document.text else None


def test_edits_of_one_notification_apply_in_order(documents: Documents) -> None:
    documents.open(URI, 1, "python", "a = '🦊'\n")
    insert = Change("b", Place(0, 0), Place(0, 0))
    behind_the_fox = Change("!", Place(0, 8), Place(0, 8))
    splices = documents.change(URI, 2, [insert, behind_the_fox])
    assert text(documents) == "ba = '🦊!'\n"
    assert splices == (Splice(Span(0, 0), b"b"), Splice(Span(10, 10), b"!"))


def test_a_range_given_backwards_is_the_same_range(documents: Documents) -> None:
    documents.open(URI, 1, "python", "abcd")
    documents.change(URI, 2, [Change("", Place(0, 3), Place(0, 1))])
    assert text(documents) == "ad"


def test_a_change_to_a_document_that_is_not_open_says_nothing(documents: Documents) -> None:
    assert documents.change(URI, 2, [Change("x")]) == ()
    assert documents.get(URI) is None


def test_a_document_over_the_limit_is_not_kept_until_it_is_small_again(documents: Documents) -> None:
    documents.open(URI, 1, "python", "x" * (LARGEST + 1))
    assert text(documents) is None
    assert documents.change(URI, 2, [Change("y", Place(0, 0), Place(0, 1))]) is None
    assert text(documents) is None
    documents.change(URI, 3, [Change("small = 1\n")])
    assert text(documents) == "small = 1\n"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///project/a/b.py", "a/b.py"),
        ("file:///project/a%20b/%C3%A9.py", "a b/é.py"),
        ("file://localhost/project/a.py", "a.py"),
        ("file:///project/a/../b.py", "b.py"),
        ("file:///project/../etc/passwd", None),
        ("file:///project/%2e%2e/etc/passwd", None),
        ("file:///project/..%2f..%2fetc/passwd", None),
        ("file:///project/a%00.py", None),
        ("file:///projects/a.py", None),
        ("file:///project", None),
        ("file://elsewhere/project/a.py", None),
        ("untitled:Untitled-1", None),
        ("http://project/a.py", None),
        ("file:", None),
        ("file://[", None),
        ("", None),
    ],
)
def test_where_an_address_lies_in_the_project(uri: str, path: str | None) -> None:
    assert path_below(ROOT, uri) == path


def test_an_address_of_another_kind_is_no_local_file() -> None:
    assert local_path("vscode-remote://wsl/home/a.py") is None


def test_a_document_belongs_to_the_innermost_folder_that_is_open(documents: Documents) -> None:
    document = documents.open("file:///project/sub/deep/a.py", 1, "python", "")
    assert (document.root, document.path) == (ROOT, "sub/deep/a.py")
    documents.folders.add(ROOT / "sub")
    assert documents.rehome() == (document,)
    assert (document.root, document.path) == (ROOT / "sub", "deep/a.py")
    documents.folders.remove(ROOT)
    assert documents.rehome() == ()
    documents.folders.remove(ROOT / "sub")
    assert documents.rehome() == (document,)
    assert (document.folder, document.path) == (None, None)


def test_a_file_that_changed_on_disk_is_told_to_every_folder_around_it(documents: Documents) -> None:
    documents.folders.add(ROOT / "sub")
    assert [path for _, path in documents.folders.around("file:///project/sub/a.py")] == ["sub/a.py", "a.py"]
    assert documents.folders.add(ROOT) is None
