"""Templates: what bugs of each class look like, as data with examples; outside packages add theirs by an entry point."""

from fixbot_repair.candidates.templates.base import Example, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.registry import builtin, load

__all__ = ["Example", "Rewrite", "Site", "Template", "builtin", "load", "template"]
