"""What models said of the order of hits, in a run: written down as it is said, with what it took, and given again without asking."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fixbot_agent.models import Call, Told
from fixbot_agent.ordering.asking import Asked, Ordering
from fixbot_agent.recording.forms import number, of_usage, usage_of
from fixbot_agent.runs import Kept, Run
from fixbot_agent.schemas import Json
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Hit, Opinion

_SAID, _CALLED = "order", "order call"


class Orders:
    """An :data:`fixbot_analysis.retrieval.Opinions` whose answers are kept in `run`. What `kept` holds is not asked again, in the order of asking.

    Without `asked` (a replay) nobody is asked. `again` is told of the calls that were paid for before.
    """

    def __init__(self, index: Index, asked: Asked | None, run: Run, kept: Kept | None, again: Told) -> None:
        """Effect: reads what was kept."""
        self._run, self._asked = run, asked
        self._ordering = Ordering(index, replace(asked, heard=self._heard)) if asked else None
        events = list(kept.events()) if kept else []
        self._left = [_read(e.get("opinions")) for e in events if e.get("kind") == _SAID]
        for event in events if self._left else ():
            if event.get("kind") == _CALLED:
                again(_call(event))

    def __call__(self, text: str, hits: Sequence[Hit], history: ProjectHistory | None = None) -> list[Opinion]:
        """Effect: what was said before, else ask."""
        said: list[Opinion] = []
        if self._left:
            said = self._left.pop(0)
        elif self._ordering:
            said = self._ordering(text, hits, history)
        if said:
            self._run.event(_SAID, opinions=[_written(each) for each in said])
        return said

    def _heard(self, call: Call) -> None:
        """Effect: write down what a call took, and tell of it."""
        self._run.event(
            _CALLED, role=call.role, name=call.name, model=call.model, error=call.error, texts=len(call.messages),
            seconds=round(call.seconds, 3), **of_usage(call.usage),
        )  # fmt: skip
        if self._asked:
            self._asked.heard(call)


def _call(event: Mapping[str, Json]) -> Call:
    name, role, model = (str(event.get(key, "")) for key in ("name", "role", "model"))
    return Call(name, role=role, model=model, usage=usage_of(event), seconds=number(event.get("seconds")))


def _written(opinion: Opinion) -> Json:
    rows: list[Json] = [[path, name, round(score, 6)] for (path, name), score in opinion.scores.items()]
    return {"name": opinion.name, "weight": opinion.weight, "scores": rows}


def _read(said: Json) -> list[Opinion]:
    """Opinions as they were kept; what somebody changed by hand into something else counts for nothing."""
    rows = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    return [Opinion(str(one.get("name", "")), _scores(one.get("scores")), number(one.get("weight"))) for one in rows]


def _scores(rows: Json) -> dict[tuple[str, str], float]:
    found = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list) and len(row) == 3 and isinstance(row[2], int | float):
            found[str(row[0]), str(row[1])] = float(row[2])
    return found
