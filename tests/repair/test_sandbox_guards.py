"""A case counts as held only if it fails when its guard is switched off: here each guard is switched off."""

import copy
import importlib.util
import os
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_repair.sandbox import running
from fixbot_repair.sandbox.launcher import confine, kernel
from fixbot_repair.sandbox.launcher.spec import Spec


def load(path: Path) -> types.ModuleType:
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


cases = load(Path(__file__).parent / "sandbox_cases" / "cases.py")

Change = Callable[[Spec, Path, Path], None]
ALL = confine.LOOK | confine.CHANGE | confine.MAKE


def weakened(sandbox: running.Contained, change: Change, work: Path, host: Path) -> running.Contained:
    """`sandbox` as it is, but for one change to what the launcher is told."""

    class Weak(type(sandbox)):  # type: ignore[misc]
        def spec(self, *arguments: object) -> Spec:
            spec: Spec = super().spec(*arguments)
            change(spec, work, host)
            return spec

    weak = copy.copy(sandbox)
    weak.__class__ = Weak
    return weak


def without(spec: Spec, option: str, values: int = 0, put: tuple[str, ...] = ()) -> None:
    """Take an option out of bwrap's command line, and put others in its place."""
    at = spec.argv.index(option)
    spec.argv[at : at + 1 + values] = put


def shares_network(spec: Spec, work: Path, host: Path) -> None:
    spec.seccomp = b""
    if "--unshare-all" in spec.argv:
        without(spec, "--unshare-all", put=("--unshare-user", "--unshare-pid", "--unshare-uts"))
    elif spec.namespaces:
        spec.namespaces &= ~kernel.NEW_NET
        spec.landlock_abi = 0
    else:
        spec.landlock_abi = 3


def no_filter(spec: Spec, work: Path, host: Path) -> None:
    spec.seccomp = spec.handed = b""
    spec.ask_signals = False
    if "--seccomp" in spec.argv:
        without(spec, "--seccomp", 1)


def sees(*extra: str, write: bool = False) -> Change:
    def change(spec: Spec, work: Path, host: Path) -> None:
        for path in extra or (str(host),):
            if "--remount-ro" in spec.argv:
                before = "--chdir" if write else "--dev"
                without(spec, before, put=("--bind" if write else "--ro-bind", path, path, before))
            elif spec.namespaces:
                spec.mounts = [m for m in spec.mounts if m[2] != path]
                spec.mounts.append(("rw" if write else "ro", path, path, ""))
            spec.landlock_rules.append((path, ALL if write else confine.LOOK))

    return change


def everything(spec: Spec, work: Path, host: Path) -> None:
    spec.landlock_abi = 0


def sees_host_sockets(spec: Spec, work: Path, host: Path) -> None:
    sees()(spec, work, host)
    spec.seccomp = b""


def host_processes(spec: Spec, work: Path, host: Path) -> None:
    if "--unshare-all" in spec.argv:
        without(spec, "--unshare-all", put=("--unshare-user", "--unshare-net", "--unshare-uts"))
        without(spec, "--proc", put=("--ro-bind", "/proc"))
    elif spec.namespaces:
        spec.namespaces &= ~kernel.NEW_PID
        spec.mounts = [("ro", "/proc", "/proc", "") if m[0] == "proc" else m for m in spec.mounts]
        spec.landlock_abi = 0
    else:
        spec.landlock_rules.append(("/proc", confine.LOOK))
        spec.landlock_abi = 3
        spec.seccomp = b""


def unlimited(spec: Spec, work: Path, host: Path) -> None:
    spec.rlimits = []
    spec.processes = spec.total_memory_bytes = spec.disk_bytes = 0
    spec.cgroups = []
    spec.argv = [
        str(1 << 30) if before == "--size" else word
        for before, word in zip(["", *spec.argv[:-1]], spec.argv, strict=True)
    ]
    spec.mounts = [(*m[:3], "mode=1777") if m[0] == "tmpfs" else m for m in spec.mounts]


