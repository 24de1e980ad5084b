"""What of a proposed test leads to where no test needs to go: special names, what is private of a module, modules that are handed on."""

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from fixbot_agent.covering.proposing.allowed import HARMLESS, NEEDED, Known, is_standard
from fixbot_agent.covering.proposing.patching import aliases, patched, rooted, words

_READS = """
    path sep altsep linesep pathsep curdir pardir extsep devnull name environ environb getenv fspath fsencode fsdecode PathLike getcwd
    getpid listdir scandir walk stat lstat access strerror urandom SEEK_SET SEEK_CUR SEEK_END stat_result cpu_count error
"""
_WRITES = """
    remove unlink rename renames replace rmdir removedirs makedirs mkdir chmod link symlink truncate utime chdir close open pipe fdopen
    readlink
"""
_PARTS: Mapping[str, frozenset[str]] = {
    "os": words(_READS + _WRITES),
    "sys": words("""argv stdin stdout stderr maxsize maxunicode version version_info byteorder float_info modules path platform exc_info
        getsizeof intern exit hexversion implementation getdefaultencoding hash_info getrecursionlimit"""),
    "types": words("""SimpleNamespace MappingProxyType ModuleType MethodType GeneratorType AsyncGeneratorType CoroutineType NoneType
        UnionType GenericAlias"""),
    "inspect": words("""signature Parameter Signature iscoroutine iscoroutinefunction isawaitable isgenerator isgeneratorfunction
        isasyncgen isasyncgenfunction isclass isfunction ismethod isbuiltin isabstract getdoc cleandoc getfullargspec"""),
}  # fmt: skip
_NOT: Mapping[str, frozenset[str]] = {
    "logging": frozenset({"FileHandler", "basicConfig", "config", "handlers"}),
    "argparse": frozenset({"FileType"}),
    "typing": frozenset({"get_type_hints", "ForwardRef"}),  # run text
    "pytest": frozenset({"main", "console_main"}),
    "unittest": frozenset({"main", "TextTestRunner", "TestLoader", "defaultTestLoader"}),
    "threading": frozenset({"Timer"}),
}
_DUNDERS = words("""
    name doc class module qualname version all cause context suppress_context notes wrapped func file annotations dataclass_fields
    slots members mro bases base match_args author license main debug
    init new call repr str bytes format hash bool int float complex index len length_hint iter next reversed contains getitem setitem delitem missing
    eq ne lt le gt ge add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift neg pos abs invert round trunc floor ceil
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift
    iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift irshift
    enter exit aenter aexit aiter anext await get set delete set_name getattr setattr delattr dir init_subclass class_getitem post_init copy deepcopy
    fspath instancecheck subclasscheck html
""")  # fmt: skip
_HIDDEN = words(
    "__builtins__ __globals__ __subclasses__ __loader__ __spec__ __getattribute__ __import__ __code__ __closure__ __reduce__"
)
_NEVER = _HIDDEN | frozenset(
    {"temp_original", "get_original", "keylog_filename", "subprocess_exec", "subprocess_shell"}
)
_FIXTURES = frozenset({"monkeypatch", "request", "pytestconfig", "capsys", "capfd", "caplog", "tmp_path_factory"})
_AS_VALUES = words(
    "eval exec compile __import__ globals locals breakpoint getattr attrgetter methodcaller import_module"
)
_OFTEN = frozenset({"compile", "globals", "locals"})  # as attributes
_ASKS = frozenset({"getattr", "hasattr", "setattr", "delattr", "isinstance", "dir", "reload", "type"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def leads(code: str, imports: Sequence[str], known: Known) -> str:
    """What in a test leads elsewhere, as a sentence; "" for nothing."""
    tree = ast.parse("\n".join([*imports, code]))
    test, names = next(n for n in reversed(tree.body) if isinstance(n, _Function)), aliases(tree)
    for look in (_shown, _led):
        if (found := next(look(test, names, known), None)) is not None:
            return f"it has `{ast.unparse(found).splitlines()[0][:80]}`, which leads to what no test needs"
    return ""


def _shown(test: _Function, names: Mapping[str, str], known: Known) -> Iterator[ast.AST]:
    """Names that a test should not write, whatever they are of."""
    called = {id(n.func) for n in ast.walk(test) if isinstance(n, ast.Call)}
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute | ast.Name):
            if _is_to_be_hidden(node, names, known) or (id(node) not in called and _is_runner(node)):
                yield node
        elif node is not test and _looks(node, names, known):
            yield ast.Name(node.name) if isinstance(node, _Function) else node


def _is_to_be_hidden(node: ast.Attribute | ast.Name, names: Mapping[str, str], known: Known) -> bool:
    """Whether a test should not use a name, whatever it does with it."""
    if isinstance(node, ast.Name):
        return _is_hidden(node.id, known) or node.id in ("globals", "locals", "breakpoint")
    if node.attr == "__dict__":
        return _is_lower(node.value, names)
    is_of_a_fixture = isinstance(node.value, ast.Name) and node.value.id in _FIXTURES
    return _is_hidden(node.attr, known) or (is_of_a_fixture and node.attr.startswith("_"))


def _is_runner(node: ast.Attribute | ast.Name) -> bool:
    """Whether it looks up or runs what it is told: not to be handed on."""
    return node.id in _AS_VALUES if isinstance(node, ast.Name) else node.attr in _AS_VALUES - _OFTEN


def _looks(node: ast.AST, names: Mapping[str, str], known: Known) -> bool:
    """Whether what is no name itself names something hidden."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return _is_hidden(name, known)
        case ast.MatchClass(kwd_attrs=taken):
            return any(name.startswith("_") or _is_hidden(name, known) for name in taken)
        case ast.Constant(value=str(text)):
            return bool(_HIDDEN & set(text.split(".")))
        case ast.Call(func=ast.Name(id="getattr"), args=[of, what, *_]):
            return not isinstance(what, ast.Constant) and bool(rooted(of, names)) and _is_lower(of, names)
    return isinstance(node, ast.keyword) and node.arg == "eval_str"


def _is_hidden(name: str, known: Known) -> bool:
    """Whether a name is a special one that no test needs."""
    if name in known.names and name not in _HIDDEN:
        return False
    is_special = name.startswith("__") and name.endswith("__") and len(name) > 4 and name != "__dict__"
    return name in _NEVER or (is_special and name[2:-2] not in _DUNDERS)


def _is_lower(node: ast.expr, names: Mapping[str, str]) -> bool:
    """Whether it may be a module: what an import gives, or an attribute, that is not spelled as a class."""
    last = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "A"
    return not last.lstrip("_")[:1].isupper() and (isinstance(node, ast.Attribute) or last in names)


def _led(test: _Function, names: Mapping[str, str], known: Known) -> Iterator[ast.AST]:
    """What of a module's is private or another module, and modules that are handed on."""
    free = patched(test, names)
    below = {id(n.value) for n in ast.walk(test) if isinstance(n, ast.Attribute)}
    asked = {id(n.args[0]) for n in ast.walk(test) if isinstance(n, ast.Call) and n.args and _called(n) in _ASKS}
    compared = {id(e) for n in ast.walk(test) if isinstance(n, ast.Compare) for e in n.comparators}
    for node in ast.walk(test):
        if not isinstance(node, ast.Name | ast.Attribute) or id(node) in below:
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) in free
                and _is_private(node.value, known)
            ):
                yield node
            continue
        full = rooted(node, names)
        if full and _leads(full, known, is_free=id(node) in free, is_asked=id(node) in asked | compared):
            yield node


