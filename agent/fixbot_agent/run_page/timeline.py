"""The story of a run, event by event: what was asked and said, what tools did, what was tried."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fixbot_agent.recording import Exchanges
from fixbot_agent.recording.forms import as_row, as_rows, number, whole
from fixbot_agent.run_page.markup import block, diff, folded, one_line, seconds, table, text
from fixbot_agent.runs import words
from fixbot_agent.schemas import Json

Event = Mapping[str, Json]
_MOST_TRIALS = 400
_MOST_ORDERED = 5
_NAMES = {
    "oracle": "held against",
    "base": "commit",
    "root": "in",
    "order": "in this order",
    "memory": "kind",
    "opinions": "by",
}  # of what an event tells
_ROLES = {"system": "instructions", "user": "told the model", "tool": "tool", "assistant": "the model said"}
_PLAIN = ("at", "kind", "argv", "role", "command")
_LABELS = {
    "started": "begun", "ground": "the project", "case": "the tests", "routing": "who is asked", "ended": "the end",
    "resumed": "gone on with", "recalled": "from the run", "anew": "asked anew", "applied": "applied", "undone": "taken back",
    "stuck": "round in circles", "sample": "an answer", "judged": "the judge", "cited": "what it cites", "remarked": "its remarks", "proposed": "its tests", "acceptance": "acceptance tests", "remembered": "remembered",
    "order": "the order", "order call": "an order asked",
}  # fmt: skip


@dataclass(slots=True)
class Timeline:
    """The entries of one run. `shown` are names of messages that have been shown, `tools` names of tools by ids of their calls."""

    exchanges: Exchanges
    began: float
    tools: dict[str, str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    def html(self, events: Sequence[Event]) -> str:
        """All of it, as a list."""
        return f'<ol class="timeline">{"".join(self._entries(events))}</ol>'

    def _entries(self, events: Sequence[Event]) -> Iterator[str]:
        has_answers = any(e.get("kind") == "model" for e in events)
        trials: list[Event] = []
        for event in (e for e in events if e.get("kind") != "searching"):  # what trials tell themselves
            kind = event.get("kind")
            if kind == "trial":
                trials.append(event)
                continue
            if trials:
                yield self._trials(trials)
                trials = []
            if kind == "ask":
                yield from self._request(event)
            elif kind == "model":
                yield self._answer(event)
            elif kind == "message":
                if not (has_answers and event.get("role") == "assistant"):
                    yield from self._message(str(event.get("said")), event)
            elif kind != "overlay":
                yield self._plain(event)
        if trials:
            yield self._trials(trials)

    def _entry(self, event: Event, look: str, label: str, body: str) -> str:
        after = max(number(event.get("at")) - self.began, 0.0)
        return (
            f'<li class="{look}"><span class="when">+{seconds(after)}</span>'
            f'<span class="chip">{text(label)}</span><div class="what">{body}</div></li>'
        )

    def _request(self, event: Event) -> Iterator[str]:
        """Messages of a request that no event of their own told."""
        ask = next((a for a in self.exchanges.asks if a.number == event.get("ask")), None)
        for name in ask.messages[ask.fresh :] if ask else ():
            yield from self._message(name, event)

    def _message(self, name: str, event: Event) -> Iterator[str]:
        if name in self.shown:
            return
        self.shown.add(name)
        said = as_row(self.exchanges.blobs.get(name))
        if said.get("role") == "assistant":
            return
        role, words = str(said.get("role") or event.get("role")), str(said.get("text", event.get("text", "(not kept)")))
        tool = self.tools.get(str(said.get("call_id")), "")
        label = f"{tool} answered" if tool else _ROLES.get(role, role)
        version = f' <i class="quiet">{text(said["prompt"])}</i>' if said.get("prompt") else ""
        lines = words.strip().splitlines()
        inside = lines[1:-1] if len(lines) > 2 and lines[0].startswith("<data-") else lines
        first = next((line for line in inside if line.strip()), "")
        size = f' <i class="quiet">{len(lines)} lines</i>' if len(lines) > 1 else ""
        yield self._entry(
            event, role, label, folded(f"{text(one_line(first))}{size}{version}", block("\n".join(inside)))
        )

    def _answer(self, event: Event) -> str:
        said = as_row(self.exchanges.blobs.get(str(event.get("reply"))))
        took = [seconds(number(event.get("seconds")))]
        if event.get("first_token") is not None:
            took.append(f"first text after {seconds(number(event['first_token']))}")
        cached = f" ({whole(event.get('tokens_cached'))} cached)" if event.get("tokens_cached") else ""
        took.append(f"{whole(event.get('tokens_in'))}{cached} + {whole(event.get('tokens_out'))} tokens")
        if event.get("cost"):
            took.append(f"cost {number(event.get('cost')):.4g}")
        made = as_rows(event.get("tries"))
        tried = made if len(made) > 1 else []
        tries = "".join(
            f"<li>{text(t.get('why') or 'answered')}, {seconds(number(t.get('seconds')))}</li>" for t in tried
        )
        asked = f"request {event.get('ask')}: {event.get('model') or '?'} at {event.get('endpoint') or 'an address that was not kept'}"
        quiet = f'<p class="quiet">{text(asked)}; {text("; ".join(took))}</p>{f"<ul>{tries}</ul>" if tries else ""}'
        name = str(event.get("name"))
        if event.get("error"):
            body = f'<p class="bad">{text(event["error"])}</p>{quiet}'
            return self._entry(event, "failed", f"{name} failed", body)
        return self._entry(event, "assistant", name, f"{self._said(said)}{quiet}")

    def _said(self, said: Mapping[str, Json]) -> str:
        calls = as_rows(said.get("calls"))
        self.tools.update({str(c.get("id")): str(c.get("name")) for c in calls})
        words = str(said.get("text", "")).strip()
        parts = [folded("what it thought", block(said["reasoning"]))] if said.get("reasoning") else []
        if words:
            is_short = len(words) < 400
            parts.append(
                f'<p class="said">{text(words)}</p>' if is_short else folded(text(one_line(words)), block(words))
            )
        parts += [_call(call) for call in calls]
        return "".join(parts) or '<p class="quiet">(nothing was kept of it)</p>'

    def _trials(self, trials: Sequence[Event]) -> str:
        counts: dict[str, int] = {}
        for trial in trials:
            verdict = str(trial.get("verdict"))
            counts[verdict] = counts.get(verdict, 0) + 1
        told = ", ".join(f"{count} {words.tried(verdict)}" for verdict, count in counts.items())
        rows = [
            (
                f"+{seconds(max(number(t.get('at')) - self.began, 0))}",
                words.tried(str(t.get("verdict"))),
                t.get("source"),
                t.get("note"),
                one_line(t.get("why")),
            )
            for t in trials[:_MOST_TRIALS]
        ]
        body = table(("when", "verdict", "from", "what", "why"), rows, "patches that were tried")
        if len(trials) == 1:
            told = words.tried(str(trials[0].get("verdict")))
        what = f"{len(trials)} patches tried" if len(trials) > 1 else "a patch tried"
        return self._entry(trials[0], "trials", "trial", folded(f"{text(what)}: {text(told)}", body))

    def _plain(self, event: Event) -> str:
        said = {k: v for k, v in event.items() if k not in _PLAIN and v not in ("", [], None, {})}
        said |= {"opinions": [_opinion(o) for o in as_rows(said["opinions"])]} if event.get("kind") == "order" else {}
        said |= {k: words.status(str(v)) for k, v in said.items() if k == "status"}
        if event.get("kind") == "diverged":
            head = f"request {said.get('ask')}: {said.get('about')} reads otherwise than it did"
            return self._entry(event, "diverged", "another way", folded(text(head), diff(str(said.get("diff", "")))))
        alone = str(said["said"]) if list(said) == ["said"] else ""
        told = alone or "; ".join(f"{_NAMES.get(k, k.replace('_', ' '))}: {_value(v)}" for k, v in said.items())
        body = f"<p>{text(told)}</p>" if len(told) < 300 else folded(text(one_line(told)), block(told))
        label = _LABELS.get(str(event.get("kind")), str(event.get("kind")))
        return self._entry(event, "plain", label, body)


def _opinion(said: Mapping[str, Json]) -> str:
    """An order of definitions that a model was asked for: its first few."""
    rows = said.get("scores")
    scored = [row for row in rows if isinstance(row, list) and len(row) == 3] if isinstance(rows, list) else []
    best = sorted(scored, key=lambda row: -number(row[2]))[:_MOST_ORDERED]
    first = " > ".join(f"{row[0]} {row[1]}".strip() for row in best)
    return f"{said.get('name')}, of {len(scored)}: {first}"


def _value(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _call(call: Mapping[str, Json]) -> str:
    """A use of a tool: its arguments one by one where they are an object, else as they were written."""
    written = str(call.get("arguments", ""))
    try:
        given = json.loads(written)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not given:
        return folded(
            f"<code>{text(call.get('name'))}</code> {text(one_line(written, 80))}", block(written), look="call"
        )
    short = ", ".join(f"{k}={one_line(v, 60)}" for k, v in given.items())
    parts = "".join(
        f"<dt>{text(name)}</dt><dd>{block(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False, indent=1))}</dd>"
        for name, v in given.items()
    )
    return folded(
        f"<code>{text(call.get('name'))}</code> {text(one_line(short, 110))}", f"<dl>{parts}</dl>", look="call"
    )