def nothing_protected(spec: Spec, work: Path, host: Path) -> None:
    while spec.argv[0].endswith("bwrap") and any(w.startswith(f"{work}/") for w in spec.argv):
        at = next(n for n, word in enumerate(spec.argv) if word.startswith(f"{work}/"))
        del spec.argv[at - 1 : at + 2]
    spec.mounts = [m for m in spec.mounts if not m[2].startswith(f"{work}/")]
    if not spec.namespaces:
        spec.landlock_rules.append((str(work), ALL))


def host_environment(spec: Spec, work: Path, host: Path) -> None:
    spec.environment = {**os.environ, **spec.environment}


def modes_unguarded(spec: Spec, work: Path, host: Path) -> None:
    if "--seccomp" in spec.argv or spec.namespaces:
        sees(str(host / "seen"), write=True)(spec, work, host)
    else:
        no_filter(spec, work, host)


GUARDS: list[tuple[str, Change]] = [
    ("connects_to_the_hosts_localhost", shares_network),
    ("sends_a_datagram", shares_network),
    ("connects_to_an_abstract_socket", shares_network),
    ("connects_to_a_socket_file", sees_host_sockets),
    ("opens_other_kinds_of_sockets", no_filter),
    ("reads_a_secret_of_the_home_folder", sees()),
    ("reads_the_systems_secrets", sees("/var")),
    ("reads_through_a_link_in_the_work_folder", sees()),
    ("inherits_a_descriptor_or_variable", host_environment),
    ("writes_outside", sees(write=True)),
    ("writes_where_it_may_only_read", sees(write=True)),
    ("changes_modes_and_times", modes_unguarded),
    ("signals_a_process_of_the_host", host_processes),
    ("looks_at_processes_of_the_host", host_processes),
    ("forks_without_end", unlimited),
    ("takes_too_much_memory", unlimited),
    ("shares_out_too_much_memory", unlimited),
    ("writes_a_huge_file", unlimited),
    ("fills_the_disk", unlimited),
    ("fills_the_private_tmp", unlimited),
    ("burns_the_processor", unlimited),
    ("changes_the_repository", nothing_protected),
    ("changes_a_protected_file", nothing_protected),
    ("calls_the_kernel", no_filter),
]
BACKENDS = [pytest.param("bwrap", marks=pytest.mark.needs("bwrap")), "landlock", "plain"]


def usable(name: str) -> running.Contained:
    if why := cases.why_not(name):
        pytest.skip(f"no sandbox {name} here: {why}")  # test_sandbox.py fails for it in CI
    found: running.Contained = cases.backend(name)
    return found


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    work, host = tmp_path / "work", tmp_path / "host"
    work.mkdir()
    host.mkdir()
    return work, host


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("name", "change"), GUARDS, ids=[name for name, _ in GUARDS])
def test_gives_way_without_its_guard(name: str, change: Change, backend: str, folders: tuple[Path, Path]) -> None:
    weak = weakened(usable(backend), change, *folders)
    with pytest.raises(AssertionError):
        cases.CASES[name][1](weak, *folders)


def test_where_landlock_knows_no_signals_the_filter_is_the_guard(folders: tuple[Path, Path]) -> None:
    weak = weakened(usable("plain3"), no_filter, *folders)
    with pytest.raises(AssertionError):
        cases.CASES["signals_a_process_of_the_host"][1](weak, *folders)


def only_watched(spec: Spec, work: Path, host: Path) -> None:
    spec.rlimits = []


@pytest.mark.parametrize("backend", BACKENDS)
def test_processes_are_bounded_by_looking_alone(
    backend: str, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root is not bound by the kernel's limit, and containers often give it no control groups."""
    monkeypatch.setattr("fixbot_repair.sandbox.cgroup.create", lambda *_: [])
    work, _ = folders
    weak = weakened(usable(backend), only_watched, *folders)
    code = "import os, time\nfor _ in range(60):\n    if os.fork() == 0: break\ntime.sleep(20)"
    limits = replace(cases.QUICK, processes=20)
    assert cases.guest(weak, work, code, limits=limits).stopped_for == "processes"
