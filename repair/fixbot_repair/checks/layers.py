"""Trees in which versions of files stand at the places of their files, with the rest of the project around them.

A linter whose settings go by the place of a file, and which looks what lies beside it, can then take hundreds of versions
in one process. A tree holds one version of a file; what is around is links to the project, made only along the way.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from fixbot_analysis.source import Document
from fixbot_repair.errors import CheckFailed

_LINKED = (".py", ".pyi", ".toml")


def lay(folder: Path, root: Path, documents: Mapping[str, Document], versions: Mapping[str, str]) -> dict[str, str]:
    """Effect: make the trees ``0``, ``1``, … below `folder`; returns the path below `folder` of each document, by that path.

    `versions` says which path of the project at `root` a document is a version of. Raises CheckFailed when the disk refuses.
    """
    count: dict[str, int] = {}
    trees: list[dict[str, str]] = []  # path in the project: document
    for name in documents:
        path = versions.get(name, name)
        at = count[path] = count.get(path, -1) + 1
        if at == len(trees):
            trees.append({})
        trees[at][path] = name
    beside: dict[str, list[str]] = {}
    try:
        for at, tree in enumerate(trees):
            _surround(folder / str(at), root, tree, beside)
            for path, name in tree.items():
                (folder / str(at) / path).write_bytes(documents[name].data)
    except OSError as error:
        raise CheckFailed(f"cannot write to {folder}: {error.strerror}", "free some space, or set TMPDIR") from error
    return {f"{at}/{path}": name for at, tree in enumerate(trees) for path, name in tree.items()}


def _surround(tree: Path, root: Path, paths: Iterable[str], beside: dict[str, list[str]]) -> None:
    """Make the folders of `paths` below `tree`, and in them links to what else lies there in the project."""
    ours = set(paths)
    folders = {str(parent) for path in ours for parent in PurePosixPath(path).parents}
    for folder in sorted(folders, key=lambda f: f.count("/") if f != "." else -1):
        (tree / folder).mkdir(parents=True, exist_ok=True)
        if folder not in beside:
            beside[folder] = _entries(root / folder)
        for name in beside[folder]:
            path = name if folder == "." else f"{folder}/{name}"
            if path not in ours and path not in folders:
                (tree / path).symlink_to(root / path)


def _entries(folder: Path) -> list[str]:
    """Names in `folder` that say something of the files beside them: folders, modules, settings."""
    try:
        with os.scandir(folder) as entries:
            return [e.name for e in entries if e.name.endswith(_LINKED) or e.is_dir()]
    except OSError:  # a version of a file that is not there
        return []
