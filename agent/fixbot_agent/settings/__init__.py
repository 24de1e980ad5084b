"""What the user wants: settings with their sources and trust classes, and where fixbot keeps its own files.

From outside: :func:`load` for the settings of a repository, :class:`TrustStore` for trusted workspaces, :class:`Places`.
"""

from fixbot_agent.settings.keys import ModelSettings, Roles, Settings, Trust
from fixbot_agent.settings.loading import Loaded, load, workspace_root
from fixbot_agent.settings.places import Places
from fixbot_agent.settings.trust import TrustStore

__all__ = ["Loaded", "ModelSettings", "Places", "Roles", "Settings", "Trust", "TrustStore", "load", "workspace_root"]
