"""Where the files lie that processes share, and what stands in them for one configured model."""

from pathlib import Path

from fixbot_agent.models.keeping.breaker import Breaker
from fixbot_agent.models.keeping.file import SharedFile
from fixbot_agent.models.keeping.journal import Journal
from fixbot_agent.models.keeping.ledger import Ledger
from fixbot_agent.models.keeping.limits import Limits
from fixbot_agent.models.keeping.slots import Slots
from fixbot_agent.models.model import Endpoint


class Keeping:
    """The files in `folder`, which is made when there is something to keep. One model at one address is one, by whatever name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "calls.jsonl")
        self._resting = SharedFile(folder / "resting.json")
        self._limits = SharedFile(folder / "limits.json")
        self.ledger = Ledger(SharedFile(folder / "spent.json"))

    def breaker(self, endpoint: Endpoint) -> Breaker:
        """Whether it is left alone now."""
        return Breaker(self._resting, _key(endpoint))

    def limits(self, endpoint: Endpoint) -> Limits:
        """What may be asked of it now."""
        return Limits(self._limits, _account(endpoint), endpoint.requests_per_minute, endpoint.tokens_per_minute)

    def slots(self, endpoint: Endpoint) -> Slots | None:
        """Its places, None where there is no limit to them."""
        return Slots(self.folder / "places", _account(endpoint), endpoint.parallel) if endpoint.parallel else None


def _key(endpoint: Endpoint) -> str:
    return f"{endpoint.base_url} {endpoint.model}"


def _account(endpoint: Endpoint) -> str:
    """Limits are a key's: two keys have one each."""
    return f"{_key(endpoint)} {endpoint.api_key_env}"
