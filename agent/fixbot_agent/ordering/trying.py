"""Small tasks for models that order texts, each judged by a program: which of three pieces of code a sentence is about."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import starmap
from operator import mul

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Message, Model, Reply
from fixbot_agent.models.baseline import Baselines
from fixbot_agent.models.health import Health, Looking
from fixbot_agent.models.known import Known, key_of
from fixbot_agent.models.messages import Role
from fixbot_agent.models.model import Endpoint
from fixbot_agent.models.purse import Booked
from fixbot_agent.models.ranking import Embedder, prefixes_of, scores, vectors
from fixbot_agent.models.trials import Answer
from fixbot_agent.ordering.asking import EMBED, RERANK
from fixbot_agent.ordering.listwise import Ranker
from fixbot_agent.settings.keys import Roles

_CODE = (
    "def read_settings(path):\n    with open(path) as source:\n        return parse(source.read())",
    "def median(values):\n    ordered = sorted(values)\n    return ordered[len(ordered) // 2]",
    "def send_mail(recipient, subject, body):\n    connection = smtp()\n    connection.deliver(recipient, subject, body)",
)
_QUESTIONS = (
    "The configuration file is not found",
    "The middle of an even count of numbers is wrong",
    "Nobody receives the notification when an order is shipped",
)  # fmt: skip


def orders_only(roles: Roles, name: str) -> bool:
    """Whether the model `name` is configured for the order of texts and for nothing else: it need not write any."""
    has = {role for role in Roles.__dataclass_fields__ if name in getattr(roles, role)}
    return bool(has) and has <= {EMBED, RERANK}


def try_orders(seen: Health, endpoint: Endpoint, looking: Looking, roles: Roles, *, anew: bool = False) -> Health:
    """Effect: let the model do what it is configured for (this may cost), held against the last time as other models' answers are."""
    if not seen.reachable:
        return seen
    known = Known(looking.keeping.folder if looking.keeping else None)
    answers = []
    if endpoint.name in roles.embed:
        answers.append(_embedded(_paid(Embedder(endpoint, looking.environ, known), endpoint, looking), endpoint.model))
    if endpoint.name in roles.rerank:
        answers.append(_reranked(_paid(Ranker(endpoint, looking.environ, known), endpoint, looking)))
    made = replace(seen, answers=tuple(answers))
    if looking.keeping is None:
        return made
    compared = Baselines(looking.keeping.folder).compare(key_of(endpoint), made.answers, anew=anew)
    return replace(made, compared=compared, worse=compared.worse)


def _paid(model: Model, endpoint: Endpoint, looking: Looking) -> Model:
    return Booked(model, endpoint, looking.keeping.ledger) if looking.keeping else model


def _embedded(model: Model, name: str) -> Answer:
    """Effect: let `model`, called `name` at its endpoint, embed questions and code. Whether each question is nearest to its own code."""
    marks = prefixes_of(name)
    texts = [*(marks.query + q for q in _QUESTIONS), *(marks.text + c for c in _CODE)]

    def read(reply: Reply) -> list[list[float]]:
        found = vectors(reply)
        asked, code = found[: len(_QUESTIONS)], found[len(_QUESTIONS) :]
        return [[sum(map(mul, one, other)) for other in code] for one in asked]

    return _tried("near code", model, texts, read, range(len(_QUESTIONS)))


def _reranked(model: Model) -> Answer:
    """Effect: let `model` score code by a question. Whether what the question is about comes first."""
    return _tried("sort code", model, [_QUESTIONS[1], *_CODE], lambda reply: [scores(reply)], [1])


def _tried(
    task: str, model: Model, texts: list[str], read: Callable[[Reply], list[list[float]]], wanted: Sequence[int]
) -> Answer:
    """Effect: ask once. `read` gives the scores of the code, a row a question; `wanted` is which is the best of each row."""
    try:
        reply = model.complete([Message(Role.USER, text) for text in texts])
        rows = read(reply)
    except ModelError as error:
        return Answer(task, "\n\n".join(texts), passed=False, error=error.message)
    usage = reply.usage
    return Answer(
        task, "\n\n".join(texts), "\n".join(starmap(_told, zip(rows, wanted, strict=True))), round(reply.seconds, 3), None,
        usage.tokens_out, usage.cost, all(_best(row) == at for row, at in zip(rows, wanted, strict=True)),
    )  # fmt: skip


def _told(row: list[float], at: int) -> str:
    """What the right piece of code got, and what the best of the others got."""
    others = max(score for n, score in enumerate(row) if n != at)
    return f"{'right' if _best(row) == at else 'wrong'}: {row[at]:.3f} for the code meant, {others:.3f} for the next"


def _best(given: list[float]) -> int:
    return max(range(len(given)), key=given.__getitem__)
