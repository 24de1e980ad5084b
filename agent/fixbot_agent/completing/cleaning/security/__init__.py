"""Insecure patterns in what a suggestion brings: found in the tree of the file around it, repaired where a safe form is determined."""

from fixbot_agent.completing.cleaning.security.catalogue import RULES
from fixbot_agent.completing.cleaning.security.grammar import GRAMMARS
from fixbot_agent.completing.cleaning.security.inspecting import inspect
from fixbot_agent.completing.cleaning.security.rule import Finding, Rule, Verdict

__all__ = ["GRAMMARS", "RULES", "Finding", "Rule", "Verdict", "inspect"]
