"""What the extension's manifest promises agrees with the server: its languages, its settings, its version."""

import json
from importlib.metadata import version
from pathlib import Path

from fixbot_analysis import languages
from fixbot_lsp.options import read_options

MANIFEST = json.loads((Path(__file__).parents[2] / "vscode-extension" / "package.json").read_text(encoding="utf-8"))
# The editor's names where they are not the registry's.
NAMES = {"javascript": {"javascript", "javascriptreact"}, "tsx": {"typescriptreact"}}


def test_the_extension_wakes_up_for_every_language_of_the_server() -> None:
    known = [name for name, each in languages.registry().languages.items() if each.suffixes]
    wanted = set().union(*(NAMES.get(name, {name}) for name in known))
    assert {event.removeprefix("onLanguage:") for event in MANIFEST["activationEvents"]} == wanted


def test_the_server_knows_every_setting_with_the_default_that_the_editor_shows() -> None:
    ours = {"fixbot.path", "fixbot.install.from", "fixbot.languages", "fixbot.trace.server"}  # of the extension alone
    settings = MANIFEST["contributes"]["configuration"]["properties"]
    shown = {name.removeprefix("fixbot."): each["default"] for name, each in settings.items() if name not in ours}
    options, problems = read_options(shown)
    assert problems == ()
    assert options == read_options(None)[0]


def test_extension_and_server_have_the_same_version() -> None:
    assert MANIFEST["version"].split(".")[:2] == version("fixbot").split(".")[:2]
