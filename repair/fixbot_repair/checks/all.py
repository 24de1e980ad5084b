"""All tools over the same files: one list of findings, each with its fingerprint, and in words what could not be checked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Protocol, runtime_checkable

from fixbot_analysis.errors import SourceError
from fixbot_analysis.ports import Progress, Silent
from fixbot_analysis.source import Document, SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_analysis.symbols import FileFacts
from fixbot_repair.checks import together
from fixbot_repair.checks.adapters import External, adapters, in_project
from fixbot_repair.checks.compiler import Compiler
from fixbot_repair.checks.finding import Feedback, Finding
from fixbot_repair.checks.fingerprint import stamp
from fixbot_repair.checks.merging import merged
from fixbot_repair.checks.minimum import minimum_python
from fixbot_repair.checks.ruff import MEANINGS, Ruff
from fixbot_repair.checks.semgrep import Semgrep
from fixbot_repair.checks.tool import Interpreter, Request, Tool
from fixbot_repair.environment import Environment
from fixbot_repair.errors import CheckFailed, Untrusted
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.sandbox.policy import CONTAINED

TOOLS: Mapping[str, Callable[[], Tool]] = {
    "compiler": Compiler,
    "ruff": Ruff,
    "semgrep": Semgrep,
}


@runtime_checkable
class Listener(Progress, Protocol):
    """A progress that is told more than progress."""

    def heard(self, feedback: Feedback) -> None:
        """Effect: take note of all that is known so far; called every second and with each answer of a tool."""
        ...


_NO_SOURCE = frozenset({"project"})  # what a project's own files (go.mod, tsconfig.json) are in


def run(
    root: Path,
    paths: Sequence[str],
    *,
    only: Iterable[str | Tool] | None = None,
    overlay: Mapping[str, bytes] | None = None,
    environment: Environment | None = None,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
    progress: Progress | None = None,
) -> Feedback:
    """Effect: check the files `paths` (POSIX, relative to `root`) with each tool of `only`, our own by default, side by side.

    `only` holds names or tools, such as :func:`in_use` finds. `overlay` (path -> UTF-8) stands for files as they are in
    open buffers, or at another commit; `environment` says which Python they are written for, fixbot's own without one.
    Our own tools run none of the project's code; the project's configuration of tools counts only when `trusted`, or where
    it cannot name code to run. A file that cannot be read and a tool that is missing or breaks become problems in words.
    Where `progress` is a :class:`Listener` it hears what is known so far; where it is a :class:`~fixbot_repair.checks.together.Bounded`
    tools that have no answer when it has had enough are ended. Raises CheckFailed when `only` names no tool.
    """
    tools = chosen(only)
    documents, problems = _read(root, paths, overlay or {})
    if not documents:
        return Feedback(problems=tuple(problems))
    request = requested(root, documents, overlay or {}, environment, trusted=trusted, sandbox=sandbox)
    tools = able(tools, request)
    problems += _unseen(tools, request)
    stamps, feedbacks = _Stamps(documents), dict[int, Feedback]()
    for answer in together.each(tools, request, progress or Silent()):
        if answer is not None:
            feedbacks[answer[0]] = stamps.stamped(answer[1])
        if isinstance(progress, Listener):
            progress.heard(_joined(tools, feedbacks, problems))
    return replace(_joined(tools, feedbacks, problems), notes=tuple(_uncontained(tools, request.sandbox)))


def chosen(only: Iterable[str | Tool] | None) -> tuple[Tool, ...]:
    """The tools of `only`, our own for None, each once. Raises CheckFailed for a name that is not a tool."""
    asked = tuple(TOOLS) if only is None else tuple(only)
    foreign = adapters()
    if unknown := [n for n in asked if isinstance(n, str) and n not in TOOLS and n not in foreign]:
        raise CheckFailed(f"no such tool: {', '.join(unknown)}", f"there are {', '.join([*TOOLS, *foreign])}")
    tools = [_tool(each) if isinstance(each, str) else each for each in asked]
    return tuple({tool.name: tool for tool in reversed(tools)}.values())[::-1]


def _tool(name: str) -> Tool:
    return TOOLS[name]() if name in TOOLS else External(adapters()[name])


def in_use(root: Path, paths: Iterable[str]) -> tuple[Tool, ...]:
    """Effect: look up which further tools the project at `root` says it uses, for files such as `paths`.

    That one of them is not installed is no failure of a check, but said.
    """
    languages = frozenset(filter(None, map(language_of, paths)))
    return tuple(External(adapter, may_lack=True) for adapter in in_project(root, languages))


def requested(
    root: Path,
    documents: Mapping[str, Document],
    overlay: Mapping[str, bytes],
    environment: Environment | None,
    *,
    trusted: bool,
    sandbox: Sandbox | None,
) -> Request:
    """Effect: what each tool is handed: `documents` of the project at `root`, and how they are to be looked at."""
    interpreter = _interpreter(root, environment, trusted)
    written_for = environment.version[:2] if environment else interpreter.version
    return Request(
        root=root.resolve(),
        documents=documents,
        sandbox=sandbox or container(root),
        overlaid=frozenset(overlay) | {d.path for d in documents.values() if d.bom or d.encoding != "utf-8"},
        trusted=trusted,
        interpreter=interpreter,
        target=max(written_for, minimum_python(root) or written_for),
        environment=environment,
        buffers={p: d for p, d in documents.items() if p in overlay},
    )


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


def able(tools: Sequence[Tool], request: Request) -> tuple[Tool, ...]:
    """`tools`; where the interpreter is older than the code the linter's parser, which knows later syntax, speaks for it."""
    if request.interpreter.version >= request.target:
        return tuple(tools)
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


