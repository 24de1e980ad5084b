"""How models are shown that were looked at: as JSON, as lines, and several of them side by side."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.models.filling import Way
    from fixbot_agent.models.health import Health
    from fixbot_agent.models.keeping import Figures
    from fixbot_agent.models.trials import Answer
    from fixbot_agent.settings import ModelSettings, Settings

_WIDEST = 24  # characters of a model's name in a table


def document(health: "Health", settings: "ModelSettings", *, asked: bool) -> Json:
    """One model as the contract has it; with `asked` its answers."""
    priced = settings.price_in is not None and settings.price_out is not None
    price: Json = {"in": settings.price_in, "out": settings.price_out, "cached": settings.price_cached}
    made: dict[str, Json] = {
        "name": health.name,
        "base_url": settings.gguf or health.base_url,
        "reachable": health.reachable,
        "abilities": dict(health.abilities),
        "since": {name: stamp(at) for name, at in health.since.items()},
        "latency_ms": health.latency_ms,
        "error": health.error or None,
        "context": {"tokens": health.context, "said": health.context_said} if health.context else None,
        "price": price if priced else None,
        "calls": _calls(health.figures),
        "filling": _filling(health.way),
    }
    if asked:
        compared = health.compared
        made["answers"] = [_answer(a) for a in health.answers]
        made["baseline"] = stamp(compared.since) if compared and compared.since else None
        made["worse"] = list(health.worse)
    return made


WORK = {
    "complete": "completion", "solve": "patches", "review": "reviews", "test": "acceptance tests of solve, tests of cover",
    "judge": "comparing patches", "ask": "questions", "embed": "order by meaning", "rerank": "order of what is found",
}  # fmt: skip


def roles(settings: "Settings", name: str) -> list[str]:
    """The roles that the model `name` is configured for."""
    return [role for role in WORK if name in getattr(settings.roles, role)]


def lines(health: "Health", settings: "ModelSettings", source: str = "", *, orders: bool = False) -> Iterator[str]:
    """One model as a person reads it; `source` is where its settings stand. One that only `orders` texts need not chat nor fill holes."""
    where = PurePath(settings.gguf).name if settings.gguf else health.base_url
    state = f"answers in {health.latency_ms:.0f} ms" if health.latency_ms is not None else "does not answer"
    yield f"{health.name}  {settings.model} at {where}  {state}"
    if health.error:
        yield f"  {health.error}"
    if health.reachable and orders:
        yield f"  {_ordering(health)}"
    elif health.reachable:
        yield f"  can: {_abilities(health)}"
        if health.context:
            yield f"  context: {health.context} tokens, says {health.context_said}"
        yield f"  {_how(health.way)}"
    yield f"  price: {_price(settings, source)}"
    yield from (f"  {line}" for line in _past(health.figures, _is_priced(settings)))
    yield from (f"  worse: {line}" for line in health.worse)


def table(tried: Sequence["Health"], models: Mapping[str, "ModelSettings"]) -> Iterator[str]:
    """The answers of several models side by side: a line a task, then the sums. `models` are their settings by name."""
    from fixbot_agent.models.trials import TRIALS, tallied

    width = max(len("median of answers"), *(len(t.name) for t in TRIALS))
    columns = [max(min(len(h.name), _WIDEST), 13) for h in tried]

    def row(head: str, cells: Sequence[str]) -> str:
        return "  ".join([f"{head:<{width}}", *(f"{c:>{n}}" for c, n in zip(cells, columns, strict=True))]).rstrip()

    yield row("", [h.name[:_WIDEST] for h in tried])
    for number, trial in enumerate(TRIALS):
        yield row(trial.name, [_cell(h.answers[number]) if h.answers else "-" for h in tried])
    sums = [tallied(h.answers) for h in tried]
    yield row("right", [f"{s.passed} of {s.judged}" for s in sums])
    yield row("median of answers", ["-" if s.seconds is None else f"{s.seconds:.1f} s" for s in sums])
    yield row("tokens written", [str(s.tokens_out) for s in sums])
    yield row("cost", [_cost(s.cost, _is_priced(models[h.name])) for h, s in zip(tried, sums, strict=True)])


def stamp(at: float) -> str:
    """A time (seconds since 1970) as ISO 8601."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(answer: "Answer") -> Json:
    return {
        "task": answer.task,
        "prompt": answer.prompt,
        "text": answer.text,
        "seconds": answer.seconds,
        "first_token": answer.first_token,
        "tokens_out": answer.tokens_out,
        "cost": answer.cost,
        "passed": answer.passed,
        "error": answer.error or None,
    }


