"""The engine: the process that owns indices, code models and predictions, and both ends of its pipe."""
