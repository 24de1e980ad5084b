"""Query text that is kept in files beside a language's module."""

from pathlib import Path


def query(module: str, *names: str) -> str:
    """Effect: read the ``NAME.scm`` beside the file `module`, one after the other; a name may lead to another folder (``../c/uses``)."""
    return "\n".join((Path(module).parent / f"{name}.scm").read_text("utf-8") for name in names)
