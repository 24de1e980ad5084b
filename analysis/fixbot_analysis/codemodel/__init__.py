"""The statistical model of the project's own code."""

from fixbot_analysis.codemodel.lines import Line, continue_line, write_out
from fixbot_analysis.codemodel.model import CodeModel, Suggestion
from fixbot_analysis.codemodel.tokens import open_literal, tokenize

__all__ = ["CodeModel", "Line", "Suggestion", "continue_line", "open_literal", "tokenize", "write_out"]
