"""The past of a project: what changed together and when, and what its fixes did.

`ProjectHistory.open(source, cache)` keeps it, as of the commit that `source` (a `ports.History`) is seen from.
"""

from fixbot_analysis.history.answers import Churn, Cochange, Companion, Fix, Suspected
from fixbot_analysis.history.fixes import is_fix
from fixbot_analysis.history.mining import Edit, is_code
from fixbot_analysis.history.project import ProjectHistory
from fixbot_analysis.history.reading import PATCHED
from fixbot_analysis.history.storing import is_kept

__all__ = [
    "PATCHED",
    "Churn",
    "Cochange",
    "Companion",
    "Edit",
    "Fix",
    "ProjectHistory",
    "Suspected",
    "is_code",
    "is_fix",
    "is_kept",
]
