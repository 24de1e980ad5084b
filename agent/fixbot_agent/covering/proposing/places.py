"""Files that a proposed test writes or removes, and what of the machine it asks for: only below the folder that it is given, or as the module does."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.covering.proposing.patching import aliases, patched, rooted, words

_GIVEN = re.compile(r"tmp|temp", re.IGNORECASE)
_MADE = frozenset(
    {"TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile", "mkdtemp", "mkstemp", "isolated_filesystem", "mktemp"}
)
_WRITES = words("""
    unlink rmdir write_text write_bytes touch symlink_to hardlink_to link_to chmod lchmod extractall mkdir makedirs copytree rmtree copyfile
""")  # fmt: skip
_WRITES_ONE = frozenset({"replace", "rename"})  # with one argument; text has others of these names
_OF_OS = words("""
    remove unlink rename renames replace rmdir removedirs makedirs mkdir chmod lchmod chown link symlink truncate utime mkfifo mknod open
    setxattr
""")  # fmt: skip
_READS_SHUTIL = frozenset({"which", "get_terminal_size", "disk_usage", "Error", "SameFileError"})
_OPENS = frozenset({"open", "FileIO", "ZipFile", "TarFile", "GzipFile", "BZ2File", "LZMAFile"})
_MODE = re.compile(r"[rwaxbtU+]{1,4}(?:[|:](?:gz|bz2|xz|\*)?)?")
_THERE = words("""
    exists isfile isdir islink ismount lexists getmtime getsize getctime getatime is_file is_dir is_symlink is_mount stat lstat
    access samefile readlink
""")  # fmt: skip
_HOST = words("""
    os.environ os.environb os.getenv os.name os.uname os.getlogin os.getuid os.geteuid os.getgid os.getppid os.cpu_count sys.platform
    socket.gethostname socket.getfqdn socket.gethostbyname uuid.getnode time.tzname time.timezone sys.executable sys.prefix sys.base_prefix
    pathlib.Path.home os.path.expanduser os.path.expandvars
""")  # fmt: skip
_HOST_MODULES = frozenset({"platform", "getpass", "pwd", "grp"})
_AWAY = re.compile(r"/|~|[A-Za-z]:[\\/]|\.\.(?:/|$)|.*/\.\.(?:/|$)", re.DOTALL)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def misplaced(code: str, imports: tuple[str, ...], used: frozenset[str]) -> str:
    """What a test writes outside of its folder, or asks of the machine though the module, which uses the names `used`, does not; "" for nothing."""
    tree = ast.parse("\n".join([*imports, code]))
    test = next(n for n in reversed(tree.body) if isinstance(n, _Function))
    form = _Form(aliases(tree), _Places.of(test), used, patched(test, aliases(tree)))
    for look, why in ((form.written, "changes files outside of `tmp_path`"), (form.asked, "depends on the machine")):
        if (found := next(look(test), None)) is not None:
            return (
                f"it has `{ast.unparse(found).splitlines()[0][:80]}`, which {why}: make what it needs below `tmp_path`"
            )
    return ""


@dataclass(frozen=True, slots=True)
class _Places:
    """Of a test, names that stand for what lies in its folder, names that hold a place elsewhere, and whether it goes there itself."""

    inside: frozenset[str]
    away: frozenset[str]
    has_moved: bool

    @classmethod
    def of(cls, test: _Function) -> "_Places":
        """Those of one test, from what it assigns."""
        given = [*test.args.posonlyargs, *test.args.args, *test.args.kwonlyargs]
        inside, away = {a.arg for a in given if _GIVEN.search(a.arg)}, set[str]()
        pairs = list(_bound(test))
        for _ in range(len(pairs) + 1):
            before = len(inside) + len(away)
            for names, value in pairs:
                if _mentions(value, away) or _goes_away(value):
                    away |= names
                elif _mentions(value, inside | _MADE):
                    inside |= names
            if len(inside) + len(away) == before:
                break
        named = {_last(n) for n in ast.walk(test)}
        has_moved = bool(named & {"chdir", "isolated_filesystem", "as_cwd"} and (inside or named & _MADE))
        return cls(frozenset(inside - away), frozenset(away), has_moved)

    def holds(self, node: ast.AST) -> bool:
        """Whether an expression is of a file in the test's folder."""
        if _mentions(node, self.away) or _goes_away(node):
            return False
        return self.has_moved or _mentions(node, self.inside | _MADE)


