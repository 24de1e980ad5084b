"""Python's own compiler as a tool: the project's interpreter compiles, in a process of its own, and runs nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from fixbot_analysis.source import Document
from fixbot_repair.checks.finding import Feedback, Finding, Severity
from fixbot_repair.checks.places import placed
from fixbot_repair.checks.tool import PYTHON, Request, last_words, run, scratch
from fixbot_repair.sandbox import Completed

_RESTARTS = 8  # sources that may end the compiler before the rest is given up


class _Remark(TypedDict):
    rule: str
    severity: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Compiler:
    """Syntax errors and the compiler's warnings. One process is bounded by `seconds` and a tenth more for each source."""

    name: str = "compiler"
    languages: frozenset[str] = PYTHON
    per_file: bool = True
    seconds: float = 60.0

    def check(self, request: Request) -> Feedback:
        """Effect: compile every document; one that ends the compiler itself is a finding, not a crash."""
        findings: list[Finding] = []
        waiting = list(request.documents.values())
        for _ in range(_RESTARTS):
            completed = self._compile(request, waiting)
            answers = _answers(completed)
            for document in waiting[: len(answers)]:
                findings += [_finding(document, r) for r in answers[document.path]]
            waiting = waiting[len(answers) :]
            if not waiting:
                return Feedback(tuple(findings))
            if completed.timed_out or not _blames_the_source(completed):
                break
            findings.append(_ended(waiting.pop(0), completed))
        why = f"compiler: {len(waiting)} files were not compiled, from {waiting[0].path} on: {last_words(completed)}"
        return Feedback(tuple(findings), problems=(why,))

    def _compile(self, request: Request, documents: Sequence[Document]) -> Completed:
        lines = (json.dumps({"path": d.path, "source": d.text}) for d in documents)
        argv = [str(request.interpreter.python), "-I", "-S", "-c", _guest()]
        with scratch() as folder:
            return run(
                request.sandbox,
                argv,
                folder,
                readable=request.interpreter.readable,
                stdin="\n".join(lines).encode(),
                seconds=self.seconds + len(documents) / 10,
            )


@cache
def _guest() -> str:
    return (Path(__file__).parents[1] / "guest" / "compile_sources.py").read_text(encoding="utf-8")


def _answers(completed: Completed) -> dict[str, list[_Remark]]:
    # The last line may be cut short where the process was ended.
    whole = completed.stdout[: completed.stdout.rfind(b"\n") + 1].splitlines()
    answers = (json.loads(line) for line in whole)
    return {a["path"]: cast("list[_Remark]", a["remarks"]) for a in answers}


def _blames_the_source(completed: Completed) -> bool:
    """Whether the compiler was ended by what it compiled (a signal) rather than never having started."""
    return completed.returncode < 0 or completed.returncode > 128


def _ended(document: Document, completed: Completed) -> Finding:
    remark = _Remark(
        rule="crash",
        severity="error",
        message=f"the compiler itself did not survive this file ({last_words(completed)})",
        line=1,
        column=0,
        end_line=0,
        end_column=0,
    )
    return _finding(document, remark)


def _finding(document: Document, remark: _Remark) -> Finding:
    said = (remark["line"], remark["column"], remark["end_line"], remark["end_column"])
    line, column, end_line, end_column = placed(document, *said)
    severity, message = Severity(remark["severity"]), remark["message"]
    return Finding(
        document.path,
        line,
        column,
        end_line,
        end_column,
        "compiler",
        remark["rule"],
        severity,
        message,
        category="syntax" if severity is Severity.ERROR else "correctness",
    )
