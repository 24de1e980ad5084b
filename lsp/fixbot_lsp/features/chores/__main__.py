"""The child's end: one request, one answer."""

import json
import os
import sys
from importlib import import_module

from fixbot_agent.watching.leash import hold, lower

CHORES = {"test": "one_test", "fixes": "tool_fixes", "document": "documenting", "skeleton": "skeletons"}
_LONGEST = 64 << 20  # bytes of a request


def main() -> int:
    """Effect: do the chore that the command line names; whatever else is printed goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lower()
    line = sys.stdin.buffer.readline(_LONGEST)
    hold()
    from fixbot_analysis.errors import FixbotError
    from fixbot_lsp.engine.shapes import structure
    from fixbot_lsp.features.chores import Request

    try:
        chore = import_module(f"fixbot_lsp.features.chores.{CHORES[sys.argv[1]]}")
        answer = chore.work(structure(json.loads(line), Request))
    except KeyboardInterrupt:
        return 130
    except FixbotError as error:
        answer = {"error": {"message": error.message, "hint": error.hint}}
    except (OSError, ValueError) as error:
        answer = {"error": {"message": f"{type(error).__name__}: {error}", "hint": ""}}
    out.write(json.dumps(answer).encode())
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
