"""Whether a program that a model wrote ends well: run in a sandbox, in a folder of its own, or not at all."""

import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

_SECONDS = 10.0


def runner() -> tuple[Callable[[str], bool | None], str]:
    """Effect: finds a sandbox. What runs a program (None where nothing holds it), and why none can be run ("" where they can)."""
    from fixbot_analysis.errors import FixbotError
    from fixbot_repair.sandbox import choose

    try:
        sandbox = choose()
    except FixbotError as error:
        return (lambda _: None), error.message

    def run(source: str) -> bool | None:
        from fixbot_repair.checks.tool import own_folders
        from fixbot_repair.sandbox import Limits, Policy

        mark = secrets.token_hex(8)
        with tempfile.TemporaryDirectory(prefix="fixbot-trial-") as name:
            folder = Path(name).resolve()
            (folder / "answer.py").write_text(f"{source}\nprint({mark!r})\n", "utf-8", "surrogateescape")
            limits = Limits(_SECONDS, _SECONDS, total_memory_bytes=1 << 30, disk_bytes=64 << 20, processes=16)
            policy = Policy(folder, readable=own_folders(), limits=limits)
            where = sandbox.where(policy)
            try:
                done = sandbox.run([sys.executable, "-I", "-B", str(where / "answer.py")], policy)
            except FixbotError:
                return None
        return done.returncode == 0 and done.stdout.decode("utf-8", "replace").split()[-1:] == [mark]

    return run, ""
