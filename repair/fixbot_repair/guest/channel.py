"""The guest's way of telling the host: one JSON document a line, each behind a word that only the two know.

The word keeps accidents apart from reports; it cannot keep a secret from code in the same process.
"""
import json
import os
import threading


class Channel(object):
    """Writes messages to a descriptor of its own; a process forked by a test stays silent."""

    def __init__(self, descriptor, word):
        self._descriptor = out_of_the_way(descriptor)
        self._word = word
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def send(self, kind, **fields):
        """Effect: write one message."""
        if os.getpid() != self._pid:
            return
        fields["kind"] = kind
        line = self._word + " " + json.dumps(fields) + "\n"
        data = line.encode("utf-8", "backslashreplace")
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data):]

    def leave(self):
        """Effect: in a fork: give the descriptor up."""
        os.close(self._descriptor)


def out_of_the_way(descriptor):
    """A copy under a high number that children do not inherit: tests that close "all" descriptors close low ones."""
    import fcntl

    for lowest in (900, 200, 3):
        try:
            copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
        except (OSError, ValueError):
            continue
        os.close(descriptor)
        return copy
    return descriptor
