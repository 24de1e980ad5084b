"""The process that one round runs in: at low priority, on one core, ended with whoever asked for it.

Run as ``python -P -m fixbot_agent.watching.child``: a line with the request on stdin, events as lines on stdout. Its stdin is the leash: when it
closes, the round is interrupted as by Ctrl-C, and killed with everything of its session when it has not ended :data:`leash.GRACE` seconds later.
"""

import os
import sys
import threading
from typing import BinaryIO

from fixbot_agent.watching.leash import hold, lower

_LONGEST = 64 << 20  # bytes of a request, which holds open documents


def main() -> int:
    """Effect: play the round that stdin asks for; returns the exit code. Whatever else is printed goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lower()
    line = sys.stdin.buffer.readline(_LONGEST)
    try:
        hold()
        _play(line, out)
    except (KeyboardInterrupt, BrokenPipeError):  # nobody waits, or listens, any more
        return 130
    return 0


def _play(line: bytes, out: BinaryIO) -> None:
    from fixbot_agent.watching.events import Event, Request, encode
    from fixbot_agent.watching.round import play

    saying = threading.Lock()

    def tell(event: Event) -> None:
        with saying:
            out.write(encode(event))
            out.flush()

    play(Request.decode(line), tell)


if __name__ == "__main__":
    sys.exit(main())
