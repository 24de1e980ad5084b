"""The entry point: answers ``--version`` without loading anything, hands everything else to the application."""

import sys


def main() -> None:
    """Effect: run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from importlib.metadata import version

        sys.stdout.write(f"fixbot {version('fixbot')}\n")
        return
    from fixbot_agent.cli.app import run

    sys.exit(run(sys.argv[1:]))
