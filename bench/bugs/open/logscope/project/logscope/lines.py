"""Reads log lines: ADDRESS - USER [TIME] "METHOD PATH PROTOCOL" STATUS BYTES "REFERER" "AGENT" [SECONDS]."""

import re
from collections import namedtuple
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

LINE = re.compile(
    r'(?P<address>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<size>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?: (?P<seconds>\d+(?:\.\d+)?))?\s*'
)
TIME = "%d/%b/%Y:%H:%M:%S %z"

Hit = namedtuple("Hit", "address user time method path query status size referer agent seconds")


class BadLine(ValueError):
    pass


def read_line(text):
    match = LINE.fullmatch(text)
    if match is None:
        raise BadLine(text.strip()[:80])
    fields = match.groupdict()
    try:
        moment = datetime.strptime(fields["time"], TIME)
    except ValueError:
        raise BadLine("no time: " + fields["time"])
    method, path, query = _request(fields["request"])
    return Hit(
        fields["address"],
        _known(fields["user"]),
        moment,
        method,
        path,
        query,
        int(fields["status"]),
        0 if fields["size"] == "-" else int(fields["size"]),
        _known(fields["referer"]),
        _known(fields["agent"]),
        None if fields["seconds"] is None else float(fields["seconds"]),
    )


def _known(text):
    return None if text in (None, "-", "") else text


def _request(text):
    """Method, path and query of a request line; a request that makes no sense has the method None."""
    words = text.split(" ")
    if len(words) != 3 or not words[0].isalpha():
        return None, text, {}
    parts = urlsplit(words[1])
    return words[0].upper(), unquote(parts.path) or "/", dict(parse_qsl(parts.query, keep_blank_values=True))


def read_lines(lines, on_bad=None):
    """Hit after hit; lines that cannot be read are handed to `on_bad` with their number, or left out."""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield read_line(line)
        except BadLine as error:
            if on_bad is not None:
                on_bad(number, error)
