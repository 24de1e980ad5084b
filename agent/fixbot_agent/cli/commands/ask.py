"""``fixbot ask``: a question about the code, answered by a model that looks or from facts; every sentence cites lines that were looked at."""

import time
from typing import Any

import click

from fixbot_agent.cli.configuring import settings_of, settings_options
from fixbot_agent.cli.inquiring import Wanted, inquired
from fixbot_agent.cli.options import json_option, repo_option


@click.command(
    "ask",
    epilog='Examples: fixbot ask "who calls Cart.total"    fixbot ask "how does checkout reach Tax.rate"'
    '    fixbot ask "where are discounts rounded?"    fixbot ask --continue "and who tests that?"    fixbot ask --at shop/cart.py:12-20',
)
@click.argument("question", required=False, default="")
@click.option("--at", metavar="FILE:LINE[-LINE]", help="Explain a place, or ask QUESTION about it.")
@click.option("--about", metavar="TEXT", default="", help="With --at: what a tool or a failing test says of the place.")
@click.option(
    "--frame",
    "frames",
    multiple=True,
    metavar="FILE:LINE",
    help="With --at: a line of the failure's traceback, the innermost last; may be given several times.",
)
@click.option("--past/--no-past", default=True, help="Whether old fixes count where words decide.")
@click.option(
    "--continue",
    "continues",
    is_flag=False,
    flag_value="last",
    default="",
    metavar="[RUN]",
    help="Go on from what was asked before: the last answer of a model about this project, or that of RUN.",
)
@click.option("--model", default="", metavar="NAME", help="Ask this configured model; else those of the role 'ask'.")
@click.option("--fallback", default="", metavar="A,B", help="Models that take over when one fails.")
@click.option("--no-model", is_flag=True, help="Ask no model, even where one is configured.")
@click.option(
    "--only-trusted", is_flag=True, help="Ask models only where the workspace is trusted (see: fixbot trust)."
)
@click.option("--offline", is_flag=True, help="Ask only models on this machine.")
@click.option("--timeout", type=float, metavar="S", help="Seconds it may take in all.")
@click.option("--max-cost", type=float, metavar="X", help="Most money it may spend on models.")
@click.option("--max-steps", type=int, metavar="N", help="Most answers it may ask of models.  [default: 20]")
@click.option("--max-tokens", type=int, metavar="N", help="Most tokens that models may read and write for it.")
@click.option("--max-calls", type=int, metavar="N", help="Most requests it may make to models, failed ones too.")
@settings_options
@repo_option
@json_option
def command(**given: Any) -> int:
    """Answer QUESTION about the code of a project; nothing of it is run.

    With a model for the role 'ask' (or --model) that model looks at the project, and what it cites is checked before it is shown. Else the
    answer is the built-in one: who calls, uses, tests, imports, overrides or inherits from NAME; what NAME calls or raises; where it is
    defined; how A reaches B; for any other question, in any language, what it names, or the definitions that its words fit best. Each
    sentence names the lines it rests on. Exit code: 0 answered, 1 nothing of the project fits, 3 a model's answer cites nothing that
    could be checked.
    """
    began = time.monotonic()
    wanted = Wanted(**given).checked()
    return inquired(wanted, settings_of(wanted.repo, wanted.config, wanted.trust, **wanted.settings()), began)
