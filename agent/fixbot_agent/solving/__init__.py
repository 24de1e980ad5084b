"""From a task to a report: search, models, verification."""
