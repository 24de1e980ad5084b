"""The last lines of a commit's message, which say who made it: as ``git interpret-trailers`` reads them."""

from fixbot_agent.prompts import visible

_MODEL = "model:"


def trailers(source: str, run: str = "") -> str:
    """The trailers of a patch that `source` made ("model:NAME", "template:…"), kept in `run`; "" for one that is not kept."""
    who = ("Fixbot-Model", source.removeprefix(_MODEL)) if source.startswith(_MODEL) else ("Fixbot-Source", source)
    told = (who, ("Fixbot-Run", run))
    return "".join(f"{name}: {_value(value)}\n" for name, value in told if _value(value))


def _value(text: str) -> str:
    """`text` on one line, so that nothing in it can be taken for another trailer."""
    return visible(" ".join(text.split()))
