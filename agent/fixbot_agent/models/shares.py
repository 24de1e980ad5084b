"""Which runs try a candidate: decided by the run's own number, so that one that is resumed or replayed decides alike."""

import hashlib
from collections.abc import Mapping


def candidate(portions: Mapping[str, float], run: str, role: str) -> str:
    """The model of `portions` (name -> share of runs, 0 to 1) that the run `run` tries for `role`; "" where it tries none."""
    digest = hashlib.sha256(f"{run}\0{role}".encode("utf-8", "replace")).digest()
    number = int.from_bytes(digest[:8], "big") / 2**64
    for name, portion in sorted(portions.items()):
        if number < portion:
            return name
        number -= portion
    return ""
