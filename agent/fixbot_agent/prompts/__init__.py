"""Prompts as versioned, tested artefacts.

A prompt is a text file NAME.vN.md; changing one means a new version. :func:`render` fills it in, strictly;
:func:`fenced` wraps what others wrote, so that it reads as data. A user's own text may stand in a prompt's place: :func:`using`.
"""

from fixbot_agent.prompts.choosing import check, own_of, read_own
from fixbot_agent.prompts.fencing import fenced, visible
from fixbot_agent.prompts.rendering import PROMPTS, Own, built_in, render, using, version

__all__ = [
    "PROMPTS", "Own", "built_in", "check", "fenced", "own_of", "read_own", "render", "using", "version", "visible",
]  # fmt: skip
