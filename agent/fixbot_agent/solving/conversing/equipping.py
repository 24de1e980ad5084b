"""What a model's desk has on the ground of a solve: the ports of the tools, filled by the hands and the eyes."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixbot_agent.runs import Redactor
from fixbot_agent.solving.conversing.briefing import Assignment
from fixbot_agent.solving.ground import Ground
from fixbot_agent.tools import Desk
from fixbot_agent.tools.equipment import Equipment
from fixbot_agent.tools.past import GitPast
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.installed import listed
from fixbot_analysis.ports import Silent
from fixbot_analysis.source import language_of
from fixbot_analysis.source.decoding import decode
from fixbot_repair.checks import Feedback, Finding, in_use
from fixbot_repair.checks import run as check
from fixbot_repair.checks.ruff import Ruff
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.debugging import Debugger
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Completed, Limits
from fixbot_repair.sandbox.policy import CONTAINED

_OURS = ("compiler", "ruff", "semgrep")
_SYSTEM = ("/usr", "/bin", "/lib", "/etc")
_OUTPUT = 2 << 20  # bytes of what a command prints that are kept
_SECONDS = 30.0  # for one run of all checkers
_PACKAGES = ("src", "lib")  # folders that projects keep their packages in


def desk(ground: Ground, assignment: Assignment, redact: Redactor) -> Desk:
    """A desk on `ground` for `assignment`, with all that there is here; `redact` takes keys out of what the model is shown."""
    return Desk(
        ground.workspace,
        ground.tests,
        ground.index,
        assignment.tests,
        assignment.broken,
        assignment.allow_test_edits,
        replace(equipped(ground), ran=assignment.ran),
        redact,
    )


def equipped(ground: Ground) -> Equipment:
    """What there is on `ground`; what is missing is None."""
    contained = ground.sandbox.promises() >= CONTAINED
    return Equipment(
        shell=Shell(ground) if contained else None,
        checks=Checks(ground),
        debugger=Debugger(ground.tests) if isinstance(ground.tests, TestRunner) else None,
        past=GitPast(ground.repository, ground.root, ground.base, ground.cache) if ground.base else None,
        graph=lambda: ground.index.graph,
        resolver=Resolvers(ground),
        installed=installed(ground.environment),
        hidden=hidden(ground),
    )


@dataclass(slots=True)
class Checks:
    """What tools say of files of the private copy. Fills :class:`fixbot_agent.tools.equipment.Checks`."""

    ground: Ground
    _before: dict[tuple[tuple[str, ...], tuple[str, ...]], Feedback] = field(default_factory=dict)

    def errors(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """Effect: runs ruff in the sandbox, with none of the project's settings. What it says of `data`."""
        return self._run([path], {path: data}, (Ruff(),)).findings

    def findings(self, paths: Sequence[str], before: bool, only: Sequence[str] = ()) -> Feedback:
        """Effect: runs tools in the sandbox on those of `paths` that are source; what they said of the start is kept."""
        paths = [path for path in paths if language_of(path)]  # a tool that is handed a changelog reads it as code
        if not paths:
            return Feedback()
        key = tuple(sorted(paths)), tuple(only)
        if not before:
            return self._run(paths, {}, only or self._used(paths))
        if key not in self._before:
            originals = {p: self.ground.workspace.original(p) for p in paths}
            texts = {p: decode(p, raw).data for p, raw in originals.items() if raw is not None}
            self._before[key] = self._run(list(texts), texts, only or self._used(paths)) if texts else Feedback()
        return self._before[key]

    def _used(self, paths: Sequence[str]) -> Sequence[object]:
        return (*_OURS, *in_use(self.ground.workspace.path, paths))

    def _run(self, paths: Sequence[str], texts: Mapping[str, bytes], only: Sequence[object]) -> Feedback:
        ground = self.ground
        return check(
            ground.workspace.path,
            paths,
            only=only,  # type: ignore[arg-type]  # names and tools
            overlay=texts,
            environment=ground.environment,
            sandbox=ground.sandbox,
            progress=_Bound(time.monotonic() + _SECONDS),
        )


@dataclass(frozen=True, slots=True)
class _Bound(Silent):
    """Says when checkers had time enough."""

    until: float

    def enough(self) -> bool:
        """Whether it is."""
        return time.monotonic() > self.until


@dataclass(frozen=True, slots=True)
class Shell:
    """Commands in the sandbox, in the private copy. Fills :class:`fixbot_agent.tools.equipment.Shell`."""

    ground: Ground

    def run(self, argv: Sequence[str], seconds: float, stdin: bytes = b"") -> Completed:
        """Effect: run `argv`; ``python`` is the project's, and imports the project from the copy, wherever else it is installed."""
        ground = self.ground
        head = str(ground.environment.python) if argv[0] == "python" else argv[0]
        limits = Limits(wall_seconds=seconds, cpu_seconds=seconds * 2, output_bytes=_OUTPUT)
        policy = ground.workspace.policy(limits)
        place = ground.sandbox.where(policy)
        folders = [place, *(place / name for name in _PACKAGES if (ground.workspace.path / name).is_dir())]
        within = {**policy.environment, "PYTHONPATH": os.pathsep.join(map(str, folders))}
        return ground.sandbox.run([head, *argv[1:]], replace(policy, environment=within), stdin)

    def changed(self) -> frozenset[str]:
        """Effect: looks at all files of the copy."""
        return self.ground.workspace.changed()


@dataclass(slots=True)
class Resolvers:
    """Gives a resolver of the files as they are now, without linking them again; it lasts until a file changes."""

    ground: Ground
    _known: tuple[int, Resolver] | None = None
    _modules: tuple[tuple[str, ...], ModuleMap] | None = None

    def __call__(self) -> Resolver:
        """Effect: reads facts when it is asked of names."""
        index = self.ground.index
        moment = index.beside("")
        if self._known is None or self._known[0] != moment:
            paths = index.paths
            if self._modules is None or self._modules[0] != paths:
                self._modules = paths, ModuleMap(paths)
            self._known = moment, Resolver(self._modules[1], index.facts)
        return self._known[1]


def installed(environment: Environment) -> Callable[[str], bool] | None:
    """Effect: looks at package folders. What says whether a top-level module may be imported; None where that cannot be told."""
    names = {n for folder in environment.site for n in listed(folder)}
    if any(n.startswith("__editable__") for n in names):
        return None
    for folder in environment.editable:
        names |= listed(folder)
    tops = {n.partition(".")[0] for n in names}
    return lambda top: top in tops or top in sys.builtin_module_names


def hidden(ground: Ground) -> tuple[tuple[str, str], ...]:
    """What stands for folders of this machine, longer ones first; the system's own are everybody's."""
    places = {str(ground.workspace.path): ".", str(ground.root): "."}
    places |= {str(folder): "<packages>" for folder in ground.environment.site}
    places |= {str(ground.environment.bin): "<python>", sys.prefix: "<fixbot>", str(Path.home()): "~"}
    own = {p: shown for p, shown in places.items() if len(p) > 1 and not p.startswith(_SYSTEM)}
    inside = [(f"{p}/", "" if shown == "." else f"{shown}/") for p, shown in own.items()]
    return tuple(sorted([*inside, *own.items()], key=lambda pair: -len(pair[0])))
