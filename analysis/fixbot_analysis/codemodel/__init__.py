"""The statistical model of the project's own code."""

from fixbot_analysis.codemodel.learning import Lessons, learn_project
from fixbot_analysis.codemodel.lines import Line, continue_line, write_out
from fixbot_analysis.codemodel.members import rank_members
from fixbot_analysis.codemodel.model import CodeModel, Suggestion
from fixbot_analysis.codemodel.signals import Extent, Known, Setting
from fixbot_analysis.codemodel.tokens import open_field, open_literal, tokenize

__all__ = [
    "CodeModel", "Extent", "Known", "Lessons", "Line", "Setting", "Suggestion", "continue_line", "learn_project", "open_field", "open_literal", "rank_members", "tokenize",
    "write_out",
]  # fmt: skip
