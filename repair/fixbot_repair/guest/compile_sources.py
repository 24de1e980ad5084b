"""Compiles sources that arrive on stdin and says what the compiler says of each; runs none of them.

One JSON object a line in (``path``, ``source``), one a line out (``path``, ``remarks``), flushed: whoever reads knows
which source ended the process, should one do so. Runs in the project's interpreter: standard library, Python 3.6 syntax.
"""

import json
import sys
import warnings

GIVES_UP = "too-nested"


def remarks_on(path, source):
    """Return what the compiler says: dicts with rule, severity, message, line, column, end_line, end_column (or 0)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, path, "exec", 0, True)
        except SyntaxError as error:
            found = [_of_error(error)]
        except (RecursionError, MemoryError):
            found = [_remark(GIVES_UP, "error", "the compiler gives up: nested too deeply")]
        except (ValueError, OverflowError, SystemError) as error:
            found = [_remark(type(error).__name__, "error", str(error))]
        else:
            found = []
    return found + [_of_warning(w) for w in caught if _counts(w)]


def _of_error(error):
    end_line, end_column = getattr(error, "end_lineno", None), getattr(error, "end_offset", None)
    remark = _remark(type(error).__name__, "error", error.msg, error.lineno, error.offset)
    if end_line and end_column and end_column > 0:
        remark.update(end_line=end_line, end_column=end_column)
    return remark


def _of_warning(warning):
    return _remark("SyntaxWarning", "warning", str(warning.message), warning.lineno)


def _counts(warning):
    # Invalid escapes were deprecation warnings before 3.12; other deprecations are not the compiler's own.
    return issubclass(warning.category, SyntaxWarning) or "invalid escape sequence" in str(warning.message)


def _remark(rule, severity, message, line=None, column=None):
    return {
        "rule": rule,
        "severity": severity,
        "message": message or rule,
        "line": line or 1,
        "column": column or 0,
        "end_line": 0,
        "end_column": 0,
    }


def main():
    """Effect: answer every line of stdin until it ends."""
    for line in sys.stdin.buffer:
        asked = json.loads(line.decode("utf-8"))
        answer = {"path": asked["path"], "remarks": remarks_on(asked["path"], asked["source"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
