"""Runs one ``fixbot`` command at low priority and ends it when the server ends or loses interest.

Run as ``python -P -m fixbot_lsp.lowly solve …``. Its stdin is the leash (see :mod:`fixbot_agent.watching.leash`).
"""

import sys

from fixbot_agent.watching.leash import hold, lower

__all__ = ["main"]


def main() -> None:
    """Effect: run the command line given and exit with its code."""
    lower()
    try:
        hold()
        from fixbot_agent.cli.app import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before or after the command, which has its own way with it
        sys.exit(130)


if __name__ == "__main__":
    main()
