"""Layered configuration from files, the environment and code."""
from .config import Config
from .env import read_env
from .errors import ConfigError, CycleError, MissingKey
from .ini import parse_ini
from .interpolate import resolve
from .merge import merge

__all__ = [
    "Config",
    "ConfigError",
    "CycleError",
    "MissingKey",
    "merge",
    "parse_ini",
    "read_env",
    "resolve",
]
