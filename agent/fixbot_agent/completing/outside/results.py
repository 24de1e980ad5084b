"""What functions and variables of Python's own library give, where its source does not say: data."""

# The function (or a method by its class), and the class of what it gives.
GIVEN = {
    "str.split": "list", "str.rsplit": "list", "str.splitlines": "list", "str.encode": "bytes", "str.partition": "tuple",
    "str.rpartition": "tuple", "str.find": "int", "str.index": "int", "str.rfind": "int", "str.rindex": "int", "str.count": "int",
    "str.startswith": "bool", "str.endswith": "bool",
    "bytes.decode": "str", "bytes.split": "list", "bytes.rsplit": "list", "bytes.splitlines": "list", "bytes.find": "int",
    "bytes.index": "int", "bytes.count": "int", "bytes.hex": "str", "bytes.startswith": "bool", "bytes.endswith": "bool",
    "bytes.partition": "tuple", "bytes.rpartition": "tuple",
    "dict.copy": "dict", "list.copy": "list", "set.copy": "set", "list.index": "int", "list.count": "int", "set.union": "set",
    "set.intersection": "set", "set.difference": "set", "set.symmetric_difference": "set",
    "sorted": "list", "repr": "str", "ascii": "str", "chr": "str", "hex": "str", "bin": "str", "oct": "str", "format": "str",
    "input": "str", "len": "int", "ord": "int", "hash": "int", "id": "int", "isinstance": "bool", "issubclass": "bool",
    "hasattr": "bool", "callable": "bool", "any": "bool", "all": "bool", "dir": "list", "vars": "dict", "globals": "dict",
    "locals": "dict", "open": "io.TextIOWrapper",
    "os.listdir": "list", "os.getcwd": "str", "os.getpid": "int", "os.stat": "os.stat_result", "os.lstat": "os.stat_result",
    "os.path.exists": "bool", "os.path.isfile": "bool", "os.path.isdir": "bool", "os.path.islink": "bool", "os.path.isabs": "bool",
    "re.compile": "re.Pattern", "re.match": "re.Match", "re.search": "re.Match", "re.fullmatch": "re.Match", "re.findall": "list",
    "re.split": "list", "re.Pattern.match": "re.Match", "re.Pattern.search": "re.Match", "re.Pattern.fullmatch": "re.Match",
    "re.Pattern.findall": "list", "re.Pattern.split": "list",
    "logging.getLogger": "logging.Logger", "subprocess.run": "subprocess.CompletedProcess",
    "urllib.parse.urlparse": "urllib.parse.ParseResult", "urllib.parse.urlsplit": "urllib.parse.SplitResult",
    "datetime.datetime.now": "datetime.datetime", "datetime.datetime.utcnow": "datetime.datetime",
    "datetime.datetime.today": "datetime.datetime", "datetime.datetime.fromtimestamp": "datetime.datetime",
    "datetime.datetime.strptime": "datetime.datetime", "datetime.datetime.fromisoformat": "datetime.datetime",
    "datetime.datetime.combine": "datetime.datetime", "datetime.date.today": "datetime.date",
    "argparse.ArgumentParser.add_argument_group": "argparse._ArgumentGroup",
    "argparse.ArgumentParser.add_mutually_exclusive_group": "argparse._MutuallyExclusiveGroup",
    "argparse.ArgumentParser.add_subparsers": "argparse._SubParsersAction", "inspect.signature": "inspect.Signature",
    "threading.Lock": "_thread.LockType", "time.localtime": "time.struct_time", "time.gmtime": "time.struct_time",
}  # fmt: skip

# Variables of modules, and the class of what each holds.
HELD = {
    "sys.stdin": "io.TextIOWrapper", "sys.stdout": "io.TextIOWrapper", "sys.stderr": "io.TextIOWrapper",
    "sys.argv": "list", "sys.path": "list", "sys.modules": "dict", "sys.version": "str", "sys.platform": "str",
    "os.environ": "os._Environ", "os.sep": "str", "os.linesep": "str", "string.ascii_letters": "str", "string.digits": "str",
}  # fmt: skip

# Names that modules have at times only, on some systems, or in other versions of Python than ours.
GROWN = {
    "sys": (
        "last_exc", "last_type", "last_value", "last_traceback", "ps1", "ps2", "tracebacklimit", "monitoring", "getwindowsversion", "winver",
        "dllhandle", "setdlopenflags", "getdlopenflags", "abiflags", "activate_stack_trampoline", "_MEIPASS", "frozen", "_is_gil_enabled",
        "gettotalrefcount", "exception", "orig_argv", "stdlib_module_names",
    ),
    "time": ("tzset", "clock_gettime", "clock_settime", "pthread_getcpuclockid"),
}  # fmt: skip

# Classes that are functions in the source, and what their objects have beside what a tuple or a dictionary has.
_FIELDS = ("_asdict", "_field_defaults", "_fields", "_make", "_replace")
MADE = {
    "typing.NamedTuple": ("tuple", _FIELDS), "collections.namedtuple": ("tuple", _FIELDS),
    "typing.TypedDict": ("dict", ()), "typing_extensions.TypedDict": ("dict", ()), "mypy_extensions.TypedDict": ("dict", ()),
}  # fmt: skip
