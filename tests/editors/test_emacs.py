"""Emacs with eglot, in batch: completion, diagnostics and a verified quick fix, all of one session."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FIXBOT = str(Path(sys.executable).parent / "fixbot")
CART = '"""Carts."""\n\nimport os\n\n\nclass Cart:\n    def total(self, rate):\n        return rate * 2\n\n\ndef pay(cart: Cart):\n    rate = 2\n'
HAS_EGLOT = [
    "emacs",
    "--batch",
    "-f",
    "package-initialize",
    "--eval",
    '(unless (locate-library "eglot") (kill-emacs 1))',
]

pytestmark = pytest.mark.skipif(not shutil.which("emacs"), reason="emacs is not installed: make test-system")


def test_eglot_completes_marks_and_fixes(tmp_path: Path) -> None:
    if subprocess.run(HAS_EGLOT, capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("Emacs has no eglot: make test-system")
    project = tmp_path / "shop"
    project.mkdir()
    file, out = project / "cart.py", tmp_path / "seen.json"
    file.write_text(CART, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True, capture_output=True)
    command = ["emacs", "--batch", "-l", str(HERE / "emacs_eglot.el"), FIXBOT, str(file), str(out)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("FIXBOT_")}
    env |= {"FIXBOT_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False, cwd=project)
    assert out.exists(), done.stderr
    seen = json.loads(out.read_text(encoding="utf-8"))
    assert "total" in seen["members"]
    assert "imported but unused" in seen["diagnostic"]
    assert seen["line"] == 3
    assert seen["title"].startswith("Fix: ")
    assert "import os" not in seen["text"]
    assert "class Cart:" in seen["text"]
