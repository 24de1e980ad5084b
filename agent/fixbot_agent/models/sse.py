"""Server-sent events: the bytes of an answer into the data of its events; an answer that is one document is one event."""

import codecs
import json
from collections.abc import Iterable, Iterator

from fixbot_agent.errors import ModelError

_LONGEST = 1 << 20  # characters of one event


def events(body: Iterable[bytes]) -> Iterator[str]:
    """Effect: reads `body`. The data of each event; a body that is no event stream is one event. Raises ModelError for what is neither."""
    whole, buffer, is_stream = codecs.getincrementaldecoder("utf-8")("replace"), "", False
    for chunk in body:
        buffer += whole.decode(chunk)
        if not is_stream and (begun := buffer.lstrip("\ufeff \t\r\n")):
            is_stream = begun[0] not in "{[<"
            buffer = begun if is_stream else buffer
        if not is_stream:
            continue
        *lines, buffer = buffer.split("\n")
        if len(buffer) > _LONGEST:
            raise ModelError("an event of the answer is too long", "is the endpoint healthy?")
        yield from _data(lines)
    if is_stream:
        yield from _data([buffer])
    elif buffer.strip():
        yield buffer


def _data(lines: list[str]) -> Iterator[str]:
    for line in lines:
        field, colon, value = line.strip().partition(":")
        if field == "data" and value.strip():
            yield value.strip()
        elif field == "error" and colon:  # how older servers tell an error in mid-stream
            yield f'{{"error": {_document(value.strip())}}}'
        elif line.strip() and not colon:
            raise ModelError("the answer is no event stream", "is base_url an OpenAI-compatible endpoint?")


def _document(text: str) -> str:
    """`text` where it is JSON, else as a string of JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return json.dumps(text)
    return text
