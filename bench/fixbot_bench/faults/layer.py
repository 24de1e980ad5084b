"""Laying out a case: the broken tree, and the right versions of what is broken."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from fixbot_bench.faults.grounds import NO_CACHES

Files = Mapping[str, bytes]  # path -> content


class Layer:
    """Lays out cases of one project below `out`; `names` are those so far."""

    def __init__(self, out: Path, project: str) -> None:
        self.out, self.project = out, project
        self.names: list[str] = []

    def lay(self, name: str, tree: Path, broken: Files, right: Files) -> str:
        """Effect: write one case: `tree` with the files `broken`; `right` are the same files without the fault.

        Returns its whole name.
        """
        name = f"{self.project}-{name}"
        case, fixed = self.out / "cases" / name, self.out / "fixed" / name
        for folder in (case, fixed):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tree, case, ignore=NO_CACHES, symlinks=True)
        for folder, files in ((case, broken), (fixed, right)):
            for path, data in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        self.names.append(name)
        return name
