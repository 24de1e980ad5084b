"""One run as one page: an HTML file that needs no server, no script and no network.

From outside: :func:`html` makes the page, :func:`spent_by_kind` says what the time went to.
"""

from fixbot_agent.run_page.page import html
from fixbot_agent.run_page.times import Share, spent_by_kind

__all__ = ["Share", "html", "spent_by_kind"]
