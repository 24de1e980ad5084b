"""``fixbot models``: which models are configured, and whether they answer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import settings_of, settings_options
from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places

if TYPE_CHECKING:
    from fixbot_agent.models.filling import Way
    from fixbot_agent.models.health import Health


@click.command(epilog="Example: fixbot models --try")
@repo_option
@settings_options
@click.option("--try", "ask", is_flag=True, help="Let each model answer a few short prompts (this may cost money).")
@json_option
def command(repo: Path, config: Path | None, trust: bool, ask: bool, as_json: bool) -> int:
    """Show the configured models: whether each can be reached, what it can do, how fast it answers."""
    from fixbot_agent.models.filling import Ways
    from fixbot_agent.models.health import look
    from fixbot_agent.models.http import is_loopback

    settings = settings_of(repo, config, trust).settings
    chosen = [m for m in settings.models.values() if not settings.offline or is_loopback(m.base_url)]
    ways, seen = Ways(Places.current().ways), []
    completing = settings.roles.complete
    with Bar() as bar:
        for number, endpoint in enumerate(chosen):
            bar.step("asking models", number, len(chosen))
            tries = ask and (not completing or endpoint.name in completing)
            seen.append(look(endpoint, ask=ask, ways=ways, fill=tries))
    if as_json:
        emit({"models": [_document(h, ask) for h in seen]})
    else:
        _show(seen, len(settings.models) - len(chosen))
    return 0


def _document(health: "Health", ask: bool) -> Json:
    document: dict[str, Json] = {
        "name": health.name,
        "base_url": health.base_url,
        "reachable": health.reachable,
        "abilities": {a: getattr(health.abilities, a) for a in ("tools", "stream", "fim", "json_schema")},
        "latency_ms": health.latency_ms,
        "error": health.error or None,
        "filling": _filling(health.way),
    }
    if ask:
        document["answers"] = [
            {"prompt": a.prompt, "text": a.text, "seconds": a.seconds, "tokens_out": a.tokens_out, "cost": a.cost}
            for a in health.answers
        ]
    return document


def _filling(way: "Way | None") -> Json:
    if way is None:
        return None
    return {"way": way.way, "fills": way.fills, "why": way.why, "since": _since(way), "set": way.is_set}


def _since(way: "Way") -> str | None:
    return datetime.fromtimestamp(way.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if way.at else None


def _how(way: "Way | None") -> str:
    if way is None:
        return (
            "completions: not tried yet; --try finds out how it fills the middle of code, so does the first completion"
        )
    if not way.at:
        return f"completions: {way.way}, as the settings say; not tried, --try does"
    if not way.way:
        return f"completions: none, by no way does it fill the middle of code (tried {_since(way)}; {way.why})"
    seen = {True: "seen to fill the middle", False: "seen NOT to fill the middle", None: "not tried"}[way.fills]
    return f"completions: {way.way}, {seen}, since {_since(way)} ({way.why})"


def _show(seen: Sequence["Health"], left_out: int) -> None:
    if not seen and not left_out:
        click.echo(
            "No models are configured. That is a normal way to run: fixbot then works with its built-in engines."
        )
        click.echo("To add one, put a [models.NAME] table into your settings; docs/configuration.md shows how.")
    for health in seen:
        state = f"answers in {health.latency_ms:.0f} ms" if health.reachable else "does not answer"
        click.echo(printable(f"{health.name}  {health.base_url}  {state}"))
        if health.error:
            click.echo(printable(f"  {health.error}"))
        if health.reachable:
            click.echo(printable(f"  {_how(health.way)}"))
        for answer in health.answers:
            click.echo(printable(f"  {answer.seconds:.1f} s, {answer.tokens_out} tokens, cost {answer.cost:.4f}:"))
            click.echo("".join(f"    {line}\n" for line in printable(answer.text).splitlines()), nl=False)
    if left_out:
        click.echo(f"{left_out} not asked: offline is set, and they are not on this machine.")
