"""Removing what a command left: it may have taken rights away, and its links lead anywhere."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

from fixbot_repair import programs


def remove_tree(folder: Path) -> None:
    """Effect: remove `folder` and all below it as far as this user may; links are removed, never followed."""
    try:
        _open_up(folder)
        for place, names, _ in os.walk(folder):
            for name in names:
                _open_up(Path(place, name))
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # thousands of folders in one another, which rm can climb down
        subprocess.run([programs.find("rm") or "/bin/rm", "-rf", "--", folder], check=False, capture_output=True)


def _open_up(folder: Path) -> None:
    try:
        if stat.S_ISDIR(folder.lstat().st_mode):
            folder.chmod(0o700)
    except OSError:
        return
