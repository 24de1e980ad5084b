"""Numbers about hits."""

import math
from collections import Counter, OrderedDict
from datetime import timedelta


def percentile(values, share):
    """The smallest value that at least such a share (0 to 1) of all does not exceed; None of nothing."""
    if not 0 <= share <= 1:
        raise ValueError("a share is between 0 and 1")
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Summary:
    """What a group of hits comes to."""

    def __init__(self):
        self.hits = 0
        self.bytes = 0
        self.errors = 0
        self.statuses = Counter()
        self.addresses = set()
        self.seconds = []

    def add(self, hit):
        self.hits += 1
        self.bytes += hit.size
        self.errors += hit.status >= 500
        self.statuses[hit.status] += 1
        self.addresses.add(hit.address)
        if hit.seconds is not None:
            self.seconds.append(hit.seconds)

    @property
    def error_share(self):
        return self.errors / self.hits if self.hits else 0.0

    @property
    def mean(self):
        return sum(self.seconds) / len(self.seconds) if self.seconds else None

    def percentile(self, share):
        return percentile(self.seconds, share)


def route(path):
    """A path without what differs from hit to hit: numbers and long hexadecimal names become a star."""
    parts = []
    for part in path.split("/"):
        long_hex = len(part) >= 8 and all(c in "0123456789abcdefABCDEF-" for c in part)
        parts.append("*" if part.isdigit() or long_hex else part)
    return "/".join(parts)


KEYS = {
    "address": lambda hit: hit.address,
    "agent": lambda hit: hit.agent or "-",
    "hour": lambda hit: hit.time.strftime("%Y-%m-%d %H:00"),
    "day": lambda hit: hit.time.strftime("%Y-%m-%d"),
    "method": lambda hit: hit.method or "-",
    "path": lambda hit: hit.path,
    "route": lambda hit: route(hit.path),
    "status": lambda hit: str(hit.status),
    "user": lambda hit: hit.user or "-",
}


def group(hits, key):
    """Summaries by what a key function says of each hit, in order of first appearance."""
    groups = OrderedDict()
    for hit in hits:
        groups.setdefault(key(hit), Summary()).add(hit)
    return groups


def top(groups, by="hits", count=10):
    """(name, summary) of the largest groups, the largest first; of equals by name."""
    def size(pair):
        value = getattr(pair[1], by)
        return 0 if value is None else value

    return sorted(groups.items(), key=lambda pair: (-size(pair), pair[0]))[:count]


def per_minute(hits):
    """(minute, hits) from the first to the last minute, empty ones too."""
    counts = Counter(hit.time.replace(second=0, microsecond=0) for hit in hits)
    if not counts:
        return []
    moment, last = min(counts), max(counts)
    found = []
    while moment <= last:
        found.append((moment, counts[moment]))
        moment += timedelta(minutes=1)
    return found
