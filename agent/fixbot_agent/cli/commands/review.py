"""``fixbot review``: what a change makes newly wrong, as checks find it and as a model shows it."""

from typing import Any

import click

from fixbot_agent.cli.configuring import settings_options
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.reviewing import FORMATS, Wanted, reviewed


@click.command(
    "review",
    epilog="Examples: fixbot review    fixbot review --base main --head feature --format sarif    fixbot review --model big --max-cost 0.5",
)
@repo_option
@click.option("--base", metavar="REF", default="", help="Compare with this commit.  [default: where main was left]")
@click.option("--head", metavar="REF", default="", help="The commit to review.  [default: the files as they are now]")
@click.option("--only", metavar="TOOL,...", help="Only these tools: compiler, ruff, semgrep.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--python", metavar="PATH", help="The Python that the code is written for.")
@click.option("--sandbox", metavar="KIND", help="auto, bwrap, landlock or none (trusted workspaces only).")
@click.option("--model", default="", metavar="NAME", help="Ask this configured model; else those of the role 'review'.")
@click.option("--fallback", default="", metavar="A,B", help="Models that take over when one fails.")
@click.option("--no-model", is_flag=True, help="Ask no model, even where one is configured.")
@click.option(
    "--only-trusted", is_flag=True, help="Ask models only where the workspace is trusted (see: fixbot trust)."
)
@click.option("--offline", is_flag=True, help="Ask only models on this machine.")
@click.option("--timeout", type=float, metavar="S", help="Seconds that models may take.")
@click.option("--max-cost", type=float, metavar="X", help="Most money it may spend on models.")
@click.option("--max-steps", type=int, metavar="N", help="Most answers it may ask of models.  [default: 24]")
@click.option("--max-tokens", type=int, metavar="N", help="Most tokens that models may read and write for it.")
@click.option("--max-calls", type=int, metavar="N", help="Most requests it may make to models, failed ones too.")
@settings_options
@json_option
def command(**given: Any) -> int:
    """Review a change: findings that are new between two commits, as comments inside the diff.

    With a model for the role 'review' (or --model) that model reads the change, too, and looks at the project. What it remarks is held against
    the files; a test that it gives is run before the change and with it, in the sandbox. What passes before and fails with it is a comment like
    those of checks; what nothing proves is shown apart, at most five. Without a model none of the project's code is run.

    Exit code: 0 nothing that a check or a test shows, 1 comments, 2 usage, 6 a tool could not be run. What is not checked by a program changes none of that.
    """
    return reviewed(Wanted(**given).checked())
