"""Which strategies are tried for a solve, in which order, and how the time is shared."""

from collections.abc import Callable

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import built_in
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.agent import agent
from fixbot_agent.solving.strategies.doubting import SILENCES, Doubted, put_back, set_aside
from fixbot_agent.solving.strategies.sampling import sample
from fixbot_agent.solving.strategies.searching import search, take_back
from fixbot_agent.solving.strategies.silencing import only_silences

Strategy = Callable[[Scene, float], None]  # seconds that it may take

_SHARE = 0.5  # of the time that is left, for each strategy but the last
_LONGEST_SEARCH = 180.0  # seconds of a search that is not the last: what it finds it mostly finds in the first minute
_CUT = 0.95  # of its time, from which on a search is taken to have been ended for it


def pursue(scene: Scene) -> None:
    """Effect: one strategy after the other until a patch is verified; one that the search found and that is doubted ends nothing."""
    doubted: Doubted | None = None
    was_cut = False
    try:
        order = chosen(scene)
        for number, strategy in enumerate(order):
            is_last = number == len(order) - 1
            given, before = _given(strategy, scene.budget.remaining, is_last=is_last), scene.budget.elapsed
            strategy(scene, given)
            if strategy is search and not is_last:
                was_cut = scene.budget.elapsed - before > _CUT * given
                doubted = set_aside(scene)
            if scene.tried.best is not None or scene.tried.interrupted:
                break
            if scene.tried.stopped is not None and not is_last and order[number + 1] is search:
                scene.account.told(_given_up(scene, "so a search for a repair is made"))
        _fall_back(scene, again=(was_cut and doubted is None) or search not in order)
    except KeyboardInterrupt:
        scene.tried.interrupted = True
    if doubted is not None:
        if scene.tried.best is None and isinstance(scene.tried.stopped, AllModelsFailed | BudgetSpent):
            scene.account.told(_given_up(scene, "so what the search found before stays, doubted as it is"))
        put_back(scene, doubted)
    if (best := scene.tried.best) is not None and only_silences(scene, best.candidate):
        scene.warnings.append(f"look at what the patch leaves undone: {SILENCES}")


def _given_up(scene: Scene, instead: str) -> str:
    """The line that says why no model answers any more in this solve, and what is done `instead`."""
    stopped = scene.tried.stopped
    why = stopped.message if stopped is not None else ""
    if isinstance(stopped, AllModelsFailed):
        has_spoken = any(spent.tokens_out for spent in scene.account.tally.spent)
        return built_in(f"no model {'answers any more' if has_spoken else 'answered'}, {instead}: {why}")
    return built_in(f"{why}, {instead}")


def _given(strategy: Strategy, left: float, *, is_last: bool) -> float:
    """How many of the seconds `left` a strategy has."""
    share = left if is_last else _SHARE * left
    return min(share, _LONGEST_SEARCH) if strategy is search and not is_last else share


def _fall_back(scene: Scene, *, again: bool) -> None:
    """Effect: search, where there was no search or one that was cut short (`again`), when all models have failed."""
    tried = scene.tried
    if again and isinstance(tried.stopped, AllModelsFailed) and not tried.best and scene.case.failing:
        scene.account.told(_given_up(scene, "so a search for a repair is made"))
        search(scene, scene.budget.remaining)


def chosen(scene: Scene) -> list[Strategy]:
    """The strategies in their order, by the settings and by what there is: without a failing test nothing can be searched for."""
    settings, kind = scene.settings, scene.settings.strategy
    is_proven = bool(scene.case.failing)
    first: list[Strategy] = [take_back] if is_proven and scene.job.since else []
    searching: list[Strategy] = [search] if is_proven else []
    if scene.team.solver is None or kind == "search":
        if kind in ("agent", "sample"):
            scene.account.told(built_in(f"the strategy '{kind}' asks models of the role 'solve', and there is none"))
        return [*first, *searching]
    sampling: list[Strategy] = [sample] if is_proven and (settings.samples or kind == "sample") else []
    asking: list[Strategy] = [agent]
    if kind == "agent":
        return [*first, *asking]
    if kind == "sample":
        return [*first, *(sampling or asking)]
    if scene.job.model:  # who names a model wants it asked first
        return [*first, *sampling, *asking, *searching]
    return [*first, *searching, *sampling, *asking]
