"""How each repository's versions are installed and tested: facts in one small file a repository."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

from fixbot_bench.errors import BenchEnvironmentError

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Specification:
    """One (repository, version). `path` are folders of the tree put first on sys.path; `generated` are files that an
    install writes and a fresh tree lacks; `log` names the parser of the test command's output.
    """

    repo: str
    version: str
    python: str  # "3.9"
    packages: tuple[str, ...]
    install: bool
    test: tuple[str, ...]
    log: str
    module: str
    path: tuple[str, ...]
    generated: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def specification(repo: str, version: str) -> Specification:
    """Effect: read the facts about `repo` at `version`. Raises BenchEnvironmentError naming what is known."""
    name = repo.replace("/", "__")
    source = files("fixbot_bench.grading") / "specifications" / f"{name}.toml"
    if not re.fullmatch(r"[\w.-]+", name) or not source.is_file():
        raise BenchEnvironmentError(f"no specification for {repo}", f"known are {', '.join(known())}")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    versions = cast("Mapping[str, Table]", table["versions"])
    if version not in versions:
        raise BenchEnvironmentError(f"no specification for {repo} {version}", f"known are {', '.join(versions)}")
    return _build(repo, version, {**table, **cast("Table", table["defaults"]), **versions[version]})


def recipe(repo: str) -> str:
    """Effect: the whole file of facts about `repo`, as part of what a result depends on; empty where there is none."""
    source = files("fixbot_bench.grading") / "specifications" / f"{repo.replace('/', '__')}.toml"
    return source.read_text(encoding="utf-8") if source.is_file() else ""


def known() -> tuple[str, ...]:
    """Effect: repositories that can be graded here, as owner/name."""
    folder = files("fixbot_bench.grading") / "specifications"
    return tuple(sorted(f.name[:-5].replace("__", "/", 1) for f in folder.iterdir() if f.name.endswith(".toml")))


def _build(repo: str, version: str, facts: Table) -> Specification:
    environment = cast("Mapping[str, str]", facts.get("environment", {}))
    return Specification(
        repo=repo,
        version=version,
        python=str(facts["python"]),
        packages=_texts(facts["packages"]),
        install=bool(facts.get("install", True)),
        test=_texts(facts["test"]),
        log=str(facts["log"]),
        module=str(facts["module"]),
        path=_texts(facts["path"]),
        generated=_texts(facts.get("generated", [])),
        environment=tuple((key, value.format(version=version)) for key, value in sorted(environment.items())),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text) for text in cast("list[object]", value))
