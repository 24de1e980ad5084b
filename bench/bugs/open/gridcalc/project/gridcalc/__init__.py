"""A small spreadsheet: cells, formulas, number formats and CSV."""

from .csvio import export_csv, import_csv
from .formula import FormulaError
from .sheet import Sheet
from .values import CellError, format_value

__all__ = ["CellError", "FormulaError", "Sheet", "export_csv", "format_value", "import_csv"]
