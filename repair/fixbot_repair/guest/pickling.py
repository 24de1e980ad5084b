"""Pickles that also keep functions that have no name to be found by (lambdas, those made in a test), and modules."""
import importlib
import io
import marshal
import pickle
import sys
import types

PROTOCOL = min(4, pickle.HIGHEST_PROTOCOL)


class Pickler(pickle.Pickler):
    """Writes a nameless function as its code, the values that it closes over and the module whose names it reads."""

    def persistent_id(self, value):
        """What stands for `value`, None where pickle knows best."""
        if isinstance(value, types.ModuleType):
            return "module", value.__name__
        if type(value) is types.FunctionType and not is_named(value):
            cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
            code = marshal.dumps(value.__code__)
            return "function", value.__module__, value.__name__, code, value.__defaults__, value.__kwdefaults__, cells
        return None


class Unpickler(pickle.Unpickler):
    """Reads what the pickler wrote, with the modules as they are now."""

    def persistent_load(self, pid):
        """What `pid` stands for."""
        module = importlib.import_module(pid[1])
        if pid[0] == "module":
            return module
        _, _, name, code, defaults, keywords, cells = pid
        function = types.FunctionType(marshal.loads(code), vars(module), name, defaults, tuple(map(cell, cells)))
        function.__kwdefaults__ = keywords
        return function


def cell(value):
    """A cell that holds `value`, as a closure has it."""
    return (lambda: value).__closure__[0]


def is_named(function):
    """Whether a function is where its name says."""
    value = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        value = getattr(value, part, None)
    return value is function


def dumps(value):
    """`value` as bytes; raises what its parts raise."""
    out = io.BytesIO()
    Pickler(out, PROTOCOL).dump(value)
    return out.getvalue()


def loads(data):
    """The value that was written, a copy of its own."""
    return Unpickler(io.BytesIO(data)).load()
