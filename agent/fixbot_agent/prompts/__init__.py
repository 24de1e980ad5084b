"""Prompts as versioned, tested artefacts.

A prompt is a text file NAME.vN.md; changing one means a new version. :func:`render` fills it in, strictly;
:func:`fenced` wraps what others wrote, so that it reads as data.
"""

from fixbot_agent.prompts.fencing import fenced, visible
from fixbot_agent.prompts.rendering import PROMPTS, render, version

__all__ = ["PROMPTS", "fenced", "render", "version", "visible"]
