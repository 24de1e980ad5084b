"""Keys of the user are found where they lie, and taken out; ordinary words of configuration stay."""

import base64
import subprocess
from pathlib import Path

import pytest

from fixbot_agent.runs import Redactor
from fixbot_agent.runs.secrets import redactor

CANARIES = {
    "environment": "canary-env-5f1d2a90",
    "named": "canary named by key_names",
    "address in the environment": "canaryDbPw77",
    "dotenv": "canary-dotenv-81b2",
    "nested dotenv": "canarynested-9d21x",
    "dotenv by its look": "Zk3vQ0x8LmN4pR7tW1yB5c",
    "git remote": "canaryRemotePw9",
    "git token": "0a1b2c3d4e5f6a7b8c9d0a1b",
    "git header": "canaryheader:deadbeef99",
}
ENVIRON = {
    "SERVICE_TOKEN": CANARIES["environment"],
    "PLAIN": CANARIES["named"],
    "DATABASE_URL": f"postgres://me:{CANARIES['address in the environment']}@db/x",
    "HOME": "/home/somebody",
    "SSH_AUTH_SOCK": "/tmp/agent.123",
    "APP_SECRET": "changeme",
    "PORT_KEY": "123456",
}


@pytest.fixture
def redact(tmp_path: Path) -> Redactor:
    root = tmp_path / "project"
    (root / "deploy").mkdir(parents=True)
    (root / ".env").write_text(
        f"MODE=development\nexport API_SECRET='{CANARIES['dotenv']}' # x\nID={CANARIES['dotenv by its look']}\nPASSWORD=postgres\n"
    )
    (root / "deploy" / "prod.env").write_text(f'DB_PASSWORD="{CANARIES["nested dotenv"]}"\r\n')
    (root / ".env.example").write_text("API_SECRET=put-your-secret-here\n")
    header = base64.b64encode(CANARIES["git header"].encode()).decode()
    for args in (
        ["init", "-q"],
        ["remote", "add", "origin", f"https://me:{CANARIES['git remote']}@example.invalid/x.git"],
        ["config", f"url.https://{CANARIES['git token']}@example.invalid/.insteadOf", "https://example.invalid/"],
        ["config", "http.https://example.invalid/.extraheader", f"AUTHORIZATION: basic {header}"],
    ):
        subprocess.run(["git", *args], cwd=root, check=True)
    return redactor(["PLAIN"], ENVIRON, root)


@pytest.mark.parametrize("where", [w for w in CANARIES if w != "git header"])
def test_a_key_of_the_user_is_taken_out_wherever_it_lies(redact: Redactor, where: str) -> None:
    key = CANARIES[where]
    assert key not in redact(f"it printed {key!r}, and {key}")
    assert base64.b64encode(key.encode()).decode() not in redact(base64.b64encode(key.encode()).decode())


def test_a_header_of_git_is_taken_out_in_every_spelling(redact: Redactor) -> None:
    encoded = base64.b64encode(CANARIES["git header"].encode()).decode()
    assert encoded not in redact(f"Authorization: Basic {encoded}")
    assert "deadbeef99" not in redact("the password is deadbeef99.")


@pytest.mark.parametrize(
    "text",
    ["mode = 'development'", "postgres", "changeme", "123456", "/tmp/agent.123", "put-your-secret-here", "false"],
)
def test_ordinary_words_stay(redact: Redactor, text: str) -> None:
    assert redact(text) == text


def test_without_a_repository_or_files_nothing_breaks(tmp_path: Path) -> None:
    assert redactor([], {}, tmp_path / "nowhere")("text") == "text"
    (tmp_path / ".env").mkdir()
    assert redactor([], {}, tmp_path)("text") == "text"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_long_key_is_taken_out_of_what_a_command_made_of_its_file(tmp_path: Path, before: str) -> None:
    key = "planted-Key-7788"
    (tmp_path / ".env").write_text(f"TOKEN={key}\n")
    clean = redactor((), {}, tmp_path)
    data = f"{before}={key}\nNEXT=1\n".encode()
    for text in (base64.b64encode(data).decode(), data.hex(), data.hex().upper(), data.decode()[::-1]):
        assert "[redacted: key]" in clean(text)
    whole = clean(base64.b64encode(data).decode()).replace("[redacted: key]", "")
    assert len(whole) <= len(before) + 20, "hardly a digit of it is left"
