"""Keys that stand in a module do not come into what is written or told."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.covering import Job, cover
from fixbot_agent.covering.keys import Keys

FORM = "gh" + "p_" + "a1B2c3D4e5" * 3
CODE = f"""
import hmac

API_KEY = "q8Zr-77-plum"
DEFAULTS = {{"password": "correcthorsebattery", "mode": "standard"}}
MODES = ("fast", "standard")


def check(given, mode="standard", token="t0k3nofshop"):
    if given == API_KEY:
        return "own"
    if given == "{FORM}":
        return "theirs"
    if mode == "standard":
        return "plain"
    return token == given
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(CODE)
    (tmp_path / ".env").write_text("SHOP_TOKEN=w9w9w9w9w9w9\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_which_texts_are_keys(root):
    keys = Keys.of(ast.parse(CODE), root)
    for text in ("q8Zr-77-plum", "correcthorsebattery", "t0k3nofshop", FORM, "w9w9w9w9w9w9"):
        assert keys.stand_in(f"assert check({text!r})")
    for text in ("standard", "fast", "API_KEY", "own"):
        assert not keys.stand_in(f"assert check({text!r})")


def test_no_test_holds_one(root):
    found = cover(Job(root, "shop.py", 0.8, 20.0, trusted=True, python=Path(sys.executable)))
    assert b"def test" in (found.after or b"")
    said = f"{found.report.to_json()}"
    for text in ("q8Zr-77-plum", "correcthorsebattery", "t0k3nofshop", FORM, "w9w9w9w9w9w9"):
        assert text not in said
    assert dict(found.report.refused)["holds a key"] > 0
