"""The statistical model of the project's own code."""

from fixbot_analysis.codemodel.model import CodeModel, Suggestion
from fixbot_analysis.codemodel.tokens import tokenize

__all__ = ["CodeModel", "Suggestion", "tokenize"]
