"""How it is shown what was spent on models today, of which limits, and which of them are left alone for a while."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.models import Day, Keeping, Spent
    from fixbot_agent.settings import ModelSettings, Settings


def document(day: "Day", settings: "Settings") -> Mapping[str, Json]:
    """Today's account as JSON; limits of 0 are none."""
    return {
        "date": day.date,
        "tokens": int(day.tokens),
        "cost": round(day.cost, 6),
        "max_tokens": settings.max_tokens_day,
        "max_cost": settings.max_cost_day,
        "models": [
            {
                "name": s.name,
                "calls": s.calls,
                "tokens_in": s.tokens_in,
                "tokens_cached": s.tokens_cached,
                "tokens_out": s.tokens_out,
                "cost": round(s.cost, 6),
                "unpriced": s.unpriced,
            }
            for s in day.spent
        ],
    }


def lines(day: "Day", settings: "Settings") -> Iterator[str]:
    """Today's account as a person reads it; nothing where nothing was asked and nothing is limited."""
    if not day.spent and not settings.max_cost_day and not settings.max_tokens_day:
        return
    knows_all = not any(s.unpriced for s in day.spent)
    cost = f"{day.cost:.4f} spent{'' if knows_all else ' as far as prices are known'}"
    tokens = f"{day.tokens:.0f} tokens used"
    if settings.max_cost_day:
        cost += f" of {settings.max_cost_day:g}"
    if settings.max_tokens_day:
        tokens += f" of {settings.max_tokens_day}"
    yield f"today ({day.date}): {cost}, {tokens}"
    yield from (
        f"  {s.name}: {_requests(s.calls)}, {s.tokens_in} + {s.tokens_out} tokens, {_cost(s)}" for s in day.spent
    )


def resting(keeping: "Keeping", endpoint: "ModelSettings") -> str:
    """Effect: reads what processes share. Why `endpoint` is left alone now, and for how long; "" where it is not."""
    breaker = keeping.breaker(endpoint)
    return f"left alone for {breaker.rest:.0f} s more: {breaker.error}" if breaker.is_open else ""


def _requests(count: int) -> str:
    """So many requests, each try one: a question that was tried three times is three."""
    return f"{count} {'request' if count == 1 else 'requests, tries that failed among them'}"


def _cost(spent: "Spent") -> str:
    if spent.unpriced and spent.unpriced >= spent.calls:
        return "cost not known"
    return f"cost {spent.cost:.4f}" + (f" and that of {spent.unpriced} without a price" if spent.unpriced else "")
