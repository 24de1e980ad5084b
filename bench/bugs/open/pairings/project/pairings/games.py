"""Games and the notation of their results."""

# notation -> (points of white, points of black, whether it was played)
RESULTS = {
    "1-0": (1, 0, True),
    "0-1": (0, 1, True),
    "1/2-1/2": (0.5, 0.5, True),
    "+/-": (1, 0, False),
    "-/+": (0, 1, False),
    "-/-": (0, 0, False),
}

_OTHER_SPELLINGS = {
    "=": "1/2-1/2",
    "draw": "1/2-1/2",
    "½-½": "1/2-1/2",
    "0.5-0.5": "1/2-1/2",
    "+--": "+/-",
    "--+": "-/+",
    "---": "-/-",
}


class ResultError(ValueError):
    """A result that cannot be read."""


def parse_result(text):
    """The usual notation of a result, from one of its spellings."""
    plain = "".join(text.split()).lower().replace("–", "-").replace(":", "-")
    plain = _OTHER_SPELLINGS.get(plain, plain)
    if plain not in RESULTS:
        raise ResultError("not a result: %r" % text)
    return plain


class Game:
    """A game of two players, by their ids; without black it is a bye for white."""

    def __init__(self, white, black, result=None):
        self.white = white
        self.black = black
        self.result = result

    def __repr__(self):
        return "Game(%r, %r, %r)" % (self.white, self.black, self.result)

    @property
    def is_bye(self):
        return self.black is None

    @property
    def is_done(self):
        return self.is_bye or self.result is not None

    @property
    def was_played(self):
        """Whether it was decided at the board."""
        return self.result is not None and RESULTS[self.result][2]

    def involves(self, player):
        return player is not None and player in (self.white, self.black)

    def opponent(self, player):
        return self.black if player == self.white else self.white

    def points(self, player, bye_points=1):
        """What the player got from it; nothing as long as it is open."""
        if self.is_bye:
            return bye_points
        if self.result is None:
            return 0
        return RESULTS[self.result][0 if player == self.white else 1]
