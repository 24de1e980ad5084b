"""What commands print with --json is what the shipped schemas say; on a real, small project."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest

from fixbot_agent.schemas import NAMES, load

FILES = {
    "calc.py": "def add(a, b):\n    return a - b\n\n\ndef twice(a):\n    return add(a, a)\n",
    "tests/test_calc.py": "from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
    "broken.py": "def (:\n",
    "issue.md": "# add is wrong\n\n`calc.add(1, 2)` returns -1.\n",
}
COMMANDS = {
    "runs": ["runs", "list"],
    "models": ["models"],
    "memory": ["memory", "list"],
    "trust": ["trust", "--list"],
    "error": ["runs", "show", "nothing"],
    "index": ["index", "."],
    "graph": ["graph", "--format", "json"],
    "check": ["check", ".", "--only", "compiler"],
    "review": ["review", "--base", "HEAD~1", "--head", "HEAD"],
    "locate": ["locate", "issue.md"],
    "context": ["context", "calc.py:6:12"],
    "complete": ["complete", "calc.py:6:12"],
}
JSON_IS_A_FORMAT = ("graph",)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for args in (["init", "-q"], ["add", "calc.py"], ["commit", "-qm", "one"], ["add", "."], ["commit", "-qm", "two"]):
        subprocess.run(["git", *who, *args], cwd=root, check=True)
    return root.resolve()


def printed(repo: Path, *args: str) -> object:
    done = subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", *args], cwd=repo, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"]


@pytest.mark.parametrize("name", COMMANDS)
def test_documents_fit_their_schema(name: str, repo: Path) -> None:
    command = COMMANDS[name]
    if find_spec(f"fixbot_agent.cli.commands.{command[0]}") is None:
        pytest.fail(f"the command {command[0]} is not there")
    document = printed(repo, *command, *([] if name in JSON_IS_A_FORMAT else ["--json"]))
    jsonschema.validate(document, load(name), jsonschema.Draft202012Validator)


def test_no_such_schema() -> None:
    with pytest.raises(KeyError, match="there are: "):
        load("nothing")
