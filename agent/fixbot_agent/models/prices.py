"""What asking costs: the prices that the user set, and the most that one answer may come to."""

from dataclasses import dataclass

from fixbot_agent.models.messages import Usage
from fixbot_agent.models.model import Endpoint

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that one answer may take. `is_priced` is False where nobody said what it costs; `cost` is 0 then and means nothing."""

    tokens: int = 0
    cost: float = 0.0
    is_priced: bool = True


def priced(endpoint: Endpoint) -> bool:
    """Whether it is known what `endpoint` costs. One on this machine may be a gateway to others: it is not taken for free either."""
    return endpoint.price_in is not None and endpoint.price_out is not None


def cost(endpoint: Endpoint, usage: Usage) -> float:
    """Money that `usage` comes to, in the currency of the prices. Tokens that were cached are among those read; 0 for what has no price."""
    fresh_price = endpoint.price_in or 0.0
    cached_price = fresh_price if endpoint.price_cached is None else endpoint.price_cached
    cached = min(usage.tokens_cached, usage.tokens_in)
    read = (usage.tokens_in - cached) * fresh_price + cached * cached_price
    return (read + usage.tokens_out * (endpoint.price_out or 0.0)) / _MILLION


def estimate(endpoint: Endpoint | None, tokens_in: int) -> Estimate:
    """The most that one answer may take that is asked for with `tokens_in`."""
    if endpoint is None:
        return Estimate(tokens_in, is_priced=False)
    most = Usage(tokens_in, 0, endpoint.max_tokens)
    return Estimate(tokens_in + endpoint.max_tokens, cost(endpoint, most), priced(endpoint))


def told(endpoint: Endpoint) -> str:
    """The price in words, for a million tokens."""
    if endpoint.price_in is None or endpoint.price_out is None:
        return "not set"
    cached = "" if endpoint.price_cached is None else f", {endpoint.price_cached:g} cached"
    return f"{endpoint.price_in:g} read{cached}, {endpoint.price_out:g} written"
