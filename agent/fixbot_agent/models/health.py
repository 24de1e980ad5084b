"""Whether configured models answer, what they can do and how they did: what ``fixbot models`` shows."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models.abilities import probe, stated
from fixbot_agent.models.baseline import Baselines, Compared, rate_drop
from fixbot_agent.models.client import Client
from fixbot_agent.models.filling import Filler, Way, Ways
from fixbot_agent.models.keeping import Figures, Keeping
from fixbot_agent.models.known import ABILITIES, Known, key_of
from fixbot_agent.models.listing import Served
from fixbot_agent.models.model import Endpoint
from fixbot_agent.models.purse import Booked
from fixbot_agent.models.trials import TRIALS, Answer, Runs, tried

_PATIENCE = 10.0  # seconds that the list of models may take
_LATELY = 7 * 86400.0  # seconds: what is held against the time before
_LONG = 90 * 86400.0


@dataclass(frozen=True, slots=True)
class Health:
    """One configured model, looked at. `latency_ms` is that of the endpoint's list of models, `context` in tokens (0: not known).

    `abilities` are None where nobody knows; `since` says of those that were seen when (seconds since 1970).
    """

    name: str
    base_url: str
    reachable: bool
    abilities: Mapping[str, bool | None] = field(default_factory=dict)
    since: Mapping[str, float] = field(default_factory=dict)
    latency_ms: float | None = None
    error: str = ""
    context: int = 0
    context_said: str = ""
    figures: Figures = field(default_factory=Figures)
    answers: tuple[Answer, ...] = ()
    compared: Compared | None = None
    worse: tuple[str, ...] = ()
    way: Way | None = None  # how it fills the middle of code; None where that was not found out yet


@dataclass(frozen=True, slots=True)
class Looking:
    """What looking at models needs: what is kept of them, how they fill holes, and the keys. Without `keeping` nothing is kept."""

    keeping: Keeping | None = None
    ways: Ways | None = None
    environ: Mapping[str, str] | None = None

    def client(self, endpoint: Endpoint) -> Client:
        """The model of `endpoint`, with what is known of it."""
        return Client(endpoint, self.environ, Known(self.keeping.folder if self.keeping else None))


def look(endpoint: Endpoint, looking: Looking) -> Health:
    """Effect: see whether the endpoint answers; what is known of the model is read, and nothing is asked of it."""
    client, began = looking.client(endpoint), time.monotonic()
    try:
        served = client.served(min(_PATIENCE, endpoint.timeout))
    except ModelError as error:
        return _known(Health(endpoint.name, endpoint.base_url, reachable=False, error=error.message), client, looking)
    latency = round((time.monotonic() - began) * 1000, 1)
    client.learn_context()
    seen = Health(
        endpoint.name, endpoint.base_url, reachable=True, latency_ms=latency, error=_absence(endpoint, served)
    )
    return _known(seen, client, looking)


def try_out(
    seen: Health,
    endpoint: Endpoint,
    looking: Looking,
    runs: Runs,
    *,
    fill: bool = False,
    anew: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> Health:
    """Effect: let the model answer the trials (this may cost), find out what it can do, with `fill` how it fills holes.

    The answers are held against the last ones; `anew` takes them for the new measure whatever they are. `step` hears what is asked.
    """
    if not seen.reachable:
        return seen
    client = looking.client(endpoint)
    try:
        step("abilities")
        probe(client)
    except ModelError as error:
        return replace(_known(seen, client, looking), error=seen.error or error.message)
    answers = []
    paid = Booked(client, endpoint, looking.keeping.ledger) if looking.keeping else client
    for trial in TRIALS:
        step(trial.name)
        answers.append(tried(paid, trial, runs))
    made = replace(seen, answers=tuple(answers))
    if looking.keeping is not None:
        compared = Baselines(looking.keeping.folder).compare(key_of(endpoint), made.answers, anew=anew)
        made = replace(made, compared=compared, worse=(*compared.worse, *_rates(endpoint, looking.keeping)))
    if fill and looking.ways is not None:
        step("holes")
        try:
            looking.ways.of(endpoint, Filler(endpoint, looking.environ), looking.environ, again=True)
        except ModelError as error:
            made = replace(made, error=made.error or error.message)
    return _known(made, client, looking)


def _known(seen: Health, client: Client, looking: Looking) -> Health:
    """`seen`, with all that is kept of the model."""
    endpoint = client.endpoint
    learnt = client.known.of(endpoint)
    way = looking.ways.known(endpoint) if looking.ways is not None and seen.reachable else None
    abilities = {name: stated(endpoint, learnt, name) for name in ABILITIES}
    if way is not None and way.fills is not None:
        abilities["fim"] = way.fills
    journal = looking.keeping.journal if looking.keeping else None
    return replace(
        seen,
        abilities=abilities,
        since={name: a.at for name, a in learnt.abilities.items() if name not in endpoint.abilities},
        context=endpoint.window or learnt.context,
        context_said="the settings" if endpoint.window else learnt.said,
        figures=journal.figures(endpoint.name, endpoint.model) if journal else Figures(),
        way=way,
    )


def _rates(endpoint: Endpoint, keeping: Keeping) -> list[str]:
    journal = keeping.journal
    before = journal.figures(endpoint.name, endpoint.model, _LONG, until=_LATELY)
    return rate_drop(before, journal.figures(endpoint.name, endpoint.model, _LATELY))


def _absence(endpoint: Endpoint, served: list[Served]) -> str:
    if not served or any(s.id == endpoint.model for s in served):
        return ""
    return f"the endpoint does not list the model '{endpoint.model}'"
