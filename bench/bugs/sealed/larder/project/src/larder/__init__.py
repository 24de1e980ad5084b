"""Keys and values in a folder."""

from .errors import Damaged, LarderError, Locked
from .store import Store

__all__ = ["Damaged", "LarderError", "Locked", "Store"]
