"""The past of a project: what changed together and when, and what its fixes did.

`ProjectHistory.open(source, cache)` keeps it, as of the commit that `source` (a `ports.History`) is seen from.
"""

from fixbot_analysis.history.fixes import is_fix
from fixbot_analysis.history.mining import Edit, is_code
from fixbot_analysis.history.project import Churn, Cochange, Fix, ProjectHistory, Suspected
from fixbot_analysis.history.reading import PATCHED

__all__ = ["PATCHED", "Churn", "Cochange", "Edit", "Fix", "ProjectHistory", "Suspected", "is_code", "is_fix"]
