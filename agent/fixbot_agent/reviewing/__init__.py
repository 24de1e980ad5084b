"""What a change makes newly wrong, and how it is shown."""

from fixbot_agent.reviewing.change import Change
from fixbot_agent.reviewing.comments import Comment
from fixbot_agent.reviewing.review import Review, Reviewer
from fixbot_agent.reviewing.scope import Scope

__all__ = ["Change", "Comment", "Review", "Reviewer", "Scope"]
