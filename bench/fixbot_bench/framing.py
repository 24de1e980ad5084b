"""Messages of the language server protocol over two pipes."""

import contextlib
import json
import threading
from collections.abc import Mapping
from typing import IO

Message = Mapping[str, object]


class Frames:
    """Both directions of one connection; any thread may write, one may read."""

    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self._source, self._sink = source, sink
        self._turn = threading.Lock()

    def write(self, message: Message) -> None:
        """Effect: send. Raises OSError or ValueError where the other side is gone."""
        body = json.dumps(message).encode()
        with self._turn:
            self._sink.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self._sink.flush()

    def read(self) -> Message | None:
        """Effect: wait for a message; None when there will be no more."""
        try:
            length = 0
            while line := self._source.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            message = json.loads(self._source.read(length)) if length else None
        except (OSError, ValueError):
            return None
        return message if isinstance(message, dict) or message is None else {}

    def close(self) -> None:
        """Effect: nothing more is sent."""
        with contextlib.suppress(OSError, ValueError):
            self._sink.close()
