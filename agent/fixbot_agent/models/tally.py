"""Who was asked how often, and what it came to."""

from dataclasses import dataclass

from fixbot_agent.models.messages import Usage


@dataclass(frozen=True, slots=True)
class Spent:
    """What one model was asked and cost; `calls` counts failed ones too, `unpriced` those whose price nobody said."""

    name: str
    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    unpriced: int = 0


class Tally:
    """The sums of one piece of work, by model, in the order in which they were first asked."""

    def __init__(self) -> None:
        self._spent: dict[str, Spent] = {}

    def add(self, name: str, usage: Usage, calls: int = 1, *, is_priced: bool = True) -> None:
        """Count what `calls` requests took."""
        was = self._spent.get(name, Spent(name))
        self._spent[name] = Spent(
            name,
            was.calls + calls,
            was.tokens_in + usage.tokens_in,
            was.tokens_cached + usage.tokens_cached,
            was.tokens_out + usage.tokens_out,
            was.cost + usage.cost,
            was.unpriced + (0 if is_priced else calls),
        )

    @property
    def spent(self) -> tuple[Spent, ...]:
        """The sums so far."""
        return tuple(self._spent.values())

    @property
    def cost(self) -> float:
        """Money spent on all models."""
        return sum(s.cost for s in self._spent.values())
