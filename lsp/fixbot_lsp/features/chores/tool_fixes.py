"""Verifies each fix that a tool offers in one file: it applies, the file compiles, what was found is gone, nothing is new."""

from collections.abc import Mapping
from pathlib import Path

from fixbot_agent.settings import load
from fixbot_lsp.features.chores import Request
from fixbot_repair import checks
from fixbot_repair.checks.all import container
from fixbot_repair.checks.versions import Ground
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.fixing import Verified, Wish, fix

_SECONDS = 30.0


def work(request: Request) -> Mapping[str, object]:
    """Effect: run `request.tools` on the file as it is on disk. The fixes that held alone, each by its findings; and the file with all of them."""
    root = Path(request.root)
    trusted = load(root).trusted
    environment = _environment(root)
    tools = checks.chosen(request.tools)
    feedback = checks.run(root, [request.path], only=tools, environment=environment, trusted=trusted)
    ground = Ground(root, environment, trusted, container(root))
    wish = Wish(allow_tests=True, unsafe=True, seconds=_SECONDS)
    fixed = fix(ground, [request.path], tools, feedback, wish=wish)
    offered = {f.fix or f.unsafe for f in feedback.findings}
    held = [v for v in fixed.verified if v.fix.edits in offered]  # what later rounds made counts from another text
    safe = [v for v in held if not v.fix.unsafe]
    return {"fixes": [row for v in held for row in _rows(v)], "safe": [_edits(v) for v in safe]}


def _environment(root: Path) -> Environment | None:
    try:
        return Environment.find(root)
    except EnvironmentFailure:
        return None


def _rows(verified: Verified) -> list[Mapping[str, object]]:
    return [
        {
            "tool": f.tool,
            "rule": f.rule,
            "message": f.message,
            "fingerprint": f.fingerprint,
            "unsafe": verified.fix.unsafe,
            "edits": _edits(verified),
        }
        for f in verified.fix.findings
    ]


def _edits(verified: Verified) -> list[Mapping[str, object]]:
    return [{"start": e.span.start, "end": e.span.end, "text": e.text} for e in verified.fix.edits]
