"""Compare and sync trees of files that are given as snapshots in memory."""

from .diff import Change, compare
from .ignore import IgnoreRules
from .manifest import ManifestError, dumps, loads, verify
from .merge import Conflict, MergeResult, three_way
from .plan import Run, Step, apply_plan, plan_changes, sync
from .snapshot import Entry, Snapshot, SnapshotError, normalise
