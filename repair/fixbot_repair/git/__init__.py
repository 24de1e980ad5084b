"""git, spoken to in one place: nothing that a repository says in its configuration is ever run.

`Repository` reads, clones and commits; `GitHistory` fills the history port of the eyes, and `past` opens what it tells;
`command` holds the flags and the environment that every call gets; `discovery` finds the repository and refuses one
that points somewhere else.
"""

from fixbot_repair.git.blame import BlamedLine
from fixbot_repair.git.command import check_path, check_ref
from fixbot_repair.git.history import GitHistory, kept_past, past
from fixbot_repair.git.objects import FileAt
from fixbot_repair.git.repository import Repository

__all__ = ["BlamedLine", "FileAt", "GitHistory", "Repository", "check_path", "check_ref", "kept_past", "past"]
