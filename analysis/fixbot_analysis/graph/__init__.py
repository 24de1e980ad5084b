"""The dependency graph of modules and symbols, resolved lazily from facts."""
