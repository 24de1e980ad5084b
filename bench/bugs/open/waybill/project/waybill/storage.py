"""Parcels as JSON files, one each, in folders by the last two digits of their numbers; an index of what was changed when."""

import json
import os
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, Optional

from .parcel import Parcel


class Missing(KeyError):
    """There is no such parcel."""

    def __str__(self) -> str:
        return f"there is no parcel {self.args[0]}"


class Storage:
    def __init__(self, folder) -> None:
        self.folder = Path(folder)

    def path(self, number: str) -> Path:
        return self.folder / number[-2:] / f"{number}.json"

    def save(self, parcel: Parcel) -> None:
        """Write a parcel so that a reader sees the old file or the new one, never half of it."""
        path = self.path(parcel.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".draft")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(parcel.to_dict(), stream, ensure_ascii=False, indent=1, sort_keys=True)
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise

    def load(self, number: str) -> Parcel:
        try:
            text = self.path(number).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise Missing(number) from None
        return Parcel.from_dict(json.loads(text))

    def numbers(self) -> List[str]:
        return sorted(path.stem for path in self.folder.glob("*/*.json") if not path.name.startswith("."))

    def __iter__(self) -> Iterator[Parcel]:
        return (self.load(number) for number in self.numbers())

    def delete(self, number: str) -> None:
        try:
            self.path(number).unlink()
        except FileNotFoundError:
            raise Missing(number) from None
        try:
            self.path(number).parent.rmdir()
        except OSError:
            pass  # others are in it

    def find(self, state: Optional[str] = None, tag: Optional[str] = None, town: Optional[str] = None) -> List[Parcel]:
        """Parcels that fit all that is asked for; towns without regard to case."""
        return [
            parcel
            for parcel in self
            if (state is None or parcel.state == state)
            and (tag is None or tag in parcel.tags)
            and (town is None or parcel.address.town.casefold() == town.casefold())
        ]

    def counts(self) -> Dict[str, int]:
        found: Dict[str, int] = {}
        for parcel in self:
            found[parcel.state] = found.get(parcel.state, 0) + 1
        return found
