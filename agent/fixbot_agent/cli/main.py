"""The entry point: answers ``--version`` without loading anything, hands everything else to the application."""

import sys


def main() -> None:
    """Effect: run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from importlib.metadata import version

        sys.stdout.write(f"fixbot {version('fixbot')}\n")
        return
    import signal

    code, done = 130, False
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from fixbot_agent.cli.app import run
        from fixbot_agent.cli.ending import settle

        code = run(sys.argv[1:])
        done = True
        settle()
    except KeyboardInterrupt:
        if not done:  # while the application was loaded, which cannot speak for itself yet
            _interrupted()
    sys.exit(code)


def _interrupted() -> None:
    """Effect: say so in the shape that envelope.py gives it."""
    sys.stderr.write("fixbot: interrupted\n")
    if "--json" in sys.argv:
        error = '{"kind": "interrupted", "message": "interrupted", "hint": "run it again"}'
        sys.stdout.write(f'{{"schema": 1, "status": "error", "exit_code": 130, "error": {error}}}\n')
