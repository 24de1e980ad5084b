"""Whether the arguments of a call fit the parameters of a function, as far as it can be told without running either."""

import ast
import inspect
import warnings
from collections.abc import Mapping
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(data: bytes | str) -> ast.Module:
    """The module that `data` is; an empty one where it cannot be parsed."""
    try:
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


@lru_cache(maxsize=1)
def read(data: bytes) -> tuple[ast.Module, str]:
    """The module that `data` is, and why it cannot be parsed; the last one is kept, and must not be changed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data.decode("utf-8")), ""
    except SyntaxError as error:
        return ast.Module([], []), f"line {error.lineno}: {error.msg}: {(error.text or '').strip()[:120]}"
    except (ValueError, RecursionError, MemoryError) as error:
        return ast.Module([], []), f"{type(error).__name__}: {error}"


def functions(tree: ast.Module) -> Mapping[str, Function]:
    """Functions and methods by their qualified names; nested functions are nobody else's to call."""
    found = dict[str, Function]()
    classes = [(c.body, f"{c.name}.") for c in tree.body if isinstance(c, ast.ClassDef)]
    for body, prefix in [(tree.body, ""), *classes]:
        found |= {f"{prefix}{f.name}": f for f in body if isinstance(f, Function)}
    return found


def is_open(call: ast.Call) -> bool:
    """Whether what it passes depends on values."""
    return any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)


def misfit(function: Function, call: ast.Call, is_bound: bool) -> str:
    """Why the call raises TypeError, in Python's words; ``""`` where it fits. `is_bound`: its first argument is the receiver."""
    given = [None] * (len(call.args) + is_bound)
    try:
        signature(function).bind(*given, **{k.arg: None for k in call.keywords if k.arg})
    except TypeError as error:
        return str(error)
    return ""


def signature(function: Function) -> inspect.Signature:
    """The parameters of `function`; that they have defaults is known, not which."""
    kinds, arguments = inspect.Parameter, function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    required, unnamed = len(plain) - len(arguments.defaults), len(arguments.posonlyargs)
    parameters = []
    for at, argument in enumerate(plain):
        kind = kinds.POSITIONAL_ONLY if at < unnamed else kinds.POSITIONAL_OR_KEYWORD
        parameters.append(kinds(argument.arg, kind, default=kinds.empty if at < required else None))
    if arguments.vararg:
        parameters.append(kinds(arguments.vararg.arg, kinds.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(kinds(argument.arg, kinds.KEYWORD_ONLY, default=kinds.empty if default is None else None))
    if arguments.kwarg:
        parameters.append(kinds(arguments.kwarg.arg, kinds.VAR_KEYWORD))
    return inspect.Signature(parameters)
