from .sheet import Sheet
from .values import CellError

__all__ = ["CellError", "Sheet"]
