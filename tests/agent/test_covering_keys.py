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


def test_keys_of_the_rest_of_the_project_are_known_too(root):
    files = {
        "shop.py": CODE,
        "conf.py": 'DB_PASSWORD: str = "hunter22-of-db"\nTOKEN_FIELD = "csrf_token"\nuser_password = form.password\n',
        "web.py": "def login(password='mail-pa55', given=''):\n    return given == password or given.secret != 'other5ecret'\n",
        "credentials.json": '{"api": {"api_key": "j5on-k3y-77", "name": "plain"}}',
        "deploy.yaml": "user: shop\npassword: y4ml-password\n",
        "tests/test_shop.py": 'TOKEN = "t3st-t0ken-1"\n',
    }
    keys = Keys.of(ast.parse(CODE), root, [*files], lambda path: files[path].encode())
    for text in ("hunter22-of-db", "mail-pa55", "other5ecret", "j5on-k3y-77", "y4ml-password", "q8Zr-77-plum"):
        assert keys.stand_in(f"assert check({text!r})")
        assert text not in keys.clean(f"DB = '{text}'")
    assert "t3st-t0ken-1" not in keys.clean("TOKEN = 't3st-t0ken-1'")
    assert not keys.stand_in("check('t3st-t0ken-1')"), "a test holds it already"
    for text in ("csrf_token", "form.password", "plain", "shop", "given"):
        assert keys.clean(text) == text


def test_no_test_holds_one(root):
    found = cover(Job(root, "shop.py", 0.8, 20.0, trusted=True, python=Path(sys.executable)))
    assert b"def test" in (found.after or b"")
    said = f"{found.report.to_json()}"
    for text in ("q8Zr-77-plum", "correcthorsebattery", "t0k3nofshop", FORM, "w9w9w9w9w9w9"):
        assert text not in said
    assert dict(found.report.refused)["holds a key"] > 0
