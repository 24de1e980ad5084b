"""``fixbot doctor``: what works here, and what to do about what does not."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.storage import hint as refused
from fixbot_agent.runs import Trail
from fixbot_agent.settings import Places
from fixbot_repair.sandbox import Probe, Promise, machine, survey

_GIT = (2, 32)
_ROOM = 50_000_000  # bytes; a project of a million lines takes about as many
_MANY = 500_000_000  # bytes of runs that are worth a word
_MAKE_ROOM = "make room, or set FIXBOT_HOME to a folder that has some: what does not fit is not kept"


class Status(StrEnum):
    """How a check went: `missing` is what stops solve, or a tool that is not there."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer. `needed`: without it solve cannot run."""

    name: str
    status: Status
    detail: str
    hint: str = ""
    needed: bool = False


@click.command(epilog="Example: fixbot doctor --json")
@json_option
def command(as_json: bool) -> int:
    """Show what works on this machine, and what to do about what does not. Exit 1 when solve cannot run."""
    probes = survey()
    places = Places.current()
    checks = [*_basics(), *_sandboxes(probes), *_tools(), *_storage(places), _terminal()]
    code = ExitCode.NO_PATCH if any(c.needed and c.status is Status.MISSING for c in checks) else ExitCode.OK
    if as_json:
        emit(
            {
                "status": "trouble" if code else "ok",
                "exit_code": int(code),
                "checks": [asdict(c) for c in checks],
                "sandboxes": [_described(p) for p in probes],
                "places": [{"name": n, "path": str(p), "bytes": size_of(p)} for n, p in _folders(places)],
            }
        )
    else:
        click.echo(_table(checks))
    return code


def _basics() -> Iterator[Check]:
    known = {"linux": Status.OK, "darwin": Status.WARN}.get(sys.platform, Status.MISSING)
    hint = {
        Status.OK: "",
        Status.WARN: "repair runs trusted projects only, under limits; editor and index work",
        Status.MISSING: "editor, index and completions work; for repair use WSL",
    }[known]
    yield Check("system", known, machine.system(), hint, needed=True)
    new_enough = sys.version_info >= (3, 11)
    status = Status.OK if new_enough else Status.MISSING
    yield Check("python", status, sys.version.split()[0], "" if new_enough else "fixbot needs 3.11", needed=True)
    git = machine.tool("git")
    if not git.path:
        yield Check("git", Status.MISSING, "not found", "install git", needed=True)
    elif not git.at_least(*_GIT):
        yield Check("git", Status.WARN, git.version or "version unknown", "2.32 or newer is what fixbot is tested with")
    else:
        yield Check("git", Status.OK, git.version)


def _sandboxes(probes: tuple[Probe, ...]) -> Iterator[Check]:
    abi = machine.landlock_abi()
    yield Check("landlock", Status.OK if abi else Status.WARN, f"ABI {abi}" if abi else "not in this kernel")
    opened = any(p.sandbox and Promise.REBINDS in p.sandbox.promises() for p in probes)
    detail = "open" if opened else "closed to this user"
    yield Check(
        "user namespaces", Status.OK if opened else Status.WARN, detail, "" if opened else machine.namespaces_hint()
    )
    for probe in probes:
        if probe.sandbox:
            kept = probe.sandbox.promises()
            told = f"keeps {len(kept)} of {len(Promise)} promises"
            left = ", ".join(p for p in Promise if p not in kept)
            status = Status.WARN if left else Status.OK
            yield Check(f"sandbox {probe.name}", status, told + (f", not: {left}" if left else ""), probe.hint)
        else:
            yield Check(f"sandbox {probe.name}", Status.MISSING, probe.why_not, probe.hint)
    first = next((p for p in probes if p.sandbox), None)
    if first:
        yield Check("containment", Status.OK, f"commands run in {first.name}")
    else:
        hint = "install bubblewrap; until then only trusted projects run: fixbot trust DIR"
        yield Check("containment", Status.MISSING, "nothing works", hint, needed=True)


def _tools() -> Iterator[Check]:
    for package in ("semgrep", "ruff", "pytest"):
        try:
            yield Check(package, Status.OK, version(package))
        except PackageNotFoundError:
            yield Check(package, Status.WARN, "not installed", f"pip install {package}, or install fixbot again")
    found = machine.interpreters()
    names = ", ".join(
        dict.fromkeys(p.parent.parent.name if p.parent.parent.name[:1].isdigit() else p.name for p in found)
    )
    hint = "" if found else "name the project's with --python PATH"
    yield Check("interpreters", Status.OK if found else Status.WARN, names or "none found", hint)
    for name, purpose in (("node", "building the VS Code extension"), ("code", "VS Code"), ("nvim", "Neovim")):
        tool = machine.tool(name)
        detail = tool.version or tool.path or "not found"
        yield Check(name, Status.OK if tool.path else Status.WARN, detail, "" if tool.path else f"only for {purpose}")


def _folders(places: Places) -> tuple[tuple[str, Path], ...]:
    return (("cache", places.cache), ("state", places.state), ("config", places.config))


def _storage(places: Places) -> Iterator[Check]:
    for name, folder in _folders(places):
        existing = next(p for p in (folder, *folder.parents) if p.exists())
        free = shutil.disk_usage(existing).free
        size = f"{size_of(folder) / 1e6:.1f} MB in {folder}"
        if not _can_write(existing):
            why = "is read-only" if existing.is_dir() else "cannot be made"
            yield Check(name, Status.WARN, f"{folder} {why}", refused(folder))
        elif free < _ROOM:
            yield Check(name, Status.WARN, f"{size}; {free / 1e6:.1f} MB are free there", _MAKE_ROOM)
        else:
            yield Check(name, Status.OK, size)
    hint = "'fixbot runs prune --older-than 30d' makes room" if size_of(places.runs) > _MANY else ""
    yield Check("runs", Status.OK, f"{Trail(places.runs).count()} kept, {size_of(places.runs) / 1e6:.1f} MB", hint)
    yield Check("index store", Status.OK, f"SQLite {sqlite3.sqlite_version}, {size_of(places.index) / 1e6:.1f} MB")


def _can_write(existing: Path) -> bool:
    """Effect: whether files can be made in `existing`; makes none."""
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def size_of(folder: Path) -> int:
    """Effect: the bytes of all files below `folder`; 0 where it is not there or cannot be read."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(place) / name).lstat().st_size
            except OSError:
                continue
    return total


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    shown = "a terminal" if sys.stdout.isatty() else "not a terminal"
    detail = f"{shown}, {shutil.get_terminal_size().columns} columns, {sys.stdout.encoding}"
    hint = "" if encoding == "utf8" else "set LANG to a UTF-8 locale, or PYTHONUTF8=1"
    return Check("terminal", Status.WARN if hint else Status.OK, detail, hint)


def _described(probe: Probe) -> dict[str, "str | bool | list[str]"]:
    kept = probe.sandbox.promises() if probe.sandbox else frozenset()
    return {
        "name": probe.name,
        "works": probe.works,
        "promises": sorted(kept),
        "warnings": list(probe.sandbox.warnings) if probe.sandbox else [],
        "why_not": probe.why_not,
        "hint": probe.hint,
    }


def _table(checks: list[Check]) -> str:
    width = max(len(c.name) for c in checks)
    lines = []
    for check in checks:
        lines.append(f"{check.status:<8}{check.name:<{width}}  {printable(check.detail)}")
        if check.hint:
            lines.append(f"{'':<{width + 10}}{printable(check.hint)}")
    return "\n".join(lines)
