"""Pictures of what a run was asked, kept by their digests: a run that is gone on with shows a model the same ones."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.models import Image, Message
from fixbot_agent.recording.forms import as_row, as_rows
from fixbot_agent.runs import Kept, Run
from fixbot_agent.schemas import Json

_EVENT = "pictures"


def keep(run: Run, images: Sequence[Image]) -> None:
    """Effect: write `images` into the run; nothing where there are none."""
    if not images:
        return
    names = run.blobs([base64.b64encode(i.data).decode("ascii") for i in images], sync=True)
    rows: list[Json] = [
        {"name": i.name, "media": i.media, "digest": hashlib.sha256(i.data).hexdigest(), "kept": name}
        for i, name in zip(images, names, strict=True)
    ]
    run.event(_EVENT, images=rows)


def kept_in(kept: Kept) -> tuple[Image, ...]:
    """Effect: reads the run. The pictures that it kept, each as it was; one that was not kept whole is left out."""
    events = [e for e in kept.events() if e.get("kind") == _EVENT]
    if not events:
        return ()
    blobs, found = kept.blobs(), []
    for row in map(as_row, as_rows(events[-1].get("images"))):
        try:
            data = base64.b64decode(str(blobs.get(str(row.get("kept")), "")), validate=True)
        except (ValueError, binascii.Error):
            continue
        if data and hashlib.sha256(data).hexdigest() == row.get("digest"):
            found.append(Image(data, str(row.get("media")), str(row.get("name"))))
    return tuple(found)


def whole(message: Message, value: Json, images: Mapping[str, Image]) -> Message:
    """`message`, kept as `value`, with those of its pictures that are in `images`, by digest."""
    shown = (images.get(str(row.get("digest"))) for row in as_rows(as_row(value).get("images")))
    return replace(message, images=tuple(i for i in shown if i is not None))


def by_digest(images: Iterable[Image]) -> dict[str, Image]:
    """`images` by the digests that messages name them by."""
    return {hashlib.sha256(i.data).hexdigest(): i for i in images}
