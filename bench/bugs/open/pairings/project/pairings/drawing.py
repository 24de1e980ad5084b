"""Who plays whom: round-robin schedules and Swiss rounds."""
from .games import Game


def round_robin(ids, cycles=1):
    """All rounds of a round-robin, by the circle method, as lists of games.

    Colours are reversed from cycle to cycle. Where the number of players is odd,
    one of them has a bye in each round, at the end of its list.
    """
    circle = list(ids)
    if len(circle) < 2:
        raise ValueError("a tournament needs two players")
    if len(circle) % 2:
        circle.append(None)
    half = len(circle) // 2
    table = []
    for number in range(len(circle) - 1):
        pairs = []
        for board in range(half):
            first, second = circle[board], circle[-1 - board]
            if (number if board == 0 else board) % 2:
                first, second = second, first
            pairs.append((first, second))
        table.append(sorted(pairs, key=lambda pair: None in pair))
        circle.insert(1, circle.pop())
    rounds = []
    for cycle in range(cycles):
        for pairs in table:
            rounds.append([_game(*pair[::-1 if cycle % 2 else 1]) for pair in pairs])
    return rounds


def _game(white, black):
    if white is None:
        white, black = black, white
    return Game(white, black)


class History:
    """What the earlier rounds mean for the next pairing."""

    def __init__(self, rounds):
        self._games = [game for games in rounds for game in games]

    def have_met(self, one, other):
        """Whether they have played; a game won by forfeit may be paired again."""
        return any(
            game.involves(one) and game.involves(other) and game.was_played
            for game in self._games
        )

    def had_free_point(self, player):
        """Whether the player got a bye or won without playing."""
        for game in self._games:
            if not game.involves(player):
                continue
            if game.is_bye:
                return True
            if not game.was_played and game.points(player) > 0:
                return True
        return False

    def colours(self, player):
        """The colours of the played games in order, such as ``"WBW"``."""
        return "".join(
            "W" if game.white == player else "B"
            for game in self._games
            if game.involves(player) and game.was_played
        )

    def want_of_white(self, player):
        """The greater, the more the player is due to have white."""
        had = self.colours(player)
        last = {"W": -1, "B": 1, "": 0}[had[-1:]]
        return (had.count("B") - had.count("W"), last)


def swiss_round(ranked, scores, rounds):
    """The games of the next Swiss round.

    ``ranked`` are the ids of the active players, best first. None of them meets an
    earlier opponent; None comes back where that cannot be.
    """
    history = History(rounds)
    ranked = list(ranked)
    if len(ranked) % 2 == 0:
        pairs = _pair(ranked, scores, history)
        return None if pairs is None else [_coloured(pair, history) for pair in pairs]
    by_need = sorted(reversed(ranked), key=history.had_free_point)
    for resting in by_need:
        pairs = _pair([id for id in ranked if id != resting], scores, history)
        if pairs is not None:
            return [_coloured(pair, history) for pair in pairs] + [Game(resting, None)]
    return None


def _pair(ranked, scores, history):
    """Pairs of all, the top of each score group against its lower half if possible."""
    if not ranked:
        return []
    first, others = ranked[0], ranked[1:]
    group = [id for id in others if scores[id] == scores[first]]
    middle = len(group) // 2
    for opponent in group[middle:] + group[:middle][::-1] + others[len(group):]:
        if history.have_met(first, opponent):
            continue
        rest = _pair([id for id in others if id != opponent], scores, history)
        if rest is not None:
            return [(first, opponent)] + rest
    return None


def _coloured(pair, history):
    higher, lower = pair
    if history.want_of_white(lower) > history.want_of_white(higher):
        return Game(lower, higher)
    return Game(higher, lower)
