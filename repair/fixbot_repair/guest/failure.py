"""What went wrong, in words and places."""
import os

LONGEST = 20000  # characters of one text in a message
MOST_PRINTED = 8000  # characters of what one test printed


def cut(text):
    """The text, shortened in the middle when it is long."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return text[:half] + "\n[...]\n" + text[-half:]


def printed(config, name, status, text):
    """What of a test's output is told: that of files that were asked for, and of tests that fail; "" where nothing was asked for."""
    asked = config.get("output") or []
    if not asked or (name.partition("::")[0] not in asked and status in ("passed", "skipped", "xfailed")):
        return ""
    return text if len(text) <= MOST_PRINTED else text[:MOST_PRINTED // 2] + "\n[...]\n" + text[-MOST_PRINTED // 2:]


def describe(value):
    """Exception type and text."""
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - the tested code's own __str__
        text = "(its text cannot be shown)"
    return type(value).__name__ + (": " + text if text else "")


def frames(value, root):
    """(path, line, function) of the traceback of an exception, files below `root` only, innermost last."""
    found, trace = [], getattr(value, "__traceback__", None)
    while trace is not None:
        code = trace.tb_frame.f_code
        place = os.path.abspath(code.co_filename)
        if place.startswith(root + os.sep) and "site-packages" not in place:
            found.append([place[len(root) + 1:].replace(os.sep, "/"), trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    if isinstance(value, SyntaxError) and value.filename:
        place = os.path.abspath(value.filename)
        if place.startswith(root + os.sep):
            found.append([place[len(root) + 1:].replace(os.sep, "/"), value.lineno or 1, ""])
    return found


def passed_strictly(report):
    """Whether pytest calls a test failed for the one reason that it passed, though it was marked as one that must fail."""
    raised = getattr(report, "_fixbot_raised", None)
    if report.outcome != "failed" or not (raised is None or type(raised).__name__ == "Failed"):
        return False
    return str(report.longrepr).startswith("[XPASS(strict)]") if raised is None else str(raised) == "Unexpected success"


def crash(report):
    """The exception of a report that comes without one (a subtest's), or the reason of an expected failure."""
    place = getattr(report.longrepr, "reprcrash", None)
    return str(getattr(place, "message", "") or getattr(report, "wasxfail", "") or "")


def reported_frames(report, root):
    """The same as :func:`frames` from what a report shows; functions are not known."""
    found = []
    trace = getattr(getattr(report, "longrepr", None), "reprtraceback", None)
    for entry in getattr(trace, "reprentries", ()):
        location = getattr(entry, "reprfileloc", None)
        place = os.path.abspath(os.path.join(root, str(location.path))) if location else ""
        if place.startswith(root + os.sep) and "site-packages" not in place:
            found.append([place[len(root) + 1:].replace(os.sep, "/"), location.lineno, ""])
    return found
