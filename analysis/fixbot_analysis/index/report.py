"""What one refresh of an index did."""

from dataclasses import dataclass

from fixbot_analysis.source import Skipped


@dataclass(frozen=True, slots=True)
class IndexReport:
    """`files` indexed with their `bytes`; of those `parsed` were read anew and `cached` known by their content; `seconds` are wall time.

    The graph of a large project is resolved on first use: until then `resolved` is False, and `edges` counts only what encloses what,
    one edge for each symbol in a file.
    `warnings` are sentences for the user: where the index could not be kept, and why.
    """

    files: int
    bytes: int
    symbols: int
    edges: int
    parsed: int
    cached: int
    skipped: tuple[Skipped, ...]
    seconds: float
    warnings: tuple[str, ...] = ()
    resolved: bool = True
