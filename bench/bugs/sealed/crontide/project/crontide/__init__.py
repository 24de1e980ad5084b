from .schedule import Schedule
from .table import Entry, TableError, read_table
from .worker import Worker

__all__ = ["Entry", "Schedule", "TableError", "Worker", "read_table"]