def _cell(answer: "Answer") -> str:
    verdict = {True: "right", False: "wrong", None: "not judged"}[answer.passed]
    return "no answer" if answer.error else f"{verdict} {answer.seconds:.1f} s"


def _ordering(health: "Health") -> str:
    if not health.answers:
        return "asked for the order of what was found, and for nothing else; --try finds out whether it can"
    return "; ".join(f"{a.task}: {a.error or _cell(a)}{_rows(a)}" for a in health.answers)


def _rows(answer: "Answer") -> str:
    """How near the rows of an answer were, in brackets."""
    return f" ({', '.join(answer.text.splitlines())})" if answer.text else ""


def _calls(figures: "Figures") -> Json:
    by_prompt: dict[str, Json] = {p: {"judged": j, "verified": v} for p, (j, v) in figures.by_prompt.items()}
    return {
        "count": figures.calls,
        "failed": figures.failed,
        "failures": dict(figures.failures),
        "p50": figures.p50,
        "p95": figures.p95,
        "first_p50": figures.first_p50,
        "first_p95": figures.first_p95,
        "tokens_per_second": figures.speed,
        "cost": figures.cost,
        "judged": figures.judged,
        "verified": figures.verified,
        "by_prompt": by_prompt,
    }


def _is_priced(settings: "ModelSettings") -> bool:
    from fixbot_agent.models.prices import priced

    return priced(settings)


def _cost(cost: float, is_priced: bool) -> str:
    """What calls cost, as far as a price is, or was, known."""
    return f"{cost:.4f}" if is_priced or cost else "not known"


def _past(figures: "Figures", is_priced: bool) -> Iterator[str]:
    if figures.calls:
        failed = ", ".join(f"{n} {kind}" for kind, n in figures.failures.items())
        what = "question" if figures.calls == 1 else "questions"  # the account of the day counts each try
        said = [f"{figures.calls} {what} in 30 days, {figures.failed} failed{f' ({failed})' if failed else ''}"]
        if figures.p50 is not None:
            said.append(f"answers in {figures.p50:.1f} s (p95 {figures.p95:.1f} s)")
        if figures.first_p50 is not None:
            said.append(f"first token after {figures.first_p50:.2f} s (p95 {figures.first_p95:.2f} s)")
        if figures.speed is not None:
            said.append(f"{figures.speed:.0f} tokens/s")
        yield "; ".join([*said, f"cost {_cost(figures.cost, is_priced)}"])
    if figures.judged:
        by = ", ".join(f"{p}: {v} of {j}" for p, (j, v) in sorted(figures.by_prompt.items()))
        yield f"patches: {figures.verified} of {figures.judged} verified{f' ({by})' if by else ''}"


def _abilities(health: "Health") -> str:
    words = {True: "yes", False: "no", None: "not known"}
    known = [f"{n} {words[can]}{_date(health.since, n)}" for n, can in health.abilities.items() if can is not None]
    unknown = [n for n, can in health.abilities.items() if can is None]
    said = ", ".join(known) or "nothing is known yet; --try finds out"
    return f"{said}{'; not known: ' + ', '.join(unknown) if known and unknown else ''}"


def _date(since: Mapping[str, float], name: str) -> str:
    return f" ({stamp(since[name])[:10]})" if name in since else ""


def _price(settings: "ModelSettings", source: str) -> str:
    from fixbot_agent.models.prices import told

    if not _is_priced(settings):
        return "not set, so what it costs is not known"
    return f"{told(settings)}, for a million tokens, as {source or 'the settings'} says"


def _filling(way: "Way | None") -> Json:
    if way is None:
        return None
    since = stamp(way.at) if way.at else None
    return {"way": way.way, "fills": way.fills, "why": way.why, "since": since, "set": way.is_set}


def _how(way: "Way | None") -> str:
    if way is None:
        return (
            "completions: not tried yet; --try finds out how it fills the middle of code, so does the first completion"
        )
    if not way.at:
        return f"completions: {way.way}, as the settings say; not tried, --try does"
    if not way.way:
        return f"completions: none, by no way does it fill the middle of code (tried {stamp(way.at)}; {way.why})"
    seen = {True: "seen to fill the middle", False: "seen NOT to fill the middle", None: "not tried"}[way.fills]
    return f"completions: {way.way}, {seen}, since {stamp(way.at)} ({way.why})"
