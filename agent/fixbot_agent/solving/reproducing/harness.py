"""The helpers of a reproduction's test file, as text: how an example is run and how what it gives is compared, under any Python from 3.6 on."""

from collections.abc import Mapping

HELPERS: Mapping[str, str] = {
    "expects": '''\
def expects(case, source, expected, actual, lines):
    """Fail unless the example gives what is expected. `lines`: the one of the output that is wrong, and what may stand there."""
    got, printed, names = run(source)
    if same(got, printed, expected, names):
        return
    is_text = not is_source(expected, names)
    whole = several(got, printed, actual, is_text) if "\\n" not in expected.strip() else ""
    now = [" ".join(line.split()) for line in whole.splitlines()]
    told = [" ".join(line.split()) for line in lines]
    if whole and (any(one in now for one in told[1:]) if lines else within(whole, expected) and not within(whole, actual)):
        return
    if got is NOTHING and not printed.strip():
        case.fail("nothing was shown, expected %s" % expected)
    is_whole = not whole and actual and reported(got, printed, actual, names)
    if is_whole or told[:1] and told[0] in now:
        how = " (as the issue reports)"
    elif whole and (not actual or within(whole, actual) or reported(got, printed, actual, names)):
        how = " (as the issue reports, in part)"
    elif actual:
        is_near = near(printed or str(got), actual)
        how = " (about what the issue reports)" if is_near else " (the issue reports something else)"
    else:
        how = ""
    case.fail("got %r, expected %s%s" % (shown(got, printed, is_text), expected, how))
''',
    "expects_as_shown": '''\
def expects_as_shown(case, source, expected, actual, seen):
    """Fail where the example gives what the issue reports; skip where it gives neither that nor what is expected."""
    got, printed, names = run(source)
    if same(got, printed, expected, names):
        return
    if not same(got, printed, actual, names) or not all(same(eval(e, names), "", s, {}) for e, s in seen):
        case.skipTest("it does not give what the issue reports: %r" % (got,))
    case.fail("got %r, expected %s (as the issue reports)" % (shown(got, printed, not is_source(expected, names)), expected))
''',
    "shown": '''\
def shown(got, printed, is_text):
    """What people see of it: what was printed where there is no value, or where a text is expected and not a value."""
    return printed if printed and (is_text or got is None or got is NOTHING) else got
''',
    "is_source": '''\
def is_source(expected, names):
    """Whether what is expected is the source of a value; else it is a text as it is shown."""
    try:
        eval(expected, dict(names))
    except Exception:
        return False
    return True
''',
    "ends_in": '''\
def ends_in(case, source, expected):
    """Fail unless the example raises an error of this name."""
    try:
        run(source)
    except BaseException as error:
        if expected in [cls.__name__ for cls in type(error).__mro__]:
            return
        raise
    case.fail("nothing was raised, expected %s" % expected)
''',
    "NOTHING": """\
NOTHING = type("Nothing", (), {"__repr__": lambda self: "nothing"})()  # what a program gives that has no expression at its end
""",
    "run": '''\
def run(source, name="__main__"):
    """Run the example as a program of its own: the value of the expression at its end, what it printed, its names."""
    module, out, value, before = types.ModuleType(name), io.StringIO(), NOTHING, 0
    names, kept = module.__dict__, (sys.argv, sys.stdin, sys.modules.get(name))
    sys.argv, sys.stdin, sys.modules[name] = ["example.py"], io.TextIOWrapper(io.BytesIO()), module
    try:
        with contextlib.redirect_stdout(out):
            for part, mode in source:
                before = len(out.getvalue())
                value = eval(compile(part.strip("\\n"), "<issue>", mode), names)
                value = NOTHING if mode == "exec" else value
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
        value = NOTHING
    finally:
        sys.argv, sys.stdin, sys.modules[name] = kept
        if kept[2] is None:
            del sys.modules[name]
    names["__printed__"] = out.getvalue()[before:]
    return value, out.getvalue(), names
''',
    "folder": '''\
@contextlib.contextmanager
def folder(files):
    """Run a test in a folder with these files."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            path = os.path.join(place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(data)
        os.chdir(place)
        try:
            yield
        finally:
            os.chdir(before)
''',
    "raising": '''\
@contextlib.contextmanager
def raising(name):
    """Raise the first warning of this name that comes; "" for none. It is raised at the end: who warns may catch errors."""
    with warnings.catch_warnings(record=bool(name)) as seen:
        if name:
            warnings.simplefilter("always")
        yield
    for one in seen or ():
        if one.category.__name__ == name:
            raise one.message
''',
    "show": '''\
def show(value, ways):
    """Do with `value` what a notebook or a prompt does that shows it: `ways` are the methods that the issue's traceback names."""
    for way in ways:
        getattr(value, way, str)()
''',
    "alike": '''\
def alike(got, wanted):
    """Whether two values have the same make-up, so that one may stand for the other."""
    if isinstance(got, (int, float)) and isinstance(wanted, (int, float)):
        return isinstance(got, bool) == isinstance(wanted, bool)
    if type(got) is not type(wanted):
        return False
    if isinstance(got, tuple):
        return len(got) == len(wanted) and all(map(alike, got, wanted))
    if isinstance(got, (list, set, frozenset, dict)):
        return not got or not wanted or alike(next(iter(got)), next(iter(wanted)))
    return True
''',
    "plain": '''\
def plain(text):
    """The lines of `text` without what no issue keeps: blanks at their ends, and those that all of them begin with."""
    return textwrap.dedent("\\n".join(line.rstrip() for line in text.strip("\\n").splitlines())).strip()
''',
    "same": '''\
def same(got, printed, expected, names):
    """Whether the value, or what was printed, is what the issue expects."""
    has_value = got is not None and got is not NOTHING
    alone = names.get("__printed__", printed) if has_value else printed
    if (got is not NOTHING and expected in (repr(got), str(got))) or (alone and plain(alone) == plain(expected)):
        return True
    if has_value and plain(expected) in (plain(printed + str(got)), plain(repr(got)), plain(str(got))):
        return True
    try:
        wanted = eval(expected, dict(names))
    except Exception:
        return False
    if isinstance(got, float) and isinstance(wanted, (int, float)):
        return abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    if isinstance(wanted, str) and has_value and not isinstance(got, (str, bytes)) and str(got) == wanted:
        return True
    if not has_value and (printed or got is NOTHING):
        return bool(printed) and printed.strip() in (str(wanted), repr(wanted))
    return got == wanted and isinstance(got, bool) == isinstance(wanted, bool)
''',
    "several": '''\
def several(got, printed, actual, is_text):
    """The text of what was given where that is several values, and `actual` is one of them or tells of them all; else "".

    Where a text is expected and no value, it is a line of what is printed, or of a text that is given.
    """
    is_long = "\\n" in actual.strip()
    if printed and is_text and isinstance(got, str):
        printed += got
    if got is None or got is NOTHING or (printed and (is_long or is_text)):
        return printed if "\\n" in printed.strip() else ""
    if not actual or (not is_long and re.match(r"[\\w.]*[\\[({]", actual.strip())):
        return ""
    if isinstance(got, str):
        return got if "\\n" in got.strip() else ""
    return repr(got) if isinstance(got, (list, tuple, set, frozenset, dict)) and not is_long else ""
''',
    "within": '''\
def within(text, value):
    """Whether a value stands in a text by itself: as it is, or as `repr` writes it."""
    return bool(value) and bool(re.search(r"(?<![\\w.])(?:%s|%s)(?!\\w)" % (re.escape(repr(value)), re.escape(value)), text))
''',
    "reported": '''\
def reported(got, printed, actual, names):
    """Whether this is what the issue says that comes today, up to blanks, addresses and folders."""
    texts = [printed] if got is NOTHING else [printed, repr(got), str(got)]
    number = re.match(r"-?\\d+(?:\\.(\\d+))?$", actual.strip())
    if number and isinstance(got, float):  # people round what they tell, or cut it off
        return abs(got - float(actual)) < 10.0 ** -len(number.group(1) or "")
    parts = [re.escape(part) for part in re.split(r"\\.\\.\\.|\u2026", bare(actual))]
    if any(parts[1:]) or (parts[1:] and parts[0]):  # "236.29...": and so on
        return any(re.search(r"(?<![\\w.])" + ".*".join(parts), bare(text)) for text in texts)
    return same(got, printed, actual, names) or any(within(bare(text), bare(actual)) for text in texts)
''',
    "bare": '''\
def bare(text):
    """A text without what differs from one machine to the next."""
    text = re.sub(r"0x[0-9A-Fa-f]+", "0x", re.sub(r"(?:\\b[A-Za-z]:)?[\\\\/](?:[\\w.+-]+[\\\\/])+", "", text))
    return " ".join(text.split())
''',
    "near": '''\
def near(text, told):
    """Whether two texts have most in common."""
    return difflib.SequenceMatcher(None, bare(text)[:2000], bare(told)[:2000]).ratio() > 0.6
''',
    "refused": '''\
def refused(error, crashed):
    """Whether an error is a refusal that the project states: raised in so many words, and not where it crashed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.line.startswith("raise ") and last.name != crashed
''',
    "given": '''\
def given(names, test):
    """Run the test of this name, "test_x" or "TestX.test_y", of the issue."""
    head, _, method = test.partition(".")
    found = names[head]
    if not method:
        found()
    elif issubclass(found, unittest.TestCase):
        found.setUpClass()
        found(method).debug()
        found.tearDownClass()
    else:
        one = found()
        getattr(one, "setup_method", lambda *_: None)(getattr(one, method))
        getattr(one, method)()
''',
}