@dataclass(frozen=True, slots=True)
class _Form:
    """Looks at one test."""

    names: Mapping[str, str]
    places: _Places
    used: frozenset[str]
    patched: frozenset[int]

    def written(self, test: _Function) -> Iterator[ast.AST]:
        """What is written or removed by name, elsewhere or nobody knows where."""
        own = {n.name for n in ast.walk(test) if isinstance(n, _Function)}
        called = {id(n.func) for n in ast.walk(test) if isinstance(n, ast.Call)}
        for node in ast.walk(test):
            if isinstance(node, ast.Call):
                targets = self._targets(node, own)
                if targets and not all(map(self.places.holds, targets)):
                    yield node
            elif (
                isinstance(node, ast.Name | ast.Attribute)
                and id(node) not in called | self.patched
                and self._is_writer(node)
            ):
                yield node

    def _is_writer(self, node: ast.Name | ast.Attribute) -> bool:
        """Whether what is not called here, but handed on, writes files."""
        full = rooted(node, self.names)
        if full.startswith("os.") and full[3:] in _OF_OS - self.used:
            return True
        name = _last(node)
        return (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and name in {"unlink", "rmdir", "write_text", "write_bytes"} - self.used
        )

    def _targets(self, node: ast.Call, own: set[str]) -> list[ast.expr]:
        """What a call writes to; nothing for one that writes nothing."""
        full, name = rooted(node.func, self.names), _last(node.func)
        above, _, last = full.rpartition(".")
        if above == "os" and last in _OF_OS:
            return list(
                node.args[:2] if last in ("rename", "renames", "replace", "link", "symlink") else node.args[:1]
            ) or [node]
        if above == "shutil" and last not in _READS_SHUTIL:
            return list(node.args[:2]) or [node]
        if name in _OPENS and name not in own:
            return self._opened(node)
        is_method = isinstance(node.func, ast.Attribute) and name not in self.used
        if is_method and name in ("symlink_to", "hardlink_to", *_WRITES_ONE):
            is_one = len(node.args) == 1 and not node.keywords
            return [_of(node), *node.args] if name not in _WRITES_ONE or is_one else []
        if is_method and name in _WRITES:
            return [*node.args[:1]] if _is_class(node.func) else [_of(node)]
        return []

    def _opened(self, node: ast.Call) -> list[ast.expr]:
        """What a call opens to write to."""
        modes = [k.value for k in node.keywords if k.arg == "mode"]
        is_method = isinstance(node.func, ast.Attribute) and not rooted(node.func, self.names)
        if not modes and (given := node.args[:1] if is_method else node.args[1:2]):
            modes = list(given)
        if any(k.arg is None for k in node.keywords) or any(isinstance(a, ast.Starred) for a in node.args[:2]):
            return [node]
        for mode in modes:
            text = mode.value if isinstance(mode, ast.Constant) else None
            if is_method and not (isinstance(text, str) and _MODE.fullmatch(text)):
                continue  # another `open`, such as that of an archive
            if not isinstance(text, str) or set(text) & set("wax+"):
                return [_of(node)] if is_method else list(node.args[:1]) or [node]
        return []

    def asked(self, test: _Function) -> Iterator[ast.AST]:
        """What tells one machine from another."""
        for node in ast.walk(test):
            if isinstance(node, ast.Call):
                yield from self._looked(node)
            if (
                isinstance(node, ast.Name | ast.Attribute)
                and isinstance(node.ctx, ast.Load)
                and id(node) not in self.patched
            ):
                full = rooted(node, self.names)
                is_host = full in _HOST or (full.partition(".")[0] in _HOST_MODULES and "." in full)
                if is_host and full.rpartition(".")[2] not in self.used and not _is_set(node, test):
                    yield node

    def _looked(self, node: ast.Call) -> Iterator[ast.AST]:
        """A call that looks whether some file is there."""
        full, name = rooted(node.func, self.names), _last(node.func)
        if name not in _THERE or name in self.used or not (isinstance(node.func, ast.Attribute) or full):
            return
        is_function = full.startswith(("os.", "posixpath.", "genericpath."))
        if is_function:
            if not node.args or not all(map(self.places.holds, node.args[:1])):
                yield node
        elif _is_path(node.func, self.names, self.places):
            yield node


def _is_path(func: ast.expr, names: Mapping[str, str], places: _Places) -> bool:
    """Whether it is asked of a path elsewhere: one that is made there, or a name that holds a place away."""
    assert isinstance(func, ast.Attribute)
    makes = any(rooted(n, names).rpartition(".")[2] in ("Path", "PosixPath") for n in ast.walk(func.value))
    return (makes and not places.holds(func.value)) or _mentions(func.value, places.away)


def _is_set(node: ast.AST, test: _Function) -> bool:
    """Whether a mapping is only put something into."""
    for each in ast.walk(test):
        if isinstance(each, ast.Subscript) and each.value is node and not isinstance(each.ctx, ast.Load):
            return True
    return False


def _bound(test: _Function) -> Iterator[tuple[set[str], ast.expr]]:
    """(names, what they are bound to), wherever a test binds some."""
    for node in ast.walk(test):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield {n for t in targets for n in _names(t)}, value
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                yield _names(target), value
            case ast.NamedExpr(target=target, value=value):
                yield _names(target), value
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield _names(target), value
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield _names(target), value


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _mentions(node: ast.AST, names: frozenset[str] | set[str]) -> bool:
    return any(_last(n) in names for n in ast.walk(node))


def _goes_away(node: ast.AST) -> bool:
    """Whether an expression holds a path that is not below where it is put."""
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    found = (t.decode("latin-1") if isinstance(t, bytes) else t for t in texts if isinstance(t, str | bytes))
    return any(_AWAY.match(text) for text in found) or any(
        _last(n) in ("home", "expanduser", "__file__") for n in ast.walk(node)
    )


def _is_class(func: ast.expr) -> bool:
    """Whether a method is taken from the class itself, and so told its object."""
    return isinstance(func, ast.Attribute) and _last(func.value) in ("Path", "PosixPath")


def _of(node: ast.Call) -> ast.expr:
    return node.func.value if isinstance(node.func, ast.Attribute) else node


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
