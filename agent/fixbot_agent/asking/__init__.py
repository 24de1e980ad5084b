"""Answers about a project's code without a model: every sentence names the lines it rests on, and those were looked at.

From outside: :func:`ask` for a question in words, :func:`explain` for a place; both return an :class:`Answer`.
"""

from fixbot_agent.asking.answer import Answer, Cited, Definition, Sentence
from fixbot_agent.asking.answering import ask
from fixbot_agent.asking.explaining import explain
from fixbot_agent.asking.failing import Failure

__all__ = ["Answer", "Cited", "Definition", "Failure", "Sentence", "ask", "explain"]
