"""Where settings come from: flags, FIXBOT_* variables, ``--config``, the repository, the user's own file, in that order."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixbot_agent.errors import SettingsError
from fixbot_agent.settings import values
from fixbot_agent.settings.keys import Key, ModelSettings, Roles, Settings, Trust, declared
from fixbot_agent.settings.places import Places
from fixbot_agent.settings.trust import TrustStore

_LIMIT = 1 << 20  # bytes of one settings file
# Variables of the same prefix that are no settings: places, and what only fixbot's own tests read.
NOT_SETTINGS = frozenset({"FIXBOT_HOME", "FIXBOT_SHARED", "FIXBOT_TEST_WITHOUT"})
_TABLES = ("models", "roles", "shares")
_MARKS = (".git", ".hg", "pyproject.toml", "fixbot.toml", "setup.py", "setup.cfg")  # of a project's top folder


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with what the user should know about them. `origins` says for each key that is set where it came from."""

    settings: Settings
    root: Path
    trusted: bool
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """What one source states, converted; `where` names it in messages."""

    where: str
    values: Mapping[str, object] = field(default_factory=dict)
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What it states, as messages call it."""
        tables = {"models": self.models, "roles": self.roles, "shares": self.shares}
        return [*self.values, *(f"{table}.{name}" for table, stated in tables.items() for name in stated)]


def load(
    start: Path,
    *,
    flags: Mapping[str, object] | None = None,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    places: Places | None = None,
    trust: bool = False,
) -> Loaded:
    """Effect: read every source and weigh them for the repository that holds `start`.

    `flags` holds values by key name, None where a flag was not given. `trust` trusts the workspace for this run.
    Raises SettingsError that names file, key and what is allowed.
    """
    environ = os.environ if environ is None else environ
    places = places or Places.current()
    root = workspace_root(start)
    warnings: list[str] = []
    own = _is_outside(places, root, warnings)
    # Trust is decided before anything of the repository is parsed.
    trusted = trust or (own and TrustStore.at(places).holds(root))
    sources = [_flags(flags or {}), _variables(environ)]
    if config is not None:
        sources.append(_file(config, str(config)))
    sources.append(_repository(root, trusted, warnings))
    if own:
        sources.append(_file(places.config / "config.toml", str(places.config / "config.toml"), optional=True))
    settings, origins = _weigh(sources)
    return Loaded(settings, root, trusted, tuple(warnings), origins)


def workspace_root(start: Path) -> Path:
    """Effect: the nearest folder at or above `start` that holds ``.git`` (resolved), else `start` itself."""
    resolved = start.resolve()
    return next((p for p in (resolved, *resolved.parents) if os.path.lexists(p / ".git")), resolved)


def _is_outside(places: Places, root: Path, warnings: list[str]) -> bool:
    """Whether the user's own folders lie outside the repository; what lies inside it could be the repository's word.

    A folder that is no project has no word, and what lies in the user's home is the user's.
    """
    if root == _home() or not any(os.path.lexists(root / mark) for mark in _MARKS):
        return True
    for folder in (places.config, places.state):
        if folder.resolve().is_relative_to(root):
            warnings.append(f"{folder} lies inside the repository: your settings and trust there are ignored")
            return False
    return True


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # nobody's home is known
        return None


def _weigh(sources: list[_Source]) -> tuple[Settings, dict[str, str]]:
    stated: dict[str, object] = {}
    models: dict[str, ModelSettings] = {}
    roles: dict[str, tuple[str, ...]] = {}
    shares: dict[str, Mapping[str, float]] = {}
    origins: dict[str, str] = {}
    for source in reversed(sources):  # the highest comes last and wins
        stated |= source.values
        models |= source.models
        roles |= source.roles
        shares |= source.shares
        origins |= dict.fromkeys(source.names, source.where)
    _check_names("roles", roles, models, origins)
    _check_names("shares", shares, models, origins)
    tables = {"models": models, "roles": replace(Roles(), **roles), "shares": shares}
    return replace(Settings(), **stated, **tables), origins  # type: ignore[arg-type]


def _check_names(
    table: str, stated: Mapping[str, Iterable[str]], models: Mapping[str, ModelSettings], origins: Mapping[str, str]
) -> None:
    """Raise SettingsError where `table` names a model for a role that is not configured."""
    for role, names in stated.items():
        for name in names:
            if name not in models:
                known = ", ".join(models) or "none is configured"
                where = f"{origins[f'{table}.{role}']}, [{table}]"
                raise SettingsError(f"{where}: '{role}' names the model '{name}'", f"allowed: {known}")


def _flags(flags: Mapping[str, object]) -> _Source:
    keys = declared(Settings)
    given = {name: value for name, value in flags.items() if value is not None}
    where = "command line"
    return _Source(where, {name: values.convert(_known(name, where, keys), v, where) for name, v in given.items()})


def _variables(environ: Mapping[str, str]) -> _Source:
    keys = declared(Settings)
    stated: dict[str, object] = {}
    tables: dict[str, object] = {}
    for variable in sorted(v for v in environ if v.startswith("FIXBOT_") and v not in NOT_SETTINGS):
        name, where = variable.removeprefix("FIXBOT_").lower(), f"environment, {variable}"
        if name in _TABLES:
            tables[name] = _parse(f"value = {environ[variable]}".encode(errors="replace"), where).get("value")
        else:
            stated[name] = values.from_text(_known(name, where, keys), environ[variable], where)
    return replace(_tables(tables, "environment"), values=stated)


def _known(name: str, where: str, keys: Mapping[str, Key]) -> Key:
    if name not in keys:
        raise values.unknown(name, where, {**keys, **dict.fromkeys(_TABLES)})
    return keys[name]


def _file(path: Path, where: str, *, optional: bool = False) -> _Source:
    """Effect: read a file that the user named or owns."""
    data = _read(path, where)
    if data is None:
        if optional:
            return _Source(where)
        raise SettingsError(f"{where}: no such file", "give a TOML file to --config")
    return _stated(_own_part(path.name, _parse(data, where)), where)


def _repository(root: Path, trusted: bool, warnings: list[str]) -> _Source:
    """Effect: read what the repository says of itself; fixbot.toml goes before pyproject.toml."""
    read = [_file_of(root, name, warnings) for name in ("pyproject.toml", "fixbot.toml")]
    tables = {name: table for name, table in read if table}
    if len(tables) == 2:
        warnings.append("both fixbot.toml and [tool.fixbot] in pyproject.toml are there: only fixbot.toml is read")
    if not tables:
        return _Source("repository")
    where, table = list(tables.items())[-1]
    source = _not_yours(_stated(table, where), warnings)
    return source if trusted else _only_free(source, warnings)


def _file_of(root: Path, name: str, warnings: list[str]) -> tuple[str, Mapping[str, object]]:
    path = root / name
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        warnings.append(f"{name} is a link that leaves the repository: ignored")
        return name, {}
    data = _read(path, name)
    # A pyproject.toml that is not ours to judge is parsed only when it speaks of us.
    if data is None or (name == "pyproject.toml" and b"fixbot" not in data):
        return name, {}
    return name, _own_part(name, _parse(data, name))


def _not_yours(source: _Source, warnings: list[str]) -> _Source:
    """What a repository may say at all, be it trusted or not."""
    keys = declared(Settings)
    yours = [name for name in source.values if keys[name].trust is Trust.YOURS]
    warnings.extend(
        f"{source.where}: {name} is ignored: it is yours alone to set, in your own settings" for name in yours
    )
    return replace(source, values={n: v for n, v in source.values.items() if n not in yours})


def _only_free(source: _Source, warnings: list[str]) -> _Source:
    """What an untrusted repository may say: keys that run nothing and move nothing."""
    keys = declared(Settings)
    free = {name: value for name, value in source.values.items() if keys[name].trust is Trust.FREE}
    guarded = [name for name in source.values if name not in free]
    warnings.extend(_ignored(source.where, name, f"it {keys[name].trust}") for name in guarded)
    warnings.extend(_ignored(source.where, f"[models.{name}]", "it moves data") for name in source.models)
    for table, stated in (("[roles]", source.roles), ("[shares]", source.shares)):
        if stated:
            warnings.append(_ignored(source.where, table, "it moves data"))
    return _Source(source.where, free)


def _ignored(where: str, name: str, why: str) -> str:
    return f"{where}: {name} is ignored: {why}, and this repository is not trusted (see: fixbot trust)"


def _stated(table: Mapping[str, object], where: str) -> _Source:
    keys = declared(Settings)
    plain = {name: value for name, value in table.items() if name not in _TABLES}
    stated = {name: values.convert(_known(name, where, keys), value, where) for name, value in plain.items()}
    return replace(_tables(table, where), values=stated)


def _tables(table: Mapping[str, object], where: str) -> _Source:
    models = values.models(table["models"], where) if "models" in table else {}
    roles = values.roles(table["roles"], where) if "roles" in table else {}
    shares = values.shares(table["shares"], where) if "shares" in table else {}
    return _Source(where, models=models, roles=roles, shares=shares)


def _own_part(name: str, table: Mapping[str, object]) -> Mapping[str, object]:
    if name != "pyproject.toml":
        return table
    tool = table.get("tool")
    own = tool.get("fixbot") if isinstance(tool, Mapping) else None
    if own is not None and not isinstance(own, Mapping):
        raise SettingsError(f"{name}: tool.fixbot must be a table", "write [tool.fixbot]")
    return own or {}


def _read(path: Path, where: str) -> bytes | None:
    """Effect: the bytes of a regular file; None when there is none. Never blocks on a pipe or device."""
    try:
        if not path.is_file():
            if os.path.lexists(path):
                raise SettingsError(f"{where}: is not a regular file", "give a TOML file")
            return None
        if path.stat().st_size > _LIMIT:
            raise SettingsError(f"{where}: larger than {_LIMIT} bytes", "settings are small; is this the right file?")
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{where}: cannot be read: {error.strerror}", "make it readable, or remove it") from error


def _parse(data: bytes, where: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{where}: is not valid TOML: {str(error)[:200]}", "correct the file") from error
