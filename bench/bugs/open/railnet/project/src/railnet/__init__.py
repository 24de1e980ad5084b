"""Networks of stations and lines."""

from railnet.network import Network, UnknownStation
from railnet.reading import FormatError, read_network

__all__ = ["FormatError", "Network", "UnknownStation", "read_network"]
