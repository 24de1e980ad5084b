"""The files of a store: 000001.log, 000002.log, …; the one with the highest number is written to."""

import os
import re
from pathlib import Path
from typing import Dict, List, Tuple

from .errors import Damaged
from .record import Record, pack, read, scan

_NAME = re.compile(r"(\d{6,})\.log")


class Segments:
    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.numbers = self._found()
        if not self.numbers:
            self._begin(1)
        self._size = self.path(self.current).stat().st_size

    @property
    def current(self) -> int:
        return self.numbers[-1]

    def _found(self) -> List[int]:
        matches = (_NAME.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(match.group(1)) for match in matches if match)

    def _begin(self, number: int) -> None:
        self.path(number).touch()
        self.numbers.append(number)
        self._size = 0

    def path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.log"

    def append(self, record: Record) -> Tuple[int, int]:
        """Write a record; (file, byte) where it lies. A file that has reached its limit is closed first."""
        if self._size and self._size + record.size > self.limit:
            self._begin(self.current + 1)
        at = self._size
        with self.path(self.current).open("ab") as stream:
            stream.write(pack(record))
        self._size += record.size
        return self.current, at

    def fetch(self, number: int, at: int) -> Record:
        path = self.path(number)
        with path.open("rb") as stream:
            stream.seek(at)
            record = read(stream, path.name)
        if record is None:
            raise Damaged(path.name, at)
        return record

    def replay(self, number: int, mend: bool = False):
        """(byte, record) of a file. With `mend`, a damaged end is cut off; damage before it is an error all the same."""
        path = self.path(number)
        found = []
        with path.open("rb") as stream:
            try:
                for at, record in scan(stream, path.name):
                    found.append((at, record))
            except Damaged as error:
                if not mend or number != self.current:
                    raise
                cut = error.at
            else:
                return found
        os.truncate(path, cut)
        self._size = cut
        return found

    def replace(self, old: List[int], records: List[Record]) -> Dict[bytes, Tuple[int, int]]:
        """Put records into a new file in place of some old ones, which come before the current; where each key lies now."""
        number = max(old)
        draft = self.folder / "compact.tmp"
        places, at = {}, 0
        with draft.open("wb") as stream:
            for record in records:
                stream.write(pack(record))
                places[record.key] = (number, at)
                at += record.size
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, self.path(number))
        for each in old:
            if each != number:
                self.path(each).unlink()
        self.numbers = [each for each in self.numbers if each not in old or each == number]
        return places
