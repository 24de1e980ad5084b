"""What of the host a command sees: the system's folders, a few files of /etc, what the policy adds, the work folder."""

# Paths here are words for the kernel and for a command line: text, links not followed.
# ruff: noqa: PTH100, PTH110, PTH112, PTH114, PTH115
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox.launcher.spec import Mount
from fixbot_repair.sandbox.policy import Policy

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# Names in /etc that programs look up; never the folder itself, which holds keys and password hashes.
_ETC = (
    "alternatives", "ca-certificates", "debian_version", "gai.conf", "group", "host.conf", "hosts", "ld.so.cache",
    "ld.so.conf", "ld.so.conf.d", "locale.alias", "localtime", "magic", "mime.types", "nsswitch.conf", "os-release",
    "passwd", "pki/ca-trust", "pki/tls/cert.pem", "pki/tls/certs", "pki/tls/openssl.cnf", "protocols", "python3",
    "services", "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
TMP_BYTES = 1 << 30  # largest private /tmp in memory
DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Bind:
    """One thing of the host's: `source`, free of symbolic links, is seen at `target`."""

    source: str
    target: str


def system_folders() -> Iterator[Bind | Mount]:
    """Effect: looks at the host. Links such as /bin -> usr/bin come as mounts of kind "link"."""
    for name in _SYSTEM:
        if os.path.islink(name):
            yield ("link", "", name, os.readlink(name))
        elif os.path.isdir(name):
            yield Bind(name, name)
    for name in _ETC:
        if os.path.exists(f"/etc/{name}"):
            yield Bind(os.path.realpath(f"/etc/{name}"), f"/etc/{name}")


def readable(policy: Policy) -> list[Bind]:
    """Effect: looks at the host. The policy's extra paths, each also where its links lead; those missing are left out."""
    binds = []
    for path in policy.readable:
        named, real = os.path.abspath(path), os.path.realpath(path)
        if "/" in (named, real):
            raise SandboxError("the whole file system was to be readable", "name the folders that are needed")
        if os.path.exists(real):
            binds += [Bind(real, target) for target in sorted({named, real})]
    return binds


def protected(policy: Policy) -> list[str]:
    """Relative POSIX paths that stay read-only, `.git` first. Raises SandboxError for one that leaves the folder."""
    names = dict.fromkeys([".git", *policy.protected])
    for name in names:
        parts = name.split("/")
        if {"", ".", ".."} & set(parts) or "\0" in name:
            raise SandboxError(f"{name!r} is no path within the work folder", "name protected paths relative to it")
    return list(names)


def work_mounts(policy: Policy, target: str) -> list[Mount]:
    """The work folder at `target`, read-only where protected.

    A folder on the way to a protected path is bound onto itself: a mount point can not be renamed out of the way.
    """
    source = os.path.realpath(policy.workdir)
    mounts: list[Mount] = [("rw", source, target, "")]
    held: set[str] = set()
    for name in protected(policy):
        parts = name.split("/")
        if not _is_plain(source, parts):
            continue
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if above not in held:
                held.add(above)
                mounts.append(("rw", f"{source}/{above}", f"{target}/{above}", ""))
        mounts.append(("ro", f"{source}/{name}", f"{target}/{name}", ""))
    return mounts


def _is_plain(root: str, parts: list[str]) -> bool:
    """Whether the path exists and no part of it is a symbolic link."""
    path = root
    for part in parts:
        path = f"{path}/{part}"
        if not os.path.lexists(path) or os.path.islink(path):
            return False
    return True


def all_mounts(policy: Policy, target: str) -> list[Mount]:
    """Effect: looks at the host. The whole root of a command, in the order in which it is built."""
    mounts: list[Mount] = [m if isinstance(m, tuple) else ("ro", m.source, m.target, "") for m in system_folders()]
    if target == "/":
        raise SandboxError(
            "the work folder cannot be seen as the root", "set Policy.mount_at to the project's own path"
        )
    size = min(TMP_BYTES, policy.limits.disk_bytes)
    mounts += [("tmpfs", "", "/tmp", f"mode=1777,size={size},nr_inodes=200000")]  # noqa: S108 - its own
    mounts += [("dir", "", "/tmp/home", ""), ("proc", "", "/proc", ""), ("dev", "", "/dev", "")]  # noqa: S108
    extra = [("ro", b.source, b.target, "") for b in readable(policy) if b.target != target]
    above = [m for m in extra if not _below(m[2], target)]
    below = [m for m in extra if _below(m[2], target)]
    mounts += sorted(above, key=lambda m: m[2].count("/"))
    mounts += work_mounts(policy, target)
    for mount in sorted(below, key=lambda m: m[2].count("/")):
        make_mount_point(policy.workdir, os.path.relpath(mount[2], target), os.path.isdir(mount[1]))
        mounts.append(mount)
    return mounts


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def make_mount_point(workdir: Path, name: str, folder: bool) -> None:
    """Effect: make an empty folder (or file) `name` in the work folder if there is nothing; links are never followed.

    It stays there: another sandbox may be using it. Raises SandboxError where a link or a file is in the way.
    """
    parts = name.split("/")
    at = os.open(workdir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for depth, part in enumerate(parts):
            last = depth == len(parts) - 1
            at = _enter(at, part, folder or not last)
    except OSError as error:
        raise SandboxError(
            f"{name} cannot be made visible in the work folder: {error.strerror}",
            "a link or a file of the project stands in the place of a folder that its environment needs",
        ) from error
    finally:
        os.close(at)


def _enter(at: int, part: str, folder: bool) -> int:
    """Effect: open `part` in the open folder `at` (which is closed), made first where it is missing."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    if folder:
        if not _exists(at, part):
            os.mkdir(part, dir_fd=at)
        below = os.open(part, flags | os.O_DIRECTORY, dir_fd=at)
    else:
        below = os.open(part, flags | os.O_CREAT | os.O_NONBLOCK, 0o644, dir_fd=at)
    os.close(at)
    return below


def _exists(at: int, part: str) -> bool:
    try:
        os.stat(part, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def environment(policy: Policy, home: str, temporary: str) -> dict[str, str]:
    """The command's whole environment: the policy's, and what every program expects to find."""
    given = {str(name): str(value) for name, value in policy.environment.items()}  # plain str, fit for marshal
    minimal = {"PATH": DEFAULT_PATH, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": temporary}
    return {**minimal, **given}
