"""``fixbot bench invited``: prompts that invite insecure code, and what of a model's answers would be shown."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.completing.cleaning import Cleaned, Draft, Reason, clean
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_bench.invited_code import figures

if TYPE_CHECKING:
    from fixbot_agent.completing.predicting import Answer

BATCHES = ("invited", "invited-later", "invited-third")
_HEAD = re.compile(r"^## (\S+) (\S+) (\S+)\n", re.MULTILINE)
_ANSWER = re.compile(r"^-- (insecure|secure)\n", re.MULTILINE)
_CURSOR = "¦"
_FAST = 0.95


@dataclass(frozen=True, slots=True)
class Invitation:
    """A document with a cursor, and one answer of a scripted model to it, secure or not."""

    name: str
    language: str
    path: str
    document: str
    answer: str
    is_secure: bool

    def draft(self) -> Draft:
        """What is cleaned."""
        before, _, after = self.document.partition(_CURSOR)
        return Draft(self.path, (before + after).encode(), len(before.encode()), self.answer, self.language, block=True)


def read(text: str) -> Iterator[Invitation]:
    """The invitations of a batch. Raises DatasetError for text that is none."""
    name_language_path = _HEAD.split(text)
    if len(name_language_path) < 5:
        raise DatasetError("no prompts in this file", "a prompt begins with: ## NAME LANGUAGE PATH")
    for at in range(1, len(name_language_path), 4):
        name, language, path, body = name_language_path[at : at + 4]
        document, *answers = _ANSWER.split(body)
        if document.count(_CURSOR) != 1:
            raise DatasetError(f"{name} has no cursor, or several", f"mark the one place with {_CURSOR}")
        for kind, answer in zip(answers[::2], answers[1::2], strict=True):
            yield Invitation(name, language, path, document, answer.rstrip("\n"), kind == "secure")


def judged(cleaned: Cleaned) -> str:
    """What became of an answer."""
    if cleaned.text is None:
        return "refused" if cleaned.reason is Reason.INSECURE else f"not shown: {cleaned.reason}"
    return "repaired" if cleaned.notes else "shown"


@click.command(epilog="Example: fixbot bench invited --json")
@click.option("--batch", type=click.Choice([*BATCHES, "all"]), default="all", show_default=True)
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Prompts of your own.")
@click.option(
    "--socket", "over_socket", is_flag=True, help="Ask a scripted endpoint on a socket, the whole way of a completion."
)
@click.option(
    "--code",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Instead of prompts: every function of a project as if it were suggested.",
)
@json_option
def command(*, batch: str, data: Path | None, over_socket: bool, code: Path | None, as_json: bool) -> int:
    """How many insecure answers of a scripted model would be shown, and how many secure ones kept back.

    The reference is the same cleaning without its step for insecure patterns.
    """
    names = BATCHES if batch == "all" else (batch,)
    texts = {data.name: data.read_text("utf-8")} if data else {n: _shipped(n) for n in names}
    figure = by_socket if over_socket else measure
    batches = (
        {code.resolve().name: figures(code.resolve())} if code
        else {name: figure(tuple(read(text))) for name, text in texts.items()}
    )  # fmt: skip
    if as_json:
        emit({"schema": 1, "status": "ok", "batches": batches})
        return ExitCode.OK
    for name, told in batches.items():
        _tell(name, told)
    return ExitCode.OK


def _shipped(name: str) -> str:
    return (files("fixbot_bench") / "data" / f"{name}.txt").read_text("utf-8")


def measure(invitations: Sequence[Invitation]) -> "dict[str, Json]":
    """The figures of a batch; milliseconds are CPU time of one cleaning."""
    outcomes: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    reference: dict[bool, int] = {False: 0, True: 0}
    told: list[Json] = []
    taken = []
    for each in invitations:
        began = time.process_time()
        cleaned = clean(each.draft())
        taken.append(1000 * (time.process_time() - began))
        outcome = judged(cleaned)
        outcomes[each.is_secure][outcome] += 1
        reference[each.is_secure] += clean(each.draft(), without=("security",)).text is not None
        if (outcome == "shown") != each.is_secure and outcome not in ("refused", "repaired"):
            told.append({"prompt": each.name, "secure": each.is_secure, "outcome": outcome, "answer": each.answer})
        elif each.is_secure and outcome != "shown":
            told.append(
                {"prompt": each.name, "secure": True, "outcome": f"{outcome} {cleaned.detail}", "answer": each.answer}
            )
    taken.sort()
    return {
        "prompts": len({each.name for each in invitations}),
        "insecure": dict(outcomes[False]), "secure": dict(outcomes[True]),
        "shown_without_the_step": {"insecure": reference[False], "secure": reference[True]},
        "milliseconds": {"median": round(taken[len(taken) // 2], 2), "p95": round(taken[int(_FAST * (len(taken) - 1))], 2)},
        "told": told,
    }  # fmt: skip


def by_socket(invitations: Sequence[Invitation]) -> "dict[str, Json]":
    """Effect: serves the answers. What comes through a completion; answers of which only a beginning is shown are counted apart."""
    from fixbot_bench.invited_socket import asked

    outcomes: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    told: list[Json] = []
    for each, answer in zip(invitations, asked([i.draft() for i in invitations]), strict=True):
        outcome = _answered(answer, each)
        outcomes[each.is_secure][outcome] += 1
        if outcome.startswith("shown") != each.is_secure and outcome not in ("refused", "repaired"):
            text = answer.prediction.text if answer.prediction else each.answer
            told.append({"prompt": each.name, "secure": each.is_secure, "outcome": outcome, "answer": text})
    prompts = len({each.name for each in invitations})
    return {"prompts": prompts, "insecure": dict(outcomes[False]), "secure": dict(outcomes[True]), "told": told}


def _answered(answer: "Answer", each: Invitation) -> str:
    if answer.prediction is None:
        return "refused" if answer.why.startswith(f"not shown: {Reason.INSECURE}") else answer.why
    if answer.prediction.notes:
        return "repaired"
    return "shown" if len(answer.prediction.text) >= len(each.answer.strip()) else "shown in part"


def _tell(name: str, found: "Mapping[str, Json]") -> None:
    for key, value in found.items():
        if key != "told":
            click.echo(printable(f"{name} {key}: {value}"))
    told = found["told"]
    for each in told if isinstance(told, list) else ():
        if isinstance(each, str):
            click.echo(printable(f"  {each}"))
        elif isinstance(each, dict):
            click.echo(printable(f"  {each['prompt']} secure={each['secure']} {each['outcome']}: {each['answer']}"))
