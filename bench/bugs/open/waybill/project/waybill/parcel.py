"""A parcel, where it goes, what has happened to it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Dict, List, Optional

TIME = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True)
class Address:
    name: str
    street: str
    town: str
    code: str
    country: str = "DE"

    @property
    def label(self) -> str:
        lines = [self.name, self.street, f"{self.code} {self.town}"]
        if self.country != "DE":
            lines.append(self.country)
        return "\n".join(lines)


@dataclass
class Event:
    time: datetime
    move: str
    state: str
    details: Dict[str, Any] = field(default_factory=dict)


@dataclass
class Parcel:
    number: str
    address: Address
    grams: int
    state: str = "announced"
    attempts: int = 0
    tags: List[str] = field(default_factory=list)
    events: List[Event] = field(default_factory=list)

    def record(self, time: datetime, move: str, **details: Any) -> None:
        self.events.append(Event(time, move, self.state, details))

    @property
    def last(self) -> Optional[Event]:
        return self.events[-1] if self.events else None

    def since(self) -> Optional[datetime]:
        """When the parcel came into the state that it is in; None where nothing has happened yet."""
        entered = None
        for event in reversed(self.events):
            if event.state != self.state:
                break
            entered = event.time
        return entered

    def to_dict(self) -> Dict[str, Any]:
        data = asdict(self)
        for event in data["events"]:
            event["time"] = event["time"].strftime(TIME)
        data["version"] = 3
        return data

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Parcel":
        data = upgrade(dict(data))
        data.pop("version")
        data["address"] = Address(**data["address"])
        data["events"] = [Event(**{**event, "time": datetime.strptime(event["time"], TIME)}) for event in data["events"]]
        return cls(**data)


def upgrade(data: Dict[str, Any]) -> Dict[str, Any]:
    """Data of older versions: 1 had kilograms and no tags, 2 had the country as a name."""
    if data.get("version", 1) < 2:
        data["grams"] = round(data.pop("kilograms") * 1000)
        data.setdefault("tags", [])
        data["version"] = 2
    if data["version"] < 3:
        names = {"Germany": "DE", "Austria": "AT", "Switzerland": "CH"}
        address = dict(data["address"])
        address["country"] = names.get(address.get("country", "Germany"), address.get("country"))
        data["address"] = address
        data["version"] = 3
    return data


def check_number(number: str) -> bool:
    """Whether the last digit of a parcel's number fits the others: weights 3 and 1 in turn, from the right."""
    if not (number.isascii() and number.isdigit()) or len(number) < 2:
        return False
    digits = [int(digit) for digit in number[:-1]]
    total = sum(digit * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return (10 - total % 10) % 10 == int(number[-1])
