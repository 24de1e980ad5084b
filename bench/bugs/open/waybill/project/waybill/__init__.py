"""Parcels on their way."""

from .depot import Depot
from .machine import Machine, NotAllowed
from .parcel import Address, Parcel

__all__ = ["Address", "Depot", "Machine", "NotAllowed", "Parcel"]
