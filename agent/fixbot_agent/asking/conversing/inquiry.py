"""A question asked of models, from who is asked to what is shown: the built-in answer is their evidence, and what is shown where they fail."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

from fixbot_agent.asking.answer import Answer, Cited, counted
from fixbot_agent.asking.conversing.citing import Citations
from fixbot_agent.asking.conversing.dialogue import Dialogue, Said
from fixbot_agent.asking.conversing.knowing import Known
from fixbot_agent.asking.conversing.looking import TOOLS, looking_desk, top
from fixbot_agent.asking.conversing.past import ROLE
from fixbot_agent.asking.forms import UNDERSTOOD
from fixbot_agent.asking.telling import FOR_A_MODEL, terminal
from fixbot_agent.models import Image, Message, Spent
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version, visible
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.seating import Asking, seated
from fixbot_agent.tools import Toolbox
from fixbot_agent.tools.looking import View, view
from fixbot_agent.tools.outcome import Refused, clip
from fixbot_analysis.index import Index

STEPS = 20  # answers of a model to one question, where nobody says otherwise
_EVIDENCE = 6000  # characters of the built-in answer that a model is told
_CODE, _WHOLE, _LINES = 8000, 3, 60  # characters, definitions and lines of each that it is shown at once
_NEAR = 8  # lines before and after a call of it
_AROUND = 30  # lines before and after a place that is asked about
_LONGEST_WHY = 300
_EXPLAIN = "What is this place, what is it for, and who leans on it?"

Window = tuple[str, int, int]  # a path, its first line and its last, from 1


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of whom. `model` is asked first, with `fallback`; without it those of the role "ask". `steps` of 0: as many as is usual.

    `place` is what it is about, where one is given: then the question may be empty, and `found` is what the built-in engine has for its words.
    `past` is the conversation that it goes on from, `pictures` are what the question shows. `kept` is the run that is gone through again (`replays`): then nobody is asked.
    """

    root: Path
    question: str
    settings: Settings
    places: Places
    run: Run
    model: str = ""
    fallback: tuple[str, ...] = ()
    steps: int = 0
    trusted: bool = False
    place: Cited | None = None
    found: Answer | None = None
    past: tuple[Message, ...] = ()
    pictures: tuple[Image, ...] = ()
    kept: Kept | None = None
    replays: bool = False
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer that is shown; where it is the built-in one, `why`. `models` are those that were asked, `notes` what is to be said of it."""

    answer: Answer
    why: str = ""
    models: tuple[Spent, ...] = ()
    notes: tuple[str, ...] = ()


def inquire(inquiry: Inquiry, index: Index, built_in: Answer) -> Told:
    """Effect: ask models, and let them look at the project of `index`. Their answer, as far as what it cites is there; else `built_in`.

    Raises UsageFailure for a model that is not configured.
    """
    notes: list[str] = []
    account = Account(inquiry.settings, inquiry.run, notes.append, ROLE)
    account.budget.steps = steps_of(inquiry.settings, inquiry.steps)
    asking = Asking(
        ROLE, inquiry.settings, inquiry.places, inquiry.run, inquiry.model, inquiry.fallback, inquiry.kept, inquiry.replays, inquiry.say
    )  # fmt: skip
    model = seated(asking, account)
    if model is None:
        return Told(built_in, "offline is set, and no model of the role 'ask' is on this machine")
    settings = inquiry.settings
    desk = looking_desk(index, inquiry.root, inquiry.places.index, settings.sandbox, trusted=inquiry.trusted)
    toolbox = Toolbox(desk, TOOLS)
    messages = list(inquiry.past)
    opening = _opening(inquiry, toolbox, built_in, account.budget.steps)
    shown = "\n".join([inquiry.question, *(m.text for m in (*messages, *opening) if m.role is Role.USER)])
    citations = Citations(desk, toolbox.definitions, Known(desk, toolbox.definitions, inquiry.root, shown))
    dialogue = Dialogue(model, toolbox, account.budget, inquiry.run, inquiry.say, messages, citations)
    inquiry.say(f"asking {model.name or 'the run'}, which looks at the project")
    for message in opening:
        dialogue.say(message)
    said = dialogue.work()
    return _told(said, built_in, account.tally.spent, (*notes, *model.notes))


def steps_of(settings: Settings, steps: int) -> int:
    """How many answers a question may ask of models, where `steps` were wished for (0: as many as is usual)."""
    return steps or min(settings.max_steps, STEPS)


def _opening(inquiry: Inquiry, toolbox: Toolbox, built_in: Answer, steps: int) -> list[Message]:
    """What a model is told before it looks; in a conversation that goes on only what is new."""
    clean = inquiry.run.redact
    question = clean(visible(inquiry.question)) or _EXPLAIN
    known = "\n\n".join(terminal(_plain(a)) for a in (built_in, inquiry.found) if a and a.sentences)
    evidence = fenced("evidence", clean(clip(known or "(nothing)", _EVIDENCE)))
    if inquiry.past:
        text = render("ask_more", question=question, evidence=evidence, steps=str(steps))
        return [Message(Role.USER, text, images=inquiry.pictures, prompt=version("ask_more"))]
    told = {
        "question": question, "evidence": evidence, "project": fenced("project", clean(top(toolbox.desk))),
        "code": fenced("code", clean("\n\n".join(_code(toolbox, built_in, inquiry.place)) or "(nothing)")), "steps": str(steps),
    }  # fmt: skip
    prompt = "ask_task"
    if inquiry.place is not None:
        prompt = "ask_place"
        told |= {"place": str(inquiry.place), "lines": fenced("code", clean(_around(toolbox, inquiry.place)))}
    return [
        Message(Role.SYSTEM, render("ask_system"), prompt=version("ask_system")),
        Message(Role.USER, render(prompt, **told), images=inquiry.pictures, prompt=version(prompt)),
    ]


def _plain(known: Answer) -> Answer:
    """An answer without its code, which is shown by itself, and without what is said to people on how to ask."""
    return replace(
        known, definitions=(), notes=tuple(n for n in known.notes if UNDERSTOOD not in n and n != FOR_A_MODEL)
    )


def _around(toolbox: Toolbox, place: Cited) -> str:
    """Effect: reads the file. The place as the tool shows it, with what stands around it."""
    first, last = _near(place)
    asked = View(path=place.path, start_line=first, end_line=last)
    try:
        return view(toolbox.desk, toolbox.definitions, asked).text
    except Refused as error:
        return str(error)


def _code(toolbox: Toolbox, built_in: Answer, shown: Cited | None) -> Iterator[str]:
    """The first definitions that the built-in answer is about, as the tool shows them: who knows these need not ask for them.

    Of a place that is `shown` already, instead what lies around the other lines that the answer cites: those of who calls it.
    """
    seen = [] if shown is None else [(shown.path, *_near(shown))]
    windows = [(d.path, d.line, min(d.end_line, d.line + _LINES - 1)) for d in built_in.definitions if d.name][:_WHOLE]
    if shown is not None:
        cited = dict.fromkeys(p for s in built_in.sentences for p in s.places)
        windows += [(p.path, max(p.line - _NEAR, 1), p.line + _NEAR) for p in cited if not _lies(p, *seen[0])]
    left = _CODE
    for path, first, last in islice(_apart(windows, seen), _WHOLE):
        asked = View(path=path, start_line=first, end_line=last)
        try:
            text = view(toolbox.desk, toolbox.definitions, asked).text
        except Refused:
            continue
        left -= len(text)
        if left < 0:
            return
        yield text


def _near(place: Cited) -> tuple[int, int]:
    """The lines that a place is shown with."""
    return max(place.line - _AROUND, 1), max(place.line, place.last) + _AROUND


def _apart(windows: Iterable[Window], seen: Iterable[Window]) -> Iterator[Window]:
    """What of each is neither `seen` nor shown by one before it: a definition may hold another, or be named twice."""
    shown = list(seen)
    for path, first, last in windows:
        left = [n for n in range(first, last + 1) if not any(path == p and f <= n <= t for p, f, t in shown)]
        shown.append((path, first, last))
        for _, run in groupby(enumerate(left), lambda pair: pair[1] - pair[0]):
            lines = [line for _, line in run]
            yield path, lines[0], lines[-1]


def _told(said: Said, built_in: Answer, models: Sequence[Spent], notes: tuple[str, ...]) -> Told:
    stopped = " ".join(said.stopped.message.split())[:_LONGEST_WHY] if said.stopped else ""
    if said.sentences:
        more = (f"it was not finished: {stopped}",) if stopped else ()
        return Told(_answer(said, built_in), "", tuple(models), (*notes, *more))
    why = stopped or "nothing of what the model said could be shown"
    if said.left_out:
        verb = "cites" if said.left_out == 1 else "cite"
        why = f"{counted(said.left_out, 'sentence')} of the model '{said.by}' {verb} what is not there" + (
            f"; {stopped}" if stopped else ""
        )
    return Told(built_in, why, tuple(models), notes)


def _answer(said: Said, built_in: Answer) -> Answer:
    """The model's sentences in the shape of the built-in answer, with those of its definitions that they cite."""
    cited = [place for s in said.sentences for place in s.places]
    about = tuple(d for d in built_in.definitions if any(_lies(p, d.path, d.line, d.end_line) for p in cited))
    return replace(built_in, sentences=said.sentences, definitions=about, notes=(), by=said.by, left_out=said.left_out)


def _lies(place: Cited, path: str, first: int, last: int) -> bool:
    return place.path == path and place.line <= last and first <= max(place.last, place.line)
