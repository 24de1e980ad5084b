"""Where a tool's program is on this machine, and which folders a sandbox must show for it to start."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair.checks.adapters.adapter import Adapter, Place
from fixbot_repair.checks.tool import Request, own_folders

_SHOWN = tuple(Path(p) for p in ("/usr", "/bin", "/lib", "/lib64", "/etc"))  # every sandbox shows these


def locate(adapter: Adapter, request: Request, *, inside: bool) -> Path | None:
    """Effect: the program of `adapter`, None when it is nowhere.

    One that lies in the project is taken only with `inside`: it is the project's code.
    """
    for place in adapter.places:
        for program in _candidates(adapter, place, request):
            if os.access(program, os.X_OK) and (inside or not _is_below(program, request.root)):
                return program
    return None


def _candidates(adapter: Adapter, place: Place, request: Request) -> Iterator[Path]:
    for name in adapter.programs:
        if place is Place.ENVIRONMENT and request.environment:
            yield request.environment.bin / name
        elif place is Place.BESIDE:
            yield own_folders()[0] / "bin" / name
        elif place is Place.NODE_MODULES:
            folders = dict.fromkeys(p for path in request.documents for p in Path(path).parents)
            yield from (request.root / f / "node_modules" / ".bin" / name for f in folders)
        elif place is Place.PATH and (found := shutil.which(name)):
            yield Path(os.path.abspath(found))  # noqa: PTH100 - resolve() would leave the environment


def _is_below(program: Path, root: Path) -> bool:
    return program.is_relative_to(root) or program.resolve().is_relative_to(root)


def folders(program: Path) -> tuple[Path, ...]:
    """Effect: the installations that `program`, and the interpreter that its first line names, are part of."""
    found: list[Path] = []
    todo = [program]
    while todo and len(found) < 16:
        each = todo.pop()
        for form in (each, each.resolve()):
            prefix = form.parent.parent if form.parent.name in ("bin", ".bin", "Scripts") else form.parent
            if len(prefix.parts) > 2 and not any(prefix.is_relative_to(f) for f in (*_SHOWN, *found)):
                found.append(prefix)
        todo += [p for p in _interpreters(each) if p != each]
        todo += _bases(each)
    return tuple(found)


def _interpreters(program: Path) -> Iterator[Path]:
    try:
        with program.open("rb") as file:
            first = file.readline(1024)
    except OSError:
        return
    if first.startswith(b"#!"):
        words = first[2:].decode("utf-8", "replace").split()
        if words and words[0].endswith("/env") and (found := shutil.which(words[-1])):
            yield Path(found)
        elif words and Path(words[0]).is_file():
            yield Path(words[0])


def _bases(python: Path) -> Iterator[Path]:
    """The interpreter that a virtual environment's stands on, where it is not simply linked."""
    if python.name.startswith("python") and python.is_symlink():
        yield Path(os.path.normpath(python.parent / python.readlink()))