def _unseen(tools: Sequence[Tool], request: Request) -> Iterator[str]:
    """In words, languages among the documents that no tool looked at."""
    seen = frozenset(language for tool in tools for language in tool.languages)
    kinds = Counter(language_of(path) or "python" for path in request.documents)
    for language, count in sorted(kinds.items()):
        if language not in seen | _NO_SOURCE:
            yield f"{count} {language} file{'' if count == 1 else 's'}: none of the tools that ran is made for them"


def _uncontained(tools: Sequence[Tool], sandbox: Sandbox) -> Iterator[str]:
    """In words, that no sandbox held the tools."""
    if not sandbox.promises() >= CONTAINED:
        names = ", ".join(tool.name for tool in tools)
        yield f"no sandbox works here: {names} ran under limits only, with all rights of this user; see 'fixbot doctor'"


def _joined(tools: Sequence[Tool], feedbacks: Mapping[int, Feedback], problems: Sequence[str]) -> Feedback:
    """All answers as one, in the order of the tools however they came in."""
    known = [feedbacks[at] for at in sorted(feedbacks)]
    findings = _settle([f for feedback in known for f in feedback.findings], tools)
    said = (*problems, *(p for feedback in known for p in feedback.problems))
    return Feedback(tuple(findings), problems=said, broken=tuple(name for f in known for name in f.broken))


def _settle(findings: Sequence[Finding], tools: Sequence[Tool]) -> Iterator[Finding]:
    """In order of place, one voice on syntax (the compiler's, where it was asked), what several say alike once."""
    asked = any(t.name == "compiler" for t in tools)
    rank = {tool.name: at for at, tool in enumerate(tools)}
    kept = [
        f for f in findings if not (asked and f.category == "syntax" and f.tool != "compiler" and _is_python(f.path))
    ]
    kept.sort(key=lambda f: (f.path, f.line, f.column, rank[f.tool], f.rule))
    meanings = {name: adapter.meanings for name, adapter in adapters().items()} | {"ruff": MEANINGS}
    return merged(kept, meanings, rank)


def _is_python(path: str) -> bool:
    return (language_of(path) or "python") == "python"


class _Stamps:
    """Gives findings their fingerprints; the symbols of a file are looked up once."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._facts: dict[str, FileFacts] = {}

    def stamped(self, feedback: Feedback) -> Feedback:
        """`feedback` with the fingerprints of its findings."""
        findings = [f for path, group in self._by_path(feedback) for f in self._of_file(path, group)]
        return replace(feedback, findings=tuple(findings))

    @staticmethod
    def _by_path(feedback: Feedback) -> Iterator[tuple[str, Iterator[Finding]]]:
        yield from groupby(sorted(feedback.findings, key=lambda f: f.path), key=lambda f: f.path)

    def _of_file(self, path: str, findings: Iterable[Finding]) -> Iterator[Finding]:
        from fixbot_analysis.symbols import extract

        document = self._documents[path]
        if path not in self._facts:
            self._facts[path] = extract(document.data, language_of(path) or "python")
        return stamp(findings, document, self._facts[path])
