"""VS Code itself: our packaged extension in code-server, in a headless browser, judged by what a user sees.

Runs where FIXBOT_EDITORS names the folder that tools/test_editors.sh installs into (``make test-editors``).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EDITORS = os.environ.get("FIXBOT_EDITORS", "")
PICTURES = Path(os.environ.get("FIXBOT_EDITORS_PICTURES") or ROOT / "out" / "editors")
FIXBOT = os.environ.get("FIXBOT_EDITORS_COMMAND") or str(Path(sys.executable).parent / "fixbot")
SCENARIOS = sorted(path.stem for path in (HERE / "scenarios").glob("*.mjs"))
LONG = 540  # seconds; a busy machine needs minutes for what takes half of one otherwise

pytestmark = pytest.mark.skipif(not EDITORS, reason="long, and needs code-server: make test-editors")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_user_sees(scenario: str, tmp_path: Path) -> None:
    """Each scenario asserts by itself, leaves pictures, and prints the log of the extension when it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FIXBOT_")}
    environment |= {
        "PATH": f"{EDITORS}/bin{os.pathsep}{os.environ['PATH']}",
        "FIXBOT_EDITORS": EDITORS,
        "FIXBOT_EDITORS_SCRATCH": str(tmp_path),
        "FIXBOT_EDITORS_PICTURES": str(PICTURES),
        "FIXBOT_EDITORS_COMMAND": FIXBOT,
        "FIXBOT_EDITORS_VSIX": str(ROOT / "vscode-extension" / "fixbot.vsix"),
        "FIXBOT_EDITORS_EXAMPLES": str(ROOT / "examples"),
    }
    command = [f"{EDITORS}/bin/node", str(HERE / "scenarios" / f"{scenario}.mjs")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONG, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
