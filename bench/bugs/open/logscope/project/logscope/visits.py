"""Visits: hits of one visitor without a long pause between them."""

from datetime import timedelta

PAUSE = timedelta(minutes=30)


class Visit:
    def __init__(self, visitor, hit):
        self.visitor = visitor
        self.first = hit.time
        self.last = hit.time
        self.paths = [hit.path]

    def add(self, hit):
        self.last = hit.time
        self.paths.append(hit.path)

    @property
    def length(self):
        return (self.last - self.first).total_seconds()

    @property
    def bounced(self):
        """Whether no more than one page was seen, however often."""
        return len(set(self.paths)) == 1

    def __repr__(self):
        return "Visit(%r, %d)" % (self.visitor, len(self.paths))


def visitor(hit):
    """A user where one is known, else an address with an agent."""
    return ("user", hit.user) if hit.user else ("guest", hit.address, hit.agent)


def visits(hits, pause=PAUSE):
    """Visits in the order in which they began. The hits must be in the order of time."""
    running, found = {}, []
    for hit in hits:
        who = visitor(hit)
        visit = running.get(who)
        if visit is None or hit.time - visit.last > pause:
            visit = running[who] = Visit(who, hit)
            found.append(visit)
        else:
            visit.add(hit)
    return found


def steps(found):
    """How often visitors went from one path to another one, most often first."""
    counts = {}
    for visit in found:
        for one, other in zip(visit.paths, visit.paths[1:]):
            if one != other:
                counts[one, other] = counts.get((one, other), 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def busiest(found):
    """The largest number of visits at one time, and when that began; (0, None) without visits."""
    changes = []
    for visit in found:
        changes.append((visit.first, 0, 1))
        changes.append((visit.last, 1, -1))
    most, when, now = 0, None, 0
    for moment, _, change in sorted(changes):
        now += change
        if now > most:
            most, when = now, moment
    return most, when
