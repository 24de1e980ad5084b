"""What a comparison may spend in all, and what it has spent: kept beside its results, so that going on spends no more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fixbot_agent.settings import Settings
from fixbot_bench.errors import BenchError

_OF_THE_DAY = ("max_cost_day", "max_tokens_day")  # as hints of a budget name them


class MoneyGone(BenchError):
    """Raised when what a comparison may spend is spent: what is done by then stays, and goes on with more."""

    kind = "budget"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one solve may spend, as options of ``fixbot solve``; `ours` are those where less is left in all than the user lets a solve have."""

    options: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be spent on all solves together (0: no limit), with a file that each solve is written into."""

    file: Path
    max_cost: float
    max_calls: int
    settings: Settings  # the user's own limits of one solve

    def spent(self) -> tuple[float, int]:
        """Effect: reads the file. Money and calls, those of solves that failed too."""
        lines = self.file.read_text(encoding="utf-8").split("\n") if self.file.is_file() else []
        rows = [json.loads(line) for line in lines if line]
        return sum(row["cost"] for row in rows), sum(row["calls"] for row in rows)

    def grant(self) -> Grant:
        """Effect: reads the file. What the next solve may spend. Raises MoneyGone where nothing is left."""
        cost, calls = self.spent()
        options, ours = list[str](), list[str]()
        for name, most, gone, own in (
            ("--max-cost", self.max_cost, cost, self.settings.max_cost),
            ("--max-calls", self.max_calls, calls, self.settings.max_calls),
        ):
            left = most - gone
            if most and left <= 0:
                raise self._gone()
            if most:
                options += [name, str(min(left, own or left))]
                ours += [name] if not own or left < own else []
        return Grant(tuple(options), tuple(ours))

    def pay(self, cost: float, calls: float, run: str) -> None:
        """Effect: write down what a solve spent."""
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"cost": cost, "calls": int(calls), "run": run}) + "\n")

    def check(self, report: Mapping[str, object], grant: Grant) -> None:
        """Effect: reads the file. Raise MoneyGone for a `report` of a solve that was cut short because all was spent: it says nothing of the prompt."""
        error = cast("Mapping[str, object]", report.get("error") or {})
        hint = str(error.get("hint") or "")
        if error.get("kind") == "budget" and any(
            limit in hint.partition(",")[0] for limit in (*grant.ours, *_OF_THE_DAY)
        ):
            raise self._gone()

    def _gone(self) -> MoneyGone:
        cost, calls = self.spent()
        allowed = [f"{self.max_cost:g}" if self.max_cost else "", f"{self.max_calls} calls" if self.max_calls else ""]
        of = " and ".join(filter(None, allowed)) or "what a day may cost"
        return MoneyGone(
            f"what it may spend is spent: {cost:.4f} and {calls} calls, of {of}",
            "the same command with more goes on where it ended",
        )
