"""Putting a predictor together of settings: which models, how much, where it is written down."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.completing.cleaning import clean
from fixbot_agent.completing.predicting.asked import Limits
from fixbot_agent.completing.predicting.asking import Models
from fixbot_agent.completing.predicting.journal import Journal
from fixbot_agent.completing.predicting.predictor import Predictor
from fixbot_agent.completing.predicting.sending import Clearance
from fixbot_agent.models import DayLimits, Keeping, usable
from fixbot_agent.models.filling import Ways
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.settings import Places, Settings

_PATIENT, _LOOKING = 60.0, 1.0  # seconds that somebody waits who sees no editor standing still


@dataclass(frozen=True, slots=True)
class Service:
    """A predictor with what is told of it: the models' names in order, and the journal of what was sent."""

    predictor: Predictor
    names: tuple[str, ...]
    journal: Journal


def predictor_of(
    settings: Settings,
    places: Places,
    names: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    *,
    patient: bool = False,
) -> Service | None:
    """The service of the models `names`, or of the role ``complete``; None where there is none, or the settings want none.

    `patient` at a terminal, where an answer is waited for that an editor would not wait for. Raises UsageFailure for a name that is not configured. Nothing is asked or written by making it.
    """
    environ = os.environ if environ is None else environ
    chosen = tuple(names) or settings.roles.complete
    endpoints = usable(settings.models, chosen, offline=settings.offline)
    if settings.no_model or not endpoints:
        return None
    limits = Limits(settings.completion_context, settings.completion_length, deadline=settings.completion_deadline)
    if patient:
        limits = replace(limits, deadline=_PATIENT, patience=_PATIENT, looking=_LOOKING)
    journal = Journal(places.sent)
    day = DayLimits(settings.max_cost_day, settings.max_tokens_day)
    keeping = Keeping(places.shared)
    models = Models(endpoints, limits, Ways(places.ways), journal, environ, keeping=keeping, day=day, insists=patient)
    redact = redactor(settings.key_names, environ)
    return Service(Predictor(models, Clearance(redact), clean), tuple(e.name for e in endpoints), journal)
