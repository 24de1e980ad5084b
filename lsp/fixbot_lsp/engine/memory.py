"""Memory of this process: one heap for all threads, and what is free in it handed back to the system."""

import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


def one_heap() -> None:
    """Effect: let threads allocate from one heap, where the C library has one a thread; before the first thread starts.

    The interpreter runs one thread at a time, so that nothing waits; what one thread makes and another lets go of leaves holes in two heaps.
    """
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Effect: hand memory that is free back to the system, where the C library can: a few milliseconds.

    Reading a project leaves tens of megabytes of holes, a spell of typing a few.
    """
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> "ctypes.CDLL | None":
    """The C library, where it is glibc: see mallopt(3) and malloc_trim(3)."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
