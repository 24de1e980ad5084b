"""What this machine offers to run things with: kernel, namespaces, programs and their versions. For `fixbot doctor`."""

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fixbot_repair import programs

_SECONDS = 20.0
_VERSION = re.compile(r"\d+(?:\.\d+)+")
# Switches of distributions that close user namespaces: (file, value that closes, what to do).
_SWITCHES = (
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor closes them (Ubuntu 24.04): sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=10000"),
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A program on PATH. `path` is "" where it is missing, `version` where it does not say."""

    name: str
    path: str
    version: str = ""

    def at_least(self, *version: int) -> bool:
        """Whether it is there and no older than `version`."""
        return bool(self.version) and tuple(map(int, self.version.split("."))) >= version


def tool(name: str) -> Tool:
    """Effect: look for the program `name` on PATH and ask for its version."""
    found_at = programs.find(name)
    if found_at is None:
        return Tool(name, "")
    path = str(found_at)
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired):
        return Tool(name, path)
    found = _VERSION.search(said.stdout.decode("utf-8", "replace"))
    return Tool(name, path, found.group() if found else "")


def system() -> str:
    """Effect: ask for the system's name and release."""
    return f"{platform.system()} {platform.release()} ({platform.machine()})"


def landlock_abi() -> int:
    """Effect: ask the kernel for its Landlock ABI; 0 for none."""
    if sys.platform != "linux":
        return 0
    from fixbot_repair.sandbox.launcher import kernel

    return kernel.landlock_abi()


def namespaces_hint() -> str:
    """Effect: look for the switch that closes user namespaces; what to do about it, "" where none is found."""
    for file, closing, remedy in _SWITCHES:
        try:
            if Path(file).read_text().strip() == closing:
                return remedy
        except OSError:
            continue
    return ""


def interpreters() -> tuple[Path, ...]:
    """Effect: look for the Pythons of pyenv, uv and the system, without running any."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    found = [*pyenv.glob("*/bin/python"), *uv.glob("*/bin/python")]
    for folder in ("/usr/bin", "/usr/local/bin"):
        found += [p for p in Path(folder).glob("python3*") if re.fullmatch(r"python3(\.\d+)?", p.name)]
    return tuple(sorted({p.resolve() for p in found}))
