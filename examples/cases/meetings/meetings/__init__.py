"""When people can meet."""

from meetings.calendar import Calendar
from meetings.spans import Span, clock, merge, overlap

__all__ = ["Calendar", "Span", "clock", "merge", "overlap"]
