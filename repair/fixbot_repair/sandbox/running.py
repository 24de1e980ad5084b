"""What all back ends share: a command is a spec handed to the launcher. Each back end only writes the spec."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox.launch import Launch, MakeFolder
from fixbot_repair.sandbox.launcher.spec import Spec
from fixbot_repair.sandbox.policy import Completed, Policy, Promise, Session
from fixbot_repair.sandbox.session import PipeSession


class Contained(ABC):
    """A back end that hands a spec to the launcher."""

    name: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user must be told when this back end is used."""
        return ()

    @abstractmethod
    def promises(self) -> frozenset[Promise]:
        """What this back end keeps on this machine."""

    @abstractmethod
    def where(self, policy: Policy) -> Path:
        """The path at which the command sees the work folder."""

    @abstractmethod
    def spec(self, argv: Sequence[str], policy: Policy, private: MakeFolder) -> Spec:
        """Effect: looks at the host. The launch of `argv`; `private` makes a folder of its own on the host."""

    def run(self, argv: Sequence[str], policy: Policy, stdin: bytes = b"") -> Completed:
        """Effect: run `argv` to its end. Raises SandboxError when the sandbox itself cannot be set up."""
        with self._launch(argv, policy) as launch:
            launch.pump(stdin)
            return self.settle(launch.finish())

    def settle(self, completed: Completed) -> Completed:
        """`completed` as a caller should see it; back ends that put a program between translate its ways."""
        return completed

    def spawn(self, argv: Sequence[str], policy: Policy) -> Session:
        """Effect: start `argv` and hand back a session."""
        return PipeSession(self._launch(argv, policy), self.settle)

    def _launch(self, argv: Sequence[str], policy: Policy) -> Launch:
        if not argv:
            raise SandboxError("no command was given", "name a program to run")
        if policy.over is not None and policy.over.is_set():
            raise SandboxError("the work in this workspace was ended", "begin it anew")
        return Launch(lambda private: self.spec(argv, policy, private), policy)
