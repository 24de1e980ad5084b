"""Layers of values: the later ones count more. Every value knows where it came from."""

import os
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from settle import text
from settle.errors import SettingsError
from settle.interpolation import resolve
from settle.text import Value


class Layer(NamedTuple):
    name: str
    values: Dict[str, Value]


class Layers:
    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        self._layers: List[Layer] = list(layers)

    def add(self, name: str, values: Mapping[str, Value]) -> "Layers":
        self._layers.append(Layer(name, dict(values)))
        return self

    def add_file(self, path: Path, required: bool = True) -> "Layers":
        if not required and not Path(path).is_file():
            return self
        try:
            return self.add(str(path), text.load(Path(path)))
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror}") from error

    def add_environment(self, prefix: str, environment: Optional[Mapping[str, str]] = None) -> "Layers":
        """PREFIX_SERVER__MAX_SIZE sets server.max-size; a single underscore is a dash, two are a dot."""
        found = {}
        for name, value in (os.environ if environment is None else environment).items():
            if name.startswith(prefix + "_"):
                rest = name[len(prefix) + 1 :].lower()
                found[".".join(part.replace("_", "-") for part in rest.split("__"))] = value
        return self.add("environment", found)

    def add_arguments(self, arguments: Iterable[str]) -> "Layers":
        """key=value sets, key+=value adds to a list, key= sets an empty text."""
        values: Dict[str, Value] = {}
        for argument in arguments:
            key, sign, value = argument.partition("=")
            if not sign or not key.strip("+ "):
                raise SettingsError(f"key=value is wanted, not {argument!r}")
            if key.endswith("+"):
                key = key[:-1].strip()
                before = values[key] if key in values else self.get(key, [])
                values[key] = (list(before) if isinstance(before, list) else [before]) + [value]
            else:
                values[key.strip()] = value
        return self.add("arguments", values)

    def get(self, key: str, default: Optional[Value] = None) -> Optional[Value]:
        for layer in reversed(self._layers):
            if key in layer.values:
                return layer.values[key]
        return default

    def origin(self, key: str) -> Optional[str]:
        """Name of the layer whose value counts."""
        for layer in reversed(self._layers):
            if key in layer.values:
                return layer.name
        return None

    def history(self, key: str) -> List[Tuple[str, Value]]:
        """(layer, value) of every layer that sets a key, the one that counts last."""
        return [(layer.name, layer.values[key]) for layer in self._layers if key in layer.values]

    def keys(self) -> List[str]:
        return sorted({key for layer in self._layers for key in layer.values})

    def section(self, name: str) -> Dict[str, Value]:
        """Values below a section, by the rest of their keys."""
        start = name + "."
        return {key[len(start) :]: self.value(key) for key in self.keys() if key.startswith(start)}

    def value(self, key: str) -> Value:
        """The value with all references put in. Raises SettingsError where there is none."""
        return resolve(key, self.get)

    def flat(self) -> Dict[str, Value]:
        return {key: self.value(key) for key in self.keys()}

    def copy(self) -> "Layers":
        """Layers of their own: adding to or changing a copy leaves the original alone."""
        return Layers(Layer(layer.name, dict(layer.values)) for layer in self._layers)
