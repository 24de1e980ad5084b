"""What code in a text imports: modules and names that the reproduction of an issue begins with."""

import re
from collections.abc import Iterable, Iterator

_IMPORT = re.compile(
    r"^[ \t>.]{0,20}(?:In \[\d+\]: ?)?(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+([^\n#]{1,500})|import[ \t]+([^\n#]{1,500}))",
    re.MULTILINE,
)
_WORD = re.compile(r"[\w.]+")


def imported(blocks: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(module, name) of each import; the name is ``""`` for ``import module``, and for a star."""
    for block in blocks:
        for match in _IMPORT.finditer(block):
            module, names, modules = match.groups()
            for part in (names or modules).split(","):
                word = _WORD.search(part)
                yield (module, word[0] if word else "") if module else (word[0] if word else "", "")
