"""The back end of trusted workspaces on machines where nothing contains: limits and a session of its own."""

import os
from collections.abc import Sequence
from pathlib import Path

from fixbot_repair.sandbox import view
from fixbot_repair.sandbox.launch import MakeFolder
from fixbot_repair.sandbox.launcher.spec import Spec
from fixbot_repair.sandbox.limits import set_limits
from fixbot_repair.sandbox.policy import Policy, Promise
from fixbot_repair.sandbox.running import Contained


class Bare(Contained):
    """Contains nothing: the command may read, write and reach all that the user may."""

    name = "none"

    @property
    def warnings(self) -> tuple[str, ...]:
        """That it contains nothing."""
        return ("no sandbox: the project's code runs under resource limits only, with all rights of this user",)

    def promises(self) -> frozenset[Promise]:
        """None that an attacker could not break."""
        return frozenset()

    def where(self, policy: Policy) -> Path:
        """The work folder itself."""
        return Path(os.path.realpath(policy.workdir))

    def spec(self, argv: Sequence[str], policy: Policy, private: MakeFolder) -> Spec:
        """Effect: looks at the user's processes. The launch of `argv`."""
        own = private()
        (own / "home").mkdir()
        spec = Spec()
        spec.argv = [str(os.fspath(part)) for part in argv]
        set_limits(spec, policy.limits, own_users=False)
        spec.environment = view.environment(policy, str(own / "home"), str(own))
        spec.cwd = os.path.normpath(self.where(policy) / policy.cwd)
        spec.disk_folders = [str(self.where(policy)), str(own)]
        return spec
