"""Quantities with units: parsing, conversion, arithmetic and formatting."""

from .base import (
    Dimension, DimensionError, DuplicateUnitError, ParseError, UnitwiseError, UnknownUnitError,
)
from .formatting import compact, format_quantity, format_unit, round_significant
from .parser import parse_unit
from .quantity import Quantity, parse, total
from .registry import Registry, default_registry
from .unit import Unit
