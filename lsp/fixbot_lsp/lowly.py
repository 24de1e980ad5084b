"""Runs one ``fixbot`` command at low priority and ends it when the server ends or loses interest.

Run as ``python -P -m fixbot_lsp.lowly solve …``. Its stdin is the leash: when it closes, the command is interrupted as
by Ctrl-C, and killed with everything of its session when it has not ended :data:`GRACE` seconds later.
"""

import contextlib
import os
import signal
import sys
import threading
import time

GRACE = 5.0  # seconds


def main() -> None:
    """Effect: run the command line given and exit with its code."""
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    try:
        threading.Thread(target=_leash, daemon=True).start()
        from fixbot_agent.cli.app import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before or after the command, which has its own way with it
        sys.exit(130)


def _leash() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(130)


if __name__ == "__main__":
    main()
