"""Calls to services that fail: retries, limits, breakers, pools."""
