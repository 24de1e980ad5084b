"""JSON Schemas of the documents that commands print with ``--json``; every command's document names its version as ``schema``."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Union, cast

# What a document is made of.
Json = Union[Mapping[str, "Json"], Sequence["Json"], str, int, float, bool, None]

NAMES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))


def load(name: str) -> dict[str, object]:
    """Return the schema of one document. Raises KeyError when there is none of that name."""
    if name not in NAMES:
        raise KeyError(f"no schema is called {name!r}; there are: {', '.join(NAMES)}")
    return cast("dict[str, object]", json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8")))
