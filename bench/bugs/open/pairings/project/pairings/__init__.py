"""Swiss and round-robin tournaments."""
from .games import Game, ResultError, parse_result  # noqa: F401
from .players import Player, Roster  # noqa: F401
from .standings import format_points, standings, standings_table  # noqa: F401
from .tournament import Tournament, TournamentError  # noqa: F401
