"""``fixbot cover``: tests of one module, written, proven and shown as a diff."""

import signal
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from fixbot_agent.cli.configuring import settings_options
from fixbot_agent.cli.covering import covered
from fixbot_agent.cli.covering_ended import is_over, retold
from fixbot_agent.cli.covering_given import COMMAND, Wanted
from fixbot_agent.cli.options import json_option, repo_option

_TARGET = click.FloatRange(0.0, 1.0, min_open=True)


@click.command(epilog="Example: fixbot cover shop/cart.py --target 0.9 --apply")
@click.argument("module", required=False, default="")
@repo_option
@click.option(
    "--target",
    type=_TARGET,
    default=0.9,
    show_default=True,
    help="Share of branches to reach, as coverage.py counts them.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(5.0),
    default=120.0,
    show_default=True,
    metavar="S",
    help="Seconds for all of it: the search and its proofs, which get half where a model may be asked.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Another one looks elsewhere; the same finds the same where time does not cut it.",
)
@click.option("--apply", is_flag=True, help="Write the tests into the tree.")
@click.option("--branch", default="", metavar="NAME", help="Commit the tests to a new branch.")
@click.option("--allow-dirty", is_flag=True, help="Let --apply write to a file with uncommitted work.")
@click.option("--python", metavar="PATH", help="The project's interpreter; it needs pytest.")
@click.option("--sandbox", metavar="KIND", help="auto, bwrap, landlock or none (trusted workspaces only).")
@click.option("--model", default="", metavar="NAME", help="Ask this configured model; else those of the role 'test'.")
@click.option("--fallback", default="", metavar="A,B", help="Models that take over when one fails.")
@click.option("--no-model", is_flag=True, help="Ask no model, even where one is configured.")
@click.option("--offline", is_flag=True, help="Ask only models on this machine.")
@click.option("--max-cost", type=float, metavar="X", help="Most money it may spend on models.")
@click.option("--max-steps", type=int, metavar="N", help="Most answers it may ask of models.")
@click.option("--max-tokens", type=int, metavar="N", help="Most tokens that models may read and write for it.")
@click.option("--max-calls", type=int, metavar="N", help="Most requests it may make to models, failed ones too.")
@click.option(
    "--resume", metavar="RUN", help="Go on with a run that was cut short; 'last' is the newest of this project."
)
@settings_options
@json_option
@click.pass_context
def command(context: click.Context, /, **given: Any) -> int:
    """Write tests for MODULE (a file) until its branches are covered: by a search, then by a model for the role 'test' where one is configured.

    Each test is kept only if it passes in any order, adds coverage, and notices a slip in the code that no test noticed
    before. What a model expects and the code does not give is told: one of the two is wrong. The tests record what the code does today. Prints a
    unified diff; nothing is written without --apply or --branch.

    Exit codes: 0 target reached, or nothing to do; 1 nothing could be added; 4 target not reached, time being over or nothing more found, with what was found.
    """
    from fixbot_agent.runs import Trail
    from fixbot_agent.settings import Places, workspace_root

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us gets a tidy end
    wanted = Wanted(**given).checked()
    if wanted.resume is None:
        return covered(wanted)
    kept = Trail(Places.current().runs).of_command(COMMAND, wanted.resume, workspace_root(Path.cwd()))
    if is_over(kept):
        return retold(kept, as_json=wanted.as_json)
    said = {n for n in given if context.get_parameter_source(n) is ParameterSource.COMMANDLINE}
    return covered(wanted.taken_up(kept, frozenset(said)), kept)
