"""What a proposed test must not hold, by its form: commands, processes, and what leads around the guard that it is tried under.

The guard sees what a test does when it is tried; this sees what it might do on another day. What the module under test itself imports may be used.
"""

import ast
from collections.abc import Iterator, Mapping

from fixbot_agent.covering.proposing.patching import aliases, words

_RUNS = words(
    "run Popen call check_call check_output getoutput getstatusoutput create_subprocess_exec create_subprocess_shell"
)
_OS = words(
    "system popen abort _exit kill killpg fork forkpty startfile posix_spawn posix_spawnp execl execle execlp execlpe "
    "execv execve execvp execvpe spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe"
)
_STARTS = _OS - {"kill", "abort", "fork", "forkpty"}
_NAMES: Mapping[str, frozenset[str]] = {
    "os": _OS,
    "posix": _OS,
    "nt": _OS,
    "subprocess": _RUNS,
    "pty": words("spawn fork"),
    "asyncio": words("create_subprocess_exec create_subprocess_shell"),
    "sys": words("_getframe _current_frames settrace setprofile addaudithook audit modules meta_path monitoring"),
    "inspect": words("currentframe stack trace getouterframes getinnerframes getframeinfo"),
    "weakref": words("finalize"),
    "threading": words("Timer settrace setprofile settrace_all_threads setprofile_all_threads"),
    "atexit": words("register"),
    "signal": words("signal setitimer alarm pthread_kill raise_signal"),
    "webbrowser": words("open open_new open_new_tab get register GenericBrowser BackgroundBrowser"),
    "pkgutil": words("resolve_name"),
    "timeit": words("timeit repeat Timer main"),
    "readline": words("write_history_file append_history_file"),
    "pickle": words("_loads _load Unpickler _Unpickler"),
    "runpy": words("run_module run_path"),
    "shelve": words("open"),
    "types": words("FunctionType CodeType"),
}
_MODULES = frozenset({"gc", "ctypes", "_ctypes", "_posixsubprocess", "multiprocessing", "antigravity"})
_REMOVES = frozenset({"rmtree", "removedirs"})
_RUNNERS = frozenset(
    {"eval", "exec", "compile", "__import__", "import_module", "getattr", "attrgetter", "methodcaller"}
)
_LOADS, _LOADERS = (
    words("load loads"),
    words("pickle cPickle marshal dill cloudpickle joblib"),
)  # what makes objects of bytes
_LEADS = words(
    "pluginmanager __globals__ __builtins__ __subclasses__ __code__ __closure__ __loader__ f_back f_globals f_locals tb_frame gi_frame "
    "cr_frame"
)
_PATCHES = frozenset({"setattr", "delattr", "setitem", "delitem", "object", "dict", "patch", "multiple", "hasattr"})
_NEVER = frozenset({"os", "posix", "nt", "subprocess", "pty", "asyncio"})
_STANDS_IN = frozenset(
    {"called", "call_args", "call_args_list", "call_count", "mock_calls", "return_value", "side_effect"}
)
_PLACES = frozenset({"tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "TemporaryDirectory", "mkdtemp"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def outward(code: str, imports: tuple[str, ...], module: bytes) -> str:
    """What of a test reaches outside, as it stands there; "" for nothing. `imports` are those of its answer, `module` the source under test."""
    tree = ast.parse("\n".join([*imports, code]))
    own = ast.parse(module)
    used = {_last(n) for n in ast.walk(own)} | {*aliases(own).values()}
    looked = _Form(aliases(tree), frozenset(used))
    test = next(n for n in reversed(tree.body) if isinstance(n, _Function))
    found = next((node for node in looked.wrong(test)), None)
    return ast.unparse(found).split("\n")[0][:80] if found is not None else ""


class _Form:
    """Looks at one test: `names` are what its imports give, `own` names that the module imports and uses itself."""

    def __init__(self, names: Mapping[str, str], own: frozenset[str]) -> None:
        self._names = names
        self._roots = frozenset(full.partition(".")[0] for full in names.values())
        self._own = own

    def wrong(self, test: _Function) -> Iterator[ast.AST]:
        """What it should not hold."""
        yield from (node for node in test.decorator_list if not _is_plain(node))
        defaults = [*test.args.defaults, *(d for d in test.args.kw_defaults if d is not None)]
        yield from (node for default in defaults for node in ast.walk(default) if isinstance(node, ast.Call))
        nodes = list(ast.walk(test))
        given = {id(a) for n in nodes if isinstance(n, ast.Call) and _last(n.func) in _PATCHES for a in n.args}
        compared = {id(each) for n in nodes if isinstance(n, ast.Compare) for each in n.comparators}
        stood_in = {id(n.value) for n in nodes if isinstance(n, ast.Attribute) and _is_of_a_stand_in(n.attr)}
        roots = {id(n.value) for n in nodes if isinstance(n, ast.Attribute)}
        has_place = any(_last(n) in _PLACES for n in nodes) or any(a.arg in _PLACES for a in test.args.args)
        for node in nodes:
            full = self._full(node)
            free = stood_in | (given | compared if full == "sys.modules" else set())
            is_wrong = self._is_named(node, full) and id(node) not in free
            is_wrong = is_wrong or (self._is_bare(node, full) and id(node) not in given | roots | compared)
            is_wrong = is_wrong or (isinstance(node, ast.Call) and self._runs(node, has_place=has_place))
            if is_wrong or (isinstance(node, ast.Constant) and "_fixbot" in str(node.value)):
                yield node
        yield from self._imports(test)

    def _full(self, node: ast.AST) -> str:
        """What a name or attribute stands for, as far as the imports say."""
        match node:
            case ast.Name(id=name):
                return self._names.get(name, name)
            case ast.Attribute(value=value, attr=name):
                return f"{self._full(value)}.{name}"
        return ""

    def _is_named(self, node: ast.AST, full: str) -> bool:
        """Whether it is something that runs commands, or leads to the frames and modules of others; also as a name of another module's."""
        if isinstance(node, ast.Attribute) and node.attr in _LEADS:
            return node.attr not in self._own
        above, _, last = full.rpartition(".")
        module = above.rpartition(".")[2]
        return last in _NAMES.get(module, ()) and (module in _NEVER or last not in self._own)

    def _is_bare(self, node: ast.AST, full: str) -> bool:
        """Whether it is a module that runs commands, handed on as a value."""
        last = full.rpartition(".")[2]
        is_module = full in self._names.values() or "." in full
        return (
            is_module
            and last in ("os", "posix", "subprocess", "sys", "pty")
            and isinstance(node, ast.Name | ast.Attribute)
        )

    def _runs(self, node: ast.Call, *, has_place: bool) -> bool:
        """Whether a call looks something up or runs something by its name, and not by a harmless one; or removes a tree."""
        name = _last(node.func)
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in _STARTS and node.args and self._full(node.func).partition(".")[0] not in self._roots:
            return isinstance(node.func, ast.Attribute) or "*" in self._names
        if name in _REMOVES:
            return not has_place or any(text.startswith(("/", "~", "..")) for text in texts)
        if name in _LOADS and self._full(node.func).partition(".")[0] in _LOADERS:
            return not (node.args and isinstance(node.args[0], ast.Call) and _last(node.args[0].func) == "dumps")
        looked = node.args[1:2] if name == "getattr" else node.args[:1]
        is_method = name == "compile" and isinstance(node.func, ast.Attribute)  # of a pattern
        return name in _RUNNERS and bool(looked) and not is_method and self._looks_up(name, looked[0])

    def _looks_up(self, name: str, looked: ast.expr) -> bool:
        """Whether `name` looks up or runs what it should not, or nobody can tell."""
        match looked:
            case ast.Constant(value=str(text)) if name in ("eval", "exec", "compile"):
                return bool(self._of_text(text))
            case ast.Constant(value=str(text)):
                return _is_bad(text)
            case ast.Call(func=ast.Name(id="repr")) if name == "eval":
                return False
            case ast.Name() | ast.Attribute() | ast.JoinedStr() | ast.Subscript():
                return name in ("eval", "exec", "compile")
        return True

    def _of_text(self, text: str) -> str:
        try:
            return outward(f"def test():\n{_indented(text)}", (), b"")
        except (SyntaxError, ValueError, RecursionError):
            return ""

    def _imports(self, test: _Function) -> Iterator[ast.AST]:
        """Names of modules that are not to be used, unless the module uses them itself."""
        bad = {n for n, full in self._names.items() if full.partition(".")[0] in _MODULES - self._own}
        yield from (n for n in ast.walk(test) if isinstance(n, ast.Name) and n.id in bad)
        for node in ast.walk(test):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                if any(n.partition(".")[0] in _MODULES - self._own for n in names):
                    yield node


def _is_plain(node: ast.expr) -> bool:
    """Whether a decorator is a name with dots, called or not."""
    node = node.func if isinstance(node, ast.Call) else node
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_of_a_stand_in(name: str) -> bool:
    """Whether it is an attribute that only what stands in for a function has."""
    return name in _STANDS_IN or name.startswith("assert_")


def _is_bad(text: str) -> bool:
    """Whether a text names a module or function that is not to be used."""
    parts = text.split(".")
    return bool(
        _MODULES & set(parts)
        or {"os", "posix", "subprocess", "pty"} & {parts[0], parts[-1]}
        or set(parts) & (_OS | _LEADS)
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().split("\n"))
