"""Finds lines that a regular expression matches, in a process of its own: an expression may take for ever. Reads JSON from stdin.

Prints one JSON list a hit, [path, line from 1, text], as it goes, and at the end the number of files that were looked at.
"""

import json
import os
import re
import sys

LARGEST = 4000000  # bytes of a file
LONGEST = 2000  # characters of a line that is looked at


def main():
    """Effect: look through the files in the order in which they are given."""
    config = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    try:
        pattern = re.compile(config["pattern"], re.IGNORECASE if config["fold"] else 0)
    except (re.error, RecursionError, OverflowError) as error:
        say({"error": str(error)})
        return
    hits = 0
    for number, path in enumerate(config["files"]):
        for line, text in matches(pattern, path):
            say([path, line, text])
            hits += 1
            if hits >= config["most"]:
                say({"files": number, "more": True})
                return
        if number % 50 == 0:
            say({"files": number + 1})
    say({"files": len(config["files"])})


def matches(pattern, path):
    """(line, text) of each line of a file that matches; nothing of what cannot be read as text."""
    try:
        if os.path.islink(path) or os.path.getsize(path) > LARGEST:
            return
        with open(path, encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, 1):
                text = line.rstrip("\n")[:LONGEST]
                if "\0" in text:
                    return
                if pattern.search(text):
                    yield number, text
    except OSError:
        return


def say(what):
    """Effect: print one line and let go of it: this process may be ended at any time."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
