"""How a command line ends: by the signals that ask for it, and with a stdout that may take no more."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

_ASK = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Effect: within it whoever ends the process gets what Ctrl-C gets, a KeyboardInterrupt and so a tidy end.

    A signal that somebody has ignored (nohup) or handles otherwise is left to them. Afterwards all is as it was.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (*_ASK, signal.SIGINT)}
    for number in _ASK:
        if before[number] is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: installed by something that is not Python
                signal.signal(number, handler)


def settle() -> None:
    """Effect: pass over further interrupts: all was said, and Python's own end would only complain of them."""
    for number in (*_ASK, signal.SIGINT):
        if signal.getsignal(number) is signal.default_int_handler:
            signal.signal(number, signal.SIG_IGN)


def flush(last: str = "") -> str:
    """Effect: send what was written to stdout, and `last`, on its way; returns why that cannot be done, "" when it was.

    After a write that failed there may be nothing left to send: a line end as `last` shows whether the next one fails.
    In that case the rest is dropped, so that nobody stumbles over it once more. Raises BrokenPipeError when the reader
    has gone.
    """
    try:
        sys.stdout.write(last)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
        raise
    except (OSError, ValueError) as error:
        drop_stdout()
        return getattr(error, "strerror", None) or str(error)
    return ""


def drop_stdout() -> None:
    """Effect: let stdout, with what waits in its buffer, go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
