"""Markers of pytest: its own, those that the project's settings name, and those that its tests carry."""

import re
from collections.abc import Iterator

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.elsewhere import Elsewhere
from fixbot_agent.completing.importing.world import World
from fixbot_analysis.installed import content

RECEIVER = "pytest.mark"

_OWN = ("parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings")
_SETTINGS = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_LARGEST = 200_000  # bytes of a settings file
_LISTED = re.compile(r"^markers\s*=\s*(\[.*?^\]|\[[^\n]*\]|(?:\n?[ \t]+[^\n]+)+)", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"""(?:^|[\["',\n])[ \t]*["']?([^\W\d]\w*)[ \t]*(?=[:("'\n,\]]|$)""")


def marks(world: World) -> Iterator[Name]:
    """Effect: reads the settings of pytest. What may stand behind ``pytest.mark.``, each once."""
    carried = (
        each.removeprefix(f"{RECEIVER}.")
        for each, n in world.kept(Elsewhere).decorators.items()
        if n > 0 and each.startswith(f"{RECEIVER}.")
    )
    for name in dict.fromkeys((*_OWN, *_registered(world), *carried)):
        if name.isidentifier():
            yield Name(name, ItemKind.FUNCTION, "member", role=ItemKind.FUNCTION.value)


def _registered(world: World) -> Iterator[str]:
    for file in _SETTINGS:
        text = (content(world.tree.root / file, _LARGEST) or b"").decode("utf-8", "replace")
        for listed in _LISTED.findall(text):
            yield from _NAME.findall(listed)
