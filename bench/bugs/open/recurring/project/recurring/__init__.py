"""A calendar of recurring events."""
from .agenda import render_agenda  # noqa: F401
from .calendar import Calendar  # noqa: F401
from .events import Event, Occurrence  # noqa: F401
from .rules import Rule, RuleError, format_rule, parse_rule  # noqa: F401
from .zones import ZoneError, format_instant, parse_instant, parse_zone, zone_name  # noqa: F401
