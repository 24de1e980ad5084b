"""All tools over the same files: one list of findings, each with its fingerprint, and in words what could not be checked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from fixbot_analysis.errors import SourceError
from fixbot_analysis.ports import Progress, Silent
from fixbot_analysis.source import Document, SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_repair.checks.compiler import Compiler
from fixbot_repair.checks.finding import Feedback, Finding
from fixbot_repair.checks.fingerprint import stamp
from fixbot_repair.checks.minimum import minimum_python
from fixbot_repair.checks.ruff import Ruff
from fixbot_repair.checks.semgrep import Semgrep
from fixbot_repair.checks.tool import Interpreter, Request, Tool
from fixbot_repair.environment import Environment
from fixbot_repair.errors import CheckFailed, SandboxError, Untrusted
from fixbot_repair.sandbox import Sandbox

TOOLS: Mapping[str, Callable[[], Tool]] = {
    "compiler": Compiler,
    "ruff": Ruff,
    "semgrep": Semgrep,
}

_NO_SOURCE = frozenset({"project"})  # what a project's own files (go.mod, tsconfig.json) are in


def run(
    root: Path,
    paths: Sequence[str],
    *,
    only: Iterable[str] | None = None,
    overlay: Mapping[str, bytes] | None = None,
    environment: Environment | None = None,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
    progress: Progress | None = None,
) -> Feedback:
    """Effect: check the files `paths` (POSIX, relative to `root`) with each tool of `only`, all by default.

    `overlay` (path -> UTF-8) stands for files as they are in open buffers, or at another commit; `environment` says
    which Python they are written for, fixbot's own without one. None of the project's code is run, and its
    configuration of tools counts only when `trusted`. A file that cannot be read and a tool that is missing or breaks
    become problems in words. Raises CheckFailed when `only` names no tool of ours.
    """
    tools = chosen(only)
    documents, problems = _read(root, paths, overlay or {})
    if not documents:
        return Feedback(problems=tuple(problems))
    interpreter = _interpreter(root, environment, trusted)
    written_for = environment.version[:2] if environment else interpreter.version
    target = max(written_for, minimum_python(root) or written_for)
    if interpreter.version < target:
        tools = _without_compiler(tools)
    request = Request(
        root=root.resolve(),
        documents=documents,
        sandbox=sandbox or container(root),
        overlaid=frozenset(overlay or {}) | {d.path for d in documents.values() if d.bom or d.encoding != "utf-8"},
        trusted=trusted,
        interpreter=interpreter,
        target=target,
        environment=environment,
    )
    feedbacks = _each(tools, request, progress or Silent())
    problems += _unseen(tools, request)
    findings = _settle([f for feedback in feedbacks for f in feedback.findings], tools)
    problems += [p for feedback in feedbacks for p in feedback.problems]
    broken = tuple(name for feedback in feedbacks for name in feedback.broken)
    return Feedback(tuple(_stamped(findings, documents)), problems=tuple(problems), broken=broken)


def chosen(only: Iterable[str] | None) -> tuple[Tool, ...]:
    """The tools named by `only`, all for None. Raises CheckFailed for a name that is not a tool."""
    names = tuple(TOOLS) if only is None else tuple(dict.fromkeys(only))
    if unknown := [n for n in names if n not in TOOLS]:
        raise CheckFailed(f"no such tool: {', '.join(unknown)}", f"there are {', '.join(TOOLS)}")
    return tuple(TOOLS[n]() for n in names)


def container(root: Path | None = None) -> Sandbox:
    """Effect: the best sandbox here for tools of our own; none of them runs the project's code, so limits alone will do."""
    from fixbot_repair.sandbox import choose

    try:
        return choose("auto", root=root)
    except Untrusted:
        return choose("none", trusted=True)


def _interpreter(root: Path, environment: Environment | None, trusted: bool) -> Interpreter:
    """The project's Python; fixbot's own where that is a program that an untrusted project brings along."""
    found = Interpreter.of(environment) if environment else Interpreter.own()
    return found if trusted or not found.python.is_relative_to(root.resolve()) else Interpreter.own()


def _without_compiler(tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """`tools` for an interpreter that is older than the code: the linter's parser, which knows later syntax, speaks."""
    rest = tuple(t for t in tools if t.name != "compiler")
    return rest if len(rest) == len(tools) or any(t.name == "ruff" for t in rest) else (Ruff(syntax_only=True), *rest)


def _read(root: Path, paths: Iterable[str], overlay: Mapping[str, bytes]) -> tuple[dict[str, Document], list[str]]:
    tree, documents, problems = SourceTree(root, overlay), dict[str, Document](), list[str]()
    for path in dict.fromkeys(paths):
        try:
            documents[path] = tree.read(path)
        except SourceError as error:
            problems.append(error.message)
    return documents, problems


def _each(tools: Sequence[Tool], request: Request, progress: Progress) -> list[Feedback]:
    feedbacks = []
    for done, tool in enumerate(tools):
        progress.step(f"checking with {tool.name}", done, len(tools))
        try:
            mine = request.of_languages(tool.languages)
            feedbacks.append(tool.check(mine) if mine.documents else Feedback())
        except (CheckFailed, SandboxError) as error:
            feedbacks.append(Feedback(problems=(f"{tool.name}: {error.message}",), broken=(tool.name,)))
    return feedbacks


def _unseen(tools: Sequence[Tool], request: Request) -> Iterator[str]:
    """In words, languages among the documents that no tool looked at."""
    seen = frozenset(language for tool in tools for language in tool.languages)
    kinds = Counter(language_of(path) or "python" for path in request.documents)
    for language, count in sorted(kinds.items()):
        if language not in seen | _NO_SOURCE:
            yield f"{count} {language} file{'' if count == 1 else 's'}: none of the tools that ran is made for them"


def _settle(findings: Sequence[Finding], tools: Sequence[Tool]) -> list[Finding]:
    """In order of place, without the linter's opinion on syntax where the compiler was asked."""
    asked = any(t.name == "compiler" for t in tools)
    kept = (f for f in findings if not (asked and f.tool == "ruff" and f.rule == "invalid-syntax"))
    return sorted(kept, key=lambda f: (f.path, f.line, f.column, f.tool, f.rule))


def _stamped(findings: Sequence[Finding], documents: Mapping[str, Document]) -> Iterator[Finding]:
    from fixbot_analysis.symbols import extract

    for path, group in groupby(findings, key=lambda f: f.path):
        facts = extract(documents[path].data, language_of(path) or "python")
        yield from stamp(group, documents[path], facts)
