"""The course of a tournament: rounds, results, scores."""
import json

from .drawing import round_robin, swiss_round
from .games import Game, parse_result
from .players import Player, Roster


class TournamentError(Exception):
    """Something that the state of the tournament does not allow."""


class Tournament:
    """A tournament; rounds and boards are numbered from 1."""

    def __init__(self, name, system="swiss", cycles=1, bye_points=1):
        if system not in ("swiss", "roundrobin"):
            raise ValueError("unknown system: %r" % system)
        self.name = name
        self.system = system
        self.cycles = cycles
        self.bye_points = bye_points
        self.roster = Roster()
        self.rounds = []
        self.adjustments = {}
        self._schedule = None
        self._scores = None

    def add_player(self, name, rating=None):
        if self.system == "roundrobin" and self.rounds:
            raise TournamentError("the schedule is made already")
        self._scores = None
        return self.roster.add(name, rating)

    def games_of(self, player):
        return [game for games in self.rounds for game in games if game.involves(player)]

    def is_round_done(self):
        """Whether no game of the latest round is open."""
        return not self.rounds or all(game.is_done for game in self.rounds[-1])

    def pair_round(self):
        """Make the next round; its games."""
        if not self.is_round_done():
            raise TournamentError("round %d is not over" % len(self.rounds))
        if self.system == "swiss":
            games = self._next_swiss()
        else:
            games = self._next_scheduled()
        self.rounds.append(games)
        self._scores = None
        return games

    def _next_swiss(self):
        scores = self.scores()
        seeded = [player.id for player in self.roster.seeded()]
        if len(seeded) < 2:
            raise TournamentError("a round needs two players")
        ranked = sorted(seeded, key=lambda id: -scores[id])
        games = swiss_round(ranked, scores, self.rounds)
        if games is None:
            raise TournamentError("no pairing without a second meeting")
        return games

    def _next_scheduled(self):
        if self._schedule is None:
            ids = [player.id for player in self.roster.seeded()]
            self._schedule = round_robin(ids, self.cycles)
        if len(self.rounds) >= len(self._schedule):
            raise TournamentError("all rounds are played")
        return self._schedule[len(self.rounds)]

    def _game(self, round_no, board):
        if not 1 <= round_no <= len(self.rounds):
            raise TournamentError("no round %d" % round_no)
        games = self.rounds[round_no - 1]
        if not 1 <= board <= len(games):
            raise TournamentError("no board %d in round %d" % (board, round_no))
        return games[board - 1]

    def record(self, round_no, board, text, correct=False):
        """Enter a result; one that is there already is changed only with ``correct``."""
        game = self._game(round_no, board)
        if game.is_bye:
            raise TournamentError("board %d is a bye" % board)
        if game.result is not None and not correct:
            raise TournamentError("board %d has a result" % board)
        game.result = parse_result(text)
        self._scores = None

    def undo_round(self):
        """Drop the latest round with its results."""
        if not self.rounds:
            raise TournamentError("no round to drop")
        for game in self.rounds.pop():
            game.result = None
        self._scores = None

    def adjust(self, player, points):
        """Add points to a player's score, or take some away, by the arbiter's decision."""
        if player not in self.roster:
            raise KeyError(player)
        self.adjustments[player] = self.adjustments.get(player, 0) + points
        self._scores = None

    def scores(self):
        """The score of every player by id."""
        if self._scores is None:
            scores = {player.id: self.adjustments.get(player.id, 0) for player in self.roster}
            for games in self.rounds:
                for game in games:
                    for id in (game.white, game.black):
                        if id is not None:
                            scores[id] += game.points(id, self.bye_points)
            self._scores = scores
        return dict(self._scores)

    def dumps(self):
        """The tournament as JSON."""
        return json.dumps(
            {
                "name": self.name,
                "system": self.system,
                "cycles": self.cycles,
                "bye_points": self.bye_points,
                "players": [[p.id, p.name, p.rating, p.active] for p in self.roster],
                "rounds": [_plain(games) for games in self.rounds],
                "schedule": self._schedule and [_plain(games) for games in self._schedule],
                "adjustments": self.adjustments,
            },
            ensure_ascii=False,
        )

    @classmethod
    def loads(cls, text):
        """The tournament of what ``dumps`` gave."""
        data = json.loads(text)
        made = cls(data["name"], data["system"], data["cycles"], data["bye_points"])
        for id, name, rating, active in data["players"]:
            made.roster._players[id] = Player(id, name, rating, active)
        made.rounds = [[Game(*game) for game in games] for games in data["rounds"]]
        made.adjustments = {int(id): points for id, points in data["adjustments"].items()}
        if data["schedule"]:
            later = data["schedule"][len(made.rounds):]
            made._schedule = made.rounds + [[Game(*game) for game in games] for games in later]
        return made


def _plain(games):
    return [[game.white, game.black, game.result] for game in games]
