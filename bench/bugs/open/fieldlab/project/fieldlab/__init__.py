"""Measurements: averages on the go, gaps, curves, peaks."""
