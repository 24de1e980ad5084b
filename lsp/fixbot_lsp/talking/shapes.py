"""Loading the protocol's types in the server's process, at half of what that costs."""

from functools import partial


def load_types() -> None:
    """Effect: import ``lsprotocol.types`` without comparing and printing its 554 classes, which takes .2 s and 5 MB to prepare.

    Positions and ranges have comparisons of their own, which stay; others are compared nowhere in the server.
    """
    import attrs

    define = attrs.define
    attrs.define = partial(define, eq=False, repr=False)  # the same function, for this import alone
    try:
        import lsprotocol.types  # noqa: F401
    finally:
        attrs.define = define
