"""Fixes that tools offer, each verified alone and all together, hundreds at once; nothing here writes to the project."""

from fixbot_repair.fixing.fix import Evidence, Fix, Fixed, Refused, Verified, gather
from fixbot_repair.fixing.fixer import fix
from fixbot_repair.fixing.holding import Tests, open_workspace
from fixbot_repair.fixing.trying import Wish

__all__ = ["Evidence", "Fix", "Fixed", "Refused", "Tests", "Verified", "Wish", "fix", "gather", "open_workspace"]
