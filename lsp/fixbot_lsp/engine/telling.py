"""What the engine is told of the folders and the open documents."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fixbot_analysis import languages
from fixbot_lsp.engine.wire import Closed, Cut, Edited, Opened, Prepare
from fixbot_lsp.text.documents import Documents, OpenDocument, Splice
from fixbot_lsp.text.folders import Folders

_REACT = {
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
}  # editors' names of languages that have others here


@cache
def editor_names() -> tuple[str, ...]:
    """The languages whose code is read, by the names that editors have for them."""
    known = [name for name, each in languages.registry().languages.items() if each.grammar and each.suffixes]
    return tuple(sorted({*known, *(name for name, ours in _REACT.items() if ours in known)}))


@cache
def suffix_of(language: str) -> str:
    """How files of `language`, by the editor's name, end; "" where it is none whose code is read."""
    known = languages.registry().languages.get(_REACT.get(language, language))
    return known.suffixes[0] if known is not None and known.grammar and known.suffixes else ""


def is_code(document: OpenDocument) -> bool:
    """Whether the engine has something to say about a document: it is in a language whose code is read."""
    return bool(suffix_of(document.language)) or (document.language == "" and _is_source(document))


def is_of_project(document: OpenDocument) -> bool:
    """Whether a document is one of its project's sources by its name. One that only the editor's word makes code (a script without a suffix) is
    completed as one that lies in no folder: the project's rules on what is ignored, and may be sent to models, are about the name that it has.
    """
    return document.root is not None and document.path is not None and languages.language_of(document.path) is not None


def _is_source(document: OpenDocument) -> bool:
    name = languages.language_of(document.path or document.uri)
    return name is not None and bool(languages.get(name).grammar)


@dataclass(frozen=True, slots=True)
class Telling:
    """The messages for the engine; knows what to tell one that was started anew."""

    open_folders: Folders
    open_documents: Documents

    def folders(self) -> Iterator[Prepare]:
        """A folder that is alone is indexed at once; of several, each when its first document is opened."""
        if len(self.open_folders) == 1:
            yield from (Prepare(str(folder.root)) for folder in self.open_folders)

    def documents(self) -> Iterator[Opened]:
        """Every open document that is code."""
        return (told for each in self.open_documents if (told := opened(each)) is not None)

    def document(self, uri: str) -> Opened | None:
        """One of them."""
        document = self.open_documents.get(uri)
        return opened(document) if document is not None else None


def opened(document: OpenDocument) -> Opened | None:
    """A document as it is now; None where it is no code, or too large."""
    if document.text is None or not is_code(document):
        return None
    root, path = (
        (str(document.root), document.path) if document.path and is_of_project(document) else ("", _name(document))
    )
    return Opened(document.uri, root, path, document.language, document.revision, document.text.data.decode())


def edited(document: OpenDocument, splices: tuple[Splice, ...] | None) -> Opened | Edited | Closed | None:
    """What a change comes to: the edits, the whole text where they do not tell it all, or that it became too large."""
    if not is_code(document):
        return None
    if document.text is None:
        return Closed(document.uri)
    if splices is None:
        return opened(document)
    cuts = tuple(Cut(each.span.start, each.span.end, each.data.decode()) for each in splices)
    return Edited(document.uri, document.revision, cuts)


def _name(document: OpenDocument) -> str:
    """A path for a document that lies in no folder: two of the same name are not taken for one, nor for modules of one project."""
    name = document.uri.rpartition("/")[2] or "document"
    if languages.language_of(name) is None:
        name += suffix_of(document.language)
    return f"{hashlib.sha256(document.uri.encode('utf-8', 'replace')).hexdigest()[:12]}/{name}"
