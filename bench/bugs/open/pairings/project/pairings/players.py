"""Players and the roster of a tournament."""


class Player:
    """Someone who takes part; ``rating`` is None for the unrated."""

    def __init__(self, id, name, rating=None, active=True):
        self.id = id
        self.name = name
        self.rating = rating
        self.active = active

    def __repr__(self):
        return "Player(%r, %r, %r)" % (self.id, self.name, self.rating)


def _tidy(name):
    return " ".join(name.split())


class Roster:
    """The players, numbered from 1 in the order of their entry."""

    def __init__(self):
        self._players = {}

    def __len__(self):
        return len(self._players)

    def __iter__(self):
        return iter(self._players.values())

    def __getitem__(self, id):
        return self._players[id]

    def __contains__(self, id):
        return id in self._players

    def add(self, name, rating=None):
        name = _tidy(name)
        if not name:
            raise ValueError("a player needs a name")
        if self.find(name) is not None:
            raise ValueError("already entered: %s" % name)
        player = Player(len(self._players) + 1, name, rating)
        self._players[player.id] = player
        return player

    def find(self, name):
        """The player of that name, whatever its case and spacing, or None."""
        wanted = _tidy(name).casefold()
        for player in self:
            if player.name.casefold() == wanted:
                return player
        return None

    def withdraw(self, id):
        """Let a player sit out from the next round on."""
        self._players[id].active = False

    def seeded(self):
        """The active players, the strongest first, the unrated at the end."""
        active = [player for player in self if player.active]
        return sorted(active, key=lambda p: (p.rating is None, -(p.rating or 0), p.name.casefold()))
