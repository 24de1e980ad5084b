"""``fixbot bench reach``: whether the search could try what developers did, how early, and among how many candidates.

Fixes are drawn from the past of repositories, or are those of a folder laid out as for `fixbot bench repair`; each place of a fix is held against the candidates made where all lines of the function around
it are suspected alike. The same fixes teach the priors of templates: judged on each repository by what the others taught.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_bench.reach.learning import Model, learn
from fixbot_bench.reach.measuring import Seen, by_hand, figures, left_out, seen, templates
from fixbot_bench.reach.natural import mix, weighed
from fixbot_repair.errors import GitError

T = TypeVar("T")


@click.command(
    "reach", epilog="Example: fixbot bench reach ~/repositories/celery ~/repositories/mypy --most 40 --learn"
)
@click.argument("repositories", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--depth", type=click.IntRange(1), default=6000, show_default=True, help="Commits looked at, newest first."
)
@click.option("--most", type=click.IntRange(1), default=40, show_default=True, help="Fixes of each repository.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which fixes are drawn.")
@click.option("--learn", "learning", is_flag=True, help="Also learn priors, and judge them on the repository left out.")
@click.option("--natural", is_flag=True, help="Learn how much naturalness counts; a place costs seconds.")
@json_option
def command(
    *, repositories: tuple[Path, ...], depth: int, most: int, seed: int, learning: bool, natural: bool, as_json: bool
) -> int:
    """Whether the candidates hold what developers did, and at what rank."""
    with Bar() as bar:
        if natural:
            every = _collected(repositories, lambda path: weighed(path, depth, most, seed, bar))
            emit(cast("Mapping[str, Json]", mix([case for cases in every.values() for case in cases])))
            return ExitCode.OK
        found = _collected(repositories, lambda path: seen(path, depth, most, seed, bar))
    _show(_document(found, learning), as_json)
    return ExitCode.OK


def _collected(places: Iterable[Path], of: Callable[[Path], Iterable[T]]) -> dict[str, list[T]]:
    """Effect: what was found in each repository. Raises DatasetError where nothing was found, or one cannot be read."""
    found: dict[str, list[T]] = {}
    for place in places:
        try:
            found[str(place)] = list(of(place))
        except GitError as error:
            raise DatasetError(f"{place}: {error.message}", error.hint) from error
    if not any(found.values()):
        raise DatasetError("no small fix was found", "look deeper: --depth 10000")
    return found


def _document(found: Mapping[str, list[Seen]], learning: bool) -> Mapping[str, Json]:
    every = [case for cases in found.values() for case in cases]
    reached = [case.rows for case in every if case.is_reached]
    models = left_out(every, by_hand()) if learning and len(found) > 1 and reached else {}
    rows = {**{name: figures(cases, models) for name, cases in found.items() if cases}, "all": figures(every, models)}
    document: dict[str, Json] = {"rows": cast("Json", rows), "templates": cast("Json", templates(every))}
    if learning and reached:
        document["priors"] = cast("Json", _table(learn(reached, by_hand())))
    return document


def _table(model: Model) -> Mapping[str, Json]:
    """Priors as the source writes them: the largest is 1; and the power to which a rewrite's own weight counts."""
    top = max(model.priors.values())
    table = {name: round(math.exp(value - top), 4) for name, value in sorted(model.priors.items())}
    return {"priors": cast("Json", table), "weight": [round(w, 3) for w in model.weights]}


def _show(document: Mapping[str, Json], as_json: bool) -> None:
    if as_json:
        emit(document)
        return
    head = f"{'':<24} {'places':>6} {'reached':>8} {'candidates':>10} {'chance':>8} {'by hand':>8} {'shipped':>8} {'learned':>8}"
    click.echo(f"{head}   (median ranks)")
    for name, row in cast("Mapping[str, Mapping[str, Json]]", document["rows"]).items():
        ranks = " ".join(f"{_median(row.get(order)):>8}" for order in ("chance", "hand", "shipped", "learned"))
        line = f"{name[-24:]:<24} {row['places']:>6} {row['places_reached']:>8} {row['candidates']:>10g} {ranks}"
        click.echo(printable(line))
    click.echo(f"\n{'template':<24} {'candidates':>10} {'hits':>6} {'alone':>6}")
    for name, each in cast("Mapping[str, Mapping[str, Json]]", document["templates"]).items():
        click.echo(printable(f"{name:<24} {each['candidates']:>10} {each['hits']:>6} {each['alone']:>6}"))


def _median(order: Json) -> str:
    return f"{order['median']}" if isinstance(order, dict) else "-"
