"""Which strategies are tried for a solve, in which order, and how the time is shared."""

from collections.abc import Callable

from fixbot_agent.errors import AllModelsFailed
from fixbot_agent.models import built_in
from fixbot_agent.solving.agent import agent
from fixbot_agent.solving.sampling import sample
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.searching import search, take_back

Strategy = Callable[[Scene, float], None]  # seconds that it may take

_SHARE = 0.5  # of the time that is left, for each strategy but the last


def pursue(scene: Scene) -> None:
    """Effect: one strategy after the other until a patch is verified, or holds but for tests that people have to decide on."""
    order = chosen(scene)
    try:
        for number, strategy in enumerate(order):
            is_last = number == len(order) - 1
            strategy(scene, scene.budget.remaining * (1.0 if is_last else _SHARE))
            if scene.tried.best or scene.tried.disputed or scene.tried.interrupted:
                return
            if scene.tried.stopped is not None and not is_last and order[number + 1] is search:
                scene.account.told(built_in(scene.tried.stopped.message))
        if isinstance(scene.tried.stopped, AllModelsFailed) and scene.case.failing and search not in order:
            scene.account.told(built_in(scene.tried.stopped.message))
            search(scene, scene.budget.remaining)
    except KeyboardInterrupt:
        scene.tried.interrupted = True


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
