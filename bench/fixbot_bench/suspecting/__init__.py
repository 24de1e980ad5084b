"""Measuring fault localisation by tests: cases with what their tests did, where the fault is, ranks, weights."""
