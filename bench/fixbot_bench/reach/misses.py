"""``fixbot bench misses``: why cases are not repaired: not shown, not made, suspected late, made late, or in time and then not chosen.

No candidate is tried: the tests of each case run once, as in a solve, and each candidate is held against the fix in the
order in which the search would try it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.reach import ordered
from fixbot_bench.reach.known import job, load
from fixbot_bench.reach.ordered import Case, Standing, standing
from fixbot_bench.repairing import find_cases
from fixbot_bench.runner import Runner

_LOOKED_AT = 4  # times as many candidates as a search has time for


@click.command("misses", epilog="Example: fixbot bench bugs bench/bugs/open --out out/bugs; fixbot bench misses out/bugs --out out/misses")  # fmt: skip
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where is kept what the tests show.")  # fmt: skip
@click.option("--within", type=click.IntRange(1), default=1500, show_default=True, help="Candidates that a search has time for.")  # fmt: skip
@click.option("--only", multiple=True, help="Cases of these names.")
@click.option("--plain", is_flag=True, help="Without naturalness, which costs most of the time.")
@json_option
def command(*, folder: Path, out: Path, within: int, only: tuple[str, ...], plain: bool, as_json: bool) -> int:
    """Why cases are not repaired, and where the fix of each stands among the candidates."""
    with Bar() as bar:
        found = list(_standings(folder, only, out, within, plain, bar))
    if as_json:
        emit(cast("dict[str, Json]", ordered.document(found)))
        return ExitCode.OK
    for line in ordered.table(found):
        click.echo(printable(line))
    return ExitCode.OK


def _standings(
    folder: Path, only: tuple[str, ...], out: Path, within: int, plain: bool, bar: Bar
) -> Iterator[Standing]:
    """Effect: run the tests of each case once, where that was not done before, and make its candidates."""
    cases = find_cases(folder, only)
    done = Runner(out, 1, bar).run([job(case) for case in cases], "suspecting")
    for number, (path, each) in enumerate(zip(cases, done, strict=True)):
        bar.step("candidates", number, len(cases))
        if each.error:
            click.echo(printable(f"{each.name} left out: {each.error}"), err=True)
            continue
        case = Case(path, folder / "fixed" / path.name)
        natural = None if plain else case.natural(out / "code" / path.name)
        yield standing(case, load(each.result), natural, _LOOKED_AT * within, within)
