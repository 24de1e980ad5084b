"""From the report of a background search to the fix on offer: its patch as edits of the texts that it was verified against."""

import logging
from pathlib import Path

from fixbot_agent.watching.events import Solved
from fixbot_agent.watching.offer import Offer, offer_of
from fixbot_analysis.errors import FixbotError
from fixbot_lsp.rounds.fixes import Fix, line_edits, read_file
from fixbot_lsp.text.documents import Documents
from fixbot_repair.candidates import Edit

log = logging.getLogger(__name__)


def fix_of(solved: Solved, root: Path, documents: Documents, began: int, *, stored: bool = False) -> Fix | None:
    """Effect: read the files below the folder `root` that the report's patch changes, and make the fix of it.

    None where nothing was verified, where the patch does not apply, or where a file was written after `began` (nanoseconds since the
    epoch): then it is not what was verified. What is open counts as it is there: an edit would have ended the search; `stored`: the search looked
    at the disk only, so what is open must read the same.
    """
    offer = offer_of(solved.report)
    return None if offer is None else patched(offer, Path(solved.top or root), root, documents, began, stored=stored)


def patched(
    offer: Offer, top: Path, root: Path, documents: Documents, began: int, *, stored: bool = False
) -> Fix | None:
    """Effect: as :func:`fix_of`, for an offer whose patch names files from the folder `top`."""
    try:
        fix = _fix(offer, top, root, documents, began)
    except (FixbotError, OSError, ValueError) as error:
        log.warning("the patch does not apply: %s", error)
        return None
    if fix is None or (stored and any(read_file(root, path) != data for path, data in fix.before.items())):
        return None
    return fix


def _fix(offer: Offer, top: Path, root: Path, documents: Documents, began: int) -> Fix | None:
    from fixbot_repair.candidates.diff import apply, parse

    beginning = root.resolve().relative_to(top.resolve()).as_posix()
    start = "" if beginning == "." else f"{beginning}/"
    diffs = parse(offer.patch)
    before: dict[str, bytes] = {}
    for path in (diff.path for diff in diffs if diff.path.startswith(start)):
        document = documents.at(root, path.removeprefix(start))
        if document is not None and document.text is not None:
            before[path] = document.text.data
        elif (data := read_file(root, path.removeprefix(start))) is not None:
            if (top / path).stat().st_mtime_ns > began:
                return None
            before[path] = data
    edits: list[Edit] = []
    for path, new in apply(diffs, before).items():
        if new is None or path not in before:
            return None  # a file made or deleted, or one outside of the folder: no text edit says that
        edits += line_edits(path.removeprefix(start), before[path], new)
    texts = {path.removeprefix(start): data for path, data in before.items()}
    return Fix(offer.title, offer.evidence, tuple(edits), texts, root, offer.undoes)
