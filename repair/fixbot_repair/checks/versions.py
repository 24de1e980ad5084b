"""Many versions of the same files judged each by itself, in one run of each tool.

A tool that judges a file alone (:func:`~fixbot_repair.checks.tool.is_per_file`) is handed all versions as files of one
scratch tree, each in a folder of its own: a process, its start and its rules are paid once and not once a version.
"""

import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixbot_analysis.ports import Silent
from fixbot_analysis.source import Document
from fixbot_repair.checks import together
from fixbot_repair.checks.all import able, container, requested
from fixbot_repair.checks.finding import Finding
from fixbot_repair.checks.tool import Tool
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Sandbox

_NUMBER = re.compile(r"(?<![^\s/])\d+/")  # the folder of a version, in a path that is told of


@dataclass(frozen=True, slots=True)
class Ground:
    """The project at `root` and how its files are looked at; as :func:`fixbot_repair.checks.all.run` takes them."""

    root: Path
    environment: Environment | None = None
    trusted: bool = False
    sandbox: Sandbox = field(default_factory=container)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of each version, in their order; `broken` tools did not look at all (name: why).

    The paths of findings and edits begin with the number of the version.
    """

    findings: tuple[tuple[Finding, ...], ...]
    broken: Mapping[str, str] = field(default_factory=dict)


def judge(ground: Ground, versions: Sequence[Document], tools: Sequence[Tool], known: Container[str] = ()) -> Judged:
    """Effect: run the per-file `tools` on `versions`, each a whole file by itself; several may be of one path.

    Findings carry no fingerprint. A tool that breaks, or has a problem that is not among the `known` ones, may have said
    nothing of any version.
    """
    named = {f"{at}/{document.path}": document for at, document in enumerate(versions)}
    if not named:
        return Judged(())
    documents = {name: replace(d, path=name) for name, d in named.items()}
    request = requested(
        ground.root,
        documents,
        {name: d.data for name, d in documents.items()},
        ground.environment,
        trusted=ground.trusted,
        sandbox=ground.sandbox,
    )
    request = replace(request, versions={name: d.path for name, d in named.items()})
    found: dict[int, list[Finding]] = defaultdict(list)
    broken: dict[str, str] = {}
    able_tools = able(tools, request)
    for answer in together.each(able_tools, request, Silent()):
        if answer is None:
            continue
        for finding in answer[1].findings:
            found[int(finding.path.partition("/")[0])].append(finding)
        if trouble := [p for p in answer[1].problems if _NUMBER.sub("", p) not in known]:
            broken[able_tools[answer[0]].name] = trouble[0]
    return Judged(tuple(tuple(found[at]) for at in range(len(versions))), broken)
