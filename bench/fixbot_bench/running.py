"""``fixbot bench run``: an agent solves instances; its changes become predictions in the official format.

Any agent: fixbot itself, or ``--agent CMD``, which is handed the issue as a file and the repository as its folder, and
whose change to that folder is the prediction. What belongs to grading stays out of reach of both.
"""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.grading.environment import build, setup_day
from fixbot_bench.grading.specification import specification
from fixbot_bench.grading.tree import change_of, one_commit_repository
from fixbot_bench.instance import Instance
from fixbot_bench.repositories import find_repository
from fixbot_bench.runner import Done, Job, Result, Runner


def _call(argv: Sequence[str], folder: Path, seconds: float, out: Path, stdout: str = "agent.stdout") -> int:
    with (out / stdout).open("wb") as said, (out / "agent.stderr").open("wb") as log:
        try:
            return subprocess.run(
                argv, cwd=folder, stdout=said, stderr=log, stdin=subprocess.DEVNULL, timeout=seconds, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            return -1
        except FileNotFoundError as error:
            raise BenchEnvironmentError(f"no such agent: {argv[0]}", "check the command after --agent") from error


@dataclass(frozen=True, slots=True)
class Agent:
    """Who solves: `command` is any program, empty for fixbot with `options` for ``fixbot solve``.

    `call` starts fixbot: its command line, the project, seconds, the folder for what it says, and the name of the file there for its output.
    """

    command: str = ""
    options: tuple[str, ...] = ("--no-model",)
    seconds: float = 900.0
    call: Callable[[Sequence[str], Path, float, Path, str], int] = _call

    @property
    def name(self) -> str:
        """What the predictions name as their author."""
        return self.command or " ".join(("fixbot", *self.options))


def run(
    instances: Sequence[Instance], repositories: Path, agent: Agent, runner: Runner, cache: Path
) -> Mapping[str, object]:
    """Effect: solve what is not solved yet and write ``predictions.jsonl``; returns counts."""
    jobs = [
        Job(i.instance_id, (agent.name, str(agent.seconds), i.repo, i.base_commit, i.problem_statement), partial(work, i, repositories, agent, cache))
        for i in instances
    ]  # fmt: skip
    done = runner.run(jobs, "solving")
    _write_predictions(runner.out / "predictions.jsonl", done, agent)
    return {
        "instances": len(done),
        "patches": sum(bool(d.result.get("patch")) for d in done),
        "errors": {d.name: d.error for d in done if d.error},
        "predictions": str(runner.out / "predictions.jsonl"),
    }


def _write_predictions(path: Path, done: Sequence[Done], agent: Agent) -> None:
    lines = [
        {"instance_id": d.name, "model_name_or_path": agent.name, "model_patch": d.result.get("patch", "")}
        for d in done
    ]
    draft = path.with_suffix(".draft")
    draft.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    draft.replace(path)


def work(instance: Instance, repositories: Path, agent: Agent, cache: Path, out: Path) -> Result:
    """Effect: let `agent` solve `instance`; its patch and how it ended. What it said is kept in `out`."""
    repository = find_repository(repositories, instance.repo)
    with tempfile.TemporaryDirectory(prefix="fixbot-run-") as scratch:
        tree, issue = Path(scratch) / instance.repo.partition("/")[2], Path(scratch) / "issue.md"
        one_commit_repository(repository, instance.base_commit, tree)
        issue.write_text(instance.problem_statement, encoding="utf-8")
        if agent.command:
            seconds = _other(agent, issue, tree, out)
            return {"patch": change_of(tree), **seconds}
        return _fixbot(agent, instance, repository, issue, tree, cache, out)


def _other(agent: Agent, issue: Path, tree: Path, out: Path) -> Result:
    """Effect: run another agent to its end or its time's; its output goes to a log."""
    argv = [part.replace("{issue}", str(issue)).replace("{repo}", str(tree)) for part in shlex.split(agent.command)]
    if not any("{issue}" in part for part in shlex.split(agent.command)):
        argv.append(str(issue))
    ended = _call(argv, tree, agent.seconds, out)
    return {"exit_code": ended}


def _fixbot(
    agent: Agent, instance: Instance, repository: Path, issue: Path, tree: Path, cache: Path, out: Path
) -> Result:
    argv = [sys.executable, "-m", "fixbot_agent.cli", "solve", str(issue), "--repo", str(tree), "--json"]
    argv += [*agent.options, "--timeout", str(agent.seconds), *_python(instance, repository, cache)]
    code = agent.call(argv, tree, agent.seconds + 60, out, "report.json")
    try:
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    except ValueError:
        return {"patch": "", "exit_code": code}
    return {"patch": report.get("patch") or "", "exit_code": code, "status": report.get("status", "error")}


def _python(instance: Instance, repository: Path, cache: Path) -> Sequence[str]:
    """The interpreter to solve with; none where no environment can be built, and the solver then says what it lacks."""
    try:
        spec = specification(instance.repo, instance.version)
    except BenchEnvironmentError:
        return ()
    commit = instance.environment_setup_commit or instance.base_commit
    return ("--python", str(build(spec, repository, commit, setup_day(repository, commit), cache).python))
