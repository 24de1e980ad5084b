"""The audit trail: one folder a run, events written as they happen."""
