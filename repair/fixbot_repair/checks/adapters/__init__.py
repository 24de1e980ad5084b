"""Foreign tools as data: type checkers and compilers that a project uses, each an adapter of a few lines.

What may be imported from outside: everything in ``__all__``. A package adds tools by an entry point of the group
``fixbot.checks`` that leads to an :class:`Adapter`, or to a tuple of them.
"""

from fixbot_repair.checks.adapters.adapter import (
    GROUP,
    Adapter,
    Place,
    Printed,
    Reader,
    Region,
    Remark,
    Replacement,
    Unit,
    Usage,
)
from fixbot_repair.checks.adapters.builtin import BUILTIN
from fixbot_repair.checks.adapters.external import External
from fixbot_repair.checks.adapters.readers import Lines
from fixbot_repair.checks.adapters.registry import adapters, in_project, load
from fixbot_repair.checks.finding import Severity

__all__ = [
    "BUILTIN", "GROUP", "Adapter", "External", "Lines", "Place", "Printed", "Reader", "Region", "Remark", "Replacement",
    "Severity", "Unit", "Usage", "adapters", "in_project", "load",
]  # fmt: skip
