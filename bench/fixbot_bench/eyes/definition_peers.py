"""The programs that definitions are compared with: universal-ctags, and TypeScript's own parser."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.ctags_rules import Dialect, Place

_SECONDS = 600.0  # for one program over one repository


def ctags(root: Path, paths: Sequence[str], dialect: Dialect) -> list[Mapping[str, object]]:
    """Effect: run universal-ctags over the files `paths` of `root`. Raises DatasetError where it is absent or fails."""
    program = shutil.which("ctags")
    if program is None:
        raise DatasetError(
            "universal-ctags is not installed", "apt-get install universal-ctags, or brew install universal-ctags"
        )
    command = [
        program,
        "--output-format=json",
        "--fields=*",
        "--sort=no",
        f"--language-force={dialect.ctags}",
        "-f",
        "-",
        "-L",
        "-",
    ]
    done = subprocess.run(
        command, input="\n".join(paths), text=True, capture_output=True, cwd=root, check=False, timeout=_SECONDS
    )
    if done.returncode:
        raise DatasetError(
            f"ctags failed: {done.stderr.strip()[:200]}", "fixbot needs Universal Ctags with JSON output"
        )
    found = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return [tag for tag in found if tag.get("_type") == "tag"]


def compiler(root: Path, paths: Sequence[str], folder: Path) -> list[tuple[Place, bool]]:
    """Effect: run TypeScript's own parser, the package in `folder`, over `paths`: what they declare, and whether it is no one's local.

    Raises DatasetError where node or the package is absent.
    """
    program = shutil.which("node")
    if program is None or not (folder / "package.json").is_file():
        raise DatasetError(
            "the judge needs node and the typescript package",
            "npm install typescript, then --judge node_modules/typescript",
        )
    command = [program, str(Path(__file__).with_name("compiler.cjs")), str(folder.resolve())]
    done = subprocess.run(
        command, input="\n".join(paths), text=True, capture_output=True, cwd=root, check=False, timeout=_SECONDS
    )
    if done.returncode:
        raise DatasetError(f"the judge failed: {done.stderr.strip()[:200]}", "try another version of typescript")
    found = map(json.loads, done.stdout.splitlines())
    return [(Place(each["path"], each["line"], each["name"]), each["counted"]) for each in found]
