"""The tool that keeps a model's plan: a few numbered steps, revised as it learns; it does nothing else."""

from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.outcome import Outcome, Refused

_MOST = 8  # steps
_LONGEST = 160  # characters of one


@dataclass(frozen=True, slots=True)
class SetPlan:
    """Arguments of plan."""

    steps: tuple[str, ...] = arguments.texts(
        "All steps, in order, a short line each. Leave it out to say only how many are done."
    )
    done: int = arguments.whole("How many of the steps are done, from the first on.", 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order, and how many of them are done."""

    steps: tuple[str, ...] = ()
    done: int = 0

    def lines(self) -> tuple[str, ...]:
        """The steps, numbered, with a mark before those that are done."""
        return tuple(f"{n}. {'✓ ' if n <= self.done else ''}{s}" for n, s in enumerate(self.steps, 1))


def planned(args: SetPlan, before: Plan) -> tuple[Plan, Outcome]:
    """The plan that `args` says, which may leave the steps of `before` as they are, and what to answer. Raises Refused for one that is none."""
    steps = tuple(" ".join(s.split())[:_LONGEST] for s in args.steps if s.strip()) or before.steps
    if not steps or len(steps) > _MOST:
        raise Refused(f"a plan has 1 to {_MOST} steps")
    if not 0 <= args.done <= len(steps):
        raise Refused(f"'done' must be 0 to {len(steps)}")
    return Plan(steps, args.done), Outcome("kept")
