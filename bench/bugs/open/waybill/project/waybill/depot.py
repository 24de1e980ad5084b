"""What people at a counter do: find a parcel, move it on, see what is late."""

from datetime import datetime
from typing import Any, Callable, Dict, Iterable, List, Tuple

from .deadlines import overdue
from .machine import NotAllowed
from .parcel import Parcel, check_number
from .rules import machine
from .storage import Storage


class Depot:
    def __init__(self, storage: Storage, clock: Callable[[], datetime] = datetime.now, holidays: Iterable = ()) -> None:
        self.storage = storage
        self.clock = clock
        self.holidays = list(holidays)

    def announce(self, parcel: Parcel) -> Parcel:
        if not check_number(parcel.number):
            raise ValueError(f"{parcel.number} is no parcel number")
        if parcel.number in self.storage.numbers():
            raise ValueError(f"{parcel.number} is there already")
        parcel.record(self.clock(), "announce")
        self.storage.save(parcel)
        return parcel

    def move(self, number: str, name: str, **details: Any) -> Parcel:
        """Make a move and keep it. Raises NotAllowed or Missing; then nothing has changed."""
        parcel = self.storage.load(number)
        machine.fire(parcel, name, **details)
        if name == "miss":
            parcel.attempts += 1
        parcel.record(self.clock(), name, **details)
        self.storage.save(parcel)
        return parcel

    def move_all(self, numbers: Iterable[str], name: str, **details: Any) -> Tuple[List[str], Dict[str, str]]:
        """Make a move with several parcels: the numbers of those that were moved, and why the others were not."""
        done, faults = [], {}
        for number in numbers:
            try:
                self.move(number, name, **details)
            except (NotAllowed, KeyError) as error:
                faults[number] = str(error)
            else:
                done.append(number)
        return done, faults

    def clean_up(self) -> List[str]:
        """Do what is due with parcels that are late; a line for each."""
        lines = []
        for parcel, name in overdue(self.storage, self.clock(), self.holidays):
            before = parcel.state
            try:
                after = self.move(parcel.number, name).state
            except NotAllowed as error:
                lines.append(f"{parcel.number}: {error}")
            else:
                lines.append(f"{parcel.number}: {before} -> {after}")
        return lines

    def track(self, number: str) -> List[str]:
        """The history of a parcel for its receiver, newest first; notes for the staff are left out."""
        parcel = self.storage.load(number)
        lines = []
        for event in reversed(parcel.events):
            details = [f"{key}: {value}" for key, value in sorted(event.details.items()) if not key.startswith("staff")]
            rest = f" ({', '.join(details)})" if details else ""
            lines.append(f"{event.time:%d.%m.%Y %H:%M}  {event.state}{rest}")
        return lines

    def tour(self, numbers: Iterable[str]) -> List[List[str]]:
        """Parcels grouped by postal code, the codes in order; in each the heaviest first."""
        groups: Dict[str, List[Parcel]] = {}
        for number in numbers:
            parcel = self.storage.load(number)
            groups.setdefault(parcel.address.code, []).append(parcel)
        return [
            [parcel.number for parcel in sorted(group, key=lambda each: (-each.grams, each.number))]
            for _, group in sorted(groups.items())
        ]
