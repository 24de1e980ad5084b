"""One thing that is remembered, and the plain text that it is kept as."""

import hashlib
import re
from dataclasses import dataclass, replace

KINDS = ("fix", "fact", "how-to")
LONGEST = 400  # characters of a text
_MOST = 8  # definitions that one may be about
_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is tied to: a definition ("path::Class.method") or a file, and the digests of what it may hold."""

    name: str
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One memory. `kind` is fix, fact or how-to; `run` is the run that it is of; `day` is "2026-11-23".

    `by` is whose words they are ("model:NAME", "template:…", "" where that was not kept).
    """

    kind: str
    text: str
    run: str
    day: str
    about: tuple[About, ...] = ()
    id: str = ""
    by: str = ""
    is_verified: bool = True  # whether the run's patch was

    @property
    def is_a_word(self) -> bool:
        """Whether it is only what a model said: of a fix its tests tell, too."""
        return self.kind != "fix"

    @property
    def paths(self) -> frozenset[str]:
        """The files that it is about."""
        return frozenset(a.name.partition("::")[0] for a in self.about)

    def named(self) -> "Entry":
        """The same, bounded, with the name that its content gives it."""
        short = replace(self, text=" ".join(self.text.split())[:LONGEST], about=self.about[:_MOST])
        whole = "\0".join([short.kind, short.text, *(a.name for a in short.about)])
        return replace(short, id=hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=4).hexdigest())

    def spelled(self) -> str:
        """Its file."""
        rows = [f"kind: {self.kind}", f"run: {self.run}", f"day: {self.day}"]
        rows += [f"by: {self.by}"] if self.by else []
        rows += [] if self.is_verified else ["verified: no"]
        rows += [f"about: {a.name} {','.join(a.digests)}" for a in self.about]
        return "\n".join([*rows, "", self.text, ""])


def read(name: str, text: str) -> Entry | None:
    """The entry that the file `name` holds; None for what is none."""
    head, _, body = text.partition("\n\n")
    rows = [row.partition(": ")[::2] for row in head.split("\n")]
    told = dict(rows)
    if not _ID.fullmatch(name) or told.get("kind") not in KINDS or not body.strip():
        return None
    found = []
    for key, value in rows:
        place, _, digests = value.rpartition(" ")
        if key == "about" and place:
            found.append(About(place, tuple(d for d in digests.split(",") if d)))
    words = " ".join(body.split())[:LONGEST]
    whose, is_verified = told.get("by", ""), told.get("verified") != "no"
    return Entry(
        told["kind"], words, told.get("run", ""), told.get("day", ""), tuple(found[:_MOST]), name, whose, is_verified
    )
