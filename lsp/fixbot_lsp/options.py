"""What the client may set: read from initializationOptions or the section ``fixbot`` of its configuration.

A bad value gives a message and the default, never an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Options:
    """One field a setting; :data:`NAMES` gives each its dotted name, as editors' settings show it after ``fixbot.``."""

    items: bool = True  # the completion list
    listing: str = "auto"  # what of it: all ("alone"), or only what no other server lists ("extra")
    beside: tuple[str, ...] = ()  # other servers for the same documents, as far as the client knows them
    inline: bool = True  # grey text for the rest of the line
    model: bool = True  # by a model, where one is configured for completions and the workspace is trusted
    statistics: bool = True  # count, on this machine, what is offered and taken
    compiler: bool = True  # syntax errors while typing
    semgrep: bool = True  # Semgrep on save
    ruff: bool = False  # ruff on save; off because ruff's users have its own server
    security: bool = True  # where that is off and ruff's server is not beside: its rules on security all the same
    background: bool = True  # look for a verified fix when tests fail after a save
    background_seconds: int = 120  # how long one such search may take
    trusted: bool | None = None  # whether the editor trusts the workspace; None: the editor knows no such thing

    @property
    def is_extra(self) -> bool:
        """Whether others list members and names in scope, so that we do not."""
        others = set(self.beside) - _LIST_NOTHING
        return self.listing == "extra" or (self.listing == "auto" and bool(others))

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that look at what was saved."""
        is_on = {"semgrep": self.semgrep, "ruff": self.ruff or self.is_guarded}
        return tuple(name for name, on in is_on.items() if on)

    @property
    def is_guarded(self) -> bool:
        """Whether of ruff's findings only those on security are shown: who has no linter would not hear of them else."""
        return self.security and not self.ruff and not {name.lower() for name in self.beside} & {"ruff", "ruff-lsp"}


NAMES = {
    "items": "completion.enabled",
    "listing": "completion.beside",
    "beside": "beside",
    "inline": "inlineCompletion.enabled",
    "model": "inlineCompletion.model",
    "statistics": "statistics.enabled",
    "compiler": "diagnostics.compiler",
    "semgrep": "diagnostics.semgrep",
    "ruff": "diagnostics.ruff",
    "security": "diagnostics.security",
    "background": "background.enabled",
    "background_seconds": "background.timeout",
    "trusted": "workspaceTrusted",
}
# Known, but for others: the transport's token (see transport.py), and what editors keep under the same section.
_ALSO_KNOWN = {"token", "path", "install.from", "languages", "trace.server"}
_LIST_NOTHING = {"ruff", "mypy", "flake8", "pylint"}  # servers that complete nothing
_LISTINGS = ("auto", "alone", "extra")
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
            options = _set(options, known[name], value)
    return options, tuple(problems)


def _set(options: Options, field_name: str, value: object) -> Options:
    if isinstance(value, list):
        # The client tells whom it found once, when it starts; its settings name only whom the user added.
        return replace(options, beside=tuple(sorted({*options.beside, *value})))
    return replace(options, **{field_name: value})  # type: ignore[arg-type]  # _complaint looked at the type


def _complaint(field_name: str, value: object) -> str | None:
    """What a value of the field `field_name` must be, None when `value` is that."""
    kind = next(f.type for f in fields(Options) if f.name == field_name)
    if kind is int:
        good = isinstance(value, int) and not isinstance(value, bool) and value in _SECONDS
        return None if good else f"a number of seconds from {_SECONDS.start} to {_SECONDS.stop - 1}"
    if field_name == "listing":
        return None if value in _LISTINGS else f"one of {', '.join(_LISTINGS)}"
    if field_name == "beside":
        return None if isinstance(value, list) and all(isinstance(n, str) for n in value) else "a list of names"
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
