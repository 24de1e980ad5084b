"""How a review is shown: as JSON, SARIF, annotations, or lines; what nothing proves stands apart from what a check or a test shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import emit, printable, printable_line
from fixbot_agent.cli.listing import one_line, show_sarif, styled
from fixbot_agent.reviewing import Comment, Review, github, remarks
from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.models import Spent
    from fixbot_agent.remarking import Told


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What checks found, what models `told` (None where none was asked), and the id of the run that keeps it."""

    review: Review
    told: "Told | None"
    exit_code: int = 0
    run: str = ""

    @property
    def comments(self) -> tuple[Comment, ...]:
        """What a check or a test shows, by place."""
        return tuple(
            sorted((*self.review.comments, *(self.told.shown if self.told else ())), key=lambda c: (c.path, c.line))
        )

    @property
    def unchecked(self) -> tuple[Comment, ...]:
        """What nothing proves."""
        return self.told.unchecked if self.told else ()


def show(said: Reviewed, form: str, seconds: float) -> int:
    """Effect: write the review in the format asked for; its exit code."""
    if form == "json":
        emit(document(said, seconds))
    elif form == "sarif":
        show_sarif(remarks.of_comments((*said.comments, *said.unchecked)), said.review.problems)
    elif form == "github":
        click.echo(github.annotations(remarks.of_comments((*said.comments, *said.unchecked))), nl=False)
    else:
        for line in lines(document(said, seconds)):
            click.echo(line)
    if said.told is not None and form == "text":
        _spent(said, seconds)
    return said.exit_code


def document(said: Reviewed, seconds: float) -> dict[str, Json]:
    """The review in the contract's words."""
    review, told = said.review, said.told
    return {
        "base": review.base,
        "head": review.head,
        "working_tree": review.working_tree,
        "comments": [_shape(c) for c in said.comments],
        "unchecked": [_shape(c) for c in said.unchecked],
        "left_out": dict(told.left_out) if told else {},
        "by": {"engine": "model" if told and told.by else "built-in", "model": told.by or None if told else None, "why": (told.why or None) if told else None},
        "models": [spent(s) for s in told.models] if told else [],
        "run": said.run or None,
        "exit_code": said.exit_code,
        "summary": _summary(said),
        "seconds": round(seconds, 3),
        "problems": list(review.problems),
        "notes": list(told.notes) if told else [],
    }  # fmt: skip


def _shape(comment: Comment) -> Json:
    shape: dict[str, Json] = {
        "path": comment.path,
        "line": comment.line,
        "end_line": comment.end_line,
        "kind": comment.kind,
        "message": comment.message,
        "evidence": comment.evidence,
        "suggestion": comment.suggestion,
        "fingerprint": comment.fingerprint,
        "tool": comment.tool,
        "rule": comment.rule,
        "severity": comment.severity.value,
        "checked": comment.checked,
    }
    if comment.by:
        claimed = comment.claimed.value if comment.claimed else None
        shape |= {"by": comment.by, "claimed": claimed, "test": comment.test or None}
    return shape


def spent(said: "Spent") -> dict[str, Json]:
    """What one model took."""
    return {
        "name": said.name, "calls": said.calls, "tokens_in": said.tokens_in, "tokens_out": said.tokens_out,
        "cost": None if said.unpriced else round(said.cost, 6),
    }  # fmt: skip


def _summary(said: Reviewed) -> str:
    """What checks came to, and what the model did."""
    told = said.told
    if told is None or not told.by:
        return said.review.summary
    proved, open_ = len(told.shown), len(told.unchecked)
    parts = [f"{proved} shown by a test"] if proved else []
    parts += [f"{open_} not checked by a program"] if open_ else []
    made = (
        f"{proved + open_} {'remark' if proved + open_ == 1 else 'remarks'}, {', '.join(parts)}"
        if parts
        else "no remark"
    )
    return f"Checks: {said.review.summary[:1].lower()}{said.review.summary[1:]} The model '{told.by}': {made}{left_out(told.left_out)}."


def left_out(counts: Mapping[str, int]) -> str:
    """The remarks that are not shown, in words; "" for none."""
    from fixbot_agent.remarking.critic import why_left_out

    why = list(why_left_out(counts))
    return f"; left out: {', '.join(why)}" if why else ""


def lines(document: Mapping[str, Json]) -> Iterator[str]:
    """A review, as :func:`document` has it, as a person reads it."""
    for _, group in groupby(_rows(document, "comments"), key=lambda c: c.get("path")):
        for comment in group:
            yield from _comment(comment)
    open_ = _rows(document, "unchecked")
    if open_:
        yield styled("Not checked by a program:", bold=True)
        for comment in open_:
            yield from _comment(comment)
    yield printable_line(str(document.get("summary") or ""))
    for note in document.get("notes") or ():  # type: ignore[union-attr]
        yield printable_line(f"({note})")


def _rows(document: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def _comment(comment: Mapping[str, Json]) -> Iterator[str]:
    first, last = comment.get("line"), comment.get("end_line")
    head = styled(printable_line(f"{comment.get('path')}:{first}{f'-{last}' if last != first else ''}"), bold=True)
    is_open = comment.get("checked") not in (None, "tool", "test")
    what = (
        f"{comment.get('by')} calls it {comment.get('claimed')}"
        if is_open
        else f"{comment.get('severity')}, {comment.get('kind')}"
    )
    yield f"{head}  {printable(what)}: {printable(one_line(str(comment.get('message'))))}"
    for line in str(comment.get("evidence") or "").splitlines():
        if not (is_open and line == "not checked by a program"):
            yield f"    {printable(line)}"
    for line in str(comment.get("test") or "").splitlines():
        yield f"    | {printable(line)}"
    for line in str(comment.get("suggestion") or "").splitlines():
        yield f"    + {printable(line)}"
    yield ""


def _spent(said: Reviewed, seconds: float) -> None:
    """Effect: say on stderr what models took, and where it is kept."""
    told = said.told
    if told is None or not told.models:
        return
    calls, read, written = (sum(getattr(s, n) for s in told.models) for n in ("calls", "tokens_in", "tokens_out"))
    money = "cost not known" if any(s.unpriced for s in told.models) else f"cost {sum(s.cost for s in told.models):.4f}"
    click.echo(f"{calls} calls, {read} + {written} tokens, {money}, {seconds:.1f} s", err=True)
    if said.run:
        click.echo(f"run {said.run}", err=True)