def _leads(full: str, known: Known, *, is_free: bool, is_asked: bool) -> bool:
    """Whether dotted names lead from a module to what is private or another module's."""
    parts = full.split(".")
    start = next((n for n, part in enumerate(parts) if is_standard(_bare(part)) and (n == 0 or _is_risky(part))), None)
    if start is None:
        return parts[0] not in known.own and any(p.startswith("_") and not p.startswith("__") for p in parts[1:])
    parts[start] = _bare(parts[start])
    if parts[0] in known.own and start and parts[start] == "os" and len(parts) == start + 1:
        return not is_free
    holder: object = _loaded(parts[start])
    for n, part in enumerate(parts[start + 1 :], start + 1):
        above = ".".join(parts[start:n])
        if part.startswith("_") and not part.startswith("__"):
            return True
        limits = _PARTS.get(above)
        if part in _NOT.get(above, ()) or (limits and part not in limits and not is_free):
            return part not in known.names
        found = getattr(holder, part, None)
        is_module = isinstance(found, ModuleType) or (found is None and _is_risky(part))
        if isinstance(holder, ModuleType) and is_module and above != "os" and not known.allows(f"{above}.{part}"):
            return True
        holder = found
    return isinstance(holder, ModuleType) and not is_free and not (is_asked and parts[start] not in ("os", "sys"))


def _is_private(text: str, known: Known) -> bool:
    """Whether a text of dots names what is private of a module that is not the project's."""
    parts = text.split(".")
    return (
        len(parts) > 1
        and parts[0] not in known.own
        and any(p.startswith("_") and not p.startswith("__") for p in parts)
    )


def _is_risky(part: str) -> bool:
    return _bare(part) in NEEDED | {
        "os",
        "sys",
        "posix",
        "nt",
        "builtins",
        "shutil",
        "pathlib",
        "tempfile",
        "pickle",
        "codecs",
        "socket",
    }


def _bare(part: str) -> str:
    """`_os` of another module is `os`."""
    return part if part in NEEDED else part.lstrip("_") if part.lstrip("_") in sys.stdlib_module_names else part


def _loaded(name: str) -> ModuleType | None:
    """Effect: imports a module of the standard library, where it is a harmless one."""
    return importlib.import_module(name) if name in HARMLESS and name != "pytest" else None


def _called(node: ast.Call) -> str:
    return (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
