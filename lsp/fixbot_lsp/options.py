"""What the client may set: read from initializationOptions or the section ``fixbot`` of its configuration.

A bad value gives a message and the default, never an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Options:
    """One field a setting; :data:`NAMES` gives each its dotted name, as editors' settings show it after ``fixbot.``."""

    items: bool = True  # the completion list
    inline: bool = True  # grey text for the rest of the line
    compiler: bool = True  # syntax errors while typing
    semgrep: bool = True  # Semgrep on save
    ruff: bool = False  # ruff on save; off because ruff's users have its own server
    background: bool = True  # look for a verified fix when tests fail after a save
    background_seconds: int = 120  # how long one such search may take
    trusted: bool | None = None  # whether the editor trusts the workspace; None: the editor knows no such thing


NAMES = {
    "items": "completion.enabled",
    "inline": "inlineCompletion.enabled",
    "compiler": "diagnostics.compiler",
    "semgrep": "diagnostics.semgrep",
    "ruff": "diagnostics.ruff",
    "background": "background.enabled",
    "background_seconds": "background.timeout",
    "trusted": "workspaceTrusted",
}
# Known, but for others: the transport's token (see transport.py), and what editors keep under the same section.
_ALSO_KNOWN = {"token", "path", "trace.server"}
_SECONDS = range(5, 3601)


def read_options(raw: object, before: Options | None = None) -> tuple[Options, tuple[str, ...]]:
    """Return `before` with what `raw` sets, and one sentence for each value that cannot be used.

    `raw` is a JSON object, nested (``{"background": {"enabled": false}}``) or with dotted keys, with or
    without ``{"fixbot": …}`` around it; None sets nothing.
    """
    options = before or Options()
    if raw is None:
        return options, ()
    if not isinstance(raw, Mapping):
        return options, (f"fixbot: settings must be an object, not {_shown(raw)}; the defaults are used",)
    inner = raw.get("fixbot")
    given = dict(_flat(inner if isinstance(inner, Mapping) else raw))
    return _merge(options, given)


def _merge(options: Options, given: Mapping[str, object]) -> tuple[Options, tuple[str, ...]]:
    problems = []
    known = {name: field_name for field_name, name in NAMES.items()}
    for name, value in given.items():
        if name not in known:
            if name not in _ALSO_KNOWN:
                problems.append(f"fixbot: there is no setting 'fixbot.{name}'; known are {', '.join(sorted(known))}")
        elif (complaint := _complaint(known[name], value)) is not None:
            problems.append(f"fixbot: 'fixbot.{name}' must be {complaint}, not {_shown(value)}; the default is used")
        else:
            options = replace(options, **{known[name]: value})  # type: ignore[arg-type]  # _complaint looked at the type
    return options, tuple(problems)


def _complaint(field_name: str, value: object) -> str | None:
    """What a value of the field `field_name` must be, None when `value` is that."""
    kind = next(f.type for f in fields(Options) if f.name == field_name)
    if kind is int:
        good = isinstance(value, int) and not isinstance(value, bool) and value in _SECONDS
        return None if good else f"a number of seconds from {_SECONDS.start} to {_SECONDS.stop - 1}"
    if isinstance(value, bool) or (value is None and kind is not bool):
        return None
    return "true or false"


def _flat(raw: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    for key, value in raw.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and depth < 2 and name not in NAMES.values():
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "…"
