"""Settings in layers: defaults, files, the environment, the command line."""

from settle.errors import SettingsError
from settle.layers import Layers
from settle.schema import Option, Schema

__all__ = ["Layers", "Option", "Schema", "SettingsError"]
