"""What a comparison comes to: a document, a table for people, and one plain sentence."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import cast

from fixbot_bench.prompting.comparing import Compared, compared, resampled
from fixbot_bench.prompting.measuring import COSTS
from fixbot_bench.prompting.trying import NOT_TRIED, Plan, Tried
from fixbot_bench.prompting.versions import Version, digest

_COUNTS = ("unparseable", "refused_edits", "stuck", "unpriced")
_WIDEST = 34
_WORDS = {
    "right": "right, of those judged", "tokens_in": "tokens read", "tokens_out": "tokens written", "tokens_cached": "tokens read from a cache",
    "share_cached": "share of a cache", "unparseable": "answers of no use", "stuck": "times stuck", "unpriced": "calls without a price",
    "used": "solves where it came up",
}  # fmt: skip

Pairs = Mapping[
    str, Sequence[tuple[Mapping[str, object], Mapping[str, object]]]
]  # by task: a result with either version


def document(tried: Sequence[Tried], plan: Plan, tasks: int) -> dict[str, object]:
    """Everything that is known; `said` is the sentence."""
    pairs = _paired(tried, plan)
    outcome = "right" if pairs and all(r["right"] is not None for r in _results(pairs)) else "verified"
    found = (
        compared({t: [(bool(a[outcome]), bool(b[outcome])) for a, b in each] for t, each in pairs.items()})
        if pairs
        else None
    )
    return {
        "prompt": plan.versions[0].name,
        "versions": [_version(v) for v in plan.versions],
        "same_text": plan.versions[0].text == plan.versions[1].text,
        "tasks": tasks, "repeats": plan.repeats, "seed": plan.seed, "pairs": sum(map(len, pairs.values())), "outcome": outcome,
        "paired": _paired_row(found, plan) if found else None,
        "sums": {v.label: _sums([pair[n] for each in pairs.values() for pair in each]) for n, v in enumerate(plan.versions)},
        "costs": _costs(pairs, plan.seed),
        "timeout": plan.seconds, "stopped": plan.standing.why or None, "not_tried": sum(_not_tried(t) for t in tried),
        "left_out": [
            {"task": t.task, "version": t.version, "repeat": t.repeat + 1, "why": t.error} for t in tried if t.error and not _not_tried(t)
        ],
        "said": "; ".join(said(found, pairs, plan, outcome)),
        "results": [{"task": t.task, "version": t.version, "repeat": t.repeat + 1, **_without_patch(t.result)} for t in tried if not t.error],
    }  # fmt: skip


def _not_tried(tried: Tried) -> bool:
    return tried.error.startswith(NOT_TRIED)


def said(found: Compared | None, pairs: Pairs, plan: Plan, outcome: str) -> Iterator[str]:
    """The sentence, in parts."""
    if plan.versions[0].text == plan.versions[1].text:
        yield "both versions are the same text, so whatever differs is chance"
    if found is None:
        yield "no task was solved with both versions, so there is nothing to compare"
        return
    used = sum(bool(result["used"]) for result in _results(pairs))
    count = sum(map(len, pairs.values())) * 2
    if not used:
        yield f"the prompt {plan.versions[0].name} never came up, so nothing was compared"
        return
    if used < count:
        yield f"the prompt came up in {used} of {count} solves"
    yield _verdict(
        found, [v.label for v in plan.versions], plan.repeats, "" if outcome == "right" else " (as verified)"
    )
    if len({tuple(cast("list[str]", result["models"])) for result in _results(pairs)}) > 1:
        yield "not the same models answered everywhere, which may be what differs"


def _verdict(found: Compared, labels: Sequence[str], repeats: int, by: str) -> str:
    solved = found.both + found.first, found.both + found.second
    chance = f"p = {found.p:.2g}, difference {_signed(found.difference)}, 95 % {_signed(found.interval[0])} to {_signed(found.interval[1])}"
    often = f" {repeats} times" if repeats > 1 else ""
    if not found.difference:
        only = (
            ""
            if found.only == (0, 0)
            else f", not the same ones ({found.only[0]} better by {labels[0]}, {found.only[1]} by {labels[1]})"
        )
        unseen = max(map(abs, found.interval))
        return f"equal: both solved {solved[0]:.3g} of {found.tasks}{by}{f', each tried{often}' if often else ''}{only}; up to {unseen:.0%} of tasks either way could go unseen"
    better, worse = (1, 0) if found.difference > 0 else (0, 1)
    more = abs(solved[1] - solved[0])
    ending = "too few to say" if found.is_chance else "hardly chance"
    return (
        f"{labels[better]} solved {more:.3g} more of {found.tasks}{by} than {labels[worse]}"
        f"{f', each tried{often}' if often else ''}, {ending} ({chance})"
    )


def _signed(share: float) -> str:
    return f"{100 * share:+.0f} points"


def table(made: Mapping[str, object]) -> Iterator[str]:
    """The document as lines: a line a task with the runs, the sums of both versions, the sentence."""
    labels = [cast("str", v["version"]) for v in cast("Sequence[Mapping[str, object]]", made["versions"])]
    rows = cast("Sequence[Mapping[str, object]]", made["results"])
    width = max([len("tokens read from a cache"), *(min(len(str(r["task"])), _WIDEST) for r in rows)])
    yield f"{'':<{width}}  {'  '.join(f'{label[:_WIDEST]:<{_WIDEST}}' for label in labels)}".rstrip()
    for key in dict.fromkeys((r["task"], r["repeat"]) for r in rows):
        cells = [
            next((_cell(r) for r in rows if (r["task"], r["repeat"], r["version"]) == (*key, label)), "-")
            for label in labels
        ]
        yield f"{str(key[0])[:width]:<{width}}  {'  '.join(f'{c:<{_WIDEST}}' for c in cells)}".rstrip()
    sums = [cast("Mapping[str, Mapping[str, object]]", made["sums"])[label] for label in labels]
    for name in sums[0] if made["pairs"] else ():
        cells = [_cost(s) if name == "cost" else _plain(s[name]) for s in sums]
        yield f"{_WORDS.get(name, name.replace('_', ' ')):<{width}}  {'  '.join(f'{c:<{_WIDEST}}' for c in cells)}".rstrip()
    for name, cost in cast("Mapping[str, Mapping[str, object]]", made["costs"]).items():
        low, high = cast("Sequence[float]", cost["interval"] or (0.0, 0.0))
        if low or high:
            yield f"{_WORDS.get(name, name)} a solve, {labels[1]} less {labels[0]}: {cost['difference']:+g} (95 % {low:+g} to {high:+g})"
    for left in cast("Sequence[Mapping[str, object]]", made["left_out"]):
        yield f"left out: {left['task']} with {left['version']}: {left['why']}"
    yield from _limits(made, rows)
    yield f"{made['prompt']}: {made['said']}"


def _limits(made: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """What the results hang on, what can be done with them, and where it stopped."""
    late = sum(bool(r.get("out_of_time")) for r in rows)
    ended = f"; {late} of {len(rows)} solves ended at it, and might end otherwise with more" if late else ""
    yield f"each solve had {made['timeout']:g} s at most, and results hang on that{ended}"
    if made.get("anew"):
        yield str(made["anew"])
    if fixed := sum(not r.get("replays") for r in rows):
        yield f"{fixed} of {len(rows)} runs can be shown, not replayed: their projects are not kept"
    if made["stopped"]:
        yield f"stopped: {made['stopped']}; {made['not_tried']} solves were not tried; the same command goes on"


def _paired(tried: Sequence[Tried], plan: Plan) -> Pairs:
    known = {(t.task, t.repeat, t.version): t.result for t in tried if not t.error}
    pairs: dict[str, list[tuple[Mapping[str, object], Mapping[str, object]]]] = {}
    one, other = (v.label for v in plan.versions)
    for task, repeat in dict.fromkeys((t.task, t.repeat) for t in tried):
        if (task, repeat, one) in known and (task, repeat, other) in known:
            pairs.setdefault(task, []).append((known[task, repeat, one], known[task, repeat, other]))
    return pairs


def _results(pairs: Pairs) -> Iterator[Mapping[str, object]]:
    return (result for each in pairs.values() for pair in each for result in pair)


def _without_patch(result: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in result.items() if name != "patch"}


def _version(version: Version) -> dict[str, object]:
    return {
        "version": version.label, "prompt": version.prompt, "built_in": version.is_built_in,
        "characters": len(version.text), "sha256": digest(version),
    }  # fmt: skip


def _paired_row(found: Compared, plan: Plan) -> dict[str, object]:
    return {
        "both": round(found.both, 4), "only": {plan.versions[0].label: round(found.first, 4), plan.versions[1].label: round(found.second, 4)},
        "neither": round(found.neither, 4), "difference": round(found.difference, 4), "interval": [round(x, 4) for x in found.interval],
        "p": round(found.p, 6), "chance": found.is_chance,
    }  # fmt: skip


def _sums(results: Sequence[Mapping[str, object]]) -> dict[str, object]:
    def total(name: str) -> float:
        return round(sum(cast("float", r[name]) for r in results), 6)

    known = [r for r in results if r["right"] is not None]
    read = total("tokens_in")
    return {
        "solves": len(results),
        "verified": sum(bool(r["verified"]) for r in results),
        "right": f"{sum(bool(r['right']) for r in known)} of {len(known)}",
        **{name: total(name) for name in COSTS},
        "cost": _priced(total("cost"), total("unpriced"), total("calls")),
        "share_cached": round(total("tokens_cached") / read, 4) if read else 0.0,
        **{name: total(name) for name in _COUNTS},
        "used": sum(bool(r["used"]) for r in results),
    }  # fmt: skip


def _priced(cost: float, unpriced: float, calls: float) -> float | None:
    """What it cost as far as prices are set; None where none is: that is not nothing."""
    return None if unpriced and unpriced >= calls else cost


def _costs(pairs: Pairs, seed: int) -> dict[str, object]:
    """Mean difference of each cost, the second version's less the first's: a task counts once."""
    made: dict[str, object] = {}
    is_priced = not any(r["unpriced"] for r in _results(pairs))
    for name in COSTS if pairs else ():
        if name == "cost" and not is_priced:
            continue  # what is not known is not compared
        by_task = [fmean(cast("float", b[name]) - cast("float", a[name]) for a, b in each) for each in pairs.values()]
        limits = resampled(by_task, seed)
        made[name] = {
            "difference": round(fmean(by_task), 6),
            "interval": [round(x, 6) for x in limits] if limits else None,
        }
    return made


def _cell(row: Mapping[str, object]) -> str:
    word = (
        {True: "right", False: "wrong", None: "verified"}[cast("bool | None", row["right"])]
        if row["verified"]
        else str(row["status"])
    )
    return f"{word}  {row['run']}"


def _cost(sums: Mapping[str, object]) -> str:
    """What a version cost; what has no price is said."""
    unpriced, cost = cast("float", sums["unpriced"]), sums["cost"]
    if cost is None:
        return "unpriced"
    return f"{cost:g}" + (f" and {unpriced:g} calls unpriced" if unpriced else "")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
