"""Modules of the project that a build or an install would bring: what the project's own files say of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from fixbot_analysis.source.ignore import RULE_FILES, IgnoreRules
from fixbot_repair.errors import PatchError
from fixbot_repair.workspace import Workspace

_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_NAME = re.compile(r"ImportError: cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")
_METADATA = re.compile(
    r"(?:PackageNotFoundError: (?:No package metadata was found for )?|DistributionNotFound: The ')([\w.-]+)"
)
_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "meson.build", "CMakeLists.txt", "Cargo.toml")
_COMPILED = (".pyx", ".c", ".cpp", ".cc", ".rs", ".pyf", ".py.in", ".py.tmpl", ".pyx.in")
_ON_PATH = ("", "src", "lib")  # folders of a project that its tests find packages in without an install
_MOST_BUILD_FILES = 100
_LONGEST_BUILD_FILE = 256 * 1024  # bytes


@dataclass(frozen=True)
class Project:
    """What of a project tells how it is built: its paths, a reader (None for what cannot be read), git's ignore rules."""

    paths: Sequence[str]
    read: Callable[[str], bytes | None] = field(default=lambda _: None)
    ignores: Callable[[str], bool] = field(default=lambda _: False)

    @classmethod
    def of(cls, workspace: Workspace) -> "Project":
        """Effect: reads the workspace when it is asked for something."""

        def read(path: str) -> bytes | None:
            try:
                return workspace.read(path)
            except PatchError:
                return None

        return cls(workspace.paths, read, partial(ignored, workspace.path))

    @cached_property
    def build_files(self) -> dict[str, str]:
        """Effect: reads the files that say how the project, and each project within it, is built; by path."""
        named = [p for p in self.paths if PurePosixPath(p).name in _BUILD_FILES]
        held = ((path, self.read(path)) for path in sorted(named, key=lambda p: p.count("/"))[:_MOST_BUILD_FILES])
        return {path: data[:_LONGEST_BUILD_FILE].decode("utf-8", "replace") for path, data in held if data is not None}

    @cached_property
    def files(self) -> frozenset[str]:
        """All paths."""
        return frozenset(self.paths)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold files, "" for the project's own."""
        return frozenset("" if str(f) == "." else str(f) for p in self.paths for f in PurePosixPath(p).parents)


def ignored(root: Path, path: str) -> bool:
    """Effect: reads ignore rules. Whether git leaves `path` out of the repository at `root`; a folder's ends in "/"."""
    rules = IgnoreRules.around(root)
    above = [f"{folder}/" for folder in PurePosixPath(path.rstrip("/")).parents if str(folder) != "."]
    for folder in ("", *reversed(above)):
        rules = rules.below(folder, RULE_FILES, root)
    return rules.ignores(path)


def unbuilt(message: str, project: Project) -> tuple[str, str]:
    """Effect: reads build files. (what is lacking, why a build or an install would bring it) of a test that ended with `message`.

    Both "" where nothing says so: a module that is not there may be the very fault to mend.
    """
    if found := _MODULE.search(message):
        name = found[1]
    elif found := _NAME.search(message):
        name = f"{found[2]}.{found[1]}"
    elif found := _METADATA.search(message):
        return (f"metadata of '{found[1]}'", why) if (why := _own_metadata(found[1], project)) else ("", "")
    else:
        return "", ""
    why = next(_reasons(name, project), "")
    return (f"module '{name}'", why) if why else ("", "")


def _reasons(module: str, project: Project) -> Iterator[str]:
    """Why a build or an install would bring `module`, which is not there."""
    stems = list(_stems(module, project))
    if any(_is_there(stem, project) for stem in stems):
        return
    for stem in stems:
        yield from _written(stem, module, project)
        yield from _to_compile(stem, project)
        if project.ignores(f"{stem}.py") or ("/" in stem and project.ignores(f"{stem}/")):
            yield f"git leaves {stem}.py out of the repository"
    yield from _elsewhere(module, project)


def _stems(module: str, project: Project) -> Iterator[str]:
    """Where the file of `module` would lie, without its suffix."""
    *above, name = module.split(".")
    if not above:
        yield from (f"{folder}/{name}".lstrip("/") for folder in _ON_PATH if folder in project.folders)
        return
    package = "/".join(above)
    for folder in sorted(project.folders):
        if folder == package or folder.endswith(f"/{package}"):
            yield f"{folder}/{name}"


def _is_there(stem: str, project: Project) -> bool:
    return f"{stem}.py" in project.files or stem in project.folders


def _written(stem: str, module: str, project: Project) -> Iterator[str]:
    """A build file names it: as a file, as tools that write versions are told, or as an extension to be compiled."""
    dotted = re.compile(
        rf"""(?:Extension\(|module\(|module-name\s*=|target\s*=|\bname\s*=)\s*["']{re.escape(module)}["']"""
    )
    for path, text in project.build_files.items():
        folder = path.rpartition("/")[0]
        if folder and not stem.startswith(f"{folder}/"):
            continue
        # Some tools are told the place below the folder of packages.
        files = "|".join(map(re.escape, (stem.removeprefix(f"{folder}/"), module.replace(".", "/"))))
        if re.search(rf"(?<![\w./-])(?:\./)?(?:{files})\.py(?![\w.-])", text):
            yield f"{path} names {stem}.py, which is not there"
        if dotted.search(text):
            yield f"{path} says that it has to be compiled"


def _to_compile(stem: str, project: Project) -> Iterator[str]:
    """What it is made from stands beside it; a protocol buffer's description may stand anywhere."""
    yield from (f"{stem}{end} has not been compiled" for end in _COMPILED if f"{stem}{end}" in project.files)
    described = re.fullmatch(r"(\w+)_pb2(?:_grpc)?", stem.rpartition("/")[2])
    if described:
        file = f"{described[1]}.proto"
        yield from (f"{p} has not been compiled" for p in project.paths if PurePosixPath(p).name == file)


def _elsewhere(module: str, project: Project) -> Iterator[str]:
    """The package lies in a folder that only an install makes known: one of several projects, or one a build file names."""
    if "." in module:
        return
    for folder in sorted(project.folders):
        above, _, name = folder.rpartition("/")
        if name != module or above in _ON_PATH or f"{folder}/__init__.py" not in project.files:
            continue
        home = above.removesuffix("/src")
        own = any(f"{home}/{file}" in project.build_files for file in ("pyproject.toml", "setup.py"))
        named = re.compile(rf"""["']{re.escape(above)}["']""")
        if own or any(named.search(text) for text in project.build_files.values()):
            yield f"{folder} is a package that is not installed"


def _own_metadata(name: str, project: Project) -> str:
    """The project asks for its own version, which an install writes down."""
    spelled = re.sub(r"[-_.]+", "[-_.]+", name)
    own = re.compile(rf"""\bname\s*=\s*["']?{spelled}["']?\s*(?:[,)\n]|$)""", re.IGNORECASE)
    named = (path for path, text in project.build_files.items() if own.search(text))
    return f"{path} calls the project so, and it is not installed" if (path := next(named, "")) else ""
