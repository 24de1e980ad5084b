"""Tie-breaks and standings."""


def buchholz(tournament, player, cut=0):
    """The sum of the opponents' scores, without the ``cut`` lowest."""
    scores = tournament.scores()
    met = [game.opponent(player) for game in tournament.games_of(player) if game.was_played]
    return sum(sorted(scores[id] for id in met)[cut:])


def sonneborn_berger(tournament, player):
    """The scores of the beaten opponents, and half of those of the drawn ones."""
    scores = tournament.scores()
    return sum(
        game.points(player) * scores[game.opponent(player)]
        for game in tournament.games_of(player)
        if game.was_played
    )


def wins(tournament, player):
    """The number of games won at the board."""
    played = [game for game in tournament.games_of(player) if game.was_played]
    return sum(1 for game in played if game.points(player) == 1)


TIE_BREAKS = {
    "buchholz": buchholz,
    "cut1": lambda tournament, player: buchholz(tournament, player, cut=1),
    "berger": sonneborn_berger,
    "wins": wins,
}
DEFAULT_BREAKS = {"swiss": ("cut1", "buchholz"), "roundrobin": ("berger", "wins")}


class Row:
    """One line of the standings; players equal in all share their rank."""

    def __init__(self, rank, player, points, breaks):
        self.rank = rank
        self.player = player
        self.points = points
        self.breaks = breaks

    def __repr__(self):
        return "Row(%r, %r, %r, %r)" % (self.rank, self.player.name, self.points, self.breaks)


def standings(tournament, breaks=None):
    """The rows of all players, best first; equal ones by name."""
    names = DEFAULT_BREAKS[tournament.system] if breaks is None else tuple(breaks)
    for name in names:
        if name not in TIE_BREAKS:
            raise ValueError("unknown tie-break: %r" % name)
    scores = tournament.scores()
    rows = []
    for player in tournament.roster:
        values = tuple(TIE_BREAKS[name](tournament, player.id) for name in names)
        rows.append(Row(None, player, scores[player.id], values))
    rows.sort(key=lambda row: row.player.name.casefold())
    rows.sort(key=lambda row: (row.points, row.breaks), reverse=True)
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else None
        if before is not None and (before.points, before.breaks) == (row.points, row.breaks):
            row.rank = before.rank
        else:
            row.rank = index + 1
    return rows


def format_points(points):
    """``2``, ``2½``, ``½`` or ``0``; other fractions as decimals."""
    sign = "-" if points < 0 else ""
    whole, part = divmod(abs(points), 1)
    if part == 0.5:
        return sign + ("%d" % whole if whole else "") + "½"
    if part == 0:
        return sign + "%d" % whole
    return "%g" % points


def standings_table(tournament, breaks=None):
    """The standings as text."""
    rows = standings(tournament, breaks)
    names = DEFAULT_BREAKS[tournament.system] if breaks is None else breaks
    table = [["#", "Name", "Rtg", "Pts"] + list(names)]
    for row in rows:
        rating = "-" if row.player.rating is None else str(row.player.rating)
        name = row.player.name + ("" if row.player.active else " (out)")
        cells = [str(row.rank), name, rating, format_points(row.points)]
        table.append(cells + [format_points(value) for value in row.breaks])
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    lines = []
    for cells in table:
        padded = [
            cell.ljust(width) if column == 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines) + "\n"
