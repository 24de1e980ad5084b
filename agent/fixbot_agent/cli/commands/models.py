"""``fixbot models``: which models are configured, whether they answer, what they can do; with --try side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import settings_of, settings_options
from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.settings import Loaded, ModelSettings, Places, Settings

if TYPE_CHECKING:
    from fixbot_agent.models import Keeping
    from fixbot_agent.models.health import Health, Looking


@click.command(epilog="Example: fixbot models --try")
@repo_option
@settings_options
@click.option("--try", "ask", is_flag=True, help="Let each model solve a few small tasks (this may cost money).")
@click.option("--name", "names", multiple=True, help="Only this model; may be given several times.")
@click.option("--rebase", is_flag=True, help="With --try: take the result as the new measure, even where it is worse.")
@json_option
def command(
    repo: Path, config: Path | None, trust: bool, ask: bool, names: tuple[str, ...], rebase: bool, as_json: bool
) -> int:
    """Show the configured models: whether each can be reached, what it can do, how fast it answers, how it did lately.

    With --try they are laid side by side on the same tasks, each judged by a program; the next time it is said which got worse.
    """
    from fixbot_agent.cli import modelling, spending
    from fixbot_agent.models import Keeping, usable
    from fixbot_agent.models.filling import Ways
    from fixbot_agent.models.health import Looking

    loaded = settings_of(repo, config, trust)
    settings = loaded.settings
    named = names or tuple(settings.models)
    chosen = usable(settings.models, named, offline=settings.offline)
    places = Places.current()
    keeping = Keeping(places.shared)
    looking = Looking(keeping, Ways(places.ways))
    seen, unjudged = _seen(chosen, settings, looking, ask=ask, anew=rebase)
    today = keeping.ledger.today()
    if as_json:
        models = [modelling.document(h, settings.models[h.name], asked=ask) for h in seen]
        emit({"models": models, "today": spending.document(today, settings)})
        return 0
    _show(seen, loaded, keeping, unjudged)
    if left_out := len(named) - len(chosen):
        click.echo(f"{left_out} not asked: offline is set, and they are not on this machine.")
    for line in spending.lines(today, settings):
        click.echo(printable(line))
    return 0


def _seen(
    chosen: Sequence[ModelSettings], settings: Settings, looking: "Looking", *, ask: bool, anew: bool
) -> tuple[list["Health"], str]:
    """Effect: look at the models, with `ask` let them work; and why code could not be judged ("" where it could)."""
    from fixbot_agent.cli.judging import runner
    from fixbot_agent.models.health import look, try_out
    from fixbot_agent.ordering.trying import orders_only, try_orders

    seen = []
    with Bar() as bar:
        runs, unjudged = runner() if ask and chosen else (lambda _: None, "")
        for number, endpoint in enumerate(chosen):

            def step(what: str, at: int = number, name: str = endpoint.name) -> None:
                bar.step(f"asking {name}: {what}", at, len(chosen))

            step("is it there")
            health = look(endpoint, looking)
            if ask and orders_only(settings.roles, endpoint.name):
                health = try_orders(health, endpoint, looking, settings.roles, anew=anew)
            elif ask:
                completing = settings.roles.complete
                fills = not completing or endpoint.name in completing
                health = try_out(health, endpoint, looking, runs, fill=fills, anew=anew, step=step)
            seen.append(health)
    return seen, unjudged


def _show(seen: Sequence["Health"], loaded: Loaded, keeping: "Keeping", unjudged: str) -> None:
    from fixbot_agent.cli import modelling, spending
    from fixbot_agent.ordering import trust_of
    from fixbot_agent.ordering.trying import orders_only

    models = loaded.settings.models
    if not models:
        click.echo(
            "No models are configured. That is a normal way to run: fixbot then works with its built-in engines."
        )
        click.echo("To add one, put a [models.NAME] table into your settings; docs/models.md shows how.")
    for health in seen:
        where = loaded.origins.get(f"models.{health.name}", "")
        only = orders_only(loaded.settings.roles, health.name)
        for line in modelling.lines(health, models[health.name], where, orders=only):
            click.echo(printable(line))
        asked_for = [f"{role} ({modelling.WORK[role]})" for role in modelling.roles(loaded.settings, health.name)]
        click.echo(printable(f"  asked for: {', '.join(asked_for) or 'nothing: it stands in no role'}"))
        if trust := trust_of(Places.current().index, loaded.root, models[health.name]):
            click.echo(printable(f"  in this project {trust}"))
        if rests := spending.resting(keeping, models[health.name]):
            click.echo(printable(f"  {rests}"))
    written = [h for h in seen if h.answers and not orders_only(loaded.settings.roles, h.name)]
    if written:
        click.echo("")
        for line in modelling.table(written, models):
            click.echo(printable(line))
        if unjudged:
            click.echo(printable(f"Code that was written was not run: {unjudged}"))
