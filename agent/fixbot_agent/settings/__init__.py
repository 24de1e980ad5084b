"""What the user wants: settings with their sources and trust classes, and where fixbot keeps its own files."""

from fixbot_agent.settings.places import Places

__all__ = ["Places"]
