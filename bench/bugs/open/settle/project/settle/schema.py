"""What may be set, of which kind, within which limits."""

import difflib
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

from settle.errors import Invalid, SettingsError
from settle.layers import Layers


@dataclass(frozen=True)
class Option:
    key: str
    kind: Callable[[Any], Any] = str
    default: Any = None
    least: Any = None
    most: Any = None
    required: bool = False
    secret: bool = False
    help: str = ""


@dataclass
class Schema:
    options: List[Option] = field(default_factory=list)
    strict: bool = True  # what is not known is a fault

    def option(self, key: str, kind: Callable[[Any], Any] = str, **more: Any) -> "Schema":
        if any(known.key == key for known in self.options):
            raise ValueError(f"{key} is there already")
        self.options.append(Option(key, kind, **more))
        return self

    def read(self, layers: Layers) -> Dict[str, Any]:
        """Every option's value. Raises Invalid with all faults at once."""
        values: Dict[str, Any] = {}
        faults: List[str] = []
        for option in self.options:
            try:
                values[option.key] = self._one(option, layers)
            except SettingsError as error:
                faults.append(str(error))
        if self.strict:
            faults.extend(self._unknown(layers))
        if faults:
            raise Invalid(faults)
        return values

    def _one(self, option: Option, layers: Layers) -> Any:
        if layers.get(option.key) is None:
            if option.required:
                raise SettingsError(f"{option.key} must be set")
            return list(option.default) if isinstance(option.default, list) else option.default
        raw = layers.value(option.key)
        origin = layers.origin(option.key)
        if isinstance(raw, list) and not getattr(option.kind, "takes_lists", False):
            raise SettingsError(f"{option.key}: one value is wanted, not {len(raw)} (from {origin})")
        try:
            value = option.kind(raw)
        except (ValueError, TypeError) as error:
            raise SettingsError(f"{option.key}: {error} (from {origin})") from error
        if option.least is not None and value < option.least:
            raise SettingsError(f"{option.key}: {value} is less than {option.least} (from {origin})")
        if option.most is not None and value > option.most:
            raise SettingsError(f"{option.key}: {value} is more than {option.most} (from {origin})")
        return value

    def _unknown(self, layers: Layers) -> List[str]:
        known = [option.key for option in self.options]
        faults = []
        for key in layers.keys():
            if key not in known:
                near: Optional[str] = next(iter(difflib.get_close_matches(key, known, n=1)), None)
                hint = f"; did you mean {near}?" if near else ""
                faults.append(f"{key} is not known (from {layers.origin(key)}){hint}")
        return faults

    def show(self, layers: Layers) -> List[str]:
        """A line for each option: its value, and where that came from. Secrets are not shown."""
        values = self.read(layers)
        width = max((len(key) for key in values), default=0)
        lines = []
        for option in self.options:
            value = values[option.key]
            shown = "***" if option.secret and value is not None else str(value)
            lines.append(f"{option.key.ljust(width)} = {shown}  ({layers.origin(option.key) or 'default'})")
        return lines
