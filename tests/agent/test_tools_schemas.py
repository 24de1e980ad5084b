"""What a model is told of the tools: a snapshot of every description and schema, and their size."""

import json
import os
from pathlib import Path

import jsonschema

from fixbot_agent.tools import arguments
from fixbot_agent.tools.toolbox import TOOLS

SNAPSHOT = Path(__file__).parent / "snapshots" / "tools.json"
LARGEST = 2400  # tokens (4 characters each) of all tools together: it is sent with every question


def test_snapshot() -> None:
    """Set WRITE_SNAPSHOTS=1 to write what the tools are now."""
    specs = [arguments.spec(name, tool.description, tool.takes) for name, tool in TOOLS.items()]
    shown = [{"name": s.name, "description": s.description, "parameters": dict(s.parameters)} for s in specs]
    text = json.dumps(shown, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, "utf-8")
    assert text == SNAPSHOT.read_text("utf-8")
    assert len(json.dumps(shown, ensure_ascii=False)) / 4 <= LARGEST


def test_schemas_are_strict_and_each_argument_is_described() -> None:
    for name, tool in TOOLS.items():
        schema = arguments.spec(name, tool.description, tool.takes).parameters
        jsonschema.Draft202012Validator.check_schema(dict(schema))
        assert schema["additionalProperties"] is False
        assert all(p["description"] for p in schema["properties"].values())  # type: ignore[attr-defined]


def test_examples_in_descriptions_are_valid_calls() -> None:
    for tool in TOOLS.values():
        _, _, example = tool.description.partition("Example: ")
        if example:
            arguments.parse(tool.takes, example)
