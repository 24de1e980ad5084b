"""Which back end to use here: each is tried by running something in it; nothing weaker is taken silently."""

import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_repair.errors import SandboxError, Untrusted
from fixbot_repair.sandbox.policy import CONTAINED, Limits, Policy, Sandbox

if TYPE_CHECKING:
    from fixbot_repair.sandbox.bubblewrap import Bubblewrap

KINDS = ("auto", "bwrap", "landlock", "docker", "seatbelt", "none")
_NOT_BUILT = {"docker": "the Docker back end is not built yet", "seatbelt": "the macOS back end is not built yet"}
_HINT = "install bubblewrap (apt install bubblewrap, dnf install bubblewrap), or use a kernel with Landlock (6.2+)"


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about one back end on this machine. `why_not` is empty where `sandbox` works."""

    name: str
    sandbox: Sandbox | None
    why_not: str = ""
    hint: str = ""

    @property
    def works(self) -> bool:
        """Whether it may hold code that nobody vouches for."""
        return self.sandbox is not None


def choose(kind: str = "auto", trusted: bool = False, root: Path | None = None) -> Sandbox:
    """Effect: return the sandbox to use, probed once a process.

    "auto" takes the first of bwrap and landlock that works; where none does, a `trusted` workspace gets the one that
    only limits (and warns), any other raises Untrusted. Asked for by name, a back end that does not work raises
    SandboxError; "none" is for trusted workspaces only. No program in the project at `root` is taken for a sandbox.
    """
    if kind not in KINDS:
        raise SandboxError(f"there is no sandbox called {kind!r}", f"one of: {', '.join(KINDS)}")
    if kind == "none":
        return _none(trusted, "running without a sandbox was asked for, and the workspace is not trusted")
    if kind in _NOT_BUILT:
        raise SandboxError(_NOT_BUILT[kind], "use --sandbox auto, bwrap or landlock")
    if kind == "auto":
        found = next((p.sandbox for p in survey(root) if p.sandbox), None)
        reasons = "; ".join(f"{p.name}: {p.why_not}" for p in survey(root) if p.why_not)
        return found or _none(trusted, f"no sandbox works here ({reasons}) and the workspace is not trusted")
    probe = next(p for p in survey(root) if p.name == kind)
    if probe.sandbox is None:
        raise SandboxError(f"the sandbox {kind} does not work here: {probe.why_not}", probe.hint)
    return probe.sandbox


def _none(trusted: bool, why: str) -> Sandbox:
    if not trusted:
        raise Untrusted(why, f"{_HINT}; or say that you trust the project: fixbot trust DIR (or --trust)")
    if sys.platform == "win32":
        raise SandboxError("commands cannot be limited on Windows", "use fixbot within WSL")
    from fixbot_repair.sandbox.bare import Bare

    return Bare()


def survey(root: Path | None = None) -> tuple[Probe, ...]:
    """Effect: try bwrap and landlock, in this order; the answers are kept for this process."""
    if sys.platform != "linux":
        why = "it needs Linux"
        hint = "on Windows use WSL; on macOS a trusted workspace runs under limits only"
        return (Probe("bwrap", None, why, hint), Probe("landlock", None, why, hint))
    from fixbot_repair.sandbox import bubblewrap

    return (_bubblewrap(bubblewrap.find(root)), _landlock())


@functools.cache
def _bubblewrap(found: "Bubblewrap | None") -> Probe:
    if found is None:
        return Probe("bwrap", None, "bubblewrap is not installed", "apt install bubblewrap, or dnf install bubblewrap")
    why = trouble(found)
    return Probe(
        "bwrap", None if why else found, why, "bubblewrap 0.8 and open user namespaces are needed" if why else ""
    )


@functools.cache
def _landlock() -> Probe:
    from fixbot_repair.sandbox.landlock import Landlock, best

    strongest = best()
    first = trouble(strongest)
    if not first:
        return Probe("landlock", strongest)
    plain = Landlock(namespaces=False, abi=strongest.abi)
    missing = CONTAINED - plain.promises()
    why = f"this kernel's Landlock (ABI {plain.abi}) is too old" if missing else trouble(plain)
    if why:
        return Probe("landlock", None, f"{why}; with namespaces: {first}", _HINT)
    return Probe("landlock", plain, "", f"no namespaces: {first}")


def trouble(sandbox: Sandbox) -> str:
    """Effect: run something trivial in `sandbox`; returns why it did not work, empty when it did."""
    here = Path(__file__).parent  # any folder does, and one that is there leaves nothing behind
    try:
        completed = sandbox.run(["/bin/sh", "-c", "echo works"], Policy(workdir=here, limits=Limits(wall_seconds=20)))
    except SandboxError as error:
        return error.message
    if completed.stdout.strip() != b"works":
        return (
            f"a trivial command ended with {completed.returncode}: {completed.stderr[:200].decode('utf-8', 'replace')}"
        )
    return ""
