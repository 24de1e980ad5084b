"""What people wrote about a project: its documentation as sections, searched; its norms, as data.

`Library.open(tree, cache)` keeps the sections of all documents; `norms(tree, path, text)` picks what a project asks of a change.
"""

from fixbot_analysis.documents.library import Found, Library, docstrings, sections
from fixbot_analysis.documents.norms import Norm, norms
from fixbot_analysis.documents.relating import about, documented
from fixbot_analysis.documents.section import Section, SectionKind

__all__ = [
    "Found",
    "Library",
    "Norm",
    "Section",
    "SectionKind",
    "about",
    "docstrings",
    "documented",
    "norms",
    "sections",
]
